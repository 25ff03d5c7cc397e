// Small pure parts of what goes in and out: files, keys, distances, the Python recipe.

import assert from "node:assert/strict";
import { test } from "node:test";

import { COUNTS } from "../../assets/actions.js";
import { reason } from "../../assets/input/camera.js";
import { cropLoss, isTooLarge, kindOf, stem } from "../../assets/files.js";
import { wish } from "../../assets/keys.js";
import { recipe } from "../../assets/output/recipe.js";
import { distanceIn } from "../../assets/vectors.js";

test("the ending says what goes to the token reader", () => {
  for (const name of ["a.json", "A.NPZ", "a.b.json", "a.cbp"]) assert.equal(kindOf(name), "tokens");
  for (const name of ["a.jpg", "json", "a.json.png", ""]) assert.equal(kindOf(name), "picture");
});

test("the limit is 24 MB, and 24 MB still pass", () => {
  assert.equal(isTooLarge({ size: 24 * 2 ** 20 }), false);
  assert.equal(isTooLarge({ size: 24 * 2 ** 20 + 1 }), true);
});

test("the crop says how much was lost, and where", () => {
  assert.deepEqual(cropLoss({ width: 4032, height: 3024 }), { percent: 25, where: "sides" });
  assert.deepEqual(cropLoss({ width: 3024, height: 4032 }), { percent: 25, where: "ends" });
  assert.deepEqual(cropLoss({ width: 800, height: 800 }), { percent: 0, where: "nowhere" });
  assert.deepEqual(cropLoss({ width: 1001, height: 1000 }), { percent: 0, where: "nowhere" });
  assert.deepEqual(cropLoss({ width: 1, height: 5000 }), { percent: 99, where: "ends" });
});

test("a stem is safe in the name of a file and never empty", () => {
  assert.equal(stem("C:\\photos\\My holiday.v2.jpg"), "My-holiday-v2");
  assert.equal(stem("../../etc/passwd"), "passwd");
  assert.equal(stem("寺庙 1.png"), "寺庙-1");
  for (const name of ["", "…", "<>.png", ".png"]) assert.equal(stem(name), "picture");
  assert.ok(stem("x".repeat(500)).length <= 60);
});

test("Ctrl+Z undoes, Ctrl+Y and Ctrl+Shift+Z redo, everything else is left alone", () => {
  const keys = { ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
  const press = (key, more) => wish({ key, ...keys, ...more });
  assert.equal(press("z"), "undo");
  assert.equal(press("Z", { shiftKey: true }), "redo");
  assert.equal(press("y"), "redo");
  assert.equal(press("z", { ctrlKey: false, metaKey: true }), "undo");
  assert.equal(press("z", { ctrlKey: false }), "");
  assert.equal(press("z", { altKey: true }), "");
  assert.equal(press("x"), "");
});

test("the distance is Euclidean, squared, and 0 only to itself", () => {
  const distance = distanceIn(Float32Array.of(0, 0, 3, 4, 0, 1), 2);
  assert.equal(distance(0, 1), 25);
  assert.equal(distance(1, 0), 25);
  assert.equal(distance(2, 2), 0);
});

test("the slider for n codes goes from 1 to 64 and only up", () => {
  assert.deepEqual([COUNTS[0], COUNTS.at(-1)], [1, 64]);
  for (let i = 1; i < COUNTS.length; i++) assert.ok(COUNTS[i] > COUNTS[i - 1]);
});

test("a page without https is told so; every other failure of the camera has its sentence", () => {
  // Node has no camera, as such a page has none.
  assert.equal(reason({ name: "TypeError" }), "input.camera_insecure");
});

const words = { head: "head", crop: "crop", edits: "edits", load: "load" };
const files = { source: "assets/examples/temple.webp", tokensFile: "t.json", pictureFile: "t.png" };
const bench = { codec: "image-vq", side: 256, edits: [], words, ...files };

test("a recipe has at most fifteen lines, whatever was done", () => {
  const edits = Array.from({ length: 40 }, (_, i) => `edit ${i}`);
  for (const source of [bench.source, null]) {
    for (const list of [[], edits.slice(0, 1), edits]) {
      const lines = recipe({ ...bench, source, edits: list }).split("\n");
      assert.ok(lines.length <= 15, String(lines.length));
    }
  }
});

test("a recipe encodes an unedited picture, and loads tokens where there is more than a picture", () => {
  const plain = recipe(bench);
  assert.match(plain, /pg\.encode/);
  assert.doesNotMatch(plain, /Tokens\.load/);
  assert.match(recipe({ ...bench, edits: ["Shuffle"] }), /pg\.encode[^]*Shuffle[^]*Tokens\.load\("t\.json"\)/);
  assert.doesNotMatch(recipe({ ...bench, source: null }), /pg\.encode/);
});

test("nothing in a file's name becomes a line of the program", () => {
  const evil = 'x"\nimport os\r\u2028print(1)\\.png';
  const lines = recipe({ ...bench, source: evil, edits: ["a\nimport os"] }).split("\n");
  for (const line of lines) assert.doesNotMatch(line, /^(import os|print\(1\))/);
  assert.ok(lines.some((line) => line.includes('\\"')));
});
