// A link restores what it was made of, and nonsense is null, never an exception.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bitsOf, pack, packRuns, readHash, unpack, unpackRuns, writeHash } from "../../assets/link.js";
import { random, seeds } from "./random.mjs";

const draws = (draw, count, most) => Uint16Array.from({ length: count }, () => draw(most));

function someBench(draw) {
  const grid = [1 + draw(40), 1 + draw(40)];
  const codebookSize = 2 + draw(3000);
  const selection = Uint8Array.from({ length: grid[0] * grid[1] }, () => draw(2));
  return {
    codec: "image-vq",
    sample: draw(2) ? "temple" : undefined,
    grid,
    size: grid.map((length) => length * 8),
    codebookSize,
    indices: draws(draw, grid[0] * grid[1], codebookSize),
    edited: true,
    code: draw(codebookSize),
    selection: draw(2) ? selection : null,
  };
}

test("an index takes as many bits as the codebook needs", () => {
  assert.deepEqual([2, 3, 4, 512, 1023, 1024, 1025, 65536].map(bitsOf), [1, 2, 2, 9, 10, 10, 11, 16]);
});

test("unpack undoes pack for every codebook size and length", () => {
  for (const draw of seeds(300)) {
    const codebookSize = 2 + draw(draw(2) ? 65535 : 40);
    const indices = draws(draw, 1 + draw(200), codebookSize);
    assert.deepEqual(unpack(pack(indices, codebookSize), indices.length, codebookSize), indices);
  }
});

test("1,024 tokens of 10 bits are 1,707 characters, all of them safe in an address", () => {
  const text = pack(draws(random(1), 1024, 1024), 1024);
  assert.match(text, /^[\w-]{1707}$/);
});

test("indices of the wrong number, alphabet or range are null", () => {
  const text = pack(Uint16Array.of(1, 2, 3, 4), 1000);
  assert.equal(unpack(text, 5, 1000), null);
  assert.equal(unpack(text, 2, 1000), null);
  assert.equal(unpack(`${text.slice(0, -1)}!`, 4, 1000), null);
  assert.equal(unpack(pack(Uint16Array.of(1001), 1024), 1, 1000), null);
});

test("unpackRuns undoes packRuns", () => {
  for (const draw of seeds(200)) {
    const mask = Uint8Array.from({ length: 1 + draw(400) }, () => Number(draw(5) < 2));
    mask[draw(mask.length)] = 1;
    assert.deepEqual(unpackRuns(packRuns(mask), mask.length), mask);
  }
});

test("runs beyond the grid, or no runs at all, are null", () => {
  for (const text of ["5.9", "", ".", "1..2", "-1.4", "1.A", "zzzzz.1"]) assert.equal(unpackRuns(text, 10), null);
});

test("readHash undoes writeHash", () => {
  for (const draw of seeds(200)) {
    const bench = someBench(draw);
    const read = readHash(writeHash(bench));
    for (const name of ["codec", "grid", "size", "codebookSize", "indices", "code", "selection"]) {
      assert.deepEqual(read[name], bench[name], name);
    }
    assert.equal(read.sample, bench.sample ?? null);
  }
});

test("an unedited sample has the short form", () => {
  const bench = { ...someBench(random(1)), sample: "temple", edited: false, selection: null, code: null };
  assert.equal(writeHash(bench), "#c=image-vq&sample=temple");
  const read = readHash("#c=image-vq&sample=temple");
  assert.deepEqual([read.codec, read.sample], ["image-vq", "temple"]);
  assert.deepEqual([read.indices, read.code, read.selection], [null, null, null]);
});

test("an unedited sample keeps its selection", () => {
  const selection = Uint8Array.of(0, 1, 1, 0);
  const bench = { ...someBench(random(2)), sample: "temple", edited: false, selection, grid: [2, 2] };
  assert.deepEqual(readHash(writeHash(bench)).selection, bench.selection);
});

test("one bad field makes the whole link null", () => {
  const good = "#c=image-vq&g=2x2&s=16x16&v=1024&t=AAAAAAA&p=3&x=1.2";
  assert.ok(readHash(good));
  for (const [from, to] of [
    ["c=image-vq", "c=../secret/x"], ["c=image-vq", "c="], ["c=image-vq&", ""], ["g=2x2", "g=2x3"], ["g=2x2", "g=0x2"],
    ["g=2x2", "g=2x2x1"], ["g=2x2&", ""], ["g=2x2", "g=99999x99999"], ["s=16x16", "s=1e3x16"], ["s=16x16&", ""],
    ["v=1024", "v=1"], ["v=1024", "v=65537"], ["v=1024&", ""], ["t=AAAAAAA", "t=AAAAAA"], ["t=AAAAAAA", "t=AAAA%00AA"],
    ["t=AAAAAAA&", ""], ["p=3", "p=1024"], ["p=3", "p=-1"], ["p=3", "p="], ["x=1.2", "x=1.9"], ["x=1.2", "x=<b>"],
  ]) {
    assert.ok(good.includes(from));
    assert.equal(readHash(good.replace(from, to)), null, `${from} → ${to}`);
  }
});

test("no garbage throws", () => {
  const marks = "#&=ctgsvpx%.-_x0123456789AZaz/\\<>\u0000\ud800é";
  const base = writeHash(someBench(random(5)));
  for (const draw of seeds(2000)) {
    const noise = Array.from({ length: draw(60) }, () => marks[draw(marks.length)]).join("");
    readHash(noise);
    const at = draw(base.length);
    const read = readHash(base.slice(0, at) + noise + base.slice(at + draw(40)));
    if (read?.indices) assert.ok(read.indices.every((index) => index < read.codebookSize));
  }
  for (const empty of ["", "#", "#top", "#c=image-vq"]) assert.equal(readHash(empty), null);
});
