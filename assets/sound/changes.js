// The edits of a sound, carried out: whatever moves frames or gives codes becomes one entry of the history.
// A view is what the card of edits keeps:
//   books, some  "one", "all" or "some" codebooks, and which     kept   codebooks before they were left out
//   codes        the two code fields                             told   the line that says what happened

import * as edits from "../edits.js";
import { commitLevels, encodedOf, history, redo, reset, selectedCells, state, undo } from "../store.js";
import { distances } from "../vectors.js";
import { word } from "../words.js";
import { hearEdit } from "./audition.js";
import { knownBook, meansOf } from "./books.js";
import { clip, mark } from "./clip.js";
import * as timing from "./timing.js";

export const FACTORS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]; // of the stretching slider
export const COUNTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]; // of "keep only"

// --- which cells and codebooks --------------------------------------------------------------

const range = () => clip.range ?? [0, state.grid[1]];

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

const move = (view, key, mapping, values = {}) => {
  const change = (base) => base.map((indices) => timing.moved(indices, mapping));
  carryOut(view, key, levelsOf(view), change, values);
};

const shift = (view, steps) => move(view, "shift", timing.shift(state.grid[1], range(), steps));

const numbered = () => Uint16Array.from(state.indices.keys());

export const DEEDS = {
  undo,
  redo,
  reset,
  everything: () => mark(null),
  reverse: (view) => move(view, "reverse", timing.reverse(state.grid[1], range())),
  freeze: (view) => move(view, "freeze", timing.freeze(state.grid[1], range())),
  shuffle: (view) => move(view, "shuffle", edits.shuffle(numbered(), selectedCells())),
  sort: (view) => move(view, "sort", edits.sort(numbered(), selectedCells(), ranks())),
  earlier10: (view) => shift(view, -10),
  earlier: (view) => shift(view, -1),
  later: (view) => shift(view, 1),
  later10: (view) => shift(view, 10),
  stretch(view) {
    const factor = FACTORS[view.root.querySelector("[data-stretch]").value];
    const rest = repeated("stretch", levelsOf(view))?.values.rest ?? timing.quietest(clip.sound, state.stride);
    move(view, "stretch", timing.stretch(state.grid[1], range(), factor, rest), { factor: String(factor), rest });
  },
  erase: (view) => fillWithMeans(view, "erase", levelsOf(view)),
  replace: (view) => withCodes(view, "replace", edits.replace),
  exchange: (view) => withCodes(view, "exchange", edits.exchange),
  restrict: (view) => restrict(view, COUNTS[view.root.querySelector("[data-keep]").value]),
};

// Deeds that have a slider: right after one of them the next begins where that one began, so that the slider
// can be moved to and fro.
const REPEATED = ["stretch", "restrict", "mix"];

const keyOf = (name) => `sound.deeds.edit.${name}`;

export const wasLast = (name) => {
  const last = history().past.at(-1)?.label;
  return last?.key === keyOf(name) && last.scope === state.selection ? last : null;
};

// The last edit, where the next starts from what stood before it.
function repeated(name, touched) {
  const last = REPEATED.includes(name) && wasLast(name);
  return last && last.touched === String(touched) ? last : null;
}

// change(levels) gives all codebooks anew; those of `touched` go onto the bench, as one edit.
export function carryOut(view, name, touched, change, values = {}) {
  const base = repeated(name, touched)?.base ?? state.levels.map((indices) => indices.slice());
  const after = change(base);
  const nexts = [];
  for (const level of touched) nexts[level] = after[level];
  const said = { key: keyOf(name), values: { levels: numbers(touched), ...values } };
  const changed = commitLevels({ ...said, base, touched: String(touched), scope: state.selection }, nexts);
  view.told.textContent = changed ? word("sound.deeds.changed", { n: changed }) : word("actions.unchanged");
  if (changed) hearEdit(...range());
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

// For each frame the place of its code of the shown codebook in the atlas, where near codes are neighbours.
function ranks() {
  const rank = [];
  state.book.order.forEach((code, place) => (rank[code] = place));
  return Array.from(state.indices, (code) => rank[code]);
}

async function restrict(view, n) {
  const { epoch } = state;
  const levels = levelsOf(view);
  const far = await Promise.all(levels.map((level) => distances(level)));
  if (!far.every(Boolean) || epoch !== state.epoch) return;
  const cells = selectedCells();
  carryOut(view, "restrict", levels, (base) => base.map((indices, level) => {
    const place = levels.indexOf(level);
    return place < 0 ? indices : edits.restrict(indices, cells, edits.mostUsed(indices, cells, n), far[place]);
  }), { n });
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
  const cells = selectedCells();
  const next = state.levels[level].slice();
  for (const cell of cells) next[cell] = back[cell];
  carryOut(view, "in", [level], (base) => base.map((indices, k) => (k === level ? next : indices)));
}
