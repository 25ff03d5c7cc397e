// The edits of a text, carried out: whatever moves cells or gives codes becomes one entry of the history.
// A view is what the card of edits keeps:
//   books    "one" or "all" codebooks             codes   the two code fields
//   kept     codebooks before they were left out  told    the line that says what happened

import * as edits from "../edits.js";
import { knownBook, meansOf } from "../sound/books.js";
import * as timing from "../sound/timing.js";
import { commitLevels, encodedOf, redo, reset, selectedCells, state, undo } from "../store.js";
import { distances } from "../vectors.js";
import { word } from "../words.js";
import { mark, passage } from "./passage.js";

export const COUNTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]; // of "keep only"

const range = () => passage.range ?? [0, state.grid[1]];

export const levelsOf = ({ books }) => (books === "one" ? [state.level] : [...state.levels.keys()]);

// "3", "1–4": codebooks in a row, as people count them.
export const numbers = (levels) => (levels.length > 1 ? `${levels[0] + 1}–${levels.at(-1) + 1}` : String(levels[0] + 1));

const numbered = () => Uint16Array.from(state.indices.keys());

const move = (view, key, mapping) =>
  carryOut(view, key, levelsOf(view), (base) => base.map((indices) => timing.moved(indices, mapping)));

export const DEEDS = {
  undo,
  redo,
  reset,
  everything: () => mark(null),
  reverse: (view) => move(view, "reverse", timing.reverse(state.grid[1], range())),
  freeze: (view) => move(view, "freeze", timing.freeze(state.grid[1], range())),
  shuffle: (view) => move(view, "shuffle", edits.shuffle(numbered(), selectedCells())),
  earlier: (view) => move(view, "shift", timing.shift(state.grid[1], range(), -1)),
  later: (view) => move(view, "shift", timing.shift(state.grid[1], range(), 1)),
  erase: (view) => fillWithMeans(view, "erase", levelsOf(view)),
  replace: (view) => withCodes(view, "replace", edits.replace),
  exchange: (view) => withCodes(view, "exchange", edits.exchange),
  restrict: (view) => restrict(view, COUNTS[view.root.querySelector("[data-keep]").value]),
};

// change(levels) gives all codebooks anew; those of `touched` go onto the bench, as one edit.
export function carryOut(view, name, touched, change, values = {}) {
  const after = change(state.levels);
  const nexts = [];
  for (const level of touched) nexts[level] = after[level];
  const changed = commitLevels({ key: `text.deeds.edit.${name}`, values: { levels: numbers(touched), ...values } }, nexts);
  view.told.textContent = changed ? word("text.deeds.changed", { n: changed }) : word("actions.unchanged");
}

async function fillWithMeans(view, key, levels) {
  const { epoch } = state;
  const means = await meansOf(levels);
  if (!means || epoch !== state.epoch) return;
  const cells = selectedCells();
  carryOut(view, key, levels, (base) => base.map((indices, level) =>
    level in means ? edits.fill(indices, cells, means[level]) : indices));
}

// A code is a code of the codebook in hand, so only that one is touched.
function withCodes(view, key, deed) {
  const [a, b] = [view.codes.a(), view.codes.b()];
  if (a < 0 || b < 0) return void (view.told.textContent = word("actions.no_code", { last: state.codebookSize - 1 }));
  const { level } = state;
  const change = (base) => base.map((indices, k) => (k === level ? deed(indices, selectedCells(), a, b) : indices));
  carryOut(view, key, [level], change, { a, b });
}

const restrict = (view, n) =>
  toAllowed(view, "restrict", (indices) => edits.mostUsed(indices, selectedCells(), n), { n });

// Every cell takes the nearest code that is allowed; allowed(indices, level) gives those of a codebook.
export async function toAllowed(view, key, allowed, values) {
  const { epoch } = state;
  const levels = levelsOf(view);
  const far = await Promise.all(levels.map((level) => distances(level)));
  if (!far.every(Boolean) || epoch !== state.epoch) return;
  carryOut(view, key, levels, (base) => base.map((indices, level) => {
    const place = levels.indexOf(level);
    return place < 0 ? indices : edits.restrict(indices, selectedCells(), allowed(indices, level), far[place]);
  }), values);
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
