// Asks for the key, once.

import { el, attr } from "./dom.js";
import { key, getJson } from "./api.js";

/** Fills the page with the question; `opened` is called with the status when the key is right. */
export function askForKey(main, problem, opened) {
  const field = el("input", {
    id: "key",
    type: "password",
    autocomplete: "current-password",
    spellcheck: "false",
    required: true,
    "aria-describedby": "key-where key-wrong",
  });
  const remember = el("input", { id: "remember", type: "checkbox", checked: true });
  remember.checked = true;
  const wrong = el("p", { id: "key-wrong", class: "wrong", role: "alert" });
  const button = el("button", { type: "submit", class: "primary" }, "Open");

  const refuse = (sentence) => {
    wrong.textContent = sentence;
    attr(field, "aria-invalid", "true");
    field.focus();
    field.select();
  };

  const submit = async (event) => {
    event.preventDefault();
    const value = field.value.trim();
    if (value === "") {
      return refuse("Type the key first.");
    }
    if (!/^[\x21-\x7e]+$/.test(value)) {
      return refuse("Wrong key: keys have letters, digits and signs, without spaces in between.");
    }
    button.disabled = true;
    key.set(value, remember.checked);
    try {
      opened(await getJson("api/status"));
    } catch (e) {
      key.forget();
      refuse(e.status === 401 ? "Wrong key. Check for spaces or a missing end, and try again." : e.message);
    } finally {
      button.disabled = false;
    }
  };

  main.replaceChildren(
    el(
      "section",
      { class: "card ask-key", "aria-labelledby": "key-title" },
      el("h1", { id: "key-title", tabindex: "-1" }, "This page needs the key"),
      problem ? el("p", {}, problem) : null,
      el(
        "form",
        { onsubmit: submit, novalidate: true },
        el("label", { for: "key" }, "Key"),
        field,
        wrong,
        el(
          "p",
          { id: "key-where", class: "soft" },
          "It is ",
          el("code", {}, "server.apiKey"),
          " in haven.yaml, or the text in the file ",
          el("code", {}, "server.key"),
          " of the data folder. On Azure it is a function key of the app.",
        ),
        el("label", { class: "check", for: "remember" }, remember, "Remember it on this device"),
        el("div", { class: "actions" }, button),
      ),
    ),
  );
  field.focus();
}
