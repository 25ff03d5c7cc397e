// Edits in time, as pure functions. Each gives a mapping of the frames of a clip: mapping[t] is the frame whose
// codes come to stand at t. `moved` carries it out, on one codebook or on every one of them alike.
// Ranges are [from, to] in frames, `to` just outside.

const mapped = (length, from) => Uint32Array.from({ length }, (_, t) => from(t));

export const moved = (indices, mapping) => Uint16Array.from(mapping, (t) => indices[t]);

export const reverse = (length, [from, to]) => mapped(length, (t) => (t >= from && t < to ? from + to - 1 - t : t));

// The first frame of the range fills it.
export const freeze = (length, [from, to]) => mapped(length, (t) => (t >= from && t < to ? from : t));

// `steps` frames later, or earlier where negative; what leaves the range comes back at its other end.
export function shift(length, [from, to], steps) {
  const wide = to - from;
  return mapped(length, (t) => (t >= from && t < to ? from + ((((t - from - steps) % wide) + wide) % wide) : t));
}

// The range lasts `factor` times as long, and what follows it moves along. The clip keeps its length:
// what no longer fits is cut off, and where nothing is left to follow stands frame `rest`.
export function stretch(length, [from, to], factor, rest) {
  const wide = Math.max(1, Math.round((to - from) * factor));
  return mapped(length, (t) => {
    if (t < from) return t;
    if (t < from + wide) return from + Math.floor(((2 * (t - from) + 1) * (to - from)) / (2 * wide)); // as in edits/time.py
    const after = t - from - wide + to;
    return after < length ? after : rest;
  });
}

// The whole of a clip `factor` times as long: as many frames as it takes, none cut off.
export function lengthen(length, factor) {
  const wide = Math.max(1, Math.round(length * factor));
  return mapped(wide, (t) => Math.floor(((2 * t + 1) * length) / (2 * wide))); // as in edits/time.py
}

// How many frames no longer fit once a range of a clip is stretched.
export const cutOff = ([from, to], factor) => Math.max(0, Math.round((to - from) * factor) - (to - from));

const NEAR = 2; // frames on each side: a single quiet one between two words is no rest

// The frame around which `sound` (samples, `stride` of them a frame) has least energy: as near to silence as it comes.
export function quietest(sound, stride) {
  const energies = Array.from({ length: Math.floor(sound.length / stride) }, (_, t) => energy(sound, t * stride, stride));
  let [best, least] = [0, Infinity];
  for (let t = 0; t < energies.length; t++) {
    const near = energies.slice(Math.max(0, t - NEAR), t + NEAR + 1);
    const mean = near.reduce((sum, value) => sum + value, 0) / near.length;
    if (mean < least) [best, least] = [t, mean];
  }
  return best;
}

function energy(sound, start, count) {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += sound[i] ** 2;
  return sum;
}

// Codebooks of two clips in one: those in `fromB` (numbers from 0) come from b, the others stay a's.
// Only the frames in `cells` that both clips have are touched.
export function graft(a, b, fromB, cells) {
  return a.map((indices, level) => {
    const next = indices.slice();
    if (fromB.includes(level)) for (const t of cells) if (t < b[level].length) next[t] = b[level][t];
    return next;
  });
}
