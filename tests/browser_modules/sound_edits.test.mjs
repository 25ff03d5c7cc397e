// Laws of the edits in time and of grafts: pure functions of frames and codebooks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { below } from "../../assets/sound/audition.js";
import { numbers } from "../../assets/row/changes.js";
import * as timing from "../../assets/row/timing.js";
import { random, seeds } from "./random.mjs";

const [FRAMES, CODES, BOOKS] = [40, 100, 4];

const everyFrame = Array.from({ length: FRAMES }, (_, t) => t);
const identity = Uint32Array.from(everyFrame);
const codesOf = (draw, length = FRAMES) => Uint16Array.from({ length }, () => draw(CODES));
const booksOf = (draw, length) => Array.from({ length: BOOKS }, () => codesOf(draw, length));
const sorted = (values) => [...values].sort((a, b) => a - b);

function rangeOf(draw) {
  const from = draw(FRAMES - 1);
  return [from, from + 1 + draw(FRAMES - from)];
}

// Every mapping that is told a range, as (range, draw) → mapping; none of them touches anything else.
const WITHIN = {
  reverse: (range) => timing.reverse(FRAMES, range),
  freeze: (range) => timing.freeze(FRAMES, range),
  shift: (range, draw) => timing.shift(FRAMES, range, draw(200) - 100),
};

for (const [name, deed] of Object.entries(WITHIN)) {
  test(`${name} leaves frames outside its range, and takes none from there`, () => {
    for (const draw of seeds(40)) {
      const [from, to] = rangeOf(draw);
      deed([from, to], draw).forEach((source, t) => {
        if (t < from || t >= to) assert.equal(source, t);
        else assert.ok(source >= from && source < to);
      });
    }
  });
}

for (const name of ["reverse", "shift"]) {
  test(`${name} uses every frame once`, () => {
    for (const draw of seeds(40)) assert.deepEqual(sorted(WITHIN[name](rangeOf(draw), draw)), everyFrame);
  });
}

test("what is moved holds the codes of the frames it names, in every codebook alike", () => {
  for (const draw of seeds(20)) {
    const mapping = timing.reverse(FRAMES, rangeOf(draw));
    for (const indices of booksOf(draw)) {
      const before = indices.slice();
      timing.moved(indices, mapping).forEach((code, t) => assert.equal(code, before[mapping[t]]));
      assert.deepEqual(indices, before);
    }
  }
});

test("reverse twice is the identity", () => {
  for (const draw of seeds(20)) {
    const [indices, mapping] = [codesOf(draw), timing.reverse(FRAMES, rangeOf(draw))];
    assert.deepEqual(timing.moved(timing.moved(indices, mapping), mapping), indices);
  }
});

test("a shift and its opposite are the identity, and the sign is that of time", () => {
  for (const draw of seeds(20)) {
    const [range, indices, steps] = [rangeOf(draw), codesOf(draw), draw(60)];
    const there = timing.moved(indices, timing.shift(FRAMES, range, steps));
    assert.deepEqual(timing.moved(there, timing.shift(FRAMES, range, -steps)), indices);
  }
  assert.deepEqual([...timing.shift(5, [1, 5], 1)], [0, 4, 1, 2, 3]);
});

test("freeze holds the first frame of the range", () => {
  assert.deepEqual([...timing.freeze(6, [2, 5])], [0, 1, 2, 2, 2, 5]);
});

test("stretching once is the identity, and nothing before the range ever changes", () => {
  for (const draw of seeds(40)) {
    const range = rangeOf(draw);
    assert.deepEqual(timing.stretch(FRAMES, range, 1, 0), identity);
    const mapping = timing.stretch(FRAMES, range, 0.25 + draw(16) / 4, FRAMES - 1);
    assert.deepEqual(mapping.slice(0, range[0]), identity.slice(0, range[0]));
  }
});

test("a stretched range lasts as many times as long, in its order, and what follows stays together", () => {
  for (const draw of seeds(100)) {
    const [from, to] = rangeOf(draw);
    const factor = [0.25, 0.33, 0.5, 1.25, 2, 4][draw(6)];
    const rest = 0;
    const wide = Math.max(1, Math.round((to - from) * factor));
    const mapping = timing.stretch(FRAMES, [from, to], factor, rest);
    assert.equal(mapping.length, FRAMES);
    const inside = mapping.slice(from, Math.min(from + wide, FRAMES));
    assert.deepEqual([...inside], sorted(inside));
    assert.ok(inside.every((source) => source >= from && source < to));
    mapping.slice(from + wide).forEach((source, i) => assert.equal(source, to + i < FRAMES ? to + i : rest));
  }
});

test("twice as long says every frame twice, half as long every other one", () => {
  assert.deepEqual([...timing.stretch(8, [1, 3], 2, 0)], [0, 1, 1, 2, 2, 3, 4, 5]);
  assert.deepEqual([...timing.stretch(8, [0, 8], 0.5, 7)], [1, 3, 5, 7, 7, 7, 7, 7]);
});

test("the quietest moment is found, however short the clip and however loud one frame", () => {
  const stride = 10;
  const loudness = [9, 9, 0, 9, 9, 5, 1, 1, 1, 1, 1, 5, 9]; // a gap of one frame, and a real rest
  const sound = Float32Array.from(loudness.flatMap((value) => Array(stride).fill(value)));
  assert.equal(timing.quietest(sound, stride), 8);
  assert.equal(timing.quietest(sound.slice(0, 4), stride), 0);
});

test("a graft takes the chosen codebooks from b and the others from a, and changes neither", () => {
  for (const draw of seeds(40)) {
    const [a, b] = [booksOf(draw), booksOf(draw)];
    const kept = [a, b].map((levels) => levels.map((indices) => indices.slice()));
    const fromB = [0, 1, 2, 3].filter(() => draw(2));
    const mixed = timing.graft(a, b, fromB, everyFrame);
    mixed.forEach((indices, level) => assert.deepEqual(indices, fromB.includes(level) ? b[level] : a[level]));
    assert.deepEqual([a, b], kept);
  }
});

test("a graft touches only its frames, and none that b has not", () => {
  for (const draw of seeds(40)) {
    const [a, b] = [booksOf(draw), booksOf(draw, 1 + draw(2 * FRAMES))];
    const cells = everyFrame.filter(() => draw(2));
    const inside = new Set(cells);
    timing.graft(a, b, [1, 2], cells).forEach((indices, level) =>
      indices.forEach((code, t) => {
        const taken = (level === 1 || level === 2) && inside.has(t) && t < b[level].length;
        assert.equal(code, taken ? b[level][t] : a[level][t]);
      }),
    );
  }
});

test("the two ways to mix share out all codebooks between the clips", () => {
  const draw = random(5);
  const [a, b] = [booksOf(draw), booksOf(draw)];
  const [ab, ba] = [timing.graft(a, b, [2, 3], everyFrame), timing.graft(a, b, [0, 1], everyFrame)];
  assert.deepEqual([ab[0], ab[3], ba[0], ba[3]], [a[0], b[3], b[0], a[3]]);
});

test("a tenth of the amplitude is 20 dB below", () => {
  const whole = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
  assert.equal(below(whole.map((value) => value / 10), whole), 20);
  assert.equal(below(whole, whole), 0);
});

test("codebooks are named as people count them", () => {
  assert.equal(numbers([2]), "3");
  assert.equal(numbers([0, 1]), "1, 2");
  assert.equal(numbers([3, 4, 5]), "4–6");
  assert.equal(numbers([0, 2, 3]), "1, 3, 4");
});

test("a whole clip gets longer or shorter: every frame is there in turn, and none is cut off", () => {
  assert.deepEqual([...timing.lengthen(3, 2)], [0, 0, 1, 1, 2, 2]);
  assert.deepEqual([...timing.lengthen(4, 0.5)], [1, 3]);
  assert.deepEqual([...timing.lengthen(1, 0.25)], [0]);
  assert.deepEqual([timing.cutOff([2, 6], 2), timing.cutOff([2, 6], 0.5)], [4, 0]);
});
