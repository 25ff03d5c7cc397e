// The panes of sounds: spectrograms over the same stretch of time, and one player that changes between them at the
// same place.

import { levelled } from "../sound/blind.js";
import { fromPcm, RATE } from "../sound/clip.js";
import { goOn, play, playing, position, stop } from "../sound/player.js";
import { heat } from "../sound/shades.js";
import { analyse, BANDS, spectrogram } from "../sound/spectrum.js";
import { stage } from "../stage.js";
import { on } from "../store.js";
import { label } from "../words.js";
import { PANES } from "./looks.js";
import { change, LARGEST, listen, shown, view, zoomAt } from "./zoom.js";

const HEADER = 44; // bytes of a WAV of ours before the samples

// Fills the bodies of the panes and the row of tools. Gives put(pane, blob), pane 0 the original, and putEven(blobs) of
// some panes at once, all equally loud.
export function mountSounds(bodies, tools) {
  const wall = { sounds: [null, null, null], pictures: [null, null, null], redraws: [], buttons: [] };
  bodies.forEach((body, pane) => mountPane(wall, body, pane));
  const offs = [on("zoomed", () => redraw(wall)), on("zoomed", mountTools(tools)), on("playing", () => (light(wall), beat(wall)))];
  return {
    put: async (pane, blob) => place(wall, pane, blob && (await samplesOf(blob))),
    async putEven(blobs) {
      const panes = [...blobs.keys()].filter((pane) => blobs[pane]);
      const sounds = await Promise.all(panes.map((pane) => samplesOf(blobs[pane])));
      levelled(sounds, [0, Infinity]).forEach((samples, i) => place(wall, panes[i], samples));
    },
    end() {
      stop();
      offs.forEach((off) => off());
    },
  };
}

const samplesOf = async (blob) => fromPcm(new Int16Array((await blob.arrayBuffer()).slice(HEADER)));

function place(wall, pane, samples) {
  const heard = playing()?.which === wall.sounds[pane] && playing();
  Object.assign(wall.sounds, { [pane]: samples });
  wall.pictures[pane] = samples && painted(samples);
  if (heard) samples ? goOn(samples) : stop();
  wall.buttons[pane].disabled = !samples;
  redraw(wall);
}

const redraw = (wall) => wall.redraws.forEach((one) => one());

function mountPane(wall, body, pane) {
  body.innerHTML = `<canvas class="pane-sound" tabindex="0" role="img" data-word-label="compare.pane.${PANES[pane]}"></canvas>
    <button type="button" class="button pane-play" aria-pressed="false" data-word="compare.hear" disabled></button>`;
  label(body);
  const [canvas, button] = body.children;
  wall.buttons[pane] = button;
  button.onclick = () => hear(wall, pane);
  wall.redraws[pane] = stage(canvas, (pen, width, height) => draw(wall, pane, pen, width, height));
  let moved = false;
  listen(canvas, {
    press: () => (moved = false),
    point(u) {
      const { left, size } = shown();
      moved ||= view.zoom > 1;
      change({ at: u === undefined ? null : [left + u * size, 0] });
    },
  });
  canvas.addEventListener("click", ({ offsetX }) => {
    const { left, size } = shown();
    if (!moved || view.zoom === 1) hear(wall, pane, left + (size * offsetX) / canvas.clientWidth);
  });
}

// Plays a pane, from a place if one is told; another one takes over where the one before is, the same one stops.
function hear(wall, pane, from = null) {
  const samples = wall.sounds[pane];
  if (!samples) return;
  const now = playing();
  if (from !== null) play(samples, { loop: true, at: from * samples.length });
  else if (now?.which === samples) stop();
  else if (now) goOn(samples);
  else play(samples, { loop: true });
}

function light(wall) {
  const heard = playing()?.which;
  wall.buttons.forEach((button, pane) => {
    const isHeard = Boolean(heard) && heard === wall.sounds[pane];
    button.setAttribute("aria-pressed", String(isHeard));
    button.dataset.word = isHeard ? "compare.stop" : "compare.hear";
    label(button.parentElement);
  });
}

function beat(wall) {
  cancelAnimationFrame(wall.beating);
  redraw(wall);
  if (playing()) wall.beating = requestAnimationFrame(() => beat(wall));
}

// --- drawing --------------------------------------------------------------------------------

function painted(samples) {
  const spectrum = spectrogram(samples.length);
  analyse(spectrum, samples);
  const canvas = new OffscreenCanvas(spectrum.columns, BANDS);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(spectrum.columns, BANDS);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0; column < spectrum.columns; column++)
    for (let band = 0; band < BANDS; band++) pixels[(BANDS - 1 - band) * spectrum.columns + column] = heat(spectrum.db[column * BANDS + band]);
  pen.putImageData(image, 0, 0);
  return canvas;
}

function draw(wall, pane, pen, width, height) {
  const picture = wall.pictures[pane];
  if (!picture) return;
  const { left, size } = shown();
  pen.drawImage(picture, left * picture.width, 0, size * picture.width, picture.height, 0, 0, width, height);
  const length = wall.sounds[pane].length;
  if (view.at) line(pen, ((view.at[0] - left) / size) * width, height, "rgb(255 255 255 / 0.55)");
  if (playing() && position() !== null) line(pen, ((position() / length - left) / size) * width, height, "#fff");
  pen.fillStyle = "#fff";
  pen.font = `12px ${getComputedStyle(pen.canvas).fontFamily}`;
  pen.fillText(`${((left * length) / RATE).toFixed(1)} s`, 6, height - 7);
  pen.textAlign = "right";
  pen.fillText(`${(((left + size) * length) / RATE).toFixed(1)} s`, width - 6, height - 7);
  pen.textAlign = "left";
}

function line(pen, x, height, colour) {
  pen.fillStyle = colour;
  pen.fillRect(Math.round(x) - 1, 0, 2, height);
}

// --- tools ----------------------------------------------------------------------------------

// Gives a function that shows how things stand.
function mountTools(root) {
  root.innerHTML = `<span class="note" data-word="compare.change"></span>
    <label class="wall-slider"><span data-word="compare.zoom"></span><input type="range" min="0" max="1" step="0.01"><output></output></label>`;
  const zoom = root.querySelector("input");
  zoom.oninput = () => zoomAt(LARGEST ** zoom.value);
  const show = () => {
    zoom.value = Math.log(view.zoom) / Math.log(LARGEST);
    root.querySelector("output").textContent = `${view.zoom.toFixed(1)} ×`;
  };
  label(root);
  show();
  return show;
}
