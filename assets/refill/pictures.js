// A prior on pictures: cells still open lie under a veil, and a frame shows where the prior looks.

import { fromBase64 } from "../asking.js";
import { colour, stage } from "../stage.js";
import { openTokens } from "../lane.js";
import { select, state } from "../store.js";
import { markMiddle } from "./controls.js";
import { refillOf } from "./refill.js";

export const mountRefill = refillOf({
  kind: "image",
  ways: ["refill", "variations", "repair"],
  ending: "png",
  openTokens,
  unpack: (data) => createImageBitmap(new Blob([fromBase64(data, Uint8Array)], { type: "image/jpeg" })),
  close: (bitmap) => bitmap.close(),
  middle: () => markMiddle(state.grid),
  nothing: () => select(null),
  figure,
});

function figure(box, now) {
  const canvas = box.appendChild(document.createElement("canvas"));
  canvas.setAttribute("role", "img");
  return { redraw: stage(canvas, (pen, width, height) => draw(canvas, pen, width, height, now())) };
}

function draw(canvas, pen, width, height, { frame, grid, left, mask, window, hint }) {
  if (!frame) return;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(frame, 0, 0, width, height);
  if (!grid) return;
  const [tall, wide] = [height / grid[0], width / grid[1]];
  if (left) veil(canvas, pen, left, grid, [tall, wide]);
  if (hint && mask) outline(pen, mask, grid, [tall, wide]);
  if (!window) return;
  const [top, start, bottom, end] = window;
  for (const [ink, thick] of [["rgb(0 0 0 / 0.6)", 3], ["#fff", 1.4]]) {
    Object.assign(pen, { strokeStyle: ink, lineWidth: thick });
    pen.strokeRect(start * wide, top * tall, (end - start) * wide, (bottom - top) * tall);
  }
}

// A grey square with a light corner for every open cell.
function veil(canvas, pen, left, [rows, columns], [tall, wide]) {
  const [ground, line] = [colour(canvas, "--sunken"), colour(canvas, "--line")];
  for (let cell = 0; cell < rows * columns; cell++) {
    if (!left[cell]) continue;
    const [x, y] = [(cell % columns) * wide, Math.floor(cell / columns) * tall];
    pen.fillStyle = ground;
    pen.fillRect(x, y, wide + 0.5, tall + 0.5);
    pen.fillStyle = line;
    pen.fillRect(x + wide * 0.38, y + tall * 0.38, wide * 0.24, tall * 0.24);
  }
}

// The edge of marked cells.
function outline(pen, mask, [rows, columns], [tall, wide]) {
  const is = (row, column) => row >= 0 && column >= 0 && row < rows && column < columns && mask[row * columns + column];
  pen.beginPath();
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const [x, y] = [column * wide, row * tall];
      if (column < columns && is(row, column) !== is(row - 1, column)) (pen.moveTo(x, y), pen.lineTo(x + wide, y));
      if (row < rows && is(row, column) !== is(row, column - 1)) (pen.moveTo(x, y), pen.lineTo(x, y + tall));
    }
  }
  for (const [ink, thick] of [["rgb(0 0 0 / 0.6)", 3], ["#fff", 1.2]]) {
    Object.assign(pen, { strokeStyle: ink, lineWidth: thick });
    pen.stroke();
  }
}
