// A widget whose module comes late learns what is on the bench, as if it had been there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { measureAfter } from "../../assets/measuring.js";
import {
  arrive, beginStroke, commit, emit, endStroke, history, hover, isEdited, load, on, onReopen, paint, redo,
  rememberReplacement, select, snapshot, state, takeDepth, undo,
} from "../../assets/store.js";

const TOPICS = ["loaded", "history", "book", "hover"];

function told() {
  const heard = [];
  arrive(() => TOPICS.forEach((topic) => on(topic, () => heard.push(topic))));
  return heard;
}

test("who arrives before anything is loaded is told of it once, when it is", () => {
  const heard = told();
  assert.deepEqual(heard, []);
  load({ codec: "vq", grid: [1, 2], indices: Uint16Array.of(3, 4) });
  assert.deepEqual(heard, ["loaded", "history"]);
});

test("who arrives later is told what stands, also of a codec without codes", () => {
  for (const levels of [[Uint16Array.of(3, 4)], []]) {
    load({ codec: "some", grid: [1, 2], levels });
    const heard = told();
    assert.deepEqual(heard, ["loaded", "history"], `${levels.length} codebooks`);
    emit("hover");
    assert.deepEqual(heard.slice(2), ["hover"]);
  }
});

// Leads `measureAfter` through a server that answers once `meanwhile` is done, and gives what is known then.
async function measured(meanwhile) {
  const item = { codec: "vq", grid: [1, 2], size: [8, 16], quality: null, original: "samples/moon" };
  load({ ...item, levels: [Uint16Array.of(3, 4)] });
  globalThis.document = { baseURI: "http://127.0.0.1/" };
  const told = new Promise((over) => {
    const json = async () => (meanwhile(item), setTimeout(over, 5), { psnr_db: 20 });
    globalThis.fetch = async () => ({ ok: true, json });
  });
  measureAfter(1, () => false);
  await told;
  return state.quality;
}

test("what is measured is known, unless something else came on the bench while the answer came in", async () => {
  assert.deepEqual(await measured(() => {}), { psnr_db: 20 });
  assert.equal(await measured((item) => load({ ...item, original: null, levels: [Uint16Array.of(1, 2)] })), null);
});

// A bench of one codec: two cells, painted once.
function painted() {
  load({ codec: "first", grid: [1, 2], size: [8, 16], levels: [Uint16Array.of(3, 4)], facts: { from: { name: "mine.png" } } });
  commit({ key: "edit.fill" }, Uint16Array.of(9, 9));
}

// As bench.js does: the same signal under another codec, or under the one before with its tokens.
function openAs(wanted, tokens) {
  load({ codec: wanted.codec, grid: [1, 2], size: [8, 16], levels: [Uint16Array.from(tokens)], facts: { from: wanted.from }, wanted });
  return true;
}

function changeCodec() {
  const before = snapshot();
  openAs({ ...before, codec: "second", levels: null }, [1, 2]);
  rememberReplacement({ key: "edit.codec" }, before);
}

test("a change of codec keeps the history, and is undone and redone with the tokens of each codec", async () => {
  onReopen(async (wanted) => openAs(wanted, wanted.codec === "first" ? [3, 4] : [1, 2]));
  painted();
  changeCodec();
  commit({ key: "edit.fill" }, Uint16Array.of(7, 7));
  await undo();
  await undo();
  assert.deepEqual([state.codec, [...state.indices], state.facts.from.name], ["first", [9, 9], "mine.png"]);
  await undo();
  assert.deepEqual([[...state.indices], isEdited()], [[3, 4], false]);
  for (let i = 0; i < 3; i++) await redo();
  assert.deepEqual([state.codec, [...state.indices], history().future.length], ["second", [7, 7], 0]);
});

test("a codec that cannot be opened again leaves bench and history as they are", async () => {
  onReopen(async () => false);
  painted();
  changeCodec();
  await undo();
  assert.deepEqual([state.codec, history().past.length, history().future.length], ["second", 2, 0]);
});

test("another file forgets the history, the same one under another codec keeps the selection", () => {
  painted();
  select(Uint8Array.of(0, 1));
  changeCodec();
  assert.deepEqual([...state.selection], [0, 1]);
  painted();
  assert.deepEqual([history().past.length, state.selection], [1, null]);
});

test("the code under a resting pointer is the one that was painted there", () => {
  painted();
  hover(state.indices[0], 0, "grid");
  beginStroke({ key: "edit.paint" });
  paint([0], 5);
  assert.deepEqual(state.hover, { code: 5, cell: 0, from: "grid" });
  endStroke();
  undo();
  assert.equal(state.hover.code, 9);
  painted();
  assert.equal(state.hover.code, -1, "of what is gone nothing is pointed at");
});

test("figures are stale from an edit on, where there is an original to measure against", () => {
  for (const original of ["samples/moon", null]) {
    load({ codec: "vq", grid: [1, 2], size: [8, 16], levels: [Uint16Array.of(3, 4)], original });
    assert.equal(state.stale, false);
    commit({ key: "edit.fill" }, Uint16Array.of(9, 9));
    assert.equal(state.stale, original !== null);
  }
  load({ codec: "vq", grid: [1, 2], size: [8, 16], levels: [Uint16Array.of(3, 4)], original: null });
  takeDepth(1);
  assert.equal(state.stale, false);
});
