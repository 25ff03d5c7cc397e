// Laws of the Train page: what it keeps of a run, what it says of it, and how it draws it. Run with: node --test tests/browser_modules

import assert from "node:assert/strict";
import test from "node:test";

import { columnsOf, heightOf } from "../../assets/train/codes.js";
import { CHARTS } from "../../assets/train/curves.js";
import { joined, MOST, nearestTo, placeOf, thinned, work } from "../../assets/train/frames.js";
import { apart, extent, linear, logarithmic, powers, ticks } from "../../assets/train/scales.js";
import { MEANS, placeOf as sliderPlace, places, STARTS, takes, TAKES, valueAt } from "../../assets/train/sliders.js";
import { canCure, cured, CURES, duration, figures, isTaken, rounded, situation, verdict } from "../../assets/train/story.js";
import { pairs } from "../../assets/train/strip.js";

const RANGES = { codebook_size: [2, 512], num_codebooks: [1, 8], dim: [2, 32], commitment: [0, 4], learning_rate: [1e-5, 0.05] };
const QUANTIZERS = ["vq", "rotation", "cosine", "simvq", "gumbel", "rvq", "fsq", "lfq", "bsq", "none"];

const frame = (n, more = {}) => ({
  n, step: 10 * n, loss: 1 / (n + 1), psnr_db: 10 + n, perplexity: [4], dead: 2, counts: [[5, 0, 3, 2, 0, 1, 1, 1]],
  codebook_size: 8, event: null, atlas: null, ...more,
});
const run = (count, more = () => ({})) => Array.from({ length: count }, (_, n) => frame(n, more(n)));

// --- frames -----------------------------------------------------------------------------

test("a frame comes once, however often it is told, and in its order", () => {
  const frames = joined(run(3), [frame(1), frame(2), frame(3), frame(4)]);
  assert.deepEqual(frames.map(({ n }) => n), [0, 1, 2, 3, 4]);
});

test("a frame without an atlas has that of the frame before, across answers", () => {
  const frames = joined(joined([], [frame(0), frame(1, { atlas: "a" }), frame(2)]), [frame(3), frame(4, { atlas: "b" })]);
  assert.deepEqual(frames.map(({ atlas }) => atlas), [null, "a", "a", "a", "b"]);
});

test("of a long run every change, the frame before it, the first frame and the newest ones stay", () => {
  const changes = [31, 32, 77, 300];
  let frames = [];
  for (const fresh of run(5000, (n) => ({ event: changes.includes(n) ? "kmeans" : null }))) frames = joined(frames, [fresh]);
  assert.ok(frames.length <= MOST);
  const kept = new Set(frames.map(({ n }) => n));
  for (const n of [0, 30, 31, 32, 76, 77, 299, 300]) assert.ok(kept.has(n), String(n));
  for (let n = 4900; n < 5000; n++) assert.ok(kept.has(n), String(n));
  assert.deepEqual([...kept], [...kept].sort((a, b) => a - b));
});

test("thinning takes every second of the older frames", () => {
  assert.equal(thinned(run(MOST)).length, MOST - 200);
});

test("the frame that is looked at is the one asked for, or the last before it once that is thinned out", () => {
  const frames = [0, 2, 4, 7].map((n) => frame(n));
  assert.deepEqual([0, 1, 2, 3, 6, 7, 9, -1].map((n) => placeOf(frames, n)), [0, 0, 1, 1, 2, 3, 3, 3]);
  assert.equal(placeOf([], -1), -1);
  assert.equal(nearestTo(frames, 34), 2);
  assert.equal(nearestTo(frames, 1e9), 3);
});

test("work counts the codes of all codebooks, and perplexity is their mean", () => {
  const residual = frame(1, { counts: [[1, 1], [1, 0]], codebook_size: 2, dead: 1, perplexity: [2, 1] });
  assert.deepEqual(work(residual), { all: 4, size: 2, dead: 1, alive: 3, perplexity: 1.5 });
  assert.deepEqual(work(frame(1, { counts: [], codebook_size: 0, dead: 0, perplexity: [] })), { all: 0, size: 0, dead: 0, alive: 0, perplexity: 0 });
});

// --- story ------------------------------------------------------------------------------

const health = (perplexity, dead, size = 64) => verdict(frame(1, { codebook_size: size, counts: [Array(size).fill(1)], perplexity: [perplexity], dead }));

test("a codebook is collapsed, ailing or well by what its frame says", () => {
  assert.equal(verdict(undefined), "unknown");
  assert.equal(verdict(frame(1, { counts: [], codebook_size: 0, dead: 0, perplexity: [] })), "codeless");
  assert.equal(health(1, 63), "single");
  assert.equal(health(3, 58), "collapsed");
  assert.equal(health(30, 12), "ailing");
  assert.equal(health(50, 3), "well");
  assert.equal(health(13, 2), "uneven");
  assert.equal(health(2, 0, 2), "well");
  assert.equal(health(1, 1, 2), "single");
});

test("near one, perplexity keeps two digits after the point; figures are those of the frame", () => {
  assert.deepEqual([1, 1.04, 9.94, 9.96, 41.26].map(rounded), ["1.00", "1.04", "9.94", "10.0", "41.3"]);
  assert.deepEqual(figures(frame(4)), { step: 40, psnr: "14.0", all: 8, dead: 2, alive: 6, perplexity: "4.00" });
});

test("what a cure did is measured from the frame before it to the last before the next", () => {
  const frames = run(9, (n) => ({ event: { 3: "kmeans", 4: "learning_rate", 6: "fsq" }[n] ?? null }));
  const effects = cured(frames);
  assert.deepEqual(effects.map(({ cure, step, before, after }) => [cure, step, before.n, after.n]), [["kmeans", 20, 2, 5], ["fsq", 50, 5, 8]]);
  assert.deepEqual(cured([]), []);
  assert.deepEqual(cured([frame(0, { event: "kmeans" })]), []); // nothing is known of how it was
});

test("cures that move codes are for codebooks of vectors, and no quantizer is exchanged for itself", () => {
  for (const cure of ["kmeans", "moving", "revive"]) {
    const curable = QUANTIZERS.filter((quantizer) => canCure(cure, { quantizer }));
    assert.deepEqual(curable, ["vq", "rotation", "cosine", "rvq"]);
  }
  for (const cure of ["rotation", "fsq"]) assert.deepEqual(QUANTIZERS.filter((quantizer) => !canCure(cure, { quantizer })), [cure]);
  assert.equal(CURES.length, 5);
});

test("a cure is at work when the run says so and has codes, or when its quantizer is in place", () => {
  const status = (quantizer, ...cures) => ({ settings: { quantizer }, cures });
  assert.ok(isTaken("moving", status("vq", "moving")));
  assert.ok(!isTaken("moving", status("fsq", "moving")));
  assert.ok(isTaken("fsq", status("fsq")));
  assert.ok(!isTaken("kmeans", status("vq", "moving")));
});

test("every situation of a run has its sentence", () => {
  const said = (status, more = {}) => situation({ status: status && { ahead: 0, wait_s: null, why: null, step: 0, ...status }, frames: [], ...more });
  assert.equal(said(null), "fresh");
  assert.equal(said({ state: "paused" }), "ready");
  assert.equal(said({ state: "paused", step: 5 }), "paused");
  for (const why of ["idle", "end"]) assert.equal(said({ state: "paused", step: 5, why }), why);
  assert.equal(said({ state: "waiting", ahead: 1, wait_s: 9, why: "turn" }), "turn");
  assert.equal(said({ state: "waiting" }), "next");
  assert.equal(said({ state: "waiting", ahead: 2 }), "queue");
  assert.equal(said({ state: "waiting", ahead: 2, wait_s: 80 }), "queue_time");
  assert.equal(said({ state: "running" }), "starting");
  assert.equal(said({ state: "running" }, { frames: run(1) }), "running");
  assert.equal(said({ state: "stopped" }), "stopped");
  assert.equal(said({ state: "failed" }), "failed");
  assert.equal(said({ state: "running" }, { offline: true }), "offline");
  assert.equal(said({ state: "running" }, { forgotten: true, offline: true }), "forgotten");
});

test("a wait is said in seconds up to a minute and a half, then in minutes, and is never nothing", () => {
  assert.deepEqual([0.2, 45.4, 89, 90, 200].map((seconds) => duration(seconds)), [
    ["train.seconds", { count: 1 }], ["train.seconds", { count: 45 }], ["train.seconds", { count: 89 }],
    ["train.minutes", { count: 2 }], ["train.minutes", { count: 3 }],
  ]);
});

// --- sliders ----------------------------------------------------------------------------

test("a slider's ends are the ends of its range, and every place leads back to itself", () => {
  for (const [name, range] of Object.entries(RANGES)) {
    const { min, max, step } = places(name, range);
    assert.deepEqual([min, max].map((place) => valueAt(name, place, range)), range, name);
    for (let place = min; place <= max; place += step) {
      const value = valueAt(name, place, range);
      assert.ok(value >= range[0] && value <= range[1], `${name} ${value}`);
      assert.ok(Math.abs(sliderPlace(name, value, range) - place) < 0.5 * step, `${name} ${place}`);
    }
  }
});

test("the usual settings stand on places of their sliders", () => {
  for (const [name, value] of [["codebook_size", 64], ["num_codebooks", 4], ["dim", 8], ["commitment", 0.25]])
    assert.equal(valueAt(name, sliderPlace(name, value, RANGES[name]), RANGES[name]), value);
});

test("a quantizer takes what it has: K is of RVQ alone, cures are for codebooks, everything learns at a rate", () => {
  assert.deepEqual(Object.keys(TAKES), QUANTIZERS);
  assert.deepEqual(QUANTIZERS.filter((quantizer) => takes(quantizer, "num_codebooks")), ["rvq"]);
  assert.deepEqual(QUANTIZERS.filter((quantizer) => !takes(quantizer, "codebook_size")), ["none"]);
  for (const start of STARTS) assert.deepEqual(QUANTIZERS.filter((quantizer) => takes(quantizer, start)), ["vq", "rotation", "cosine", "rvq"]);
  for (const quantizer of QUANTIZERS) assert.ok(takes(quantizer, "learning_rate"));
});

test("bits of a token are the logarithm of V, K times for K codebooks", () => {
  assert.deepEqual(MEANS.codebook_size({ quantizer: "vq", codebook_size: 64 }), ["train.codebook_size.one", { bits: 6 }]);
  assert.deepEqual(MEANS.num_codebooks({ codebook_size: 64, num_codebooks: 4 }), ["train.num_codebooks.several", { count: 4, bits: 24 }]);
  assert.equal(MEANS.learning_rate({ learning_rate: 0.002 })[0], "train.learning_rate.middle");
  assert.equal(MEANS.learning_rate({ learning_rate: 0.01 })[0], "train.learning_rate.high");
});

// --- drawing ----------------------------------------------------------------------------

test("scales lead their range to its ends, and a range without length nowhere else", () => {
  const x = linear(0, 200, 40, 440);
  assert.deepEqual([0, 50, 200].map(x), [40, 140, 440]);
  assert.equal(linear(3, 3, 10, 20)(3), 10);
  const y = logarithmic(0.01, 1, 100, 0);
  assert.ok(Math.abs(y(0.1) - 50) < 1e-9);
  assert.equal(y(0), 100); // a loss of nothing stays on the paper
});

test("ticks are round, evenly apart, and within", () => {
  assert.deepEqual(ticks(0, 64, 3), [0, 20, 40, 60]);
  assert.deepEqual(ticks(9.6, 21, 3), [10, 15, 20]);
  assert.deepEqual(ticks(5, 5, 3), [5]);
  assert.deepEqual(powers(0.02, 0.3), [0.02, 0.05, 0.1, 0.2]);
  assert.deepEqual(powers(0.004, 0.3), [0.01, 0.1]);
});

test("labels are pushed apart in their order, and not off the paper", () => {
  assert.deepEqual(apart([50, 10, 52], 12, 100), [50, 10, 62]);
  assert.deepEqual(apart([98, 99, 97], 12, 100), [88, 100, 76]);
  assert.deepEqual(apart([], 12, 100), []);
});

test("the extent passes over what is no number, and is never narrower than asked", () => {
  assert.deepEqual(extent([3, NaN, 7]), [3, 7]);
  assert.deepEqual(extent([5, 5], 4), [3, 7]);
  assert.deepEqual(extent([]), [0, 1]);
});

test("perplexity is drawn from nothing to the largest V of the run, with V on the axis", () => {
  const frames = [frame(0, { codebook_size: 64 }), frame(1, { codebook_size: 60 })];
  assert.deepEqual(CHARTS.perplexity.range(frames), [0, 64]);
  assert.equal(CHARTS.perplexity.rule(0, 64).at(-1), 64);
  assert.ok(CHARTS.loss.range([]).every((value) => value > 0));
  assert.ok(CHARTS.loss.range([frame(0, { loss: NaN })]).every((value) => value > 0));
});

test("the atlas has at most twice as many columns as rows, and a place for every code", () => {
  for (let size = 1; size <= 512; size++) {
    const rows = Math.ceil(size / columnsOf(size));
    assert.ok(Number.isInteger(columnsOf(size)) && rows >= 1, String(size));
    if (Number.isInteger(Math.log2(size))) assert.ok(columnsOf(size) === rows || columnsOf(size) === 2 * rows, String(size));
  }
  assert.deepEqual([heightOf(0, 9), heightOf(9, 9), heightOf(0, 0)], [0, 1, 0]);
});

test("the pairs of the strip fill its width: in one row, or in two on a phone", () => {
  for (const [width, columns] of [[1000, 8], [360, 4]]) {
    const { side, corners, height } = pairs(8, width);
    assert.equal(new Set(corners.map(([x]) => x)).size, columns);
    assert.ok(Math.abs(Math.max(...corners.map(([x]) => x)) + side - width) < 1e-9);
    assert.ok(Math.abs(Math.max(...corners.map(([, y]) => y)) + 2 * side + 2 - height) < 1e-9);
  }
});
