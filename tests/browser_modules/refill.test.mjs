// Laws of the card in which a prior works: what comes in, what is put on the bench, what the figures say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64 } from "../../assets/asking.js";
import * as made from "../../assets/refill/made.js";
import { runs } from "../../assets/refill/texts.js";
import { seeds } from "./random.mjs";

const CELLS = 12;
const codesOf = (draw, count = CELLS) => Uint16Array.from({ length: count }, () => draw(50));
const bytesOf = (draw) => Uint8Array.from({ length: CELLS }, () => draw(2));

test("what is open is what the plan marks, then what each step says, and nothing at the end", () => {
  for (const draw of seeds(10)) {
    const work = made.emptyWork();
    const [mask, a, b] = [bytesOf(draw), bytesOf(draw), bytesOf(draw)];
    made.take(work, { kind: "plan", mask: toBase64(mask), codebooks: 2 });
    assert.deepEqual([0, 1, 2, 3].map((n) => made.leftOf(work, n)), [mask, mask, mask, mask]);
    made.take(work, { kind: "step", step: 1, steps: 2, window: [0, 4], left: [a, b].map(toBase64) });
    assert.deepEqual([made.leftOf(work, 0), made.leftOf(work, 1), work.window, work.steps], [a, b, [0, 4], 2]);
    const codes = [codesOf(draw, 2 * CELLS), codesOf(draw, 2 * CELLS)];
    made.take(work, { kind: "done", indices: codes.map(toBase64), changed: [3, 4] });
    assert.deepEqual([made.leftOf(work, 0), made.leftOf(work, 1), work.window, work.done], [null, null, null, true]);
    assert.deepEqual(work.tokens[1], [codes[1].slice(0, CELLS), codes[1].slice(CELLS)]);
  }
});

test("a proposal touches marked cells only, in all codebooks", () => {
  for (const draw of seeds(20)) {
    const [levels, proposal] = [0, 1].map(() => [codesOf(draw), codesOf(draw)]);
    const mask = bytesOf(draw);
    const next = made.placed(levels, proposal, mask);
    next.forEach((codes, k) => codes.forEach((code, cell) => assert.equal(code, (mask[cell] ? proposal : levels)[k][cell])));
  }
});

test("the verdict follows the measure's own direction, and its digits", () => {
  const outcome = (kind, name, was, is) => made.verdict(kind, { through: { [name]: was }, repaired: { [name]: is } }).key;
  assert.equal(outcome("image", "psnr_db", 20, 21), "better");
  assert.equal(outcome("image", "psnr_db", 21, 20), "worse");
  assert.equal(outcome("image", "psnr_db", 20, 20.001), "same");
  assert.equal(outcome("image", "psnr_db", 20, null), "better", "equal pictures have an infinite PSNR");
  assert.equal(outcome("audio", "mel_db", 4, 3), "better");
  assert.equal(outcome("audio", "mel_db", 3, 4), "worse");
  assert.equal(outcome("text", "byte_accuracy", 0.9, 0.5), "worse");
});

test("figures are shown with their unit, a true minus, and signs for what is infinite or missing", () => {
  const { psnr_db, ssim } = made.MEASURES.image;
  assert.equal(made.shown(20.456, psnr_db), "20.46\u00a0dB");
  assert.equal(made.shown(-1.5, made.MEASURES.audio.si_sdr_db), "−1.5\u00a0dB");
  assert.equal(made.shown(null, psnr_db), "∞\u00a0dB");
  assert.equal(made.shown(undefined, ssim), "–");
  assert.equal(made.shown(0.855, made.MEASURES.text.byte_accuracy), "85.5\u00a0%");
});

test("runs of a text say what was given, what was made, and hide what is open", () => {
  const bytes = new TextEncoder().encode("abcd周ef");
  const found = runs(bytes, 2, Uint8Array.of(0, 1, 1, 0, 0), null);
  assert.deepEqual(found, [{ sort: "given", text: "ab" }, { sort: "made", text: "cd周" }, { sort: "given", text: "ef" }]);
  const hidden = runs(bytes, 2, Uint8Array.of(0, 1, 1, 0, 0), Uint8Array.of(0, 1, 0, 0, 0));
  assert.deepEqual(hidden.map(({ sort }) => sort), ["given", "open", "made", "given"]);
  assert.equal(hidden[1].text, "▒▒");
});
