// The arithmetic of the Joint page, without a browser: who believes what, which sentence says it, where a token stands.

export const SENSES = ["pictures", "sounds", "words"];
const SURE = 0.6; // a belief from here on is one; below, somebody guesses
const DOUBT = 0.15; // a second meaning from here on is worth a word
const SHOWN = 10; // meanings in the chart, at most

export const percent = (share) => Math.round(100 * share);

// The meaning most believed in: {meaning: its number, share}.
export function top(belief) {
  const meaning = belief.indexOf(Math.max(...belief));
  return { meaning, share: belief[meaning] };
}

// All meanings, the likeliest first: [{meaning, share}].
export const ranked = (belief) => belief.map((share, meaning) => ({ meaning, share })).sort((a, b) => b.share - a.share);

// Which meanings a chart shows: all where they are few, in their own order; else those that anybody thinks likely.
export function charted(beliefs, most = SHOWN) {
  const meanings = beliefs[0].map((_, meaning) => meaning);
  if (meanings.length <= most) return meanings;
  const likely = (meaning) => Math.max(...beliefs.map((belief) => belief[meaning]));
  return meanings.sort((a, b) => likely(b) - likely(a)).slice(0, most);
}

// What is to be said of a thought: {key, meaning, share, second?, odd?: [{sense, meaning, share}]}.
//   senses  {pictures: {belief}, …}, those that were given something
export function verdict(belief, senses) {
  const [first, second] = ranked(belief);
  const told = { ...first, second: second && second.share >= DOUBT ? second : null };
  const opinions = Object.entries(senses).map(([sense, { belief: own }]) => ({ sense, ...top(own) }));
  const sure = opinions.filter(({ share }) => share >= SURE);
  if (new Set(sure.map(({ meaning }) => meaning)).size > 1) return { ...told, key: "odd", odd: sure };
  if (first.share >= 0.9) return { ...told, key: opinions.length > 1 ? "agreed" : "sure" };
  return { ...told, key: first.share >= SURE ? "likely" : "unsure" };
}

// A point of the way from a to b (D numbers each).
export const between = (a, b, share) => a.map((value, i) => value + share * (b[i] - value));

// The cells of the one sequence: [{part, place, level, codes, style, letter}], in order.
//   segments  [{part, start, stop, codes}] of the model
export function cellsOf(segments) {
  const seen = {};
  return segments.flatMap(({ part, start, stop, codes }) => {
    const number = (seen[part] = (seen[part] ?? -1) + 1);
    const style = part !== "concept" && number === 0;
    const level = part === "concept" ? number : number - 1; // the codebook
    return Array.from({ length: stop - start }, (_, i) => ({
      part, place: start + i, within: i, level, codes, style, letter: part === "words" && !style,
    }));
  });
}

// Left edges and widths of cells in a strip `width` wide: {x, w} each. Shared codes get `wide`, parts stand apart.
export function arranged(cells, width, { wide, gap }) {
  const parts = new Set(cells.map(({ part }) => part)).size;
  const shared = cells.filter(({ part }) => part === "concept").length;
  const rest = (width - shared * wide - (parts - 1) * gap) / Math.max(1, cells.length - shared);
  let x = 0;
  return cells.map(({ part }, i) => {
    if (i && cells[i - 1].part !== part) x += gap;
    const w = part === "concept" ? wide : rest;
    x += w;
    return { x: x - w, w };
  });
}

// The strongest links between cells of different parts: [{from, to, weight}], `from` looks at `to`.
//   rows  (T × T) numbers 0 … 255, row by row
//   only  a place: its own links alone, both ways; null for all
export function links(rows, cells, { only = null, most = 60 } = {}) {
  const found = [];
  const count = cells.length;
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      const weight = rows[from * count + to];
      if (!weight || cells[from].part === cells[to].part) continue;
      if (only === null || only === from || only === to) found.push({ from, to, weight });
    }
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, most);
}

// The strokes of a seven, as a hand would draw it on a sheet from 0 to 1; below them stands what to do.
export const SEVEN = [[[0.3, 0.14], [0.46, 0.13], [0.62, 0.12], [0.72, 0.13], [0.67, 0.27], [0.6, 0.42], [0.54, 0.57], [0.49, 0.7]]];
