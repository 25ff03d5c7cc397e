// What went wrong is said until it goes right.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, fetchMedia } from "../../assets/asking.js";
import { on } from "../../assets/store.js";

const heard = [];
on("message", ({ kind }) => heard.push(kind));
globalThis.document = { baseURI: "http://127.0.0.1/", documentElement: { lang: "en" } };

async function asked(path, ok, options) {
  heard.length = 0;
  globalThis.fetch = async () => ({ ok, status: 500, json: async () => null });
  await ask(path, options);
  return [...heard];
}

test("a failure is taken back by the next success of the same question, or by another file, and by nothing else", async () => {
  assert.deepEqual(await asked("encode?codec=vq", false), ["error"]);
  assert.deepEqual(await asked("measure", true, { body: "{}" }), []);
  assert.deepEqual(await asked("encode?codec=vq", true), ["gone"]);
  assert.deepEqual(await asked("encode?codec=vq", true), []);
  assert.deepEqual(await asked("sample/vq/nobody", false), ["error"]);
  assert.deepEqual(await asked("sample/vq/moon", true), [], "the page opened another one by itself");
  assert.deepEqual(await asked("encode?codec=vq", true, { body: new Blob(["a"]) }), ["gone"]);
});

test("media come whole or not at all: neither an error's body nor an unreachable server is taken for them", async () => {
  heard.length = 0;
  globalThis.fetch = async () => new Response("samples");
  assert.equal(await (await fetchMedia("bench/sound/yes")).text(), "samples");
  assert.deepEqual(heard, []);
  globalThis.fetch = async () => new Response("not samples", { status: 503 });
  assert.equal(await fetchMedia("bench/sound/yes"), null);
  globalThis.fetch = async () => Promise.reject(new TypeError("Failed to fetch"));
  assert.equal(await fetchMedia("bench/sound/yes"), null);
  assert.deepEqual(heard, ["error", "error"]);
});
