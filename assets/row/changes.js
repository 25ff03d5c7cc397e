// Edits of a signal in one row, a sound or a text, carried out: each becomes one entry of the history.
// A view is what the card of edits keeps:
//   medium       what the page says of itself, see deeds.js     codes  the two code fields
//   books, some  "one", "all" or "some" codebooks, and which     kept   codebooks before they were left out
//   told         the line that says what happened

import * as edits from "../edits.js";
import { knownBook, meansOf } from "./books.js";
import * as timing from "./timing.js";
import { commitLevels, encodedOf, history, redo, reset, selectedCells, state, undo } from "../store.js";
import { distances } from "../vectors.js";
import { word } from "../words.js";

export const COUNTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]; // of "keep only"

// --- which cells and codebooks --------------------------------------------------------------

export const rangeOf = ({ medium }) => medium.held.range ?? [0, state.grid[1]];

export const levelsOf = ({ books, some }) => {
  if (books === "one") return [state.level];
  const every = [...state.levels.keys()];
  return books === "all" ? every : every.filter((level) => some.has(level));
};

// "3", "1–8", "1, 4": codebooks as people count them.
export function numbers(levels) {
  const first = levels[0] + 1;
  const inRow = levels.length > 2 && levels.every((level, i) => level + 1 === first + i);
  return inRow ? `${first}–${levels.at(-1) + 1}` : levels.map((level) => level + 1).join(", ");
}

// --- deeds ----------------------------------------------------------------------------------

export function move(view, key, mapping, values = {}) {
  const change = (base) => base.map((indices) => timing.moved(indices, mapping));
  carryOut(view, key, levelsOf(view), change, values);
}

const shift = (view, steps) => move(view, "shift", timing.shift(state.grid[1], rangeOf(view), steps));

const numbered = () => Uint16Array.from(state.indices.keys());

export const DEEDS = {
  undo,
  redo,
  reset,
  everything: ({ medium }) => medium.mark(null),
  reverse: (view) => move(view, "reverse", timing.reverse(state.grid[1], rangeOf(view))),
  freeze: (view) => move(view, "freeze", timing.freeze(state.grid[1], rangeOf(view))),
  shuffle: (view) => move(view, "shuffle", edits.shuffle(numbered(), selectedCells())),
  sort: (view) => move(view, "sort", edits.sort(numbered(), selectedCells(), ranks())),
  earlier10: (view) => shift(view, -10),
  earlier: (view) => shift(view, -1),
  later: (view) => shift(view, 1),
  later10: (view) => shift(view, 10),
  erase: (view) => fillWithMeans(view, "erase", levelsOf(view)),
  replace: (view) => withCodes(view, "replace", edits.replace),
  exchange: (view) => withCodes(view, "exchange", edits.exchange),
  restrict(view) {
    const n = COUNTS[view.root.querySelector("[data-keep]").value];
    return toAllowed(view, "restrict", (indices) => edits.mostUsed(indices, selectedCells(), n), { n });
  },
};

// Deeds that have a slider: right after one of them the next begins where that one began, so that the slider
// can be moved to and fro.
const REPEATED = ["stretch", "restrict", "mix"];

const keyOf = ({ medium }, name) => `${medium.words}.deeds.edit.${name}`;

// The label of the last edit, where it was this one of the same cells.
export const wasLast = (view, name) => {
  const last = history().past.at(-1)?.label;
  return last?.key === keyOf(view, name) && last.scope === state.selection ? last : null;
};

// The last edit, where the next starts from what stood before it.
export function repeated(view, name, touched) {
  const last = REPEATED.includes(name) && wasLast(view, name);
  return last && last.touched === String(touched) ? last : null;
}

// change(levels) gives all codebooks anew; those of `touched` go onto the bench, as one edit.
export function carryOut(view, name, touched, change, values = {}) {
  const base = repeated(view, name, touched)?.base ?? state.levels.map((indices) => indices.slice());
  const after = change(base);
  const nexts = [];
  for (const level of touched) nexts[level] = after[level];
  const said = { key: keyOf(view, name), values: { levels: numbers(touched), ...values } };
  const changed = commitLevels({ ...said, base, touched: String(touched), scope: state.selection }, nexts);
  const { words, changed: tell } = view.medium;
  view.told.textContent = changed ? word(`${words}.deeds.changed`, { n: changed }) : word("actions.unchanged");
  if (changed) tell(rangeOf(view));
}

async function fillWithMeans(view, key, levels) {
  const { epoch } = state;
  const means = await meansOf(levels);
  if (!means || epoch !== state.epoch) return;
  const cells = selectedCells();
  carryOut(view, key, levels, (base) => base.map((indices, level) =>
    level in means ? edits.fill(indices, cells, means[level]) : indices));
}

// A code is a code of the codebook that is shown, so only that one is touched.
function withCodes(view, key, deed) {
  const [a, b] = [view.codes.a(), view.codes.b()];
  if (a < 0 || b < 0) return void (view.told.textContent = word("actions.no_code", { last: state.codebookSize - 1 }));
  const { level } = state;
  const change = (base) => base.map((indices, k) => (k === level ? deed(indices, selectedCells(), a, b) : indices));
  carryOut(view, key, [level], change, { a, b });
}

// For each cell the place of its code of the shown codebook in the atlas, where near codes are neighbours.
function ranks() {
  const rank = [];
  state.book.order.forEach((code, place) => (rank[code] = place));
  return Array.from(state.indices, (code) => rank[code]);
}

// Every cell takes the nearest code that is allowed; allowed(indices, level) gives those of a codebook.
export async function toAllowed(view, key, allowed, values) {
  const { epoch } = state;
  const levels = levelsOf(view);
  const far = await Promise.all(levels.map((level) => distances(level)));
  if (!far.every(Boolean) || epoch !== state.epoch) return;
  carryOut(view, key, levels, (base) => base.map((indices, level) => {
    const place = levels.indexOf(level);
    return place < 0 ? indices : edits.restrict(indices, selectedCells(), allowed(indices, level), far[place]);
  }), { levels: numbers(levels), ...values });
}

// --- leaving out ----------------------------------------------------------------------------

export const isOut = (level) => {
  const mean = knownBook(level)?.mean_code;
  return state.levels[level].length > 0 && selectedCells().every((cell) => state.levels[level][cell] === mean);
};

// A codebook that comes back says what it said before.
export function toggleOut(view, level) {
  if (!isOut(level)) {
    view.kept.set(level, state.levels[level].slice());
    return fillWithMeans(view, "out", [level]);
  }
  const back = view.kept.get(level) ?? encodedOf(level);
  const next = state.levels[level].slice();
  for (const cell of selectedCells()) next[cell] = back[cell];
  carryOut(view, "in", [level], (base) => base.map((indices, k) => (k === level ? next : indices)));
}
