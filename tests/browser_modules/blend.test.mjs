// Laws of the blend card: what is read off a road, whose letters are whose, and how an answer in pieces is put together.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64 } from "../../assets/asking.js";
import { split } from "../../assets/events.js";
import * as maps from "../../assets/blend/maps.js";
import * as road from "../../assets/blend/road.js";
import { flipsOf } from "../../assets/blend/strip.js";
import { runs } from "../../assets/blend/texts.js";
import { seeds } from "./random.mjs";

const [BOOKS, CELLS, CODES, PLACES] = [2, 30, 9, 24];
const codesOf = (draw) => Uint16Array.from({ length: BOOKS * CELLS }, () => draw(CODES));

// A road laid from messages as the server sends them, and the tokens of the snapped path at every place of it.
function laid(draw) {
  const made = road.emptyRoad();
  const [a, b] = [codesOf(draw), codesOf(draw)];
  const when = Float32Array.from({ length: BOOKS * CELLS }, () => (draw(100) + 0.5) / 100);
  const plan = { kind: "plan", steps: 4, paths: ["snapped", "tokens"], size: [60], grid: [CELLS], stride: 2, codebooks: BOOKS, bits: {} };
  road.takePlan(made, { ...plan, tokens: [a, b].map(toBase64), when: toBase64(when) });
  const places = [a.slice()];
  const flips = { steps: [], levels: [], cells: [], codes: [] };
  for (let place = 1; place <= PLACES; place++) {
    const now = places.at(-1).slice();
    for (let i = 0; i < now.length; i++) {
      const code = place === PLACES ? b[i] : draw(5) ? now[i] : draw(CODES);
      if (code === now[i]) continue;
      now[i] = code;
      flips.steps.push(place);
      flips.levels.push(Math.floor(i / CELLS));
      flips.cells.push(i % CELLS);
      flips.codes.push(code);
    }
    places.push(now);
  }
  const packed = Object.fromEntries(Object.entries(flips).map(([name, values]) => [name, toBase64(Uint16Array.from(values))]));
  const far = Array.from({ length: PLACES + 1 }, (_, i) => 1 + i * (PLACES - i));
  road.takeFlips(made, { kind: "flips", places: PLACES, far, ...packed });
  return { made, a, b, when, places };
}

const joined = (levels) => levels.flatMap((codes) => [...codes]);

test("the tokens of the snapped path are those of every place", () => {
  for (const draw of seeds(20)) {
    const { made, places } = laid(draw);
    places.forEach((codes, place) => assert.deepEqual(joined(road.tokensAt(made, "snapped", place / PLACES)), [...codes]));
  }
});

test("tokens are A's until they flip, and B's from then on", () => {
  for (const draw of seeds(20)) {
    const { made, a, b, when } = laid(draw);
    for (const share of [0, 0.3, 0.5, 1]) {
      const wanted = [...a].map((code, i) => (share >= when[i] ? b[i] : code));
      assert.deepEqual(joined(road.tokensAt(made, "tokens", share)), wanted);
    }
  }
});

test("of a path whose tokens are not known there are none", () => {
  const { made } = laid([...seeds(1)][0]);
  assert.equal(road.tokensAt(made, "latents", 0.5), null);
  made.flips = null;
  assert.equal(road.tokensAt(made, "snapped", 0.5), null);
  assert.equal(road.tokensAt(road.emptyRoad(), "tokens", 0.5), null);
});

test("a tally counts every token once", () => {
  for (const draw of seeds(20)) {
    const { made, a, b, places } = laid(draw);
    const at = 12;
    const found = road.tally(made.ends, road.tokensAt(made, "snapped", at / PLACES));
    assert.equal(found.a + found.b + found.both + found.neither, BOOKS * CELLS);
    const neither = [...places[at]].filter((code, i) => code !== a[i] && code !== b[i]).length;
    assert.equal(found.neither, neither);
    assert.equal(road.tally(made.ends, made.ends[0]).neither, 0);
  }
});

test("marks are the flips of one codebook, and lead from A to B", () => {
  for (const draw of seeds(20)) {
    const { made, a, b } = laid(draw);
    for (const path of ["snapped", "tokens"]) {
      for (let level = 0; level < BOOKS; level++) {
        const codes = a.slice(level * CELLS, (level + 1) * CELLS);
        for (const { share, cell, code } of road.marks(made, path, level)) {
          assert.ok(share > 0 && share <= 1);
          assert.notEqual(codes[cell], code);
          codes[cell] = code;
        }
        assert.deepEqual(codes, b.slice(level * CELLS, (level + 1) * CELLS));
      }
    }
  }
});

test("a token that never flips has no mark", () => {
  const { made } = laid([...seeds(1)][0]);
  made.when = made.when.map(() => Infinity);
  assert.deepEqual(road.marks(made, "tokens", 0), []);
  assert.equal(flipsOf(made, 0, 0).token, undefined);
});

test("what is told of a cell are its own marks", () => {
  for (const draw of seeds(10)) {
    const { made } = laid(draw);
    const cell = draw(CELLS);
    const own = road.marks(made, "snapped", 1).filter((mark) => mark.cell === cell);
    assert.deepEqual(flipsOf(made, cell, 1), {
      times: own.length, first: own[0]?.share, last: own.at(-1)?.share,
      token: road.marks(made, "tokens", 1).find((mark) => mark.cell === cell)?.share,
    });
  }
});

test("how far a path strays is 1 on average at its ends", () => {
  const { made } = laid([...seeds(1)][0]);
  assert.equal((road.strayAt(made, 0) + road.strayAt(made, 1)) / 2, 1);
  assert.ok(road.strayAt(made, 0.5) > 1);
  assert.equal(road.strayAt(road.emptyRoad(), 0.5), null);
});

test("while frames come, the nearest of them is shown, and a road is whole when all are there", () => {
  const { made } = laid([...seeds(1)][0]);
  assert.equal(road.nearestStep([], 2), -1);
  for (const path of ["snapped", "tokens"]) for (const step of [0, 4]) made.frames[path][step] = "frame";
  assert.deepEqual([0, 1, 3, 4].map((step) => road.nearestStep(made.frames.tokens, step)), [0, 0, 4, 4]);
  assert.equal(road.isWhole(made), false);
  for (const path of ["snapped", "tokens"]) made.frames[path] = Array(5).fill("frame");
  assert.equal(road.isWhole(made), true);
  assert.equal(road.isWhole(road.emptyRoad()), false);
});

test("an answer in pieces is put together wherever it is cut", () => {
  const sent = [{ kind: "plan" }, { text: "a\nb" }, { data: "x".repeat(99) }];
  const stream = sent.map((message) => `data: ${JSON.stringify(message)}\n\n`).join("");
  for (const draw of seeds(40)) {
    const found = [];
    let text = "";
    for (let at = 0; at < stream.length; ) {
      const next = Math.min(stream.length, at + 1 + draw(60));
      const { messages, rest } = split(text + stream.slice(at, next));
      found.push(...messages);
      text = rest;
      at = next;
    }
    assert.deepEqual(found, sent);
    assert.equal(text, "");
  }
});

test("letters are A's, B's, both's or neither's, whole characters at a time", () => {
  const bytes = (text) => new TextEncoder().encode(text);
  const of = (text) => runs(bytes(text), [bytes("same A我x"), bytes("same B你x")]);
  assert.deepEqual(of("same A我x"), [{ whose: "both", text: "same " }, { whose: "a", text: "A我" }, { whose: "both", text: "x" }]);
  assert.deepEqual(of("same B们?"), [{ whose: "both", text: "same " }, { whose: "b", text: "B" }, { whose: "neither", text: "们?" }]);
  assert.deepEqual(runs(bytes("ab"), [bytes("ac"), undefined]), [{ whose: "a", text: "a" }, { whose: "neither", text: "b" }]);
});

test("a map is the grid of a picture's codebook, and a row a codebook of what has one axis", () => {
  const values = Float32Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual(maps.shapeOf([2, 3], 2), [2, 3]);
  assert.deepEqual([...maps.shownOf(values, [2, 3], 1)], [6, 7, 8, 9, 10, 11]);
  assert.deepEqual(maps.shapeOf([6], 2), [2, 6]);
  assert.equal(maps.shownOf(values, [6], 1).length, 12);
});
