// The Joint page's arithmetic: verdicts, charts, the one sequence, who uses a code, letters, and when a word is over.

import assert from "node:assert/strict";
import { test } from "node:test";

import { letters, sharing, standsFor, uses } from "../../assets/joint/codes.js";
import { arranged, between, cellsOf, charted, links, ranked, SEVEN, top, verdict } from "../../assets/joint/figures.js";
import { curvesOf, kindsOf, missingOf, spread } from "../../assets/joint/lesson.js";
import { commonest } from "../../assets/joint/map.js";
import { wordEnd } from "../../assets/joint/microphone.js";

const SURE = [0.02, 0.95, 0.03];
const TORN = [0.5, 0.05, 0.45];

test("the likeliest meaning is found, and all of them in order", () => {
  assert.deepEqual(top(SURE), { meaning: 1, share: 0.95 });
  assert.deepEqual(ranked(SURE).map(({ meaning }) => meaning), [1, 2, 0]);
});

test("a few meanings are charted in their own order, of many those that anybody thinks likely", () => {
  assert.deepEqual(charted([SURE, TORN]), [0, 1, 2]);
  assert.deepEqual(charted([SURE, TORN], 2), [1, 0]);
});

test("a verdict tells agreement, doubt and disagreement apart", () => {
  const told = (belief, ...senses) => verdict(belief, Object.fromEntries(senses.map((own, i) => [i, { belief: own }])));
  assert.equal(told(SURE, SURE).key, "sure");
  assert.equal(told(SURE, SURE, SURE).key, "agreed");
  assert.equal(told([0.1, 0.7, 0.2], SURE).key, "likely");
  assert.equal(told(TORN, TORN).key, "unsure");
  const odd = told(TORN, SURE, [0.9, 0.05, 0.05]);
  assert.equal(odd.key, "odd");
  assert.deepEqual(odd.odd.map(({ meaning }) => meaning), [1, 0]);
  assert.equal(odd.second.meaning, 2);
  assert.equal(told(SURE, SURE).second, null);
});

test("a sense that only guesses contradicts nobody", () => {
  assert.equal(verdict(SURE, { a: { belief: SURE }, b: { belief: TORN } }).key, "agreed");
});

test("half of the way lies in the middle", () => {
  assert.deepEqual(between([0, 2], [1, 4], 0.5), [0.5, 3]);
  assert.deepEqual(between([0, 2], [1, 4], 0), [0, 2]);
});

const SEGMENTS = [
  { part: "concept", start: 0, stop: 1, codes: 4 }, { part: "concept", start: 1, stop: 2, codes: 4 },
  { part: "pictures", start: 2, stop: 3, codes: 2 }, { part: "pictures", start: 3, stop: 5, codes: 8 }, { part: "pictures", start: 5, stop: 7, codes: 8 },
  { part: "words", start: 7, stop: 8, codes: 3 }, { part: "words", start: 8, stop: 10, codes: 257 },
];

test("every place of the sequence knows its part, its codebook, and whether it is a style or a letter", () => {
  const cells = cellsOf(SEGMENTS);
  assert.deepEqual(cells.map(({ place }) => place), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(cells.map(({ level }) => level), [0, 1, -1, 0, 0, 1, 1, -1, 0, 0]);
  assert.deepEqual(cells.filter(({ style }) => style).map(({ place }) => place), [2, 7]);
  assert.deepEqual(cells.filter(({ letter }) => letter).map(({ place }) => place), [8, 9]);
});

test("cells fill a strip, in order, with gaps between the parts", () => {
  const boxes = arranged(cellsOf(SEGMENTS), 400, { wide: 50, gap: 10 });
  assert.equal(boxes[0].w, 50);
  assert.equal(boxes[2].x, 110); // two shared codes and a gap
  assert.ok(Math.abs(boxes.at(-1).x + boxes.at(-1).w - 400) < 1e-9);
  assert.ok(boxes.every(({ x, w }, i) => !i || x >= boxes[i - 1].x + boxes[i - 1].w - 1e-9 && w > 0));
});

test("arcs join different parts only, the strongest first, and those of a place when it is pointed at", () => {
  const cells = cellsOf(SEGMENTS);
  const rows = new Uint8Array(100);
  Object.assign(rows, { 3: 200, 34: 250, 28: 100, 90: 150 }); // 0→3, 3→4 (the same part), 2→8, 9→0
  assert.deepEqual(links(rows, cells), [{ from: 0, to: 3, weight: 200 }, { from: 9, to: 0, weight: 150 }, { from: 2, to: 8, weight: 100 }]);
  assert.deepEqual(links(rows, cells, { only: 8 }).map(({ from }) => from), [2]);
  assert.equal(links(rows, cells, { most: 1 }).length, 1);
});

const USAGE = { // [codebook][code][meaning]
  pictures: [[[8, 0], [0, 2]]], sounds: [[[5, 5], [0, 0]]], words: [[[1, 0], [0, 0]]],
};

test("a code's use is told of each sense apart", () => {
  assert.deepEqual(uses(USAGE, 0, 0), { pictures: 0.8, sounds: 1, words: 1 });
  assert.deepEqual(uses({}, 0, 0), { pictures: 0, sounds: 0, words: 0 });
  assert.deepEqual(sharing(USAGE, 1, 2), { shared: 1, none: 0, all: 2 });
});

test("what a code stands for counts every sense alike", () => {
  const found = standsFor(USAGE, 0, 0);
  assert.equal(found[0].meaning, 0);
  assert.ok(Math.abs(found[0].share - (0.8 + 0.5 + 1) / (0.8 + 1 + 1)) < 1e-9);
  assert.deepEqual(standsFor({}, 0, 0), []);
});

test("letters of several bytes stand at their first, and nothing behind the end", () => {
  assert.deepEqual(letters([...new TextEncoder().encode("qī"), 256, 65]), ["q", "ī", "·", "", ""]);
  assert.deepEqual(letters([...new TextEncoder().encode("七")]), ["七", "·", "·"]);
});

const LESSON = [
  { corrupted: "both", strength: 1, early: 0.5, shared: 0.7 }, { corrupted: "both", strength: 0, early: 0.9, shared: 1 },
  { corrupted: "no sound", strength: 0, early: 0.8 },
];

test("a lesson's curves go by strength, and what has one strength only is a row", () => {
  assert.deepEqual(kindsOf(LESSON), ["both"]);
  assert.deepEqual(missingOf(LESSON), [LESSON[2]]);
  assert.deepEqual(curvesOf(LESSON, "both"), [
    { way: "early", points: [{ strength: 0, share: 0.9 }, { strength: 1, share: 0.5 }] },
    { way: "shared", points: [{ strength: 0, share: 1 }, { strength: 1, share: 0.7 }] },
  ]);
  assert.deepEqual([kindsOf(undefined), missingOf([])], [[], []]);
});

test("names beside a plot keep apart", () => {
  assert.deepEqual(spread([10, 50, 12], 16), [10, 50, 26]);
});

test("the commonest neighbour names the place", () => {
  assert.equal(commonest([3, 5, 5, 3, 5]), 5);
  assert.equal(commonest([]), undefined);
});

test("a recording ends after the word, or after three seconds", () => {
  const end = wordEnd();
  assert.ok(!end(0.5, 0.01)); // nobody has spoken yet
  assert.ok(!end(1, 0.5) && !end(1.4, 0.02));
  assert.ok(end(1.8, 0.02));
  assert.ok(wordEnd()(3, 0.5));
});

test("the first seven stays on its board", () => {
  assert.ok(SEVEN.flat(2).every((value) => value > 0 && value < 1));
});
