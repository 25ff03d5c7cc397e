// What has come of a blend so far, and what can be read off it. Pure.
//
//   plan     {steps, paths, size, grid, stride, codebooks, bits}: see playground/ui/blend.py
//   ends     [levels of A, levels of B], a Uint16Array a codebook
//   when     Float32Array (K · cells): the share at which each token of the token path flips, Infinity for never
//   frames   path → what has come of it, by step
//   flips    {places, steps, levels, cells, codes, far} of the snapped path, or null until it has come

import { fromBase64, split } from "../asking.js";

export const emptyRoad = () => ({ plan: null, ends: [], when: null, frames: {}, flips: null });

export function takePlan(road, { tokens, when, ...plan }) {
  road.plan = plan;
  road.ends = tokens.map((packed) => split(fromBase64(packed, Uint16Array), plan.codebooks));
  road.when = fromBase64(when, Float32Array);
  for (const path of plan.paths) road.frames[path] = [];
}

export function takeFlips(road, { places, far, ...packed }) {
  const columns = Object.entries(packed).filter(([name]) => name !== "kind");
  road.flips = { places, far, ...Object.fromEntries(columns.map(([name, text]) => [name, fromBase64(text, Uint16Array)])) };
}

// What a path is called, as part of a key of the words: that of latents without codes is the continuous one.
export function nameOf({ plan }, path, kind) {
  if (path === "signal") return `${path}_${kind}`;
  return path === "latents" && !plan.codebooks ? "twin" : path;
}

// The step nearest to `step` of which a frame is there, −1 where none is.
export function nearestStep(frames, step) {
  let best = -1;
  for (let i = 0; i < frames.length; i++) {
    if (frames[i] !== undefined && (best < 0 || Math.abs(i - step) < Math.abs(best - step))) best = i;
  }
  return best;
}

export const isWhole = ({ plan, frames }) =>
  Boolean(plan) && plan.paths.every((path) => nearestStep(frames[path], 0) === 0 && frames[path].filter((f) => f !== undefined).length === plan.steps + 1);

// The tokens of a path at a share, a Uint16Array a codebook; null where they are not known yet.
export function tokensAt(road, path, share) {
  const [a, b] = road.ends;
  if (!a?.length) return null;
  if (path === "tokens") {
    const cells = a[0].length;
    return a.map((codes, k) => codes.map((code, cell) => (share >= road.when[k * cells + cell] ? b[k][cell] : code)));
  }
  if (path !== "snapped" || !road.flips) return null;
  const levels = a.map((codes) => codes.slice());
  const { places, steps, levels: books, cells, codes } = road.flips;
  const last = Math.round(share * places);
  for (let i = 0; i < steps.length && steps[i] <= last; i++) levels[books[i]][cells[i]] = codes[i];
  return levels;
}

// How many tokens are A's, B's, both's, and neither's.
export function tally([a, b], levels) {
  const found = { a: 0, b: 0, both: 0, neither: 0 };
  levels.forEach((codes, k) => codes.forEach((code, cell) => {
    const [isA, isB] = [code === a[k][cell], code === b[k][cell]];
    found[isA && isB ? "both" : isA ? "a" : isB ? "b" : "neither"] += 1;
  }));
  return found;
}

// Every flip of one codebook on a path: {share, cell, code}[], in the order of the path.
export function marks(road, path, level) {
  const [a, b] = road.ends;
  if (path === "snapped") {
    const found = [];
    const { places, steps, levels, cells, codes } = road.flips ?? { steps: [] };
    for (let i = 0; i < steps.length; i++) {
      if (levels[i] === level) found.push({ share: steps[i] / places, cell: cells[i], code: codes[i] });
    }
    return found;
  }
  const cells = a[level].length;
  return Array.from(a[level], (code, cell) => ({ share: road.when[level * cells + cell], cell, code: b[level][cell] }))
    .filter(({ share, cell, code }) => share <= 1 && code !== a[level][cell]);
}

// How far the path runs from the nearest codes at a share, in times of what it is at its two ends.
export function strayAt({ flips }, share) {
  if (!flips) return null;
  const { far } = flips;
  return (2 * far[Math.round(share * (far.length - 1))]) / (far[0] + far.at(-1));
}
