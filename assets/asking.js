// How the page asks the server: fetch with one sentence for what went wrong, and arrays as base64.

import { emit, say, state } from "./store.js";
import { sentence, word } from "./words.js";

const url = (path) => new URL(`bench/${path}`, document.baseURI);

// --- base64 -----------------------------------------------------------------------------

export function toBase64(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

export function fromBase64(text, Type) {
  return new Type(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// --- asking -----------------------------------------------------------------------------

let failed = ""; // the question whose failure was said last

// What went wrong before has gone right, or something else took its place: its sentence goes.
export function takeBack() {
  failed = "";
  emit("message", { text: "", kind: "gone" });
}

// Resolves to the Response, or to null after telling the visitor what went wrong.
export async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(url(path), options);
  } catch {
    say(word("message.offline"));
    return null;
  }
  if (answer.ok) {
    if (path === failed || options?.body instanceof Blob) takeBack();
    return answer;
  }
  failed = path;
  const problem = await answer.json().catch(() => null);
  say(problem?.error ? sentence(problem.error) : word("message.failed", { status: answer.status }));
  return null;
}

export const post = (path, message) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });

// Resolves to the Blob at an address, or to null after a sentence: the body of an error is never taken for media.
export async function fetchMedia(address) {
  try {
    const response = await fetch(new URL(address, document.baseURI));
    if (response.ok) return await response.blob();
    say(word("message.failed", { status: response.status }));
  } catch {
    say(word("message.offline"));
  }
  return null;
}

// What the server needs to know of the tokens on the bench.
export const message = (more = {}) => ({
  codec: state.codec,
  grid: state.grid.slice(-state.rank),
  size: state.size.slice(-state.rank),
  codebooks: state.depth,
  indices: toBase64(joined(state.levels.slice(0, state.depth))),
  ...more,
});

// Levels (h · w each) one after the other, and back.
export function joined(levels) {
  const all = new Uint16Array(levels.length * levels[0].length);
  levels.forEach((indices, k) => all.set(indices, k * indices.length));
  return all;
}

export const split = (all, count) =>
  Array.from({ length: count }, (_, k) => all.slice((k * all.length) / count, ((k + 1) * all.length) / count));
