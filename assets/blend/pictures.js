// Blending pictures: what a frame is, how it is shown, and how one points at its cells.

import { fromBase64 } from "../asking.js";
import { stage } from "../stage.js";
import { hover, state } from "../store.js";
import { blendOf } from "./blend.js";
import { gamesOf } from "./games.js";

const PICTURES = {
  kind: "image",
  steps: 16,
  fine: 48,
  address: "bench/square/",
  second: "lizard",
  accept: "image/*",
  typed: false,
  films: ["gif", "webp", "mp4"],
  still: "png",
  thumbnails(button, place, count) {
    const picture = button.appendChild(document.createElement("span")); // one stretch of the strip with all of them
    picture.style.backgroundImage = `url("${new URL("bench/strip", document.baseURI)}")`;
    picture.style.backgroundPositionX = `${(100 * place) / Math.max(1, count - 1)}%`;
  },
  unpack: (data) => createImageBitmap(new Blob([fromBase64(data, Uint8Array)], { type: "image/jpeg" })),
  close: (bitmap) => bitmap.close(),
  figure,
  thumbnail: (pen, bitmap, x, y, wide, tall) => pen.drawImage(bitmap, x, y, wide, tall),
};

export const mountBlend = blendOf(PICTURES);
export const mountGames = gamesOf(PICTURES);

// A canvas in `box`. now() gives what it shows: {frame, grid, tokens (of the shown codebook, or null)}.
function figure(box, now) {
  const canvas = box.appendChild(document.createElement("canvas"));
  canvas.setAttribute("role", "img");
  const redraw = stage(canvas, (pen, width, height) => draw(pen, width, height, now()));
  const cellAt = ({ offsetX, offsetY }) => {
    const [rows, columns] = now().grid;
    const place = (offset, length, cells) => Math.min(Math.max(Math.floor((offset / length) * cells), 0), cells - 1);
    return place(offsetY, canvas.clientHeight, rows) * columns + place(offsetX, canvas.clientWidth, columns);
  };
  canvas.addEventListener("pointermove", (event) => {
    const { tokens, grid } = now();
    if (!grid) return;
    const cell = cellAt(event);
    hover(tokens?.[cell] ?? -1, cell, "blend");
  });
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  return { redraw, canvas };
}

function draw(pen, width, height, { frame, grid, region }) {
  if (!frame) return;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(frame, 0, 0, width, height);
  if (!grid) return;
  const [rows, columns] = grid;
  const [tall, wide] = [height / rows, width / columns];
  if (region) outline(pen, region, [rows, columns], [tall, wide]);
  const { cell } = state.hover;
  if (cell < 0 || cell >= rows * columns) return;
  const [x, y] = [(cell % columns) * wide, Math.floor(cell / columns) * tall];
  for (const [ink, thick] of [["#000", 4], ["#fff", 2]]) {
    Object.assign(pen, { strokeStyle: ink, lineWidth: thick });
    pen.strokeRect(x - 1, y - 1, wide + 2, tall + 2);
  }
}

// The edge of the cells that go at their own speed.
function outline(pen, region, [rows, columns], [tall, wide]) {
  const is = (row, column) => row >= 0 && column >= 0 && row < rows && column < columns && region[row * columns + column] > 0;
  pen.beginPath();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!is(row, column)) continue;
      const [x, y] = [column * wide, row * tall];
      for (const [dy, dx, from, to] of [[-1, 0, [x, y], [x + wide, y]], [1, 0, [x, y + tall], [x + wide, y + tall]], [0, -1, [x, y], [x, y + tall]], [0, 1, [x + wide, y], [x + wide, y + tall]]]) {
        if (is(row + dy, column + dx)) continue;
        pen.moveTo(...from);
        pen.lineTo(...to);
      }
    }
  }
  for (const [ink, thick] of [["rgb(0 0 0 / 0.6)", 3], ["#fff", 1.2]]) {
    Object.assign(pen, { strokeStyle: ink, lineWidth: thick });
    pen.stroke();
  }
}
