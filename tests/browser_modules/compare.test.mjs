// The Compare page's arithmetic: rates, curves, who is ahead, and what every pane shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { aheadFrom, bytesOf, csv, curves, MEASURES, nearest, pairs, perToken, rateFor, rateOf, shownRate, shownValue, standing, standings, valueAt, valueOf } from "../../assets/compare/figures.js";
import { neighbour, piles } from "../../assets/compare/plot.js";
import { change, pan, shown, view, zoomAt } from "../../assets/compare/zoom.js";

const PIXEL = { unit: "bits/pixel", per_bit: 1 / 1000 };
const point = (family, setting, bits, psnr_db, more = {}) => ({
  family, setting, bits, coded_bits: bits === null ? null : bits * 0.8, prior_bits: null, tokens: 0, side_bits: [0, 0, 0], quality: { psnr_db, ...more }, encode_s: 0.1, decode_s: 0.02,
});
const FAMILIES = ["vq", "rvq", "vae", "jpeg"].map((family) => ({ family, title: family, settings: 1, sort: family === "jpeg" ? "classic" : "codec" }));
const POINTS = [
  point("vq", 1, 150, 24), point("rvq", 2, 400, 26), point("rvq", 1, 200, 23), point("vae", 0, null, 30),
  point("jpeg", 1, 100, 20), point("jpeg", 9, 400, 28), point("jpeg", 5, 200, 22),
];
const axes = (more = {}) => ({ name: "psnr_db", measure: MEASURES.image.psnr_db, unit: PIXEL, count: "raw", ...more });
const drawn = (more) => curves(POINTS, FAMILIES, axes(more));
const named = (all, name) => all.find(({ family }) => family === name);

test("a rate counts the bits that are asked for, and a codec without codes has none", () => {
  assert.equal(rateOf(POINTS[0], PIXEL, "raw"), 0.15);
  assert.ok(Math.abs(rateOf(POINTS[0], PIXEL, "coded") - 0.12) < 1e-12);
  assert.equal(rateOf(POINTS[3], PIXEL, "raw"), null);
  assert.equal(bytesOf(point("fsq", 1, 9.1, 0), "raw"), 2); // no file has half a byte
  assert.deepEqual([0.15734, 4.004, 12.795, 108.4].map(shownRate), ["0.157", "4", "12.8", "108"]);
});

test("under a prior, a codec that has none counts as entropy-coded, and a token's bits are without side information", () => {
  const known = { ...point("vq", 1, 150, 24), prior_bits: 60, tokens: 10, side_bits: [10, 10, 20] };
  assert.equal(rateOf(known, PIXEL, "prior"), 0.06);
  assert.equal(rateOf(POINTS[0], PIXEL, "prior"), rateOf(POINTS[0], PIXEL, "coded"));
  assert.deepEqual(perToken(known), [14, 11, 4]);
  assert.match(csv([known], "image", [PIXEL]), /\n"?vq"?,1,19,15,8,0\.15,0\.12,0\.06,/);
});

test("values are shown with their digits and unit, and what is not known as a dash", () => {
  const { psnr_db } = MEASURES.image;
  assert.equal(shownValue(valueOf(POINTS[0], "psnr_db", psnr_db), psnr_db), "24.00 dB");
  assert.equal(shownValue(valueOf(point("x", 1, 1, null), "psnr_db", psnr_db), psnr_db), "–");
  assert.equal(shownValue(-4.25, MEASURES.audio.si_sdr_db), "−4.3 dB");
  const accuracy = MEASURES.text.byte_accuracy;
  assert.equal(shownValue(valueOf({ quality: { byte_accuracy: 0.988 } }, "byte_accuracy", accuracy), accuracy), "98.8 %");
});

test("curves go by rate, in the families' order, without what has no rate or no value", () => {
  const all = drawn();
  assert.deepEqual(all.map(({ family }) => family), ["vq", "rvq", "jpeg"]);
  assert.deepEqual(named(all, "jpeg").points.map(({ rate }) => rate), [0.1, 0.2, 0.4]);
  assert.deepEqual(curves(POINTS, FAMILIES, axes({ name: "ssim", measure: MEASURES.image.ssim })), []);
});

test("between two points a curve is straight over the logarithm of the rate, and beyond them nothing is claimed", () => {
  const jpeg = named(drawn(), "jpeg");
  assert.ok(Math.abs(valueAt(jpeg, Math.sqrt(0.1 * 0.2)) - 21) < 1e-9);
  assert.equal(valueAt(jpeg, 0.4), 28);
  for (const rate of [0.05, 0.5]) assert.equal(valueAt(jpeg, rate), null);
  assert.ok(Math.abs(rateFor(jpeg, 21, 1) - Math.sqrt(0.1 * 0.2)) < 1e-9);
  assert.equal(rateFor(jpeg, 29, 1), null);
  assert.equal(rateFor(jpeg, 19, 1), null); // its first file is better already
});

test("of a measure that is better when it is less, the rate is found too", () => {
  const mel = { points: [{ rate: 8, value: 4 }, { rate: 16, value: 2 }] };
  assert.ok(Math.abs(rateFor(mel, 3, -1) - Math.sqrt(8 * 16)) < 1e-9);
});

test("the standing is that of the point farthest ahead at its own rate", () => {
  const all = drawn();
  const found = standing(all.slice(0, 2), named(all, "jpeg"), 1);
  assert.equal(found.family, "vq");
  assert.ok(found.lead > 2 && found.other < 22 && found.times > 1);
  assert.ok(Math.abs(found.rate * found.times - rateFor(named(all, "jpeg"), 24, 1)) < 1e-9);
});

test("where the files begin above the codec's rates, only the times are told", () => {
  const opus = { family: "opus", points: [{ rate: 0.8, value: 20 }, { rate: 1.6, value: 30 }] };
  const found = standing(drawn().slice(0, 1), opus, 1);
  assert.equal(found.other, null);
  assert.ok(found.times > 5);
});

test("a classical codec is ahead for good from where the codecs last were", () => {
  const all = drawn();
  const from = aheadFrom(all.slice(0, 2), named(all, "jpeg"), 1);
  assert.ok(from > 0.2 && from < 0.4, String(from));
  assert.equal(aheadFrom(all.slice(0, 2), { points: [{ rate: 0.1, value: 1 }, { rate: 0.5, value: 2 }] }, 1), null);
  assert.ok(aheadFrom(all.slice(0, 2), { points: [{ rate: 0.1, value: 40 }, { rate: 0.5, value: 50 }] }, 1) <= 0.15);
  assert.equal(aheadFrom(all.slice(0, 2), { points: [{ rate: 3, value: 40 }, { rate: 5, value: 50 }] }, 1), null); // no common rate
});

test("blind pairs are of two families at nearly the same size", () => {
  const names = pairs(drawn(), 1.4).map((pair) => pair.map(({ family, setting }) => `${family}${setting}`).join("-"));
  assert.deepEqual(names.sort(), ["rvq1-jpeg5", "rvq2-jpeg9", "vq1-jpeg5", "vq1-rvq1"]);
});

test("the nearest point is nearest by factors", () => {
  const points = [{ rate: 0.1 }, { rate: 0.4 }];
  assert.equal(nearest(points, 0.21).rate, 0.4);
  assert.equal(nearest(points, 0.19).rate, 0.1);
});

test("the CSV has a line for each point, its rates in every unit, and empty cells where nothing is known", () => {
  const lines = csv([point('a "b", c', 1, 150, 24), POINTS[3]], "image", [PIXEL]).trim().split("\n");
  assert.equal(lines[0], "family,setting,bytes,bytes_coded,bytes_prior,bits/pixel,bits/pixel coded,bits/pixel prior,psnr_db,ssim,ms_ssim,detail,encode_s,decode_s");
  assert.equal(lines[1], '"a ""b"", c",1,19,15,,0.15,0.12,,24,,,,0.1,0.02');
  assert.equal(lines[2], "vae,0,,,,,,,30,,,,0.1,0.02");
});

// --- the plot -----------------------------------------------------------------------------

const placed = (family, x, y) => ({ family, x, y, point: { family, setting: x } });

test("arrow keys follow a curve sideways and cross to the nearest other one upwards", () => {
  const points = [placed("a", 0, 50), placed("a", 10, 40), placed("b", 11, 30), placed("b", 90, 20)];
  assert.equal(neighbour(points, points[0], "ArrowRight"), points[1]);
  assert.equal(neighbour(points, points[1], "ArrowRight"), points[1]);
  assert.equal(neighbour(points, points[1], "ArrowUp"), points[2]);
  assert.equal(neighbour(points, points[2], "ArrowDown"), points[1]);
  assert.equal(neighbour(points, points[2], "ArrowLeft"), points[2]);
});

test("names of points above each other share a pile, the best first", () => {
  const found = piles([placed("a", 100, 50), placed("b", 110, 20), placed("c", 300, 30)]);
  assert.deepEqual(found.map((pile) => pile.map(({ family }) => family).join("")), ["ba", "c"]);
});

// --- zoom ---------------------------------------------------------------------------------

test("what lies under the pointer stays there, and nothing beyond the edge is shown", () => {
  change({ zoom: 1, x: 0.5, y: 0.5 });
  zoomAt(4, 0.25, 0.75);
  const { left, top, size } = shown();
  assert.ok(Math.abs(left + 0.25 * size - 0.25) < 1e-9 && Math.abs(top + 0.75 * size - 0.75) < 1e-9);
  pan(-10, 10);
  assert.deepEqual([shown().left, shown().top + shown().size], [0, 1]);
  zoomAt(0.2);
  assert.deepEqual([view.zoom, view.x, view.y], [1, 0.5, 0.5]);
});

test("the standing is told by every measure of fidelity, and the amount of detail is none", () => {
  const families = [{ family: "ours", sort: "codec" }, { family: "jpeg", sort: "classic" }];
  const point = (family, bits, quality) => ({ family, bits, coded_bits: bits, quality });
  const points = [
    point("ours", 100, { psnr_db: 30, ssim: 0.8, detail: 9 }),
    point("jpeg", 100, { psnr_db: 20, ssim: 0.9, detail: 1 }),
    point("jpeg", 400, { psnr_db: 40, ssim: 0.95, detail: 1 }),
  ];
  const found = standings(points, families, "jpeg", { kind: "image", unit: { per_bit: 1 }, count: "raw" });
  assert.deepEqual(found.map(({ name, ahead }) => [name, ahead]), [["psnr_db", true], ["ssim", false]]);
  assert.ok(Math.abs(found[0].times - 2) < 1e-9 && found[1].times === null);
});
