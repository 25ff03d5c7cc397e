// The card of a codec without codes, in the place of the token grid: how much each position carries,
// and what noise does to it.

import { fromBase64, post } from "../asking.js";
import { colour, stage } from "../stage.js";
import { emit, on, state } from "../store.js";
import { onLanguage, word } from "../words.js";

const MOST = 64; // times the noise of the training
const REST = 60; // ms between two questions while the slider moves

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The slider runs evenly over powers of two, 0 at its left end.
export const amountAt = (place) => (place === 0 ? 0 : Number((MOST ** place).toFixed(1)));

// A place in a row of `count` → the colour between two ends, as a share 0 … 1 of the second one.
export const shareOf = (value, low, high) => (high > low ? (value - low) / (high - low) : 0);

export function mountContinuous(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="continuous.title"></h2></div>
    <p class="note" data-word="continuous.lead"></p>
    <div class="stage"><canvas role="img" data-word-label="continuous.canvas"></canvas></div>
    <p class="note" data-bits role="status"></p>
    <label class="noise"><span data-word="continuous.noise"></span>
      <input type="range" min="0" max="1" step="0.01" value="0"><output></output></label>
    <p class="note" data-word="continuous.noise_note"></p>`;
  const view = { root, canvas: root.querySelector("canvas"), slider: root.querySelector("input"), bits: null, cell: -1, asked: 0 };
  view.redraw = stage(view.canvas, (pen, width, height) => draw(view, pen, width, height));
  view.canvas.onpointermove = ({ offsetX, offsetY }) => point(view, cellAt(view.canvas, offsetX, offsetY));
  view.canvas.onpointerleave = () => point(view, -1);
  view.slider.oninput = () => shake(view);
  on("loaded", () => open(view));
  onLanguage(() => tell(view));
}

function open(view) {
  view.bits = state.facts?.bits ? fromBase64(state.facts.bits, Float32Array) : null;
  view.slider.value = 0;
  view.cell = -1;
  view.canvas.style.aspectRatio = `${state.grid[1]} / ${state.grid[0]}`;
  tell(view);
  view.redraw();
}

function cellAt(canvas, x, y) {
  const [rows, columns] = state.grid;
  const [row, column] = [Math.floor((y / canvas.clientHeight) * rows), Math.floor((x / canvas.clientWidth) * columns)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
}

function point(view, cell) {
  if (cell === view.cell) return;
  view.cell = cell;
  tell(view);
  view.redraw();
}

// --- the map of bits --------------------------------------------------------------------

function draw(view, pen, width, height) {
  const { bits, canvas } = view;
  if (!bits) return;
  const [rows, columns] = state.grid;
  const [low, high] = [Math.min(...bits), Math.max(...bits)];
  const [wide, tall] = [width / columns, height / rows];
  for (let cell = 0; cell < bits.length; cell++) {
    pen.fillStyle = `color-mix(in oklab, ${colour(canvas, "--sunken")}, ${colour(canvas, "--accent")} ${Math.round(100 * shareOf(bits[cell], low, high))}%)`;
    pen.fillRect((cell % columns) * wide, Math.floor(cell / columns) * tall, wide + 0.5, tall + 0.5);
  }
  if (view.cell < 0) return;
  pen.strokeStyle = colour(canvas, "--ink");
  pen.lineWidth = 2;
  pen.strokeRect((view.cell % columns) * wide, Math.floor(view.cell / columns) * tall, wide, tall);
}

function tell(view) {
  if (!view.bits) return;
  const { bits, cell, root } = view;
  const values = { mean: mean(bits).toFixed(0), here: cell < 0 ? "" : bits[cell].toFixed(0), channels: state.facts.channels };
  root.querySelector("[data-bits]").textContent = word(cell < 0 ? "continuous.mean" : "continuous.here", values);
  root.querySelector("output").textContent = `× ${amountAt(Number(view.slider.value))}`;
}

// --- noise ------------------------------------------------------------------------------

// One question at a time, the newest wins; the picture card shows the answer.
async function shake(view) {
  tell(view);
  const mine = ++view.asked;
  await new Promise((rest) => setTimeout(rest, REST));
  if (mine !== view.asked) return;
  const { codec, original, epoch } = state;
  const amount = amountAt(Number(view.slider.value));
  const answer = await post("shaken", { codec, original, amount, seed: 1 });
  const bitmap = answer && (await createImageBitmap(await answer.blob()));
  if (!bitmap || mine !== view.asked || epoch !== state.epoch) return;
  if (!amount) state.quality = state.facts.quality;
  else state.quality = null; // that of the picture without noise is no longer true
  emit("picture", { bitmap, top: 0, left: 0 });
  emit("measured");
}
