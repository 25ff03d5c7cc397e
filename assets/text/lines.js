// One line of the letters: characters, bytes, cells of every codebook, and the resynthesis, all in the same columns.
// A column is a byte, so a cell spans as many columns as the codec's stride, and a character as many as it has bytes.

import { css, inksOf, isLight } from "../row/books.js";
import { colour } from "../stage.js";
import { state } from "../store.js";
import { charactersOf, partOn, signOf } from "./glyphs.js";
import { passage } from "./passage.js";

export const GUTTER = 20; // pixels left of the columns: the numbers of the codebooks
const NARROWEST = 12.5; // pixels of a column, so that a cell can hold the number of its code
const WIDEST = 17;
const LETTERS = 28; // pixels of a row of characters
const HEX = 15;
const CHIP = 21; // pixels of a row of cells
const GAP = 5;
const FAINT = 0.22; // of codebooks that have no say
const LARGE = 17; // pixels of a letter
const STYLES = ["ink", "soft", "line", "accent", "surface", "mono", "sans"]; // of the page, that are drawn with

// --- pure ---------------------------------------------------------------------------------

// How `bytes` bytes in cells of `stride` break into lines of `width` pixels: {column, lines: [[from, to] in cells]}.
export function brokenInto(width, bytes, stride) {
  const room = Math.max(width - GUTTER, stride * NARROWEST);
  const cells = Math.ceil(bytes / stride);
  const each = Math.max(1, Math.floor(room / (stride * NARROWEST)));
  const column = Math.min(WIDEST, room / (stride * Math.min(each, Math.max(cells, 1))));
  const lines = Array.from({ length: Math.ceil(cells / each) }, (_, i) => [i * each, Math.min((i + 1) * each, cells)]);
  return { column, lines };
}

// The rows of a line, from top to bottom: {original, hex, chips, resynthesis, height}, pixels from the top.
export function rowsOf(codebooks, hasOriginal) {
  const hex = hasOriginal ? LETTERS : 0;
  const chips = hex + HEX + GAP - 2;
  const resynthesis = chips + codebooks * CHIP + GAP;
  return { original: 0, hex, chips, chip: CHIP, resynthesis, height: resynthesis + LETTERS };
}

// --- drawing ------------------------------------------------------------------------------

// What all lines share: the characters of both texts, found once for every change.
export const spelled = () => ({
  original: passage.original && charactersOf(passage.original),
  resynthesis: charactersOf(passage.bytes),
});

// card: {texts, column, over, lit()}; range [from, to] in cells.
export function drawLine(card, pen, [from, to]) {
  const canvas = pen.canvas;
  const rows = rowsOf(state.levels.length, Boolean(passage.original));
  const { stride } = state;
  const ink = Object.fromEntries(STYLES.map((name) => [name, colour(canvas, `--${name}`)]));
  const span = [from * stride, Math.min(to * stride, state.size[1])]; // in bytes
  const view = { pen, ink, rows, column: card.column, span, from, to };
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  shade(view, card);
  if (card.texts.original) drawLetters(view, card.texts.original, rows.original, () => false);
  drawHex(view);
  drawChips(view, card);
  drawLetters(view, card.texts.resynthesis, rows.resynthesis, differs);
  drawMarks(view, card);
}

const xOf = ({ column, span }, byte) => GUTTER + (byte - span[0]) * column;

const differs = ({ from, to }) => {
  const { original, bytes } = passage;
  if (!original) return false;
  for (let i = from; i < to; i++) if (original[i] !== bytes[i]) return true;
  return false;
};

// Behind everything: the marked range, and the cell that is pointed at.
function shade(view, card) {
  const { pen, ink, rows, from, to } = view;
  const band = (first, last, fill, alpha) => {
    const [a, b] = [Math.max(first, from), Math.min(last, to)];
    if (a >= b) return;
    pen.globalAlpha = alpha;
    pen.fillStyle = fill;
    const [left, right] = [a, b].map((cell) => xOf(view, Math.min(cell * state.stride, state.size[1])));
    pen.beginPath();
    pen.roundRect(left, 0, right - left, rows.height, 5);
    pen.fill();
    pen.globalAlpha = 1;
  };
  const range = card.ghost ?? passage.range;
  if (range) band(...range, ink.accent, 0.13);
  const cell = card.over?.cell ?? (state.hover.cell >= 0 ? state.hover.cell : -1);
  if (cell >= 0) band(cell, cell + 1, ink.ink, 0.1);
}

function drawLetters(view, characters, top, isOff) {
  const { pen, ink, span } = view;
  for (const character of characters) {
    if (character.to <= span[0] || character.from >= span[1]) continue;
    const { part, bears } = partOn(character, span);
    const [left, right] = part.map((byte) => xOf(view, byte));
    const off = isOff(character);
    pen.fillStyle = off ? ink.accent : ink.line;
    const inset = Math.min(1.5, (right - left) / 8);
    pen.fillRect(left + inset, top + LETTERS - (off ? 4 : 3), right - left - 2 * inset, off ? 3 : 1); // the span of the character
    if (bears) drawSign(view, character, [left, right, top + LETTERS / 2 - 2], off);
    else pen.fillText("…", (left + right) / 2, top + LETTERS / 2);
  }
}

function drawSign({ pen, ink }, { text, broken }, [left, right, middle], off) {
  const { sign, kind } = broken ? { sign: "�", kind: "plain" } : signOf(text);
  const small = kind === "name";
  pen.fillStyle = off ? ink.accent : kind === "plain" || kind === "mark" ? ink.ink : ink.soft;
  pen.font = `${off ? 600 : 400} ${small ? 9 : LARGE}px ${ink.mono}, ${ink.sans}`;
  pen.fillText(sign, (left + right) / 2, middle, right - left + (small ? 0 : 4));
}

function drawHex(view) {
  const { pen, ink, rows, span } = view;
  const bytes = passage.original ?? passage.bytes;
  pen.font = `400 9px ${ink.mono}`;
  pen.fillStyle = ink.soft;
  for (let byte = span[0]; byte < span[1]; byte++) {
    const hex = bytes[byte].toString(16).padStart(2, "0");
    pen.fillText(hex, xOf(view, byte + 0.5), rows.hex + HEX / 2);
  }
}

function drawChips(view, card) {
  const { pen, ink, rows, from, to } = view;
  const wide = view.column * state.stride;
  const lit = card.lit();
  state.levels.forEach((indices, level) => {
    const inks = inksOf(level);
    const top = rows.chips + level * CHIP;
    const faint = level >= state.depth;
    pen.font = `${level === state.level ? 600 : 400} 12px ${ink.mono}`;
    pen.fillStyle = level === state.level ? ink.accent : ink.soft;
    pen.fillText(level + 1, GUTTER / 2 - 2, top + CHIP / 2);
    for (let cell = from; cell < to; cell++) {
      const dim = faint || (lit && lit.level === level && indices[cell] !== lit.code);
      chip(view, { left: GUTTER + (cell - from) * wide, top, wide, code: indices[cell], ink: inks[indices[cell]], dim });
    }
  });
}

function chip({ pen, ink: page }, { left, top, wide, code, ink, dim }) {
  pen.globalAlpha = dim ? FAINT : 1;
  pen.fillStyle = css(ink);
  pen.beginPath();
  pen.roundRect(left + 1, top + 1, wide - 2, CHIP - 2, 4);
  pen.fill();
  pen.globalAlpha = 1;
  pen.font = `400 12px ${page.mono}`;
  pen.fillStyle = dim ? page.soft : isLight(ink) ? "#000" : "#fff";
  pen.fillText(code, left + wide / 2, top + CHIP / 2 + 0.5);
}

// Rings: the picked cell, and the one that is pointed at.
function drawMarks(view, card) {
  const { pen, rows, from, to, ink } = view;
  const wide = view.column * state.stride;
  const ring = ({ row, cell }, outer, inner) => {
    if (cell < from || cell >= to) return;
    for (const [stroke, thick] of [[outer, 4], [inner, 2]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = thick;
      pen.beginPath();
      pen.roundRect(GUTTER + (cell - from) * wide + 1, rows.chips + row * CHIP + 1, wide - 2, CHIP - 2, 4);
      pen.stroke();
    }
  };
  if (state.cell >= 0) ring({ row: state.level, cell: state.cell }, ink.surface, ink.ink);
  if (card.over?.row >= 0) ring(card.over, ink.surface, ink.accent);
}
