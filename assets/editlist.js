// The list of edits, newest first. A click on one goes back, or forward again, to the moment after it.

import { history, on, redo, state, undo } from "./store.js";
import { onLanguage, word } from "./words.js";

export const cellCount = (n) => word(n === 1 ? "edit.cell" : "edit.cells", { n });

export const sentenceOf = ({ label: { key, values } }) => word(key, values);

export function mountEditList(root) {
  let waiting = false;
  const later = () => {
    if (!waiting) requestAnimationFrame(() => ((waiting = false), write(root)));
    waiting = true; // many steps at once are written once
  };
  on("history", later);
  on("book", later); // the colours of the codes
  onLanguage(() => write(root));
}

// `steps` is how far an entry lies ahead of the bench (redo) or behind it (undo, negative).
function write(root) {
  const { past, future } = history();
  root.hidden = past.length + future.length === 0;
  const entries = [
    ...future.map((edit, i) => ({ edit, steps: future.length - i })),
    ...past.map((edit, i) => ({ edit, steps: i + 1 - past.length })).reverse(),
    { edit: null, steps: -past.length },
  ];
  root.querySelector("ol").replaceChildren(...entries.map(item));
  root.querySelector("[data-count]").textContent = String(past.length);
}

function item({ edit, steps }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "edit" });
  button.append(piece("", edit ? sentenceOf(edit) : word("edit.start")));
  if (edit) button.append(...dots(edit.label.values));
  if (edit && !edit.bench) button.append(piece("edit-cells", cellCount(edit.cells.length)));
  if (steps > 0) button.classList.add("undone");
  if (steps === 0) button.setAttribute("aria-current", "step");
  button.onclick = () => walk(steps);
  const line = document.createElement("li");
  line.append(button);
  return line;
}

const piece = (className, textContent) => Object.assign(document.createElement("span"), { className, textContent });

function dots(values = {}) {
  const codes = ["code", "a", "b"].map((name) => values[name]).filter((code) => state.book?.colours[code]);
  return codes.map((code) => {
    const dot = piece("code-dot", "");
    dot.style.background = state.book.colours[code];
    return dot;
  });
}

async function walk(steps) {
  for (let i = 0; i < Math.abs(steps); i++) await (steps > 0 ? redo() : undo());
}
