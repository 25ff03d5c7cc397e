// Edits of the whole grid, or of the selected cells: the buttons below the token canvas.

import { CODE_FIELDS, mountCodeFields } from "./codefields.js";
import { cellCount, mountEditList } from "./editlist.js";
import * as edits from "./edits.js";
import { isTyping, wish } from "./keys.js";
import { mountSecond, SECOND } from "./second.js";
import { commit, commitMove, history, isEdited, on, redo, reset, select, selectedCells, state, undo } from "./store.js";
import { distances } from "./vectors.js";
import { label, onLanguage, word } from "./words.js";

export { heldCopy } from "./second.js";

// What the slider of "keep n codes" stands at: nearly equal steps to the eye, few codes or many.
export const COUNTS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64];

const labelled = (deed, more = "") => `<button type="button" class="button ${more}" data-deed="${deed}"
  data-word="actions.${deed}" data-word-title="actions.${deed}_title"></button>`;
const arrow = (deed, sign) => `<button type="button" class="button" data-deed="${deed}"
  data-word-label="actions.${deed}" data-word-title="actions.${deed}">${sign}</button>`;

const FRAME = `
  <div class="card-head"><h2 data-word="actions.title"></h2>
    <div class="actions-history">
      ${labelled("undo", "quiet")}${labelled("redo", "quiet")}${labelled("reset", "quiet")}</div></div>
  <p class="actions-scope"><span data-scope></span>
    <button type="button" class="button quiet" data-deed="everything" data-word="actions.everything"></button>
    <span class="actions-told" role="status"></span></p>
  <div class="actions-row">${labelled("erase")}${labelled("shuffle")}${labelled("sort")}${labelled("mirror")}</div>
  <div class="actions-row actions-codes">${CODE_FIELDS}${labelled("replace")}${labelled("exchange")}</div>
  <details class="actions-more"><summary data-word="actions.more"></summary>
    <div class="actions-row">
      <label class="actions-pair"><span data-word="actions.keep"></span>
        <input type="range" min="0" max="${COUNTS.length - 1}" value="6"> <output></output></label>
      ${labelled("restrict")}
    </div>
    <div class="actions-row">
      <span class="actions-pair"><span data-word="actions.shift"></span>
        ${arrow("left", "←")}${arrow("up", "↑")}${arrow("down", "↓")}${arrow("right", "→")}</span>
      ${labelled("flip")}
    </div>
    <div data-second>${SECOND}</div>
  </details>
  <details class="actions-list" open hidden>
    <summary><span data-word="actions.list"></span> <span class="note" data-count></span></summary><ol></ol>
  </details>`;

export function mountActions(root) {
  root.innerHTML = FRAME;
  const view = { root, slider: root.querySelector("[type=range]"), told: root.querySelector(".actions-told") };
  view.codes = mountCodeFields(root);
  for (const element of root.querySelectorAll("[data-deed]")) element.onclick = () => DEEDS[element.dataset.deed](view);
  view.slider.oninput = () => showCount(view);
  mountSecond(root.querySelector("[data-second]"), (codes, name) => keepCodes(view, codes, name));
  mountEditList(root.querySelector(".actions-list"));
  label(root);
  for (const topic of ["loaded", "selection"]) on(topic, () => tellScope(view));
  for (const topic of ["loaded", "history"]) on(topic, () => (view.told.textContent = ""));
  for (const topic of ["loaded", "book", "tokens", "history"]) on(topic, () => enable(view));
  onLanguage(() => (tellScope(view), showCount(view), (view.told.textContent = "")));
  enable(view);
  addEventListener("keydown", listenToKeys);
}

function listenToKeys(event) {
  const deed = { undo, redo }[wish(event)];
  if (!deed || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  deed();
}

// --- deeds --------------------------------------------------------------------------------

const columns = () => state.grid[1];

const DEEDS = {
  undo,
  redo,
  reset,
  everything: () => select(null),
  erase: (view) => erase(view, state.book.mean_code),
  shuffle: (view) => move(view, "shuffle", (places) => edits.shuffle(places, selectedCells())),
  sort: (view) => move(view, "sort", (places) => edits.sort(places, selectedCells(), ranks())),
  mirror: (view) => move(view, "mirror", (places) => edits.mirror(places, selectedCells(), columns())),
  flip: (view) => move(view, "flip", (places) => edits.flip(places, selectedCells(), columns())),
  left: (view) => shift(view, 0, -1),
  right: (view) => shift(view, 0, 1),
  up: (view) => shift(view, -1, 0),
  down: (view) => shift(view, 1, 0),
  replace: (view) => withCodes(view, "replace", edits.replace),
  exchange: (view) => withCodes(view, "exchange", edits.exchange),
  restrict: (view) => keepCount(view, COUNTS[view.slider.value]),
};

function act(view, key, next, values = {}) {
  finish(view, commit({ key: `edit.${key}`, values }, next));
}

// What moves cells is done to their numbers, so that every codebook can follow.
function move(view, key, deed) {
  const mapping = deed(Uint16Array.from(state.indices.keys()));
  finish(view, commitMove({ key: `edit.${key}`, values: {} }, mapping));
}

// A change shows in the picture and in the list, so only a listener needs the sentence.
function finish({ told }, changed) {
  told.textContent = changed ? word("actions.changed", { cells: cellCount(changed) }) : word("actions.unchanged");
  told.classList.toggle("visually-hidden", changed > 0);
}

const erase = (view, code) => act(view, "erase", edits.fill(state.indices, selectedCells(), code), { code });

const shift = (view, dy, dx) =>
  move(view, "shift", (places) => edits.shift(places, selectedCells(), columns(), dy, dx));

function withCodes(view, key, deed) {
  const [a, b] = [view.codes.a(), view.codes.b()];
  if (a < 0 || b < 0) {
    view.told.textContent = word("actions.no_code", { last: state.codebookSize - 1 });
    view.told.classList.remove("visually-hidden");
  } else act(view, key, deed(state.indices, selectedCells(), a, b), { a, b });
}

// For each cell the place of its code in the atlas, where near codes are neighbours.
function ranks() {
  const rank = [];
  state.book.order.forEach((code, place) => (rank[code] = place));
  return Array.from(state.indices, (code) => rank[code]);
}

const keepCount = (view, n) =>
  restrict(view, (indices, cells) => edits.mostUsed(indices, cells, n), { key: "edit.restrict", values: { n } });

const keepCodes = (view, codes, name) => restrict(view, () => codes, { key: "edit.restrict_to", values: { name } });

// allowedIn(indices, cells) says which codes may stay. Right after another restriction of the same
// cells it starts from the grid before that one, so that the slider can be moved up again.
async function restrict(view, allowedIn, labelOfEdit) {
  const { epoch } = state;
  const distance = await distances();
  if (!distance || epoch !== state.epoch || !state.indices.length) return;
  const last = history().past.at(-1)?.label;
  const base = last?.base && last.scope === state.selection ? last.base : state.indices.slice();
  const cells = selectedCells();
  const next = edits.restrict(base, cells, allowedIn(base, cells), distance);
  finish(view, commit({ ...labelOfEdit, base, scope: state.selection }, next));
}

// --- what the card says -------------------------------------------------------------------

function tellScope({ root }) {
  const n = selectedCells().length;
  const key = !state.selection ? "actions.scope.all" : n === 1 ? "actions.scope.one" : "actions.scope.some";
  root.querySelector("[data-scope]").textContent = word(key, { n });
  root.querySelector("[data-deed=everything]").hidden = !state.selection;
}

function showCount({ root, slider }) {
  const text = word(slider.value === "0" ? "actions.count_one" : "actions.count", { n: COUNTS[slider.value] });
  root.querySelector("output").textContent = text;
  slider.setAttribute("aria-valuetext", text);
}

function enable({ root }) {
  const { past, future } = history();
  const able = { undo: past.length, redo: future.length, reset: isEdited() };
  for (const button of root.querySelectorAll("[data-deed]")) {
    const { deed } = button.dataset;
    button.disabled = deed in able ? !able[deed] : !state.indices.length || !state.book;
  }
}
