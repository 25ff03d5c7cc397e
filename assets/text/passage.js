// The text on the bench as bytes: how it came, how the codes spell it, and what an edit makes of it.
//   text    passage.bytes changed      range    passage.range changed

import { ask, fetchMedia, fromBase64, message, post, split } from "../asking.js";
import { measureAfter } from "../measuring.js";
import { emit, isEdited, load, on, pick, say, select, state } from "../store.js";
import { word } from "../words.js";

export const LONGEST = 1024; // bytes on the bench

const EARLY = 8; // the cell that is picked at first: within the first line, and not its beginning
const NONE = new Uint8Array(0);

export const passage = {
  original: null, // Uint8Array (N), null for tokens that came alone
  bytes: NONE, // Uint8Array (N), the resynthesis as edited; need not be valid UTF-8
  range: null, // [from, to] in cells: what is marked and edited; null for everything
};

// --- opening ------------------------------------------------------------------------------

let opening = 0;

async function open(answerPromise, source) {
  const mine = ++opening;
  emit("busy", true);
  const answer = await answerPromise;
  const item = answer && (await answer.json().catch(() => say(word("message.offline"))));
  const address = item?.original ?? source.original;
  const original = item && address && (await bytesAt(address));
  if (mine !== opening) return false; // a newer text is on its way
  emit("busy", false);
  if (!item) return false;
  take(item, original ?? null, source);
  return true;
}

function take(item, original, { wanted, ...source }) {
  const { codec, grid, size, stride, reach, quality, codebooks, text, indices, margins, original: address, ...facts } = item;
  const { cell } = state;
  passage.original = original;
  passage.bytes = text ? fromBase64(text, Uint8Array) : new Uint8Array(size[0]).fill(32);
  passage.range = null;
  load({
    codec, stride, reach, rank: 1, grid: [1, grid[0]], size: [1, size[0]],
    quality: quality ?? null, facts: { ...facts, quality, from: source }, original: address ?? source.original ?? null, wanted,
    levels: split(fromBase64(indices, Uint16Array), codebooks),
    allMargins: margins ? split(fromBase64(margins, Float32Array), codebooks) : null,
  });
  const there = source.typed && cell >= 0 ? cell : Math.min(EARLY, Math.floor(grid[0] / 2));
  pickAt(Math.min(there, grid[0] - 1)); // who types goes on looking at the same place
  remark(wanted);
  if (text) emit("text");
  if (!text || isEdited()) decode();
}

const pickAt = (cell) => state.indices.length && pick(state.indices[cell], cell);

const codecFor = ({ wanted }) => encodeURIComponent(wanted?.codec ?? state.codec);

export const openFile = (blob, name = "", at = 0, more = {}) =>
  open(ask(`encode?codec=${codecFor(more)}&at=${at}`, { method: "POST", body: blob }), { name, blob, at, ...more });

export const openSample = (name, more = {}) =>
  open(ask(`sample/${codecFor(more)}/${encodeURIComponent(name)}`), { sample: name, ...more });

export const openTokens = (blob, more = {}) =>
  open(ask(`read?codec=${codecFor(more)}`, { method: "POST", body: blob }), { name: blob.name ?? "", ...more });

async function bytesAt(address) {
  const blob = await fetchMedia(address);
  return blob && new Uint8Array(await blob.arrayBuffer());
}

// --- typing -------------------------------------------------------------------------------

let typed = null; // what waits to be asked for: only the newest text counts
let asking = false;

// Puts what is being written on the bench, one question at a time.
export async function openTyped(text) {
  typed = text;
  if (asking) return;
  asking = true;
  while (typed !== null) {
    const now = new Blob([typed]);
    typed = null;
    await openFile(now, word("text.input.typed_name"), 0, { typed: true });
  }
  asking = false;
}

// --- marking ------------------------------------------------------------------------------

// Marks what was marked before the same text was opened again.
function remark(wanted) {
  const { selection } = state;
  if (wanted && selection) mark([selection.indexOf(1), selection.lastIndexOf(1) + 1]);
}

// Marks cells from … to − 1, or everything with null. Edits touch what is marked.
export function mark(range) {
  passage.range = range && range[1] > range[0] ? range : null;
  select(passage.range && Uint8Array.from({ length: state.grid[1] }, (_, t) => Number(t >= range[0] && t < range[1])));
  emit("range");
}

// --- decoding while the visitor edits -----------------------------------------------------

let busy = false;
let dirty = false;

for (const topic of ["tokens", "depth"]) on(topic, decode);

// Always the whole: attention lets every cell have a say in every letter.
async function decode() {
  dirty = true;
  if (busy) return;
  busy = true;
  while (dirty) {
    dirty = false;
    const { epoch } = state;
    const answer = await post("decode", message());
    const bytes = answer && (await answer.arrayBuffer().catch(() => null));
    if (!bytes || epoch !== state.epoch) continue;
    passage.bytes = new Uint8Array(bytes);
    emit("text");
  }
  busy = false;
  measureAfter(250, () => busy);
}
