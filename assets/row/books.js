// What is known of every codebook of the codec on the bench, not only of the one that is shown: its colours
// and its mean code. Topic "books": one more has arrived.

import { ask } from "../asking.js";
import { emit, on, state } from "../store.js";

const known = new Map(); // address → description
const asked = new Map(); // address → promise of it
const inks = new Map(); // address → Uint32Array (V): a colour per code, as ImageData holds them

const address = (level) => `codebook/${encodeURIComponent(state.codec)}?level=${level}`;

// The description, or null while it is on its way.
export const knownBook = (level) => known.get(address(level)) ?? null;

// Resolves to the description, or to null after the visitor was told why there is none.
export function bookOf(level) {
  const path = address(level);
  if (known.has(path)) return Promise.resolve(known.get(path));
  if (!asked.has(path)) asked.set(path, fetchBook(path).finally(() => asked.delete(path)));
  return asked.get(path);
}

async function fetchBook(path) {
  const answer = await ask(path);
  const book = answer && (await answer.json().catch(() => null));
  if (book) keep(path, book);
  return book;
}

function keep(path, book) {
  known.set(path, book);
  emit("books");
}

// Resolves to {level: mean code}, or to null.
export async function meansOf(levels) {
  const books = await Promise.all(levels.map(bookOf));
  if (!books.every(Boolean)) return null;
  return Object.fromEntries(levels.map((level, i) => [level, books[i].mean_code]));
}

// One after the other, so that what the visitor does meanwhile need not wait.
async function collect() {
  const { codec } = state;
  for (let level = 0; level < state.levels.length && codec === state.codec; level++) {
    if (level !== state.level && !(await bookOf(level))) return;
  }
}

let turning = false; // whether the page is on its way to another codebook

on("level", () => (turning = true));
on("book", () => (turning = false));

// Shows a codebook; one that was asked for before and is still on its way will not take its place.
export const turnTo = (level) => (turning || level !== state.level) && emit("level", level);

on("loaded", collect);
on("book", () => state.book.codec === state.codec && keep(address(state.level), state.book));

// --- colours --------------------------------------------------------------------------------

// Colours of a codebook as words of an ImageData; made up until its description is here.
export function inksOf(level) {
  const book = knownBook(level);
  if (!book) return MADE_UP;
  const path = address(level);
  if (!inks.has(path)) inks.set(path, Uint32Array.from(book.colours, packed));
  return inks.get(path);
}

function packed(hex) {
  const n = parseInt(hex.slice(1), 16);
  return (0xff000000 | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}

const MADE_UP = Uint32Array.from({ length: 65536 }, (_, code) => 0xff606060 + (Math.imul(code, 2654435761) & 0x7f7f7f));

// Whether black letters are read more easily than white ones on such a colour.
export const isLight = (ink) => 0.3 * (ink & 255) + 0.59 * ((ink >> 8) & 255) + 0.11 * ((ink >> 16) & 255) > 140;

export const css = (ink) => `rgb(${ink & 255} ${(ink >> 8) & 255} ${(ink >> 16) & 255})`;
