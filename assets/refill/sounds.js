// A prior on sounds: spectrograms, with what is still open veiled, and each to be heard.

import { fromBase64 } from "../asking.js";
import { fromPcm, mark, openTokens, RATE } from "../sound/clip.js";
import { play, playing, stop } from "../sound/player.js";
import { heat } from "../sound/shades.js";
import { analyse, BANDS, spectrogram } from "../sound/spectrum.js";
import { colour, stage } from "../stage.js";
import { on, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { refillOf } from "./refill.js";

export const mountRefill = refillOf({
  kind: "audio",
  ways: ["refill", "extend", "variations", "repair"],
  ending: "wav",
  openTokens,
  unpack: (data) => ({ samples: fromPcm(fromBase64(data, Int16Array)), sheet: null }),
  middle: () => mark([Math.floor(state.grid[1] * 0.35), Math.ceil(state.grid[1] * 0.65)]),
  nothing: () => mark(null),
  long: (cells) => `${((cells * state.stride) / RATE).toFixed(2)} s`,
  figure,
});

function figure(box, now, deeds) {
  const canvas = box.appendChild(document.createElement("canvas"));
  canvas.setAttribute("role", "img");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
  button.dataset.hear = "";
  deeds.prepend(button);
  button.onclick = () => {
    const { frame } = now();
    if (!frame) return;
    if (playing()?.which === frame.samples) stop();
    else play(frame.samples);
  };
  const name = () => {
    const { frame } = now();
    const own = Boolean(frame) && playing()?.which === frame.samples;
    button.textContent = word(own ? "refill.silence" : "refill.hear");
    button.setAttribute("aria-pressed", String(own));
    button.disabled = !frame;
  };
  on("playing", () => button.isConnected && name());
  onLanguage(() => button.isConnected && name());
  name();
  const drawn = stage(canvas, (pen, width, height) => draw(canvas, pen, width, height, now()));
  return { redraw: drawn, fresh: () => (name(), drawn()) };
}

function draw(canvas, pen, width, height, { frame, grid, left, mask, window, hint }) {
  if (!frame) return;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(sheetOf(frame), 0, 0, width, height);
  if (!grid) return;
  const wide = width / grid[0];
  pen.fillStyle = colour(canvas, "--sunken");
  if (left) left.forEach((open, cell) => open && pen.fillRect(cell * wide, 0, wide + 0.5, height));
  pen.fillStyle = colour(canvas, "--accent");
  if (mask && !left) mask.forEach((was, cell) => was && pen.fillRect(cell * wide, height - 4, wide + 0.5, 4));
  if (hint && mask) mask.forEach((was, cell) => was && pen.fillRect(cell * wide, 0, wide + 0.5, 3));
  if (!window) return;
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1.5;
  pen.strokeRect(window[0] * wide, 1, (window[1] - window[0]) * wide, height - 2);
}

// The spectrogram as a canvas, one pixel a column and band; made when it is first seen.
function sheetOf(frame) {
  if (frame.sheet) return frame.sheet;
  const lines = spectrogram(frame.samples.length);
  analyse(lines, frame.samples);
  frame.sheet = new OffscreenCanvas(lines.columns, BANDS);
  const image = new ImageData(lines.columns, BANDS);
  new Uint32Array(image.data.buffer).forEach((_, i, pixels) => {
    const [band, column] = [BANDS - 1 - Math.floor(i / lines.columns), i % lines.columns];
    pixels[i] = heat(lines.db[column * BANDS + band]);
  });
  frame.sheet.getContext("2d").putImageData(image, 0, 0);
  return frame.sheet;
}
