// The two sheets of small pictures that belong to a codebook: its tiles, every code decoded on its
// own, and its exemplars, patches of photographs that became each code. Code c stands at column
// c % columns, row c / columns of both. Topic "sheet": the tiles arrived.

import { ask } from "./asking.js";
import { on, state } from "./store.js";

let tiles = null;
on("book", () => (tiles = null));
on("sheet", (image) => {
  tiles = image;
  for (const canvas of document.querySelectorAll("canvas.tile[data-tile]")) drawOwnTile(canvas);
});

export const tileSheet = () => tiles;

// Draws a code's tile at (x, y), `side` wide, if the tiles are here; else its colour.
export function drawTile(pen, code, x, y, side) {
  const { columns, tile_pixels: pixels, colours } = state.book;
  if (!tiles) {
    pen.fillStyle = colours[code];
    return pen.fillRect(x, y, side, side);
  }
  pen.imageSmoothingEnabled = false;
  const [left, top] = [(code % columns) * pixels, Math.floor(code / columns) * pixels];
  pen.drawImage(tiles, left, top, pixels, pixels, x, y, side, side);
}

// A small canvas for the tile of one code; showTile says, and may later change, of which.
export function tileCanvas() {
  const canvas = document.createElement("canvas");
  canvas.className = "tile";
  canvas.setAttribute("aria-hidden", "true"); // the number beside it says it
  return canvas;
}

export function showTile(canvas, code) {
  canvas.dataset.tile = code;
  drawOwnTile(canvas);
}

function drawOwnTile(canvas) {
  const code = Number(canvas.dataset.tile);
  if (code >= state.book.codebook_size) return; // it belongs to a larger codebook, and will soon be told another code
  canvas.width = canvas.height = state.book.tile_pixels || 1; // codes of sounds have colours only
  drawTile(canvas.getContext("2d"), code, 0, 0, canvas.width);
}

// --- exemplars --------------------------------------------------------------------------

const exemplars = new Map(); // address → promise of an ImageBitmap, or of null when it could not be had

// The sheet is large, so it is fetched only when the first patches are wanted.
export function exemplarSheet() {
  const path = `sheet/${encodeURIComponent(state.book.codec)}/exemplars.webp?level=${state.level}`;
  if (!exemplars.has(path)) exemplars.set(path, fetchExemplars(path));
  return exemplars.get(path);
}

async function fetchExemplars(path) {
  const answer = await ask(path);
  if (answer) return createImageBitmap(await answer.blob());
  exemplars.delete(path); // the next one who wants it tries again
  return null;
}

// Exemplar number `which` of a code, at the canvas's own size.
export function drawExemplar(canvas, bitmap, code, which) {
  const { columns, exemplar_pixels: pixels, exemplars_per_code: each } = state.book;
  canvas.width = canvas.height = pixels;
  const [left, top] = [((code % columns) * each + which) * pixels, Math.floor(code / columns) * pixels];
  canvas.getContext("2d").drawImage(bitmap, left, top, pixels, pixels, 0, 0, pixels, pixels);
}
