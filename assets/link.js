// The bench in the page's address, so that a copied link restores it:
//   #c=image-vq&sample=temple                                       a sample, as the encoder gave it
//   #c=image-vq&s=256x256&g=32x32&v=1024&t=…&p=417&x=33.4.28.4      any other grid
// c codec, s size in pixels, g grid, v codebook size, k codebooks (1 when missing), t the indices of all
// of them in ceil(log2 v) bits each, p the picked code, x the selection as run lengths. An edited sample has both `sample` and `t`: whoever
// opens it sees the original beside the edits.

import { joined, split } from "./asking.js";
import { recallForTab, rememberForTab } from "./memory.js";
import { commitLevels, isEdited, on, pick, say, select, state } from "./store.js";
import { word } from "./words.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // base64url, 6 bits each
const LARGEST_GRID = 128 * 128; // cells, the server's own limit
const LARGEST_SIZE = 256 * LARGEST_GRID; // pixels: cells of up to 16 × 16

// --- indices ↔ text -----------------------------------------------------------------------

export const bitsOf = (codebookSize) => Math.max(1, 32 - Math.clz32(codebookSize - 1));

export function pack(indices, codebookSize) {
  const bits = bitsOf(codebookSize);
  let [text, held, waiting] = ["", 0, 0]; // `held` bits of `waiting` are still to be written
  for (const index of indices) {
    waiting = (waiting << bits) | index;
    for (held += bits; held >= 6; held -= 6) text += DIGITS[(waiting >> (held - 6)) & 63];
    waiting &= (1 << held) - 1;
  }
  return held ? text + DIGITS[(waiting << (6 - held)) & 63] : text;
}

// The indices, or null when the text is not `count` of them, all below codebookSize.
export function unpack(text, count, codebookSize) {
  const bits = bitsOf(codebookSize);
  if (text.length !== Math.ceil((count * bits) / 6)) return null;
  const indices = new Uint16Array(count);
  let [next, held, waiting] = [0, 0, 0];
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    if (value < 0) return null;
    waiting = (waiting << 6) | value;
    held += 6;
    while (held >= bits && next < count) {
      held -= bits;
      indices[next++] = waiting >> held;
      waiting &= (1 << held) - 1;
    }
  }
  return indices.every((index) => index < codebookSize) ? indices : null;
}

// --- selection ↔ run lengths --------------------------------------------------------------

// Lengths of the runs out, in, out, in … of the selection, in base 36; what follows the last "in" is left away.
export function packRuns(mask) {
  const runs = [0];
  for (const selected of mask) {
    if (Boolean(selected) !== (runs.length % 2 === 0)) runs.push(0);
    runs[runs.length - 1] += 1;
  }
  return runs.slice(0, runs.length - (runs.length % 2)).map((run) => run.toString(36)).join(".");
}

export function unpackRuns(text, count) {
  if (!/^[0-9a-z]{1,4}(\.[0-9a-z]{1,4})*$/.test(text)) return null;
  const mask = new Uint8Array(count);
  let start = 0;
  for (const [i, digits] of text.split(".").entries()) {
    const end = start + parseInt(digits, 36);
    if (end > count) return null;
    if (i % 2) mask.fill(1, start, end);
    start = end;
  }
  return mask;
}

// --- a whole bench ↔ hash -----------------------------------------------------------------

// bench: {codec, size, grid, codebookSize, codebooks, indices (of all), edited, sample?, code?, selection?}
export function writeHash({ codec, size, grid, codebookSize, codebooks = 1, indices, edited, sample, code, selection }) {
  const parts = [`c=${encodeURIComponent(codec)}`];
  if (sample) parts.push(`sample=${encodeURIComponent(sample)}`);
  if (!sample || edited || selection) parts.push(`g=${grid.join("x")}`);
  if (!sample || edited) {
    parts.push(`s=${size.join("x")}`, `v=${codebookSize}`);
    if (codebooks > 1) parts.push(`k=${codebooks}`);
    parts.push(`t=${pack(indices, codebookSize)}`);
  }
  if (code != null) parts.push(`p=${code}`);
  if (selection) parts.push(`x=${packRuns(selection)}`);
  return `#${parts.join("&")}`;
}

// {codec, sample, size, grid, codebookSize, codebooks, code, indices, selection}, null where the link says
// nothing. The whole is null when any field is not as `writeHash` writes it.
export function readHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const bench = {};
  for (const [letter, { name, read }] of Object.entries(FIELDS)) {
    const text = fields.get(letter);
    bench[name] = text === null ? null : read(text, bench);
    if (text !== null && bench[name] === null) return null;
  }
  if (!bench.codec || !(bench.sample || bench.indices)) return null;
  return bench.indices && bench.code >= bench.codebookSize ? null : bench;
}

// In the order in which they need each other; each reader gives null for what is not its own.
const FIELDS = {
  c: { name: "codec", read: named },
  sample: { name: "sample", read: named },
  g: { name: "grid", read: (text) => pair(text, LARGEST_GRID) },
  s: { name: "size", read: (text) => pair(text, LARGEST_SIZE) },
  v: { name: "codebookSize", read: (text) => whole(text, 2, 2 ** 16) },
  k: { name: "codebooks", read: (text) => whole(text, 1, 64) },
  p: { name: "code", read: (text) => whole(text, 0, 2 ** 16 - 1) },
  t: { name: "indices", read: indicesIn },
  x: { name: "selection", read: (text, { grid }) => grid && unpackRuns(text, cellsOf(grid)) },
};

const cellsOf = ([height, width]) => height * width;

function named(text) {
  return /^[\w.-]{1,80}$/.test(text) ? text : null;
}

function whole(text, least, most) {
  return /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null;
}

function indicesIn(text, { grid, size, codebookSize, codebooks }) {
  return grid && size && codebookSize && unpack(text, cellsOf(grid) * (codebooks ?? 1), codebookSize);
}

// Two lengths, height × width (1 × samples or frames of a sound), of a product up to `most`.
function pair(text, most) {
  const lengths = text.split("x").map((part) => whole(part, 1, 2 ** 20));
  return lengths.length === 2 && lengths.every(Boolean) && cellsOf(lengths) <= most ? lengths : null;
}

// --- the page's address -------------------------------------------------------------------

function hashNow() {
  const { codec, size, grid, levels, selection } = state;
  const edited = isEdited();
  const sample = state.facts?.from?.sample;
  const code = edited || !sample || state.cell >= 0 ? state.code : null;
  const codebookSize = state.codebookSize || state.book?.codebook_size;
  const all = { indices: joined(levels), codebooks: levels.length };
  return writeHash({ codec, size, grid, codebookSize, ...all, edited, sample, code, selection });
}

// What the address says of the bench, null when nothing, nonsense, or of a codec that is not here.
function readLink() {
  const link = readHash(location.hash);
  return link && state.codecs.some(({ name }) => name === link.codec) ? link : null;
}

// The codec in the address, when it is a visitor's own from the Train page: no catalogue lists it.
function ownCodec() {
  const { codec } = readHash(location.hash) ?? {};
  return codec?.startsWith("mine-") && !state.codecs.some(({ name }) => name === codec) ? codec : null;
}

// The address that restores the bench as it is now.
function shareLink() {
  const address = new URL(location.href);
  const { codec, facts } = state;
  address.hash = state.indices.length ? hashNow() : facts?.from?.sample ? writeHash({ codec, sample: facts.from.sample }) : "";
  return address.href;
}

let resting = 0;

function writeLink() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (!state.indices.length || !state.codebookSize) return;
    history.replaceState(history.state, "", shareLink());
    keepOriginal();
  }, 400);
}

// A link says nothing of a visitor's own file, so the tab keeps it beside the address: for a reload, or Back.
const KEPT = () => `original ${location.pathname}`;

function keepOriginal() {
  const { original, facts } = state;
  if (!facts?.from?.sample) rememberForTab(KEPT(), { hash: location.hash, original, name: facts?.from?.name });
}

// {original, name} of the bench that `hash` says, as far as this tab knows it.
function keptOriginal(hash) {
  const kept = recallForTab(KEPT());
  return kept?.original && kept.hash === hash ? { original: kept.original, name: kept.name } : {};
}

// What a page needs of links, its medium's ways onto the bench given: ask for a sample, read a token file.
export function linkOf({ openSample, openTokens }) {
  const openLink = (link) => open(link, openSample, openTokens);
  return { ownCodec, readLink, sayBroken, shareLink, writeLink, openLink, mountLink: () => follow(openLink) };
}

// Puts on the bench what a link says; false, after a sentence, when that is not possible.
async function open(link, openSample, openTokens) {
  const { codec, epoch } = state;
  state.codec = link.codec;
  const opened = link.sample ? await openSample(link.sample) : await openTokens(tokenFile(link), keptOriginal(location.hash));
  if (!opened) {
    if (state.epoch === epoch) state.codec = codec; // the old picture is still there
    return false;
  }
  const fits = (list, count) => list && list.length === count * state.indices.length;
  if (link.sample && fits(link.indices, state.levels.length)) {
    commitLevels({ key: "edit.link" }, split(link.indices, state.levels.length));
  }
  if (fits(link.selection, 1)) select(link.selection);
  if (link.code !== null && link.code < (state.codebookSize || Infinity)) pick(link.code);
  return true;
}

// As a token file, so that the server checks a link as it checks any tokens from outside.
export function tokenFile({ codec, size, grid, codebookSize, codebooks, indices }) {
  const { rank } = state;
  const rowOf = (level, row) => [...level.subarray(row * grid[1], (row + 1) * grid[1])];
  const rowsOf = (level) => (rank === 1 ? [...level] : Array.from({ length: grid[0] }, (_, row) => rowOf(level, row)));
  const header = { format: "codebook-playground-tokens", version: 1, codec, codebook_size: codebookSize, size: size.slice(-rank) };
  return new Blob([JSON.stringify({ ...header, indices: [split(indices, codebooks ?? 1).map(rowsOf)] })], { type: "application/json" });
}

// Says so when there is an address but no sense in it.
const sayBroken = () => location.hash.length > 1 && say(word("output.link_broken"));

// Keeps the address in step with the bench, and the bench with a link pasted into the address.
function follow(openLink) {
  for (const topic of ["loaded", "history", "selection", "picked", "book"]) on(topic, writeLink);
  addEventListener("hashchange", () => {
    clearTimeout(resting); // the link that was pasted must not be written over
    const link = readLink();
    if (!link) sayBroken();
    else if (link.codec === state.codec) openLink(link);
    else location.reload(); // with another codec everything changes
  });
}
