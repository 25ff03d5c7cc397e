// The touch lane: one request in flight, the newest grid wins, one picture comes back.

import { emit, load, on, say, state } from "./store.js";
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

// Resolves to the Response, or to null after telling the visitor what went wrong.
export async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(url(path), options);
  } catch {
    say(word("message.offline"));
    return null;
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  say(problem?.error ? sentence(problem.error) : word("message.failed", { status: answer.status }));
  return null;
}

export const post = (path, message) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });

// What the server needs to know of the tokens on the bench.
export const message = (more = {}) => ({
  codec: state.codec,
  grid: state.grid,
  size: state.size,
  indices: toBase64(state.indices),
  ...more,
});

// --- loading ----------------------------------------------------------------------------

let opening = 0;

async function open(answerPromise, source) {
  const mine = ++opening;
  emit("busy", true);
  const answer = await answerPromise;
  const item = answer && (await answer.json());
  if (mine !== opening) return false; // a newer picture is on its way
  emit("busy", false);
  if (!item) return false;
  take(item, source);
  return true;
}

function take(item, source) {
  const { codec, grid, size, stride, reach, quality, ...facts } = item;
  load({
    codec, grid, size, stride, reach, quality: quality ?? null, facts: { ...facts, from: source },
    indices: fromBase64(item.indices, Uint16Array),
    latents: item.latents ? fromBase64(item.latents, Float32Array) : null,
    margins: item.margins ? fromBase64(item.margins, Float32Array) : null,
    original: item.original ?? null,
  });
  if (item.image) show(item.image, [0, 0], state.epoch);
  else decodeAll();
}

export const openFile = (blob, name = "") =>
  open(ask(`encode?codec=${encodeURIComponent(state.codec)}`, { method: "POST", body: blob }), { name });

export const openSample = (name) => open(ask(`sample/${state.codec}/${encodeURIComponent(name)}`), { sample: name });

export const openTokens = (blob) =>
  open(ask(`read?codec=${encodeURIComponent(state.codec)}`, { method: "POST", body: blob }), { name: blob.name ?? "" });

async function show(source, [top, left], epoch) {
  const blob = typeof source === "string" ? await (await fetch(source)).blob() : source;
  const bitmap = await createImageBitmap(blob);
  if (epoch === state.epoch) emit("picture", { bitmap, top, left });
}

// --- decoding while the visitor edits ---------------------------------------------------

let busy = false;
let dirty = null; // cells [top, left, bottom, right] changed since the last request

on("loaded", () => (dirty = null));

on("tokens", (cells) => {
  const width = state.grid[1];
  for (const cell of cells) {
    const row = Math.floor(cell / width);
    const column = cell % width;
    dirty ??= [row, column, row + 1, column + 1];
    dirty = [Math.min(dirty[0], row), Math.min(dirty[1], column), Math.max(dirty[2], row + 1), Math.max(dirty[3], column + 1)];
  }
  decode();
});

export function decodeAll() {
  dirty = [0, 0, ...state.grid];
  decode();
}

async function decode() {
  if (busy || !dirty) return;
  busy = true;
  const epoch = state.epoch;
  const window = [
    Math.max(dirty[0] - state.reach, 0),
    Math.max(dirty[1] - state.reach, 0),
    Math.min(dirty[2] + state.reach, state.grid[0]),
    Math.min(dirty[3] + state.reach, state.grid[1]),
  ];
  dirty = null;
  const answer = await post("decode", message({ window }));
  if (answer && epoch === state.epoch) {
    await show(await answer.blob(), [window[0] * state.stride, window[1] * state.stride], epoch);
  }
  busy = false;
  if (dirty) decode();
  else if (answer) settle();
}

// Quality is measured once the visitor's hand rests.
let resting = 0;

function settle() {
  clearTimeout(resting);
  if (!state.original) return;
  resting = setTimeout(async () => {
    const epoch = state.epoch;
    const answer = await post("measure", message({ original: state.original }));
    if (!answer || epoch !== state.epoch || busy) return;
    state.quality = await answer.json();
    emit("measured");
  }, 350);
}
