// Laws of the codebook card and of the code passport. Run with: node --test tests/browser_modules

import assert from "node:assert/strict";
import test from "node:test";

import { placeAfter, placeAt } from "../../assets/codebook/atlas.js";
import { busiest, deadCodes, health, largest, perplexity, ranking, rankOf, percentOf } from "../../assets/counts.js";
import { held, nearestPoint, pointAfter, project, zoomed } from "../../assets/codebook/map.js";
import { different, here } from "../../assets/present.js";
import { latentOf } from "../../assets/latents.js";
import { verdict } from "../../assets/quantized.js";
import { commit, commitMove, describe, history, load, redo, state, undo } from "../../assets/store.js";
import { listed } from "../../assets/codebook/table.js";
import { barAt, heightOf, lines } from "../../assets/codebook/usage.js";

const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);

// --- counts -----------------------------------------------------------------------------

test("perplexity is V when all codes are used equally often", () => {
  close(perplexity(Array(1024).fill(200)), 1024, 1e-6);
});

test("perplexity is 1 when one code does all the work", () => close(perplexity([0, 0, 500, 0]), 1));

test("perplexity is 0 when nothing was counted", () => {
  assert.equal(perplexity([0, 0, 0]), 0);
  assert.equal(perplexity([]), 0);
});

test("perplexity is exp of the entropy, whatever the sample size", () => {
  const expected = Math.exp(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)));
  close(perplexity([3, 1]), expected);
  close(perplexity([3000, 1000, 0]), expected);
});

test("ranking goes from the commonest code down, equal ones by number", () => {
  assert.deepEqual(ranking([5, 9, 5, 0, 9]), [1, 4, 0, 2, 3]);
});

test("codes used equally often share a rank", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((code) => rankOf([5, 9, 5, 0, 9], code)), [3, 1, 3, 5, 1]);
});

test("the largest count of no codes is 0", () => {
  assert.equal(largest([]), 0);
  assert.equal(largest([2, 7, 3]), 7);
});

test("busiest is the smallest number of codes that covers the share", () => {
  assert.equal(busiest([10, 50, 30, 10], 0.5), 1);
  assert.equal(busiest([10, 50, 30, 10], 0.51), 2);
  assert.equal(busiest([10, 50, 30, 10], 1), 4);
  assert.equal(busiest([7, 0, 0], 1), 1);
});

test("a dead code is one with no use at all", () => assert.equal(deadCodes([0, 1, 0, 5]), 2));

const keysOf = (counts) => health(counts).map(([key]) => key.replace("codebook.health.", ""));

test("health names what is wrong with a codebook, and nothing when nothing is", () => {
  const spread = Array(100).fill(10);
  assert.deepEqual(keysOf([]), ["unknown"]);
  assert.deepEqual(keysOf([0, 0]), ["unknown"]);
  assert.deepEqual(keysOf(spread), ["good"]);
  assert.deepEqual(keysOf([0, ...spread.slice(1)]), ["good", "one_dead"]);
  assert.deepEqual(keysOf([0, 0, 0, ...spread.slice(3)]), ["good", "some_dead"]);
  assert.deepEqual(keysOf([...Array(6).fill(0), ...spread.slice(6)]), ["dead"]);
  assert.deepEqual(keysOf([100_000, ...Array(99).fill(1)]), ["few"]);
});

test("health counts the codes that make half of all tokens", () => {
  assert.deepEqual(health(Array(100).fill(10))[0][1], { half: 50, size: 100 });
});

// --- atlas ------------------------------------------------------------------------------

test("every tile of the atlas answers at its middle, and nothing answers beside it", () => {
  const [width, columns, size] = [320, 8, 30];
  for (let place = 0; place < size; place++) {
    const [x, y] = [(place % columns) * 40 + 20, Math.floor(place / columns) * 40 + 20];
    assert.equal(placeAt(x, y, width, columns, size), place);
  }
  const beside = [[-1, 5], [5, -1], [321, 5], [300, 150], [5, 170]];
  for (const [x, y] of beside) assert.equal(placeAt(x, y, width, columns, size), -1);
});

test("arrow keys move by one tile and stop at the border of the atlas", () => {
  const after = (place, key) => placeAfter(place, key, 4, 10); // rows of 4, 4 and 2
  assert.equal(after(5, "ArrowUp"), 1);
  assert.equal(after(5, "ArrowDown"), 9);
  assert.equal(after(5, "ArrowLeft"), 4);
  assert.equal(after(5, "ArrowRight"), 6);
  assert.equal(after(4, "ArrowLeft"), 4);
  assert.equal(after(3, "ArrowRight"), 3);
  assert.equal(after(2, "ArrowUp"), 2);
  assert.equal(after(6, "ArrowDown"), 6);
  assert.equal(after(9, "ArrowRight"), 9);
});

// --- map --------------------------------------------------------------------------------

const HOME = { zoom: 1, x: 0, y: 0 };

test("the nearest dot is found within the limit only", () => {
  const points = [[0, 0], [10, 0], [100, 100]];
  assert.equal(nearestPoint(points, 6, 0, 12), 1);
  assert.equal(nearestPoint(points, 4, 0, 12), 0);
  assert.equal(nearestPoint(points, 100, 112, 12), 2);
  assert.equal(nearestPoint(points, 100, 113, 12), -1);
  assert.equal(nearestPoint([], 0, 0, 12), -1);
});

test("zooming holds still what is under the pointer", () => {
  const side = 500;
  const point = [0.4, 0.6];
  const [x, y] = project(point, side, HOME);
  const nearer = zoomed(HOME, 3, x, y, side);
  assert.equal(nearer.zoom, 3);
  const [x2, y2] = project(point, side, nearer);
  close(x, x2, 1e-6);
  close(y, y2, 1e-6);
});

test("the map never shows what lies beyond its border", () => {
  assert.deepEqual(held({ zoom: 2, x: 50, y: -900 }, 500), { zoom: 2, x: 0, y: -500 });
  const back = zoomed(zoomed(HOME, 4, 500, 500, 500), 0, 0, 0, 500);
  assert.equal(back.zoom, 1);
  close(back.x, 0);
  close(back.y, 0);
});

test("an arrow key goes to the nearest dot on that side, or stays", () => {
  const points = [[0, 0], [10, 1], [20, 0], [0, 15], [-5, 30]];
  assert.equal(pointAfter(points, 0, "ArrowRight"), 1);
  assert.equal(pointAfter(points, 1, "ArrowRight"), 2);
  assert.equal(pointAfter(points, 2, "ArrowRight"), 2);
  assert.equal(pointAfter(points, 0, "ArrowDown"), 3);
  assert.equal(pointAfter(points, 3, "ArrowUp"), 0);
  assert.equal(pointAfter(points, 0, "ArrowUp"), 0);
});

// --- usage ------------------------------------------------------------------------------

test("every bar can be pointed at, and all of the chart is some bar's", () => {
  const [width, bars] = [333, 1024];
  for (let bar = 0; bar < bars; bar++) assert.equal(barAt(((bar + 0.5) / bars) * width, width, bars), bar);
  assert.equal(barAt(-0.1, width, bars), -1);
  assert.equal(barAt(width, width, bars), -1);
  assert.equal(barAt(width - 1e-6, width, bars), bars - 1);
});

test("no use is no bar, the commonest code fills the chart", () => {
  assert.equal(heightOf(0, 400), 0);
  assert.equal(heightOf(400, 400), 1);
  assert.equal(heightOf(100, 400), 0.5);
  assert.equal(heightOf(0, 0), 0);
});

test("the lines of the chart keep apart from each other's labels", () => {
  const apart = 0.1;
  for (const [most, equal] of [[5182, 200], [90, 30], [1_000_000, 900], [3, 1]]) {
    for (const line of lines(most, equal, apart)) {
      assert.ok(line < most && Number.isInteger(Math.log10(line)));
      for (const taken of [0, most, equal]) assert.ok(Math.abs(heightOf(line, most) - heightOf(taken, most)) > apart);
    }
  }
  assert.deepEqual(lines(5182, 200, 0.1), [1000]);
});

// --- table ------------------------------------------------------------------------------

const counts = [5, 9, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8];
const present = Uint32Array.from([0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);

test("the table finds codes by the beginning of their number", () => {
  assert.deepEqual(listed({ counts, present, search: "1" }), [1, 10, 11]);
  assert.deepEqual(listed({ counts, present, search: "11" }), [11]);
  assert.deepEqual(listed({ counts, present, search: "99" }), []);
});

test("the table can show the codes of the picture alone", () => {
  assert.deepEqual(listed({ counts, present, only: true }), [1, 2, 11]);
});

test("the table sorts both ways, equal codes by number", () => {
  assert.deepEqual(listed({ counts, present, only: true, by: "here", descending: true }), [1, 11, 2]);
  assert.deepEqual(listed({ counts, present, by: "count", descending: true }).slice(0, 3), [1, 11, 10]);
  assert.deepEqual(listed({ counts, present, by: "count" }).slice(0, 3), [3, 4, 5]);
  assert.deepEqual(listed({ counts, present, descending: true })[0], 11);
});

test("the table works for a codebook nobody has counted", () => {
  assert.deepEqual(listed({ counts: [], present, by: "count", descending: true }).length, present.length);
});

test("percent has as many digits as say something", () => {
  assert.equal(percentOf(186, 1024), 18);
  assert.equal(percentOf(766, 204_800), 0.37);
  assert.equal(percentOf(0, 10), 0);
  assert.equal(percentOf(3, 0), 0);
});

// --- what the picture uses, and how a cell was quantized --------------------------------

test("the codes of the picture follow every edit and undo", () => {
  describe({ codebook_size: 4, counts: [] });
  load({ indices: Uint16Array.from([0, 0, 1, 3]), grid: [2, 2] });
  assert.deepEqual([...here()], [2, 1, 0, 1]);
  commit({ key: "edit.replace" }, Uint16Array.from([2, 2, 1, 1]));
  assert.deepEqual([...here()], [0, 2, 2, 0]);
  assert.equal(different(), 2);
  undo();
  assert.deepEqual([...here()], [2, 1, 0, 1]);
});

test("tokens of another, larger codebook are passed over", () => {
  describe({ codebook_size: 2, counts: [] });
  load({ indices: Uint16Array.from([0, 1, 7, 7]), grid: [2, 2] });
  assert.deepEqual([...here()], [1, 1]);
});

test("the latent of a cell is one number of every channel", () => {
  const latents = Float32Array.from([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]); // 3 channels, 4 cells
  assert.deepEqual(latentOf(latents, 2, 4), [2, 12, 22]);
});

test("the verdict says how much farther the next best code is", () => {
  const told = (...distances) => verdict(distances.map((distance, code) => ({ code, distance })));
  assert.deepEqual(told(1, 1.03), ["passport.margin.close", { code: "1", percent: 3 }]);
  assert.deepEqual(told(2, 2), ["passport.margin.close", { code: "1", percent: 0 }]);
  assert.equal(told(1, 1.2)[0], "passport.margin.clear");
  assert.equal(told(1, 2)[0], "passport.margin.sure");
  assert.deepEqual(told(0, 2), ["passport.margin.exact", { code: "1" }]);
});

// --- several codebooks ------------------------------------------------------------------

test("a codebook is edited alone, cells are moved with all their codes, and both are undone", () => {
  const levels = [Uint16Array.from([1, 2, 3, 4]), Uint16Array.from([5, 6, 7, 8])];
  load({ levels: levels.map((level) => level.slice()), grid: [2, 2] });
  commit({ key: "edit.replace" }, Uint16Array.from([1, 2, 3, 9]));
  assert.deepEqual(state.levels.map((level) => [...level]), [[1, 2, 3, 9], [5, 6, 7, 8]]);
  commitMove({ key: "edit.mirror" }, Uint16Array.from([1, 0, 2, 3]));
  assert.deepEqual(state.levels.map((level) => [...level]), [[2, 1, 3, 9], [6, 5, 7, 8]]);
  assert.deepEqual(history().past.map(({ cells }) => cells.length), [1, 2]);
  undo();
  undo();
  assert.deepEqual(state.levels, levels);
  redo();
  assert.equal(state.levels[0][3], 9);
});
