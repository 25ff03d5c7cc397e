// The sound on the bench as samples: how it came, how the codes say it, and what an edit makes of it.
//   sound    samples of clip.sound changed (detail: {from, to})      range    clip.range changed

import { ask, fetchMedia, fromBase64, message, post, split } from "../asking.js";
import { measureAfter } from "../measuring.js";
import { emit, encodedOf, isEdited, load, on, pickMiddle, say, select, state } from "../store.js";
import { word } from "../words.js";

export const RATE = 16000;

const NONE = new Float32Array(0);

export const clip = {
  original: null, // Float32Array (N), null for tokens that came alone
  sound: NONE, // Float32Array (N), the resynthesis as edited
  encoded: NONE, // Float32Array (N), the resynthesis as the encoder gave it; empty for tokens that came alone
  range: null, // [from, to] in frames: what is marked, looped and edited; null for everything
};

// --- opening ------------------------------------------------------------------------------

let opening = 0;

async function open(answerPromise, source) {
  const mine = ++opening;
  emit("busy", true);
  const answer = await answerPromise;
  const item = answer && (await answer.json().catch(() => say(word("message.offline"))));
  const address = item?.original ?? source.original;
  const original = item && address && (await samplesAt(address));
  if (mine !== opening) return false; // a newer sound is on its way
  emit("busy", false);
  if (!item) return false;
  take(item, original ?? null, source);
  return true;
}

function take(item, original, { wanted, ...source }) {
  const { codec, grid, size, stride, reach, quality, codebooks, sound, indices, margins, original: address, ...facts } = item;
  clip.original = original;
  clip.sound = sound ? fromPcm(fromBase64(sound, Int16Array)) : new Float32Array(size[0]);
  clip.encoded = sound ? clip.sound.slice() : NONE;
  clip.range = null;
  load({
    codec, stride, reach, rank: 1, grid: [1, grid[0]], size: [1, size[0]],
    quality: quality ?? null, facts: { ...facts, quality, from: source }, original: address ?? source.original ?? null, wanted,
    levels: split(fromBase64(indices, Uint16Array), codebooks),
    allMargins: margins ? split(fromBase64(margins, Float32Array), codebooks) : null,
  });
  remark(wanted);
  if (!wanted) pickMiddle();
  if (sound) emit("sound", { from: 0, to: clip.sound.length });
  if (!sound || isEdited()) decodeAll();
}

const codecFor = ({ wanted }) => encodeURIComponent(wanted?.codec ?? state.codec);

export const openFile = (blob, name = "", at = 0, more = {}) =>
  open(ask(`encode?codec=${codecFor(more)}&at=${at}`, { method: "POST", body: blob }), { name, blob, at, ...more });

export const openSample = (name, more = {}) =>
  open(ask(`sample/${codecFor(more)}/${encodeURIComponent(name)}`), { sample: name, ...more });

export const openTokens = (blob, more = {}) =>
  open(ask(`read?codec=${codecFor(more)}`, { method: "POST", body: blob }), { name: blob.name ?? "", ...more });

// --- samples ------------------------------------------------------------------------------

export const fromPcm = (pcm) => Float32Array.from(pcm, (value) => value / 32768);

// The samples of a WAV of ours: 16 bits, one channel, 44 bytes of header. Null, after a sentence, without one.
async function samplesAt(address) {
  const blob = await fetchMedia(address);
  return blob && fromPcm(new Int16Array(await blob.slice(44).arrayBuffer()));
}

export const difference = () => clip.sound.map((value, i) => (clip.original?.[i] ?? 0) - value);

// Marks what was marked before the same sound was opened again.
function remark(wanted) {
  const { selection } = state;
  if (wanted && selection) mark([selection.indexOf(1), selection.lastIndexOf(1) + 1]);
}

// Marks frames from … to − 1, or everything with null. Edits touch what is marked.
export function mark(range) {
  clip.range = range && range[1] > range[0] ? range : null;
  select(clip.range && Uint8Array.from({ length: state.grid[1] }, (_, t) => Number(t >= range[0] && t < range[1])));
  emit("range");
}

// --- decoding while the visitor edits -----------------------------------------------------

let busy = false;
let dirty = null; // [from, to] frames changed since the last request

on("loaded", () => (dirty = null));
on("tokens", (cells) => {
  for (const cell of cells) dirty = around(dirty, [cell, cell + 1]);
  decode();
});
on("depth", decodeAll);

const around = (a, b) => (a ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : b);

export function decodeAll() {
  dirty = [0, state.grid[1]];
  decode();
}

// Whether clip.sound is what all the tokens on the bench stand for.
export const isCurrent = () => !busy && !dirty;

// Frames from … to and as many around them as one of them reaches.
const widened = ([from, to]) => [Math.max(from - state.reach, 0), Math.min(to + state.reach, state.grid[1])];

async function decode() {
  if (busy || !dirty) return;
  busy = true;
  const { epoch, stride } = state;
  const asked = dirty;
  dirty = null;
  const window = widened(asked);
  const samples = isAsEncoded(widened(window))
    ? clip.encoded.subarray(window[0] * stride, window[1] * stride)
    : await decoded(window);
  busy = false;
  if (epoch !== state.epoch) return decode();
  if (!samples) {
    dirty = around(dirty, asked); // asked for again with the next edit
    return;
  }
  clip.sound.set(samples, window[0] * stride);
  emit("sound", { from: window[0] * stride, to: window[0] * stride + samples.length });
  if (dirty) decode();
  else measureAfter(350, () => busy);
}

// Whether frames from … to are as they were given: then their sound is known to the bit, and at once.
const isAsEncoded = ([from, to]) =>
  clip.encoded.length > 0 && state.depth === state.levels.length &&
  state.levels.every((indices, level) => indices.subarray(from, to).every((code, i) => code === encodedOf(level)[from + i]));

// Resolves to the samples of frames from … to, or to null after the visitor was told what went wrong.
async function decoded(window) {
  const answer = await post("decode", message({ window }));
  const pcm = answer && (await answer.arrayBuffer().catch(() => null));
  return pcm && fromPcm(new Int16Array(pcm));
}
