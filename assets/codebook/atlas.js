// The atlas: the tile of every code, like next to like.

import { pointable } from "../pointing.js";
import { here, onlyPresent } from "../present.js";
import { drawTile, tileSheet } from "../sheets.js";
import { colour, stage } from "../stage.js";
import { on, state } from "../store.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const DIMMED = 0.2; // opacity

// The place (0 … size − 1) at a point of an atlas `width` pixels wide, or −1 beside it.
export function placeAt(x, y, width, columns, size) {
  const side = width / columns;
  const column = Math.floor(x / side);
  const place = Math.floor(y / side) * columns + column;
  return x >= 0 && y >= 0 && column < columns && place < size ? place : -1;
}

// The place an arrow key leads to; at the border it stays.
export function placeAfter(place, key, columns, size) {
  const [down, right] = STEPS[key];
  const column = (place % columns) + right;
  const next = place + down * columns + right;
  return column >= 0 && column < columns && next >= 0 && next < size ? next : place;
}

export function mountAtlas(root) {
  root.innerHTML = `
    <h3 data-word="codebook.atlas"></h3>
    <div class="view"><canvas tabindex="0" role="application" data-word-label="codebook.atlas_label"></canvas></div>
    <p class="note" data-word="codebook.atlas_note"></p>`;
  const canvas = root.querySelector("canvas");
  const view = { canvas, quilt: null, places: [] };
  const redraw = stage(canvas, (pen, width) => draw(view, pen, width));
  const sew = () => {
    layOut(view);
    redraw();
  };
  for (const topic of ["book", "sheet"]) on(topic, sew);
  for (const topic of ["loaded", "tokens", "hover", "picked", "present"]) on(topic, redraw);
  pointable(canvas, "atlas", {
    codeAt: (x, y) => codeAt(x, y, canvas.clientWidth),
    next: (code, key) => codeAfter(view, code, key),
    spot: (code) => middle(view, code),
  });
}

function codeAt(x, y, width) {
  if (!state.book) return -1;
  const place = placeAt(x, y, width, state.book.columns, state.book.order.length);
  return place < 0 ? -1 : state.book.order[place];
}

function codeAfter(view, code, key) {
  const { order, columns } = state.book;
  return order[placeAfter(view.places[code] ?? 0, key, columns, order.length)];
}

// The quilt is all tiles in their places at their own size; the screen shows it enlarged.
function layOut(view) {
  const { order, columns } = state.book;
  const side = state.book.tile_pixels || 1; // codes of sounds have colours only
  view.places = [];
  order.forEach((code, place) => (view.places[code] = place));
  const rows = Math.ceil(order.length / columns);
  view.canvas.style.aspectRatio = `${columns} / ${rows}`;
  view.quilt = new OffscreenCanvas(columns * side, rows * side);
  const pen = view.quilt.getContext("2d");
  for (const code of order) drawTile(pen, code, ...corner(view, code, side), side);
  view.canvas.dataset.tiles = String(Boolean(tileSheet()));
}

const corner = (view, code, side) => {
  const { columns } = state.book;
  return [(view.places[code] % columns) * side, Math.floor(view.places[code] / columns) * side];
};

function middle(view, code) {
  const side = view.canvas.clientWidth / state.book.columns;
  return corner(view, code, side).map((start) => start + side / 2);
}

// The codes that stay bright, or null for all. A code hovered here dims nothing: you are reading the atlas.
function bright() {
  const { code, from } = state.hover;
  if (code >= 0 && from !== "atlas") return [code, state.code];
  if (onlyPresent()) return [...here().keys()].filter((other) => here()[other] > 0);
  return null;
}

function draw(view, pen, width) {
  if (!view.quilt) return;
  const side = width / state.book.columns;
  const codes = bright();
  pen.imageSmoothingEnabled = false;
  pen.globalAlpha = codes ? DIMMED : 1;
  pen.drawImage(view.quilt, 0, 0, width, (view.quilt.height / view.quilt.width) * width);
  pen.globalAlpha = 1;
  for (const code of codes ?? []) if (code in view.places) drawTile(pen, code, ...corner(view, code, side), side);
  drawSeams(pen, width, side, colour(view.canvas, "--surface"));
  const ring = (code, paint) => drawRing(pen, corner(view, code, side), side, paint, colour(view.canvas, "--surface"));
  if (state.code in view.places) ring(state.code, colour(view.canvas, "--accent"));
  if (state.hover.code in view.places) ring(state.hover.code, colour(view.canvas, "--ink"));
}

function drawSeams(pen, width, side, paint) {
  const seam = side > 14 ? 1 : 0.5;
  pen.fillStyle = paint;
  for (let line = 1; line * side < pen.canvas.clientHeight; line++) {
    pen.fillRect(0, line * side - seam / 2, width, seam);
    if (line < state.book.columns) pen.fillRect(line * side - seam / 2, 0, seam, pen.canvas.clientHeight);
  }
}

// A frame around a tile, moved inwards where the atlas ends.
function drawRing(pen, corner, side, paint, ground) {
  const [width, height] = [pen.canvas.clientWidth, pen.canvas.clientHeight];
  const x = Math.min(Math.max(corner[0], 4), width - side - 4);
  const y = Math.min(Math.max(corner[1], 4), height - side - 4);
  for (const [stroke, wide, out] of [[ground, 5, 2], [paint, 3, 1.5]]) {
    pen.strokeStyle = stroke;
    pen.lineWidth = wide;
    pen.strokeRect(x - out, y - out, side + 2 * out, side + 2 * out);
  }
}
