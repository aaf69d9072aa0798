// Elements are made by hand and text is set as text: what Stash or a model writes is never read as markup.

/** Makes an element. Attributes: `class`, `on…` handlers, booleans, everything else by setAttribute; null and false are left out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      node.addEventListener(key.slice(2), value);
    } else {
      attr(node, key, value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Sets or removes an attribute; touches nothing that is already so, so that screen readers are not told again. */
export function attr(node, key, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(key)) {
      node.removeAttribute(key);
    }
  } else if (node.getAttribute(key) !== (value === true ? "" : String(value))) {
    node.setAttribute(key, value === true ? "" : String(value));
  }
}

/** Sets the text of an element unless it has it already. */
export function text(node, value) {
  const wanted = value ?? "";
  if (node.textContent !== wanted) {
    node.textContent = wanted;
  }
}

/** Shows or hides an element. */
export function show(node, isShown) {
  if (node.hidden === isShown) {
    node.hidden = !isShown;
  }
}

/**
 * Brings the children of a list in line with items. Each keeps its element as long as its key is there, so that focus, open details
 * and the reader's place survive every update.
 */
export function keyed(list, items, keyOf, make, update) {
  const known = (list.havenItems ??= new Map());
  const wanted = new Set();
  let before = list.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    if (wanted.has(key)) {
      continue;
    }
    wanted.add(key);
    let entry = known.get(key);
    if (!entry) {
      entry = make(item);
      known.set(key, entry);
    }
    if (entry.node === before) {
      before = before.nextSibling;
    } else {
      moveBefore(list, entry.node, before);
    }
    update(entry, item);
  }
  for (const [key, entry] of known) {
    if (!wanted.has(key)) {
      known.delete(key);
      leave(entry.node, list);
      entry.gone?.();
    }
  }
}

// Taking an element out of the page drops the focus inside it; it is given back after the move.
function moveBefore(list, node, before) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(node, before);
  focused?.focus({ preventScroll: true });
}

// When the focused row ends, the keyboard goes on at its neighbor instead of at the top of the page.
function leave(node, list) {
  const hadFocus = node.contains(document.activeElement);
  const neighbor = node.nextElementSibling ?? node.previousElementSibling;
  node.remove();
  if (hadFocus) {
    const next = neighbor?.querySelector("a[href], button:not([disabled])") ?? list.closest("section")?.querySelector("h2");
    if (next) {
      if (next.matches("h2")) {
        next.tabIndex = -1;
      }
      next.focus({ preventScroll: true });
    }
  }
}

/** Says a sentence to screen readers, once. */
export function say(sentence) {
  const region = document.getElementById("say");
  region.textContent = "";
  // A change in a later frame is what screen readers notice.
  requestAnimationFrame(() => (region.textContent = sentence));
}

/** Shows a short message for a while, and says it. */
export function toast(message, kind = "good") {
  const node = el("div", { class: `toast ${kind}` }, el("span", {}, message));
  const close = el("button", { class: "quiet", type: "button", "aria-label": "Close this message", onclick: () => node.remove() }, "×");
  node.append(close);
  const toasts = document.getElementById("toasts");
  toasts.append(node);
  while (toasts.children.length > 3) {
    toasts.firstChild.remove();
  }
  say(message);
  setTimeout(() => node.contains(document.activeElement) || node.remove(), kind === "bad" ? 15000 : 6000);
}

/** Asks before something that cannot be taken back; true = yes. */
export function confirm(title, detail, yes, no = "Keep it") {
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      dialog.remove();
      back?.focus?.();
      resolve(value);
    };
    const back = document.activeElement;
    const heading = el("h2", { id: "ask-title" }, title);
    const dialog = el(
      "dialog",
      { class: "ask", "aria-labelledby": "ask-title", oncancel: (event) => (event.preventDefault(), answer(false)) },
      heading,
      el("p", {}, detail),
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "danger", onclick: () => answer(true) }, yes),
        el("button", { type: "button", autofocus: true, onclick: () => answer(false) }, no),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
