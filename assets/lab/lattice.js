// Quantizers whose codes are fixed: FSQ rounds (Mentzer et al. 2023), LFQ takes signs (Yu et al. 2023).
// What is learned is around them: an encoder u = W z + s and a decoder A q + b, so that the lattice can be
// turned, stretched and moved to where the points are. A real codec has two deep networks in their place.

const RATE = 0.03; // of Adam
const PROBE = 0.04; // how far the encoder is moved to feel the slope of the error
const MEMORY = 0.95; // of the decoder's moving averages: about 20 batches
const SLACK = 1e-3; // of FSQ: how far tanh may reach beyond the outermost level

// One axis of FSQ with `levels` values: bound, round, and scale to −1 … 1.
export function fsqAxis(levels) {
  const half = ((levels - 1) * (1 + SLACK)) / 2;
  const offset = levels % 2 ? 0 : 0.5;
  const shift = levels > 1 ? Math.atanh(offset / half) : 0;
  const centre = Math.floor(levels / 2);
  return {
    levels,
    borders: Array.from({ length: levels - 1 }, (_, i) => Math.atanh((i - centre + 0.5 + offset) / half) - shift), // of u
    middle: -shift, // the u at which tanh is steepest: where the encoder first puts the middle of the cloud
    level: (u) => Math.round(Math.tanh(u + shift) * half - offset) + centre, // 0 … levels − 1
    value: (level) => (level - centre) / Math.max(1, centre), // −1 … 1; an axis of one level has only 0
  };
}

// One bit of LFQ: the sign.
export const lfqAxis = () => ({
  levels: 2,
  borders: [0],
  middle: 0,
  level: (u) => (u > 0 ? 1 : 0),
  value: (level) => 2 * level - 1,
});

export function lattice(axes) {
  return {
    axes,
    encoder: [1.6, 0, axes[0].middle, 0, 1.6, axes[1].middle], // rows (W | s)
    decoder: [0.9, 0, 0, 0, 0.9, 0], // rows (A | b)
    moments: null, // of the decoder's least squares
    adam: { first: new Float64Array(6), second: new Float64Array(6), steps: 0 },
  };
}

export const apply = (rows, x, y) => [rows[0] * x + rows[1] * y + rows[2], rows[3] * x + rows[4] * y + rows[5]];

// The number of the code of (x, y); there are axes[0].levels × axes[1].levels of them.
export function codeOf({ axes, encoder }, x, y) {
  const [u, v] = apply(encoder, x, y);
  return axes[0].level(u) * axes[1].levels + axes[1].level(v);
}

// A code as it stands on the lattice, within −1 … 1.
export const onLattice = ({ axes }, code) => [
  axes[0].value(Math.floor(code / axes[1].levels)),
  axes[1].value(code % axes[1].levels),
];

// All codes as the decoder puts them among the points.
export function decoded(model) {
  const size = model.axes[0].levels * model.axes[1].levels;
  const codes = new Float64Array(2 * size);
  for (let code = 0; code < size; code++) codes.set(apply(model.decoder, ...onLattice(model, code)), 2 * code);
  return codes;
}

// --- learning ---------------------------------------------------------------------------

// One batch: the decoder is solved for, the encoder takes one step.
export function learn(model, points) {
  const { adam, encoder } = model;
  const slopes = encoder.map((_, i) => (errorAt(model, points, i, PROBE) - errorAt(model, points, i, -PROBE)) / (2 * PROBE));
  adam.steps += 1;
  for (let i = 0; i < 6; i++) {
    adam.first[i] = 0.9 * adam.first[i] + 0.1 * slopes[i];
    adam.second[i] = 0.99 * adam.second[i] + 0.01 * slopes[i] ** 2;
    const [mean, square] = [adam.first[i] / (1 - 0.9 ** adam.steps), adam.second[i] / (1 - 0.99 ** adam.steps)];
    encoder[i] -= (RATE * mean) / (Math.sqrt(square) + 1e-3);
  }
  model.moments = blend(model.moments, moments(model, points));
  model.decoder = leastSquares(model.moments);
}

// The error of a batch, had number `i` of the encoder another value, and the decoder followed it. Six numbers can
// be tried one by one; a network has millions, which is why it needs a gradient through the rounding instead.
function errorAt(model, points, i, change) {
  const encoder = model.encoder.with(i, model.encoder[i] + change);
  const found = moments({ axes: model.axes, encoder }, points);
  const rows = leastSquares(found);
  return found.energy - rows.reduce((sum, value, at) => sum + value * found.outer[at], 0);
}

// What least squares needs to know of a batch: the means of q qᵀ and x qᵀ, where q = (code, 1), and of |x|².
function moments(model, points) {
  const [inner, outer] = [new Float64Array(9), new Float64Array(6)];
  const share = 2 / points.length;
  let energy = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    const row = [...onLattice(model, codeOf(model, x, y)), 1];
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) inner[3 * a + b] += share * row[a] * row[b];
      outer[a] += share * x * row[a];
      outer[3 + a] += share * y * row[a];
    }
    energy += share * (x * x + y * y);
  }
  return { inner, outer, energy };
}

function blend(old, now) {
  if (!old) return now;
  const mix = (name) => old[name].map((value, i) => MEMORY * value + (1 - MEMORY) * now[name][i]);
  return { inner: mix("inner"), outer: mix("outer") };
}

// (A | b) = outer · inner⁻¹: no other decoder has a smaller squared error.
function leastSquares({ inner, outer }) {
  const back = inverse(inner);
  return Array.from({ length: 6 }, (_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3];
    return outer[row] * back[column] + outer[row + 1] * back[3 + column] + outer[row + 2] * back[6 + column];
  });
}

// Of a symmetric 3 × 3 matrix, with a little on the diagonal: an axis that holds one value has no slope.
function inverse(matrix) {
  const [a, b, c, , d, e, , , f] = matrix.map((value, i) => value + (i % 4 ? 0 : 1e-6));
  const [p, q, r, s, t, w] = [d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b];
  const determinant = a * p + b * q + c * r;
  return [p, q, r, q, s, t, r, t, w].map((value) => value / determinant);
}
