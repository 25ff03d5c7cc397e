// Clouds of points in the plane. A cloud is a Float64Array: x0, y0, x1, y1, …

import { below, normal, seeded } from "./random.js";

const SPREAD = 0.5; // root of the mean squared distance from the middle, per axis

// Each gives one raw point; `cloud` centres and scales them all alike, so that their errors can be compared.
const SHAPES = {
  blobs: (draw) => {
    const angle = (2 * Math.PI * below(draw, 7)) / 7;
    return [Math.cos(angle) + 0.13 * normal(draw), Math.sin(angle) + 0.13 * normal(draw)];
  },
  ring: (draw) => {
    const [angle, radius] = [2 * Math.PI * draw(), 1 + 0.06 * normal(draw)];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  moons: (draw) => {
    const [angle, upper] = [Math.PI * draw(), draw() < 0.5];
    const [x, y] = upper ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x + 0.08 * normal(draw), y + 0.08 * normal(draw)];
  },
  spiral: (draw) => {
    const turn = Math.sqrt(0.03 + 0.97 * draw()); // the root spreads the points evenly along the arm
    const angle = 5 * Math.PI * turn;
    return [turn * Math.cos(angle) + 0.025 * normal(draw), turn * Math.sin(angle) + 0.025 * normal(draw)];
  },
  square: (draw) => [draw() - 0.5, draw() - 0.5],
  gaussian: (draw) => {
    const [a, b] = [normal(draw), normal(draw)];
    return [a, 0.85 * a + Math.sqrt(1 - 0.85 ** 2) * b]; // correlation 0.85
  },
};

export const NAMES = Object.keys(SHAPES);

export function cloud(name, count, seed) {
  const draw = seeded(seed);
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) points.set(SHAPES[name](draw), 2 * i);
  return centred(points);
}

function centred(points) {
  const count = points.length / 2;
  const middle = [0, 0];
  for (let i = 0; i < points.length; i++) middle[i % 2] += points[i] / count;
  let squares = 0;
  for (let i = 0; i < points.length; i++) squares += (points[i] - middle[i % 2]) ** 2;
  const scale = SPREAD / Math.sqrt(squares / points.length);
  return points.map((value, i) => (value - middle[i % 2]) * scale);
}

// A few points around (x, y), as a brush of some width leaves them.
export function spray(x, y, count, width, draw) {
  const points = [];
  for (let i = 0; i < count; i++) points.push(x + width * normal(draw), y + width * normal(draw));
  return points;
}
