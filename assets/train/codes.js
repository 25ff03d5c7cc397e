// The codebook of the frame that is looked at: one bar a code, hollow where it is dead, and the atlas
// of what each code decodes to. Pointing at a code in one shows it in the other.

import { colour, stage } from "../stage.js";
import { on } from "../store.js";
import { onLanguage, word } from "../words.js";
import { newest } from "./strip.js";
import { shown, training } from "./training.js";

const ROW = { one: 150, many: 46 }; // pixels of the bars of a codebook
const TILE = 72; // pixels a tile is never larger than
const STUB = 5; // pixels of a dead code's hollow bar
const NARROW = 3; // pixels: bars below this have no room for an outline

// Tiles side by side: as many as rows, or twice as many.
export const columnsOf = (size) => 2 ** Math.ceil(Math.log2(size || 1) / 2);

// Height from 0 to 1 by square root: the common codes do not flatten the rare ones, and no use is no bar.
export const heightOf = (count, most) => (most ? Math.sqrt(count / most) : 0);

export function mountCodes(root) {
  root.innerHTML = `
    <h2 data-word="train.codes.title"></h2>
    <canvas class="train-bars" tabindex="0" role="application" data-word-label="train.codes.bars"></canvas>
    <p class="note" data-word="train.codes.legend"></p>
    <canvas class="train-atlas" tabindex="0" role="application" data-word-label="train.codes.atlas"></canvas>
    <p class="note train-code" data-readout></p>`;
  const [bars, atlas] = root.querySelectorAll("canvas");
  const view = { root, bars, atlas, sheet: null, colours: [], pointed: null };
  const redraws = [
    stage(bars, (pen, width, height) => drawBars(view, pen, width, height)),
    stage(atlas, (pen, width, height) => drawAtlas(view, pen, width, height)),
  ];
  view.redraw = () => redraws.forEach((redraw) => redraw());
  const unpack = newest((sheet) => {
    Object.assign(view, { sheet, colours: sheet ? means(sheet, shown()) : [] });
    view.redraw();
  });
  const show = () => {
    fit(view);
    unpack(shown()?.atlas ?? null);
    view.redraw();
    read(view);
  };
  for (const topic of ["told", "frames", "shown"]) on(topic, show);
  point(view, bars, barAt);
  point(view, atlas, tileAt);
  onLanguage(show);
}

// Heights depend on the codebooks alone, so that no news moves the page.
function fit({ bars, atlas }) {
  const { codebook_size: size, num_codebooks: several, quantizer } = training.status?.settings ?? {};
  const rows = shown()?.counts.length || (quantizer === "rvq" ? several : 1);
  bars.style.height = `${rows > 1 ? rows * ROW.many : ROW.one}px`;
  const all = shown()?.codebook_size || size || 64;
  atlas.style.maxWidth = `${TILE * columnsOf(all)}px`;
  atlas.style.aspectRatio = `${columnsOf(all)} / ${Math.ceil(all / columnsOf(all))}`;
}

// --- colours ----------------------------------------------------------------------------

// The mean colour of each tile: a code's bar wears it.
function means(sheet, { columns, tile, codebook_size: size }) {
  const rows = Math.ceil(size / columns);
  const small = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
  small.imageSmoothingQuality = "high";
  small.drawImage(sheet, 0, 0, columns * tile, rows * tile, 0, 0, columns, rows);
  const { data } = small.getImageData(0, 0, columns, rows);
  return Array.from({ length: size }, (_, code) => `rgb(${data.slice(4 * code, 4 * code + 3).join(" ")})`);
}

// --- drawing ----------------------------------------------------------------------------

function drawBars(view, pen, width, height) {
  const frame = shown();
  const inks = { ink: colour(view.bars, "--ink"), soft: colour(view.bars, "--soft"), line: colour(view.bars, "--line") };
  if (!frame?.counts.length) {
    pen.fillStyle = inks.line;
    pen.fillRect(0, height - 1, width, 1);
    return;
  }
  const room = height / frame.counts.length;
  frame.counts.forEach((counts, k) => drawBook(view, pen, inks, { counts, k, top: k * room, bottom: (k + 1) * room - 1, width }));
}

function drawBook({ colours, pointed }, pen, inks, { counts, k, top, bottom, width }) {
  const most = Math.max(...counts);
  const bar = width / counts.length;
  const seam = bar > NARROW ? 1 : 0;
  pen.fillStyle = inks.line;
  pen.fillRect(0, bottom, width, 1);
  counts.forEach((count, code) => {
    const [x, wide] = [code * bar, bar - seam];
    pen.globalAlpha = pointed && (pointed.code !== code || pointed.book !== k) ? 0.35 : 1;
    if (!count) {
      pen.strokeStyle = inks.soft;
      if (seam) pen.strokeRect(x + 0.5, bottom - STUB + 0.5, wide - 1, STUB - 1);
      return;
    }
    const high = Math.max(2, (bottom - top - 6) * heightOf(count, most));
    pen.fillStyle = (k === 0 && colours[code]) || inks.soft;
    pen.fillRect(x, bottom - high, wide, high);
    pen.strokeStyle = inks.line; // a bar is seen even where its colour is the paper's
    if (seam) pen.strokeRect(x + 0.5, bottom - high + 0.5, wide - 1, high - 1);
    pen.fillStyle = inks.ink;
    pen.fillRect(x, bottom - high, wide, 1.5);
  });
  pen.globalAlpha = 1;
}

function drawAtlas({ atlas, sheet, pointed }, pen, width) {
  const frame = shown();
  if (!frame?.codebook_size || !sheet) return;
  const { codebook_size: size, columns: from, tile, counts } = frame;
  const columns = columnsOf(size);
  const side = width / columns;
  const seam = side > 12 ? 1 : 0.5;
  pen.imageSmoothingEnabled = false;
  for (let code = 0; code < size; code++) {
    const [x, y] = [(code % columns) * side, Math.floor(code / columns) * side];
    pen.globalAlpha = counts[0][code] ? 1 : 0.16;
    const source = [(code % from) * tile, Math.floor(code / from) * tile, tile, tile];
    pen.drawImage(sheet, ...source, x + seam / 2, y + seam / 2, side - seam, side - seam);
  }
  pen.globalAlpha = 1;
  if (pointed?.book === 0) ring(pen, atlas, [(pointed.code % columns) * side, Math.floor(pointed.code / columns) * side], side);
}

function ring(pen, canvas, [x, y], side) {
  for (const [ink, wide] of [["--surface", 5], ["--ink", 2.5]]) {
    pen.strokeStyle = colour(canvas, ink);
    pen.lineWidth = wide;
    pen.strokeRect(x, y, side, side);
  }
}

// --- pointing ---------------------------------------------------------------------------

function barAt({ counts }, x, y) {
  const book = Math.min(counts.length - 1, Math.floor(y * counts.length));
  return { book, code: Math.floor(x * counts[book].length) };
}

function tileAt({ codebook_size: size }, x, y) {
  const columns = columnsOf(size);
  return { book: 0, code: Math.floor(y * Math.ceil(size / columns)) * columns + Math.floor(x * columns) };
}

function point(view, canvas, at) {
  const to = (pointed) => {
    const counts = shown()?.counts[pointed?.book];
    view.pointed = counts && pointed.code >= 0 && pointed.code < counts.length ? pointed : null;
    view.redraw();
    read(view);
  };
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    if (shown()?.counts.length) to(at(shown(), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
  });
  for (const leave of ["pointerleave", "blur"]) canvas.addEventListener(leave, () => to(null));
  canvas.addEventListener("keydown", (event) => {
    const row = columnsOf(shown()?.codebook_size);
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
    if (!way || !shown()?.counts.length) return;
    event.preventDefault();
    const { book, code } = view.pointed ?? { book: 0, code: way > 0 ? -way : 0 };
    to({ book, code: Math.min(Math.max(0, code + way), shown().codebook_size - 1) });
    canvas.setAttribute("aria-label", view.root.querySelector("[data-readout]").textContent);
  });
}

// What is known of the code that is pointed at; else what the atlas is.
function read({ root, pointed }) {
  const frame = shown();
  const counts = frame?.counts[pointed?.book];
  root.querySelector("[data-readout]").textContent = counts?.length > pointed?.code ? said(counts, pointed) : standing(frame);
}

function said(counts, { book, code }) {
  const [count, total] = [counts[code], counts.reduce((sum, value) => sum + value, 0)];
  const percent = ((100 * count) / Math.max(1, total)).toFixed(1);
  if (!count) return word("train.codes.dead", { code: String(code), book: book + 1 });
  return word("train.codes.one", { code: String(code), book: book + 1, count, percent });
}

function standing(frame) {
  if (frame && !frame.counts.length) return word("train.codes.none");
  return word("train.codes.note");
}
