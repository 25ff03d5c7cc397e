// Tokens of a sound drawn as rows of cells, coarse codebooks on top: the whole clip, or some frames close up.
// Frame t of those from … to begins at x = (t − from) / (to − from) of the width.

import { state } from "../store.js";
import { colour } from "../stage.js";
import { inksOf, isLight } from "../row/books.js";
import { clip } from "./clip.js";

const FAINT = 0.2; // of codebooks that do not sound
const DIM = 0.8; // of cells that are not meant
const NUMBERED = 30; // pixels a cell must be wide to hold its number
const LEAST = 7; // pixels a ring is wide at least, however many cells it spans

// One pixel a cell, so that thousands of cells are one drawing.
export function cellsOf(levels) {
  const width = levels[0].length;
  const pixels = new ImageData(width, levels.length);
  const words = new Uint32Array(pixels.data.buffer);
  levels.forEach((indices, level) => {
    const inks = inksOf(level);
    indices.forEach((code, t) => (words[level * width + t] = inks[code]));
  });
  return onCanvas(pixels);
}

function onCanvas(pixels) {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

// Rows of a canvas of cells, each with a hair of space below it; `isFaint(level)` says which stand back.
export function drawRows(pen, cells, [width, height], isFaint, [from, to] = [0, cells.width]) {
  const tall = height / cells.height;
  pen.imageSmoothingEnabled = false;
  for (let level = 0; level < cells.height; level++) {
    pen.globalAlpha = isFaint(level) ? FAINT : 1;
    pen.drawImage(cells, from, level, to - from, 1, 0, level * tall, width, tall - 1);
  }
  pen.globalAlpha = 1;
}

// The numbers of the codes from … to, where the cells are wide enough for them.
export function drawNumbers(canvas, pen, [width, height], [from, to]) {
  const [wide, tall] = [width / (to - from), height / state.levels.length];
  if (wide < NUMBERED) return;
  const faint = colour(canvas, "--soft");
  pen.font = `400 ${wide < 40 ? 11 : 13}px ${colour(canvas, "--mono")}`;
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  state.levels.forEach((indices, level) => {
    const inks = inksOf(level);
    for (let t = from; t < to; t++) {
      pen.fillStyle = level >= state.depth ? faint : isLight(inks[indices[t]]) ? "#000" : "#fff";
      pen.fillText(indices[t], (t - from + 0.5) * wide, (level + 0.5) * tall);
    }
  });
}

// What lies over the cells: the marked range, cells with the code that is meant, the picked one and the pointed one.
//   strip  {canvas, span(), inner?()}: the frames it shows, and those of them that are shown close up elsewhere
//   card   {over, cursor, ghost, lit()}: places {row, frame}, a range of frames, and {row, code} whose cells light up
export function drawMarks(card, strip, pen, width, height) {
  if (!state.levels.length) return;
  const [from, to] = strip.span();
  const paper = colour(strip.canvas, "--surface");
  const scale = { wide: width / (to - from), tall: height / state.levels.length, from, width, height, paper };
  const lit = card.lit();
  if (lit) light(pen, lit, scale, to);
  const range = card.ghost ?? clip.range;
  if (range) bracket(pen, range, scale, colour(strip.canvas, "--accent"));
  const inner = strip.inner?.();
  if (inner && inner[1] - inner[0] < to - from) frame(pen, inner, scale, colour(strip.canvas, "--ink"));
  if (!card.over && state.hover.cell >= 0) column(pen, state.hover.cell, scale, colour(strip.canvas, "--ink"));
  if (state.cell >= 0) ring(pen, { row: state.level, frame: state.cell }, scale, ["#000", "#fff"]);
  const pointed = card.over ?? (card.strips[0].canvas.matches(":focus-visible") ? card.cursor : null);
  if (pointed) ring(pen, pointed, scale, ["#fff", "#000"]);
}

// Dims the other cells of the row.
function light(pen, { row, code }, { wide, tall, from, width, paper }, to) {
  const indices = state.levels[row];
  pen.fillStyle = paper;
  pen.globalAlpha = DIM;
  let start = from;
  for (let t = from; t <= to; t++) {
    if (t < to && indices[t] !== code) continue;
    pen.fillRect((start - from) * wide, row * tall, (t - start) * wide, tall - 1);
    start = t + 1;
  }
  pen.globalAlpha = 1;
}

function bracket(pen, range, { wide, from, width, height, paper }, ink) {
  const [left, right] = range.map((t) => (t - from) * wide);
  pen.globalAlpha = 0.4;
  pen.fillStyle = paper;
  if (left > 0) pen.fillRect(0, 0, Math.min(left, width), height);
  if (right < width) pen.fillRect(Math.max(right, 0), 0, width - Math.max(right, 0), height);
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.strokeRect(left, 1, Math.max(right - left, 2), height - 2);
}

// A bar above and below the frames that are shown close up.
function frame(pen, range, { wide, from, height, paper }, ink) {
  const [left, right] = range.map((t) => (t - from) * wide);
  for (const [colour, thick, edge] of [[paper, 5, 1], [ink, 3, 0]]) {
    pen.fillStyle = colour;
    for (const top of [0, height - thick]) pen.fillRect(left - edge, top, right - left + 2 * edge, thick);
  }
}

// A moment that is pointed at in another view.
function column(pen, frame, { wide, from, height, paper }, ink) {
  const left = (frame - from) * wide;
  pen.fillStyle = paper;
  pen.fillRect(left - 1, 0, Math.max(wide, 2) + 2, 2);
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  pen.strokeRect(left, 0, Math.max(wide, 2), height);
}

function ring(pen, { row, frame }, { wide, tall, from, width }, [outer, inner]) {
  const broad = Math.max(wide, LEAST);
  const middle = (frame - from + 0.5) * wide;
  if (middle < 0 || middle > width) return;
  const left = Math.min(Math.max(middle - broad / 2, 1), width - broad - 1);
  for (const [ink, thick] of [[outer, 4], [inner, 2]]) {
    pen.strokeStyle = ink;
    pen.lineWidth = thick;
    pen.strokeRect(left, row * tall + 1, broad, tall - 3);
  }
}
