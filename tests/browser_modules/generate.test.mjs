// The Generate page's arithmetic: frames, order, what stays when a prior goes on, classes, links.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64 } from "../../assets/asking.js";
import { readHash, writeHash } from "../../assets/generate/address.js";
import { asked, found, isClass } from "../../assets/generate/classes.js";
import { blankFrame, cellsOf, cut, frameFrom, halves, isReached, knownOf, nextStop, only, openCells, orderOf, placeAt, shapeOf, withCell } from "../../assets/generate/frames.js";
import { benchLink, tokenFile } from "../../assets/generate/keep.js";
import { cellOf, ramp } from "../../assets/generate/canvas.js";
import { making, SEED, USUAL } from "../../assets/generate/making.js";

const CELLS = 4;
const told = (indices, filled, more = {}) => ({
  step: 1, steps: 4, indices: toBase64(Uint16Array.from(indices)), filled: toBase64(Uint8Array.from(filled)),
  probability: toBase64(Uint8Array.from(filled, (one) => 255 * one)), entropy: toBase64(new Uint8Array(indices.length)), latents: null, where: null, ...more,
});
const frame = (indices, filled, more) => frameFrom(told(indices, filled, more));

test("a grid is drawn with its codebooks one below the other", () => {
  assert.deepEqual(shapeOf([1, 8, 6]), { rows: 8, columns: 6 });
  assert.deepEqual(shapeOf([3, 48]), { rows: 3, columns: 48 });
  assert.deepEqual(shapeOf([2, 4, 4]), { rows: 8, columns: 4 });
  assert.equal(cellsOf([2, 4, 4]), 32);
});

test("numbers of half precision are read from their bits", () => {
  const bits = { 0: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x0001: 2 ** -24, 0x7c00: Infinity };
  for (const [word, value] of Object.entries(bits)) assert.equal(halves(Uint16Array.of(Number(word)))[0], value);
  assert.ok(Number.isNaN(halves(Uint16Array.of(0x7e00))[0]));
});

test("one sample of many is cut out of a frame, and knows which part of the picture it is", () => {
  const two = frame([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 0, 1, 0, 1]);
  assert.deepEqual([...cut(two.indices, 1, CELLS)], [5, 6, 7, 8]);
  const one = only(two, 1, CELLS);
  assert.deepEqual([[...one.indices], [...one.filled], one.part], [[5, 6, 7, 8], [0, 1, 0, 1], 1]);
  assert.equal(only(one, 0, CELLS), one, "one sample is all there is");
});

test("the order is that of the frames in which cells were filled for good", () => {
  const frames = [blankFrame(CELLS, 1), frame([1, 0, 0, 0], [1, 0, 0, 0]), frame([1, 0, 3, 0], [1, 0, 1, 0]), frame([1, 2, 3, 0], [0, 1, 1, 0])];
  assert.deepEqual([...orderOf(frames, 2, 0, CELLS)], [1, -1, 2, -1]);
  assert.deepEqual([...orderOf(frames, 3, 0, CELLS)], [-1, 3, 2, -1], "a cell that was emptied counts anew");
});

test("a cell set by hand is known, marked and undone by emptying it; the frame before stays as it was", () => {
  const before = frame([1, 2, 0, 0], [1, 1, 0, 0]);
  const set = withCell(before, 3, 9);
  assert.deepEqual([[...set.indices], [...set.filled], [...set.hands]], [[1, 2, 0, 9], [1, 1, 0, 1], [3]]);
  assert.deepEqual([...before.filled, before.hands.size], [1, 1, 0, 0, 0]);
  const emptied = withCell(set, 3, null);
  assert.deepEqual([[...emptied.filled], emptied.hands.size], [[1, 1, 0, 0], 0]);
  assert.deepEqual([...knownOf(set, "masked")], [1, 1, 0, 1]);
  assert.deepEqual([...knownOf(set, "flow")], [0, 0, 0, 1], "of a flow only what was set by hand stays");
  assert.equal(openCells(knownOf(set, "causal")), 1);
});

test("a causal prior reaches a cell when all it writes before are there, codebook by codebook", () => {
  assert.ok(isReached(Uint8Array.of(1, 1, 0, 0), 2, [1, 2, 2]));
  assert.ok(!isReached(Uint8Array.of(1, 0, 1, 0), 3, [1, 2, 2]));
  // Two codebooks of two frames are written as 0, 2, 1, 3.
  assert.ok(isReached(Uint8Array.of(1, 0, 1, 0), 1, [2, 2]));
  assert.ok(!isReached(Uint8Array.of(1, 1, 0, 0), 1, [2, 2]));
});

test("the bar shows of every lane the frame at its share, as far as it has come", () => {
  assert.deepEqual([0, 0.5, 1].map((share) => placeAt(share, 12, 13)), [0, 6, 12]);
  assert.equal(placeAt(1, 12, 4), 3);
  assert.equal(nextStop(0, [64, 12, 50], 1), 1 / 64);
  assert.equal(nextStop(1, [64, 12, 50], -1), 63 / 64);
  assert.equal(nextStop(1, [64], 1), 1);
  assert.equal(nextStop(0, [64], -1), 0);
});

const DOMAIN = {
  kind: "image",
  codec: "tiny", codebook_size: 512, grid: [1, 2, 2], size: [16, 16],
  classes: [["smileys", 0, 0], ["animals", 0, 1], ["smiling", 1, 0], ["smiling face", 2, 0], ["cat face", 2, 1], ["face with tears of joy", 2, 0]],
  chinese: { "smiling face": "笑脸", "cat face": "猫脸" },
};

test("classes are found in both languages, those that begin with it first; without a word the groups", () => {
  const names = (...args) => found(DOMAIN, ...args).map(({ name }) => name);
  assert.deepEqual(names(""), ["smileys", "animals"]);
  assert.deepEqual(names("", 1), ["cat face"]);
  assert.deepEqual(names("face"), ["face with tears of joy", "cat face", "smiling face"]);
  assert.deepEqual(names("猫"), ["cat face"]);
  assert.deepEqual(names("dragon"), []);
  assert.deepEqual(found({ classes: [["7", 0, 0], ["8", 0, 1]], chinese: {} }, "").length, 2, "of one level all are shown");
  assert.deepEqual(found({ classes: [], chinese: {} }, ""), []);
});

test("a Chinese name is asked for by the class it is the name of, anything else as it was typed", () => {
  assert.deepEqual(["笑脸", " Cat Face ", "purple cat", ""].map((text) => asked(DOMAIN, text)), ["smiling face", "cat face", "purple cat", ""]);
  assert.deepEqual(["cat face", "purple cat", ""].map((name) => isClass(DOMAIN, name)), [true, false, true]);
});

test("a link says what is unusual, and nonsense in it is left out", () => {
  const state = { domain: "emoji", wanted: "smiling face", seed: 12, shown: "masked", count: 16, look: "order", settings: { ...USUAL, guidance: 3 } };
  assert.deepEqual(readHash(writeHash(state)), state);
  assert.equal(writeHash({ ...state, shown: "all", count: 1, look: "codes", settings: USUAL }), "#d=emoji&w=smiling+face&s=12");
  const odd = readHash("#d=x&s=-4&v=none&n=99&l=smell&guidance=much&top_k=5");
  assert.deepEqual([odd.seed, odd.shown, odd.count, odd.look, odd.settings], [SEED, "all", 1, "codes", { ...USUAL, top_k: 5 }]);
  assert.equal(readHash("#"), null);
});

test("tokens are kept as a file says them, and as a link to the bench", () => {
  const file = JSON.parse(tokenFile(DOMAIN, Uint16Array.of(1, 2, 3, 511)));
  assert.deepEqual(file.indices, [[[[1, 2], [3, 511]]]]);
  assert.deepEqual([file.format, file.codec, file.size], ["codebook-playground-tokens", "tiny", [16, 16]]);
  assert.match(benchLink(DOMAIN, Uint16Array.of(1, 2, 3, 511)), /^\.\/#c=tiny&g=2x2&s=16x16&v=512&t=[\w-]{6}$/);
  assert.ok(benchLink({ ...DOMAIN, kind: "audio" }, Uint16Array.of(1, 2, 3, 511)).startsWith("./sound#c=tiny&"));
});

test("the ramp goes from dark to bright", () => {
  const light = ([r, g, b]) => 0.3 * r + 0.6 * g + 0.1 * b;
  const lights = [0, 0.25, 0.5, 0.75, 1].map((share) => light(ramp(share)));
  assert.deepEqual(lights, lights.toSorted((a, b) => a - b));
  assert.deepEqual(ramp(2), ramp(1));
});

test("a cell that nobody has asked about has no entropy: it is empty, not certain", () => {
  const view = { look: "entropy", entropy: new Uint8Array([0, 0]), asked: (cell) => cell === 0 };
  making.domain = { codebook_size: 256 };
  assert.equal(cellOf(view, 0).text, "0.0");
  assert.deepEqual(cellOf(view, 1), { fill: null, text: "" });
});
