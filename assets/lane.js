// The touch lane: one request in flight, the newest grid wins, one picture comes back.

import { ask, fromBase64, message, post, split } from "./asking.js";
import { measureAfter } from "./measuring.js";
import { emit, isEdited, load, on, pickMiddle, say, state } from "./store.js";
import { word } from "./words.js";

// --- loading ----------------------------------------------------------------------------

let opening = 0;

async function open(answerPromise, source) {
  const mine = ++opening;
  emit("busy", true);
  const answer = await answerPromise;
  const item = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (mine !== opening) return false; // a newer picture is on its way
  emit("busy", false);
  if (!item) return false;
  take(item, source);
  return true;
}

function take(item, { wanted, ...source }) {
  const { codec, grid, size, stride, reach, quality, codebooks, ...facts } = item;
  load({
    codec, grid, size, stride, reach, quality: quality ?? null, facts: { ...facts, quality, from: source },
    levels: split(fromBase64(item.indices, Uint16Array), codebooks),
    allMargins: item.margins ? split(fromBase64(item.margins, Float32Array), codebooks) : null,
    original: item.original ?? source.original ?? null, wanted,
  });
  if (!wanted) pickMiddle();
  if (item.image) show(item.image, [0, 0], state.epoch);
  if (!item.image || isEdited()) decodeAll();
}

const codecFor = ({ wanted }) => encodeURIComponent(wanted?.codec ?? state.codec);

export const openFile = (blob, name = "", at = 0, more = {}) =>
  open(ask(`encode?codec=${codecFor(more)}`, { method: "POST", body: blob }), { name, blob, ...more });

export const openSample = (name, more = {}) =>
  open(ask(`sample/${codecFor(more)}/${encodeURIComponent(name)}`), { sample: name, ...more });

export const openTokens = (blob, more = {}) =>
  open(ask(`read?codec=${codecFor(more)}`, { method: "POST", body: blob }), { name: blob.name ?? "", ...more });

// Pictures are drawn in the order in which they came, however long each takes to unpack.
let drawing = Promise.resolve();

const show = (source, corner, epoch, part = []) => (drawing = drawing.then(() => draw(source, corner, epoch, part)));

// False, after a sentence, when what came is no picture.
// `part` is [left, top, width, height] of it in pixels, where not all is wanted.
async function draw(source, [top, left], epoch, part) {
  let bitmap;
  try {
    const answer = typeof source === "string" ? await fetch(source) : source;
    bitmap = await createImageBitmap(await answer.blob(), ...part);
  } catch {
    say(word("message.offline"));
    return false;
  }
  if (epoch === state.epoch) emit("picture", { bitmap, top, left });
  return true;
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
    dirty = around(dirty, [row, column, row + 1, column + 1]);
  }
  decode();
});

const around = (a, b) =>
  a ? [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])] : b;

on("depth", decodeAll);

export function decodeAll() {
  dirty = [0, 0, ...state.grid];
  decode();
}

// Windows begin and end at whole multiples: a size met for the first time costs the server more to
// prepare for than the cells it saves.
const STEP = 8;
const down = (cell) => Math.floor(cell / STEP) * STEP;
const up = (cell) => Math.ceil(cell / STEP) * STEP;

async function decode() {
  if (busy || !dirty) return;
  busy = true;
  const { epoch, reach, stride } = state;
  const asked = dirty;
  dirty = null;
  const [height, width] = state.grid;
  const within = ([top, left, bottom, right]) => [
    Math.max(top, 0), Math.max(left, 0), Math.min(bottom, height), Math.min(right, width),
  ];
  const touched = within([asked[0] - reach, asked[1] - reach, asked[2] + reach, asked[3] + reach]);
  const window = within([down(touched[0]), down(touched[1]), up(touched[2]), up(touched[3])]);
  const answer = await post("decode", message({ window }));
  const [y, x, y1, x1] = touched.map((cell) => cell * stride);
  const part = [x - window[1] * stride, y - window[0] * stride, x1 - x, y1 - y];
  const shown = answer && (await show(answer, [y, x], epoch, part));
  busy = false;
  // What could not be shown is asked for again with the next edit.
  if (!shown && epoch === state.epoch) dirty = around(dirty, asked);
  else if (dirty) decode();
  else measureAfter(350, () => busy);
}
