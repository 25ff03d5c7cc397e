// The resynthesis beside the original, character by character: what is gone struck out, what is new underlined.

import { on, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { diff, distance } from "./diff.js";
import { oneLine, shown, textOf } from "./glyphs.js";
import { passage } from "./passage.js";

const FRAME = `
  <div class="card-head"><h2 data-word="text.compare.title"></h2><p class="note" data-told aria-live="polite"></p></div>
  <p class="text-spelled" dir="auto"></p>
  <p class="note" data-word="text.compare.note"></p>`;

export function mountCompare(root) {
  root.innerHTML = FRAME;
  let waiting = false;
  const later = () => {
    if (!waiting) requestAnimationFrame(() => ((waiting = false), show(root)));
    waiting = true;
  };
  for (const topic of ["loaded", "text"]) on(topic, later);
  label(root);
  onLanguage(() => state.levels.length && show(root));
}

function show(root) {
  const parts = differences(passage.bytes);
  root.querySelector(".text-spelled").replaceChildren(...parts.map(partOf));
  const n = distance(parts);
  const key = !passage.original ? "alone" : n === 0 ? "same" : n === 1 ? "one" : "many";
  root.querySelector("[data-told]").textContent = word(`text.compare.${key}`, { n });
}

// What the original and a resynthesis of it have in common, and what not.
export const differences = (bytes) =>
  passage.original ? diff(textOf(passage.original), textOf(bytes)) : [{ kind: "same", text: textOf(bytes) }];

const TAGS = { same: "span", gone: "del", new: "ins" };

export function partOf({ kind, text }) {
  // A line break that is gone or new must not break the line here.
  return Object.assign(document.createElement(TAGS[kind]), { textContent: kind === "same" ? shown(text) : oneLine(text) });
}
