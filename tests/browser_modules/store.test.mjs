// A widget whose module comes late learns what is on the bench, as if it had been there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { measureAfter } from "../../assets/measuring.js";
import { arrive, emit, load, on, state } from "../../assets/store.js";

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
