// Sliders for the marker settings of one tag, or of all at once.

import { el, text, attr } from "./dom.js";
import { parseDuration, writeDuration } from "./durations.js";
import { toTicks } from "./series.js";

// The steps of a slider grow with the length: half a second matters at 2 s and is lost at 2 min.
const steps = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 300, 450, 600].map(toTicks);

export const knobs = [
  { name: "threshold", label: "Threshold", hint: "Lowest confidence that counts" },
  { name: "maxGap", label: "Gap", hint: "Spans closer than this become one" },
  { name: "minMarkerDuration", label: "Shortest", hint: "Shorter spans are dropped" },
];

/**
 * Three sliders, each with a field for an exact value. `onChange(name, value, written)`: a share for the threshold, else ticks, and how
 * the configuration writes it.
 */
export class Adjust {
  #rows = new Map();
  #duration;

  constructor(id, subject, duration, onChange) {
    this.#duration = duration;
    this.node = el("div", { class: "adjust", role: "group", "aria-label": `Marker settings of ${subject}` });
    for (const knob of knobs) {
      const row = knob.name === "threshold" ? this.#share(id, knob, subject, onChange) : this.#length(id, knob, subject, onChange);
      this.#rows.set(knob.name, row);
      this.node.append(row.node);
    }
  }

  /** Shows values; null = the tags differ. */
  set(values) {
    for (const [name, row] of this.#rows) {
      row.set(values[name]);
    }
  }

  #share(id, knob, subject, onChange) {
    return this.#row(id, knob, subject, {
      min: 0,
      max: 100,
      toSlider: (value) => Math.round(value * 100),
      fromSlider: (position) => position / 100,
      write: (value) => value.toFixed(2).replace(/0$/, ""),
      read: (written) => (/^(0?\.[0-9]+|0|1|1\.0*|0\.)$/.test(written.trim()) ? Number(written) : null),
      wrong: "Type a number from 0 to 1.",
      onChange: (value) => onChange(knob.name, value, Number(value.toFixed(4))),
    });
  }

  #length(id, knob, subject, onChange) {
    return this.#row(id, knob, subject, {
      min: 0,
      max: steps.length - 1,
      toSlider: (value) => nearestStep(value),
      fromSlider: (position) => steps[position],
      write: writeDuration,
      read: (written) => parseDuration(/^[0-9.]+$/.test(written.trim()) ? `${written.trim()}s` : written, this.#duration),
      wrong: "Type a length such as 500ms, 2s, 3m or 5%.",
      onChange: (value, written) => onChange(knob.name, value, written ?? writeDuration(value)),
    });
  }

  #row(id, knob, subject, kind) {
    const fieldId = `${id}-${knob.name}`;
    const slider = el("input", { type: "range", min: kind.min, max: kind.max, step: "1", id: fieldId, "data-knob": knob.name });
    const exact = el("input", {
      type: "text",
      class: "exact",
      size: "6",
      maxlength: "12",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${knob.label} of ${subject}, exactly`,
    });
    const wrong = el("span", { class: "wrong", role: "alert" });
    let last = null;
    const display = (value) => {
      last = value;
      attr(exact, "aria-invalid", null);
      text(wrong, "");
      exact.value = value === null ? "" : kind.write(value);
      exact.placeholder = value === null ? "mixed" : "";
      const position = value === null ? slider.value : String(kind.toSlider(value));
      if (slider.value !== position) {
        slider.value = position;
      }
      attr(slider, "aria-valuetext", value === null ? "differs from tag to tag" : kind.write(value));
    };
    slider.addEventListener("input", () => {
      const value = kind.fromSlider(Number(slider.value));
      display(value);
      kind.onChange(value);
    });
    exact.addEventListener("change", () => {
      if (exact.value.trim() === "") {
        display(last);
        return;
      }
      const value = kind.read(exact.value);
      if (value === null || value === undefined) {
        attr(exact, "aria-invalid", "true");
        text(wrong, kind.wrong);
        return;
      }
      const written = exact.value.trim();
      display(value);
      kind.onChange(value, written.endsWith("%") ? written : undefined);
    });
    const node = el(
      "div",
      { class: "knob", title: knob.hint },
      el("label", { for: fieldId }, knob.label),
      slider,
      exact,
      wrong,
    );
    return { node, set: (value) => (value !== last || value === null ? display(value) : undefined) };
  }
}

function nearestStep(ticks) {
  let best = 0;
  for (let i = 1; i < steps.length; i++) {
    if (Math.abs(steps[i] - ticks) < Math.abs(steps[best] - ticks)) {
      best = i;
    }
  }
  return best;
}
