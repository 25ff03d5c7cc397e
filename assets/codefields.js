// Two fields for two codes, a and b. A click on a cell anywhere fills a; after a click into b,
// the next cell clicked fills b instead.

import { mostUsed } from "./edits.js";
import { hover, on, state } from "./store.js";

const FIELD = (name) => `
  <label class="code-field" data-field="${name}" data-word-title="actions.field_${name}_title">
    <span class="code-dot"></span><span class="visually-hidden" data-word="actions.field_${name}"></span>
    <input type="number" class="field" min="0" step="1" inputmode="numeric">
  </label>`;

export const CODE_FIELDS = `${FIELD("a")}<span aria-hidden="true">→</span>${FIELD("b")}`;

// Returns {a(), b()}: the code in a field, −1 while it holds none.
export function mountCodeFields(root) {
  const a = field(root, "a");
  const b = field(root, "b");
  let chosen = false; // whether the visitor has chosen b
  const waiting = b.frame.toggleAttribute.bind(b.frame, "data-waiting"); // for the next cell that is picked
  b.input.addEventListener("focus", () => waiting(true));
  b.input.addEventListener("blur", ({ relatedTarget }) => root.contains(relatedTarget) && waiting(false));
  b.input.addEventListener("input", () => ((chosen = true), waiting(false)));
  const suggest = () => !chosen && b.put(frequentOtherThan(a.code()));
  on("loaded", () => (a.put(state.code), (chosen = false), suggest()));
  on("picked", () => {
    if ("waiting" in b.frame.dataset) {
      b.put(state.code);
      chosen = true;
      waiting(false);
    } else {
      a.put(state.code);
      if (a.code() === b.code()) suggest();
    }
  });
  on("book", () => [a, b].forEach((each) => each.dress()));
  return { a: a.code, b: b.code };
}

function field(root, name) {
  const frame = root.querySelector(`[data-field="${name}"]`);
  const input = frame.querySelector("input");
  const code = () => (/^\d+$/.test(input.value) && Number(input.value) < state.codebookSize ? Number(input.value) : -1);
  const dress = () => {
    input.max = String(Math.max(state.codebookSize - 1, 0));
    frame.querySelector(".code-dot").style.background = state.book?.colours[code()] ?? "none";
    input.setAttribute("aria-invalid", String(code() < 0));
  };
  input.addEventListener("input", dress);
  frame.addEventListener("pointerenter", () => code() >= 0 && hover(code(), -1, "actions"));
  frame.addEventListener("pointerleave", () => hover(-1, -1, ""));
  return { frame, input, code, dress, put: (value) => ((input.value = String(value)), dress()) };
}

// A code whose exchange for a shows: the most frequent one that is not a.
function frequentOtherThan(a) {
  const cells = [...state.indices.keys()];
  return mostUsed(state.indices, cells, 2).find((code) => code !== a) ?? state.book?.mean_code ?? 0;
}
