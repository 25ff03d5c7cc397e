// A codebook in the plane and the ways to train it. Points and codes are x0, y0, x1, y1, …

import { below } from "./random.js";

const RATE = 0.2; // of the gradient codebook: below 0.5 not even one code for all points overshoots
export const PATIENCE = 20; // batches without use after which a code is revived

// The number of the code nearest to (x, y).
export function nearest(codes, x, y) {
  let best = 0;
  let least = Infinity;
  for (let code = 0; 2 * code < codes.length; code++) {
    const squared = (codes[2 * code] - x) ** 2 + (codes[2 * code + 1] - y) ** 2;
    if (squared < least) [best, least] = [code, squared];
  }
  return best;
}

// A codebook with what its training has to remember.
//   counts, sums   the moving averages N and m of the EMA rule; codes = m / N
//   idle           batches since each code was last used
export function codebook(codes) {
  const size = codes.length / 2;
  return { codes: Float64Array.from(codes), counts: new Float64Array(size).fill(1), sums: Float64Array.from(codes), idle: new Uint32Array(size) };
}

// How many points of a batch chose each code, and their sums: n and Σ z.
export function gather(book, points) {
  const taken = new Float64Array(book.counts.length);
  const sums = new Float64Array(book.codes.length);
  for (let i = 0; i < points.length; i += 2) {
    const code = nearest(book.codes, points[i], points[i + 1]);
    taken[code] += 1;
    sums[2 * code] += points[i];
    sums[2 * code + 1] += points[i + 1];
  }
  return { taken, sums };
}

// N ← d N + (1 − d) n,  m ← d m + (1 − d) Σ z,  e = m / N   (van den Oord et al. 2017, appendix A.1)
export function follow(book, { taken, sums }, decay) {
  const { codes, counts } = book;
  for (let code = 0; code < counts.length; code++) {
    counts[code] = decay * counts[code] + (1 - decay) * taken[code];
    for (const i of [2 * code, 2 * code + 1]) {
      book.sums[i] = decay * book.sums[i] + (1 - decay) * sums[i];
      if (taken[code]) codes[i] = book.sums[i] / counts[code]; // unused, the quotient stays; the numbers only fade
    }
  }
}

// One step down the codebook loss: the mean over the batch of |z − e|², of which each code sees its own points.
export function descend(book, { taken, sums }, batch) {
  for (let code = 0; code < taken.length; code++) {
    for (const i of [2 * code, 2 * code + 1]) {
      book.codes[i] -= (RATE * 2 * (taken[code] * book.codes[i] - sums[i])) / batch;
      book.sums[i] = book.codes[i]; // so that the EMA rule can take over at any time
    }
    book.counts[code] = 1;
  }
}

// Puts every code that no point chose for some batches onto a random point. Returns how many.
export function revive(book, { taken }, points, draw) {
  let revived = 0;
  for (let code = 0; code < taken.length; code++) {
    book.idle[code] = taken[code] ? 0 : book.idle[code] + 1;
    if (book.idle[code] < PATIENCE) continue;
    const from = 2 * below(draw, points.length / 2);
    put(book, code, points[from], points[from + 1]);
    revived += 1;
  }
  return revived;
}

function put(book, code, x, y) {
  book.codes.set([x, y], 2 * code);
  book.sums.set([x, y], 2 * code);
  book.counts[code] = 1;
  book.idle[code] = 0;
}

// --- where the codes begin --------------------------------------------------------------

// `size` codes on points of the cloud, drawn by lot.
export function onPoints(points, size, draw) {
  return choose(size, () => 2 * below(draw, points.length / 2), points);
}

// All codes in one corner, farther from every point than the middle of the cloud is. The first lies a little in
// front of the others: it is nearest to all points, goes to their middle, and no other one is ever nearest again.
export function inCorner(size, draw) {
  const away = (code) => (code === 0 ? 1.9 : 2.15 + 0.35 * draw());
  return Float64Array.from({ length: 2 * size }, (_, i) => (i % 2 ? -away(i >> 1) : away(i >> 1)));
}

// k-means++ (Arthur and Vassilvitskii 2007), then some rounds of Lloyd's algorithm.
export function kmeans(points, size, draw, rounds = 12) {
  const first = onPoints(points, 1, draw);
  const far = Float64Array.from({ length: points.length / 2 }, (_, i) => distance(points, i, first, 0));
  const rest = choose(size - 1, () => 2 * byLot(far, draw), points, (codes, code) => {
    for (let i = 0; i < far.length; i++) far[i] = Math.min(far[i], distance(points, i, codes, code));
  });
  let codes = Float64Array.of(...first, ...rest);
  for (let round = 0; round < rounds; round++) {
    const { taken, sums } = gather(codebook(codes), points);
    codes = codes.map((value, i) => (taken[i >> 1] ? sums[i] / taken[i >> 1] : value));
  }
  return codes;
}

function choose(size, pick, points, chosen = () => {}) {
  const codes = new Float64Array(2 * size);
  for (let code = 0; code < size; code++) {
    const from = pick();
    codes.set([points[from], points[from + 1]], 2 * code);
    chosen(codes, code);
  }
  return codes;
}

const distance = (points, i, codes, code) =>
  (points[2 * i] - codes[2 * code]) ** 2 + (points[2 * i + 1] - codes[2 * code + 1]) ** 2;

// A number drawn with the given weights.
function byLot(weights, draw) {
  let left = draw() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i];
    if (left <= 0) return i;
  }
  return weights.length - 1;
}
