// The race: four quantizers learn from the same batches of one cloud. No canvas and no button is known here.

import { perplexity } from "../counts.js";
import { cloud, spray } from "./clouds.js";
import { codebook, descend, follow, gather, inCorner, kmeans, nearest, onPoints, revive } from "./codes.js";
import { codeOf, decoded, fsqAxis, lattice, learn, lfqAxis } from "./lattice.js";
import { below, seeded } from "./random.js";

export const BATCH = 256; // points
const COUNT = 1200; // points of a cloud
const MOST = 3000; // points of a drawing
const STEP = 0.2; // of a point that its encoder may move
export const REMEMBERED = 600; // batches in the curve

export const BEGINNING = {
  shape: "blobs", // a name of clouds.js, or "drawing"
  start: "points", // of the codebooks: points, kmeans, corner
  size: 16, // V
  rule: "ema", // how codes move: ema, gradient
  decay: 0.9, // d of the EMA
  revival: false, // of dead codes
  moving: false, // whether the encoder learns, so that points move
  beta: 0.25, // of the commitment
};
export const COLLAPSE = { start: "corner", rule: "ema", decay: 0.99, revival: false };

// Two sizes with a product of at most `size`, as near to a square as can be, the larger first.
export function split(size) {
  const small = Math.floor(Math.sqrt(size));
  return [Math.floor(size / small), small];
}

export function newRace(settings = BEGINNING, seed = 1) {
  const race = { settings: { ...settings }, seed, draw: seeded(seed), points: new Float64Array(0), steps: 0, history: [] };
  const drawing = settings.shape === "drawing";
  race.points = drawing ? race.points : cloud(settings.shape, COUNT, seed);
  restart(race);
  return race;
}

// All four begin anew on the same points.
export function restart(race) {
  Object.assign(race, { draw: seeded(race.seed), steps: 0, history: [] });
  restartCodebooks(race);
  const [more, less] = split(race.settings.size);
  race.fsq = lattice([fsqAxis(more), fsqAxis(less)]);
  race.lfq = lattice([lfqAxis(), lfqAxis()]);
}

// VQ and RVQ begin anew, wherever `settings.start` says; the lattices have no codes to place.
export function restartCodebooks(race) {
  const { points, settings, draw } = race;
  const place = (given, size) => {
    if (settings.start === "corner" || !given.length) return codebook(inCorner(size, draw));
    return codebook((settings.start === "kmeans" ? kmeans : onPoints)(given, size, draw));
  };
  const [more, less] = split(settings.size);
  race.vq = { book: place(points, settings.size), latents: points.slice() };
  const coarse = place(points, more);
  race.rvq = { coarse, fine: place(residuals(coarse, points), less), latents: points.slice() };
}

// What a codebook leaves over of each point.
function residuals({ codes }, points) {
  const left = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const code = nearest(codes, points[i], points[i + 1]);
    left[i] = points[i] - codes[2 * code];
    left[i + 1] = points[i + 1] - codes[2 * code + 1];
  }
  return left;
}

// Adds what a brush leaves at (x, y).
export function addPoints(race, x, y, width = 0.05) {
  const room = MOST - race.points.length / 2;
  const more = spray(x, y, Math.min(8, room), width, race.draw);
  const grow = (points) => Float64Array.of(...points, ...more);
  const first = !race.points.length;
  race.points = grow(race.points);
  race.vq.latents = grow(race.vq.latents);
  race.rvq.latents = grow(race.rvq.latents);
  if (first) restartCodebooks(race);
}

export function clearPoints(race) {
  race.points = new Float64Array(0);
  restart(race);
}

// --- one batch --------------------------------------------------------------------------

// Everybody learns from the same points. Returns how many codes of VQ and RVQ were revived.
export function step(race) {
  const { points, settings } = race;
  if (!points.length) return 0;
  const chosen = Array.from({ length: BATCH }, () => below(race.draw, points.length / 2));
  const { vq, rvq } = race;
  const revived =
    train(race, vq.book, taken(vq.latents, chosen)) +
    train(race, rvq.coarse, taken(rvq.latents, chosen)) +
    train(race, rvq.fine, residuals(rvq.coarse, taken(rvq.latents, chosen)));
  for (const name of ["fsq", "lfq"]) learn(race[name], taken(points, chosen));
  move(race, vq.latents, chosen, (x, y) => at(vq.book.codes, nearest(vq.book.codes, x, y)));
  const sums = codesOf(race, "rvq");
  move(race, rvq.latents, chosen, (x, y) => at(sums, encode(race, "rvq", x, y)));
  if (!settings.moving) [vq.latents, rvq.latents] = [points.slice(), points.slice()];
  race.steps += 1;
  return revived;
}

const at = (codes, code) => [codes[2 * code], codes[2 * code + 1]];
const taken = (points, chosen) => Float64Array.from({ length: 2 * chosen.length }, (_, i) => points[2 * chosen[i >> 1] + (i % 2)]);

function train({ settings, draw }, book, batch) {
  const gathered = gather(book, batch);
  if (settings.rule === "ema") follow(book, gathered, settings.decay);
  else descend(book, gathered, batch.length / 2);
  return settings.revival ? revive(book, gathered, batch, draw) : 0;
}

// A latent is drawn to its code by the commitment, and back to its own point by a spring, the reconstruction:
// it comes to rest where both are equal, at (x + β e) / (1 + β).
function move({ points, settings }, latents, chosen, codeFor) {
  if (!settings.moving) return;
  for (const i of chosen) {
    const code = codeFor(latents[2 * i], latents[2 * i + 1]);
    const step = STEP / (1 + settings.beta); // the largest pull still settles
    for (const k of [0, 1]) {
      const z = latents[2 * i + k];
      latents[2 * i + k] = z - step * (z - points[2 * i + k] + settings.beta * (z - code[k]));
    }
  }
}

// --- looking ----------------------------------------------------------------------------

export const RACERS = ["vq", "rvq", "fsq", "lfq"];

// Where the points of a racer are: those of VQ and RVQ may have moved.
export const latentsOf = (race, name) => race[name].latents ?? race.points;

// Where its codes are: for RVQ, the sums of a coarse and a fine code.
export function codesOf(race, name) {
  if (name === "vq") return race.vq.book.codes;
  if (name !== "rvq") return decoded(race[name]);
  const [coarse, fine] = [race.rvq.coarse.codes, race.rvq.fine.codes];
  const sums = new Float64Array((coarse.length * fine.length) / 2);
  for (let i = 0; i < sums.length; i++) {
    const [a, b] = [Math.floor((i >> 1) / (fine.length / 2)), (i >> 1) % (fine.length / 2)];
    sums[i] = coarse[2 * a + (i % 2)] + fine[2 * b + (i % 2)];
  }
  return sums;
}

// The number of the code that (x, y) gets.
export function encode(race, name, x, y) {
  if (name === "vq") return nearest(race.vq.book.codes, x, y);
  if (name !== "rvq") return codeOf(race[name], x, y);
  const [coarse, fine] = [race.rvq.coarse.codes, race.rvq.fine.codes];
  const first = nearest(coarse, x, y);
  return first * (fine.length / 2) + nearest(fine, x - coarse[2 * first], y - coarse[2 * first + 1]);
}

// How a racer stands, measured on all points:
//   codes, chosen (per point), counts (per code), error (mean of |x − e|²), perplexity, dead, bits per point
// A sum that no point uses is no dead code of an RVQ: dead is a row of one of its codebooks in none of the sums used.
export function measure(race, name) {
  const codes = codesOf(race, name);
  const latents = latentsOf(race, name);
  const { points } = race;
  const counts = new Uint32Array(codes.length / 2);
  const chosen = new Uint16Array(points.length / 2);
  let error = 0;
  for (let i = 0; i < points.length; i += 2) {
    const code = encode(race, name, latents[i], latents[i + 1]);
    chosen[i >> 1] = code;
    counts[code] += 1;
    error += (points[i] - codes[2 * code]) ** 2 + (points[i + 1] - codes[2 * code + 1]) ** 2;
  }
  const books = name === "rvq" ? rows(counts, race.rvq.fine.counts.length) : [counts];
  const dead = books.reduce((sum, book) => sum + book.filter((count) => count === 0).length, 0);
  return { codes, chosen, counts, error: error / Math.max(1, chosen.length), perplexity: perplexity(counts), dead, bits: Math.log2(counts.length) };
}

// How often each coarse and each fine code stands in a sum that was chosen.
function rows(counts, fine) {
  const used = [new Uint32Array(counts.length / fine), new Uint32Array(fine)];
  counts.forEach((count, code) => {
    used[0][Math.floor(code / fine)] += count;
    used[1][code % fine] += count;
  });
  return used;
}

// Keeps the perplexities of all racers for the curve.
export function remember(race, measures) {
  if (!race.points.length) return;
  race.history.push(measures.map((measure) => measure.perplexity));
  if (race.history.length > REMEMBERED) race.history.shift();
}
