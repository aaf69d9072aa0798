// Copies text. Browsers allow it on https and on this machine only; elsewhere the text is shown, marked and ready.

import { el, toast } from "./dom.js";

/** Copies, or shows what is to be copied. */
export async function copyText(value, done) {
  try {
    await navigator.clipboard.writeText(value);
    toast(done);
  } catch {
    showText(value, done);
  }
}

function showText(value, done) {
  const back = document.activeElement;
  const field = el("textarea", { readonly: true, rows: "8", "aria-label": "Text to copy", spellcheck: "false" });
  field.value = value;
  const close = () => {
    dialog.close();
    dialog.remove();
    back?.focus?.();
  };
  const dialog = el(
    "dialog",
    { class: "ask", "aria-labelledby": "copy-title", onclose: () => dialog.remove() },
    el("h2", { id: "copy-title" }, "Copy this"),
    el("p", {}, done.replace(/^Copied\. /, "")),
    field,
    el("div", { class: "actions" }, el("button", { type: "button", class: "primary", onclick: close }, "Close")),
  );
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
}
