// Laws of the edits: each is a pure function from one grid of indices to another.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as edits from "../../assets/edits.js";
import { random, seeds } from "./random.mjs";

const [HEIGHT, WIDTH, CODES] = [7, 9, 12];

const everyCell = Array.from({ length: HEIGHT * WIDTH }, (_, cell) => cell);
const gridOf = (draw) => Uint16Array.from(everyCell, () => draw(CODES));
const someCells = (draw) => everyCell.filter(() => draw(3) === 0);
const rowOf = (cell) => Math.floor(cell / WIDTH);
const within = (n, from, to) => n >= from && n < to;
const rectangle = ([top, left, bottom, right]) =>
  everyCell.filter((cell) => within(rowOf(cell), top, bottom) && within(cell % WIDTH, left, right));
const histogram = (indices) => [...indices].sort((a, b) => a - b);
const distance = (a, b) => Math.abs(a - b);

// Every edit that is told its cells, as (indices, cells, draw) → indices.
const DEEDS = {
  replace: (indices, cells) => edits.replace(indices, cells, indices[cells[0]] ?? 0, 5),
  exchange: (indices, cells) => edits.exchange(indices, cells, 3, 4),
  fill: (indices, cells) => edits.fill(indices, cells, 7),
  restrict: (indices, cells) => edits.restrict(indices, cells, [2, 9], distance),
  shuffle: (indices, cells, draw) => edits.shuffle(indices, cells, () => draw(1e6) / 1e6),
  sort: (indices, cells) => edits.sort(indices, cells, everyCell),
  mirror: (indices, cells) => edits.mirror(indices, cells, WIDTH),
  flip: (indices, cells) => edits.flip(indices, cells, WIDTH),
  shift: (indices, cells) => edits.shift(indices, cells, WIDTH, 2, -3),
};

for (const [name, deed] of Object.entries(DEEDS)) {
  test(`${name} touches only its cells, and never what it was given`, () => {
    for (const draw of seeds(20)) {
      const indices = gridOf(draw);
      const before = indices.slice();
      const cells = someCells(draw);
      const after = deed(indices, cells, draw);
      assert.deepEqual(indices, before);
      const inside = new Set(cells);
      for (const cell of everyCell) if (!inside.has(cell)) assert.equal(after[cell], before[cell]);
    }
  });

  test(`${name} of no cells changes nothing`, () => {
    const indices = gridOf(random(1));
    assert.deepEqual(deed(indices, [], random(2)), indices);
  });
}

test("replace leaves no a and puts b in its places", () => {
  const indices = gridOf(random(3));
  const after = edits.replace(indices, everyCell, 4, 11);
  for (const cell of everyCell) assert.equal(after[cell], indices[cell] === 4 ? 11 : indices[cell]);
});

for (const [name, deed] of Object.entries({
  exchange: (indices, cells) => edits.exchange(indices, cells, 1, 8),
  mirror: (indices, cells) => edits.mirror(indices, cells, WIDTH),
  flip: (indices, cells) => edits.flip(indices, cells, WIDTH),
})) {
  test(`${name} twice is the identity on a rectangle`, () => {
    const indices = gridOf(random(4));
    for (const cells of [everyCell, rectangle([1, 2, 5, 8])]) {
      const once = deed(indices, cells);
      assert.notDeepEqual(once, indices);
      assert.deepEqual(deed(once, cells), indices);
    }
  });
}

test("a shift and its opposite are the identity on a rectangle", () => {
  const indices = gridOf(random(5));
  for (const cells of [everyCell, rectangle([2, 0, 6, 5])]) {
    for (const [dy, dx] of [[1, 0], [0, -1], [3, 4], [-10, 23]]) {
      const there = edits.shift(indices, cells, WIDTH, dy, dx);
      assert.deepEqual(edits.shift(there, cells, WIDTH, -dy, -dx), indices);
    }
  }
});

test("a shift to the right moves every token one cell to the right, round the edge", () => {
  const after = edits.shift(Uint16Array.of(0, 1, 2, 3, 4, 5), [0, 1, 2, 3, 4, 5], 3, 0, 1);
  assert.deepEqual([...after], [2, 0, 1, 5, 3, 4]);
});

test("a mirror turns left and right about, flip top and bottom", () => {
  const indices = Uint16Array.of(0, 1, 2, 3, 4, 5);
  assert.deepEqual([...edits.mirror(indices, [0, 1, 2, 3, 4, 5], 3)], [2, 1, 0, 5, 4, 3]);
  assert.deepEqual([...edits.flip(indices, [0, 1, 2, 3, 4, 5], 3)], [3, 4, 5, 0, 1, 2]);
});

test("restrict leaves only allowed codes, each the nearest, and allowed ones stay", () => {
  for (const draw of seeds(20)) {
    const points = Array.from({ length: CODES }, () => draw(50)); // with twins among them
    const far = (a, b) => Math.abs(points[a] - points[b]);
    const indices = gridOf(draw);
    const allowed = new Set([draw(CODES), draw(CODES), draw(CODES)]);
    const after = edits.restrict(indices, everyCell, allowed, far);
    for (const cell of everyCell) {
      assert.ok(allowed.has(after[cell]));
      const least = Math.min(...[...allowed].map((code) => far(indices[cell], code)));
      assert.equal(far(indices[cell], after[cell]), least);
      if (allowed.has(indices[cell])) assert.equal(after[cell], indices[cell]);
    }
  }
});

test("of two codes equally near the lower one is taken", () => {
  assert.deepEqual([...edits.restrict(Uint16Array.of(5), [0], [6, 4], distance)], [4]);
});

test("the codes used most come first, ties by number, counted on the cells alone", () => {
  const indices = Uint16Array.of(3, 3, 3, 8, 8, 1, 1, 9, 9, 9, 9);
  assert.deepEqual(edits.mostUsed(indices, [0, 1, 2, 3, 4, 5, 6], 3), [3, 1, 8]);
  assert.deepEqual(edits.mostUsed(indices, [5], 4), [1]);
});

for (const name of ["shuffle", "sort", "mirror", "flip", "shift"]) {
  test(`${name} keeps the histogram of the whole picture`, () => {
    const indices = gridOf(random(6));
    assert.deepEqual(histogram(DEEDS[name](indices, everyCell, random(7))), histogram(indices));
  });
}

test("shuffle and sort keep the histogram of any cells", () => {
  for (const draw of seeds(20)) {
    const [indices, cells] = [gridOf(draw), someCells(draw)];
    for (const name of ["shuffle", "sort"]) {
      assert.deepEqual(histogram(DEEDS[name](indices, cells, draw)), histogram(indices));
    }
  }
});

test("shuffle can put any token anywhere", () => {
  const seen = new Set();
  for (const draw of seeds(200)) {
    seen.add(edits.shuffle(Uint16Array.of(0, 1, 2), [0, 1, 2], () => draw(1e6) / 1e6).join(""));
  }
  assert.equal(seen.size, 6);
});

test("sort puts the cells in the order of their rank", () => {
  const rank = [2, 0, 1];
  assert.deepEqual([...edits.sort(Uint16Array.of(0, 1, 2, 0), [0, 1, 2, 3], rank)], [1, 2, 0, 0]);
});

test("what was cut and is pasted back changes nothing", () => {
  const indices = gridOf(random(8));
  const copy = edits.cut(indices, WIDTH, [2, 3, 5, 7]);
  assert.deepEqual([copy.rows, copy.columns], [3, 4]);
  assert.deepEqual(edits.paste(indices, [HEIGHT, WIDTH], 2 * WIDTH + 3, copy), indices);
});

test("paste fills exactly its rectangle and is cut off at the border", () => {
  const indices = gridOf(random(9));
  const copy = { rows: 3, columns: 4, codes: Uint16Array.from({ length: 12 }, (_, i) => 100 + i) };
  for (const [row, column] of [[0, 0], [HEIGHT - 2, 1], [2, WIDTH - 1], [HEIGHT - 1, WIDTH - 1]]) {
    const after = edits.paste(indices, [HEIGHT, WIDTH], row * WIDTH + column, copy);
    for (const cell of everyCell) {
      const [r, c] = [rowOf(cell) - row, (cell % WIDTH) - column];
      const inside = r >= 0 && r < 3 && c >= 0 && c < 4;
      assert.equal(after[cell], inside ? copy.codes[r * 4 + c] : indices[cell]);
    }
  }
});

test("box is the smallest rectangle around the cells", () => {
  assert.deepEqual(edits.box([1 * WIDTH + 4, 3 * WIDTH + 2], WIDTH), [1, 2, 4, 5]);
});

test("a line is connected, holds both ends, and no cell twice", () => {
  for (const draw of seeds(50)) {
    const [from, to] = [draw(HEIGHT * WIDTH), draw(HEIGHT * WIDTH)];
    const cells = edits.line(from, to, WIDTH);
    assert.equal(cells[0], from);
    assert.equal(cells.at(-1), to);
    assert.equal(new Set(cells).size, cells.length);
    for (let i = 1; i < cells.length; i++) {
      assert.ok(Math.abs((cells[i] % WIDTH) - (cells[i - 1] % WIDTH)) <= 1);
      assert.ok(Math.abs(rowOf(cells[i]) - rowOf(cells[i - 1])) <= 1);
    }
  }
});
