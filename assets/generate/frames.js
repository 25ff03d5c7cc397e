// What has come of a prior at work, step by step, and what can be read off it. Pure.
//
// A frame: {step, indices (n · cells), filled, probability, entropy: a byte a cell or null, latents: three bytes a
// cell or null, where: numbers of a flow's only sample or null, picture: an address, texts, sounds, hands}
//   probability, entropy  255 is 1, and all the bits of a code
//   hands                 Set of the cells that the visitor has set

import { fromBase64 } from "../asking.js";

// Rows and columns in which a grid (K, h, w) or (K, t) is drawn: codebooks one below the other.
export function shapeOf(grid) {
  const columns = grid.at(-1);
  return { rows: grid.reduce((all, length) => all * length, 1) / columns, columns };
}

export const cellsOf = (grid) => grid.reduce((all, length) => all * length, 1);

export const blankFrame = (cells, count) => ({
  step: 0, indices: new Uint16Array(cells * count), filled: new Uint8Array(cells * count), probability: null, entropy: null,
  latents: null, where: null, picture: "", texts: null, sounds: null, hands: new Set(),
});

export function frameFrom(told, hands = new Set()) {
  const bytes = (text) => text && fromBase64(text, Uint8Array);
  return {
    step: told.step,
    indices: fromBase64(told.indices, Uint16Array),
    filled: bytes(told.filled),
    probability: bytes(told.probability),
    entropy: bytes(told.entropy),
    latents: bytes(told.latents),
    where: told.where && halves(fromBase64(told.where, Uint16Array)),
    picture: told.picture ?? "",
    texts: told.texts ?? null,
    sounds: told.sounds ?? null,
    hands,
  };
}

// Numbers of half precision (IEEE 754) from their bits.
export const halves = (words) => Float32Array.from(words, (word) => {
  const [sign, exponent, fraction] = [word & 0x8000 ? -1 : 1, (word >> 10) & 31, word & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
});

// One sample's cells of a frame's list, `each` numbers a cell.
export const cut = (list, sample, cells, each = 1) => list?.subarray(sample * cells * each, (sample + 1) * cells * each) ?? null;

// A frame with one of its samples only.
export function only(frame, sample, cells) {
  if (frame.indices.length === cells) return frame;
  const lists = ["indices", "filled", "probability", "entropy"].map((name) => [name, cut(frame[name], sample, cells)]);
  const pick = (list) => (list ? [list[sample]] : null);
  return {
    ...frame, ...Object.fromEntries(lists), latents: cut(frame.latents, sample, cells, 3), where: null,
    texts: pick(frame.texts), sounds: pick(frame.sounds), part: sample, // its picture is that of all of them
  };
}

// At which frame each cell of a sample was filled for good, −1 for not yet; frames up to `last` count.
export function orderOf(frames, last, sample, cells) {
  const order = new Int32Array(cells).fill(-1);
  for (let i = 0; i <= last; i++) {
    const filled = cut(frames[i].filled, sample, cells);
    for (let cell = 0; cell < cells; cell++) {
      if (!filled[cell]) order[cell] = -1;
      else if (order[cell] < 0) order[cell] = i;
    }
  }
  return order;
}

// A frame of one sample with a cell set by hand, or, without a code, emptied.
export function withCell(frame, cell, code) {
  const next = { ...frame, indices: frame.indices.slice(), filled: frame.filled.slice(), hands: new Set(frame.hands) };
  next.probability = frame.probability?.slice() ?? null;
  next.indices[cell] = code ?? 0;
  next.filled[cell] = code === null ? 0 : 1;
  if (next.probability) next.probability[cell] = code === null ? 0 : 255;
  if (code === null) next.hands.delete(cell);
  else next.hands.add(cell);
  return Object.assign(next, { where: null, picture: "" });
}

// Which cells stay when a prior goes on from a frame: those that are filled, of a flow those set by hand.
export function knownOf(frame, kind) {
  if (kind !== "flow") return frame.filled.slice();
  return Uint8Array.from(frame.filled, (_, cell) => (frame.hands.has(cell) ? 1 : 0));
}

export const openCells = (known) => known.reduce((count, one) => count + !one, 0);

// Whether all that a causal prior writes before a cell is there: cell by cell, and of each all its codebooks.
export function isReached(filled, cell, grid) {
  const places = filled.length / grid[0];
  const rank = (one) => (one % places) * grid[0] + Math.floor(one / places);
  return filled.every((done, one) => done || rank(one) >= rank(cell));
}

// The frame that is shown at a share of the way, of `total` steps, as far as it has come.
export const placeAt = (progress, total, arrived) => Math.max(0, Math.min(arrived - 1, Math.round(progress * total)));

// The next share, in a direction of ±1, at which any of the lanes with these totals shows another frame.
export function nextStop(progress, totals, direction) {
  const stops = totals.flatMap((total) => {
    const place = Math.round(progress * total) + direction;
    return place >= 0 && place <= total ? [place / total] : [];
  });
  if (!stops.length) return progress;
  return direction > 0 ? Math.min(...stops) : Math.max(...stops);
}
