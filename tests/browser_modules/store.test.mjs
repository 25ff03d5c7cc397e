// A widget whose module comes late learns what is on the bench, as if it had been there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, emit, load, on } from "../../assets/store.js";

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
