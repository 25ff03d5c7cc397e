// How the picked cell was quantized: its latent, the codes nearest to it, and the source that chose.

import { post } from "./asking.js";
import { latentOf, latents } from "./latents.js";
import { linked } from "./pointing.js";
import { showTile, tileCanvas } from "./sheets.js";
import { colour, stage } from "./stage.js";
import { on, state } from "./store.js";
import { onLanguage, word } from "./words.js";

const CLOSE = 10; // percent farther: the next best code might as well have been chosen
const CLEAR = 30;
const REST = 120; // ms: while the pointer runs over the picture, nobody reads

// How sure the choice was, as [key, values]; `nearest` is [{code, distance}], nearest first.
export function verdict([best, next]) {
  if (best.distance === 0) return ["passport.margin.exact", { code: String(next.code) }];
  const percent = (100 * (next.distance - best.distance)) / best.distance;
  const key = percent < CLOSE ? "close" : percent < CLEAR ? "clear" : "sure";
  return [`passport.margin.${key}`, { code: String(next.code), percent: Number(percent.toPrecision(2)) }];
}

export function mountQuantized(root) {
  root.classList.add("quantized");
  root.innerHTML = `
    <div class="card-head"><h2 data-word="passport.quantized"></h2><span class="note" data-why></span></div>
    <div class="answer" hidden>
      <p class="edited"></p>
      <div>
        <h4 data-word="passport.latent"></h4>
        <canvas role="img" data-word-label="passport.latent_label"></canvas>
        <p class="note mono" data-value></p>
        <details><summary data-word="passport.numbers"></summary><ol class="numbers mono" start="0"></ol></details>
      </div>
      <div>
        <h4 data-word="passport.nearest"></h4>
        <p class="rule mono">index = argmin<sub>j</sub> ‖z − e<sub>j</sub>‖</p>
        <div class="choices"></div>
        <p data-margin></p>
      </div>
      <details class="source"><summary data-word="passport.source"></summary>
        <p class="note" data-word="passport.source_note"></p><pre><code></code></pre></details>
    </div>`;
  const view = { root, seen: false, shown: null, bar: -1, turn: 0, timer: 0 }; // shown: {epoch, level, cell, latent, answer}
  const canvas = root.querySelector("canvas");
  view.redraw = stage(canvas, (pen, width, height) => drawLatent(view, pen, width, height));
  canvas.addEventListener("pointermove", ({ offsetX }) => pointAtBar(view, offsetX / canvas.clientWidth));
  canvas.addEventListener("pointerleave", () => pointAtBar(view, -1));
  for (const topic of ["picked", "loaded"]) on(topic, () => look(view));
  on("tokens", () => tell(view));
  on("book", () => fill(view));
  onLanguage(() => fill(view));
  watch(view);
  linked(root, "quantized");
}

// --- asking -----------------------------------------------------------------------------

// Nothing is asked for before the visitor comes near.
function watch(view) {
  const near = (entries) => {
    view.seen = entries.at(-1).isIntersecting;
    if (view.seen) look(view);
  };
  new IntersectionObserver(near, { rootMargin: "300px" }).observe(view.root);
}

// Until the answer is here, the one before stays, faint: the page does not jump.
function look(view) {
  const { codec, epoch, level, cell, original } = state;
  clearTimeout(view.timer);
  view.turn += 1; // an answer to an older question will be dropped
  const same = view.shown?.epoch === epoch && view.shown.level === level && view.shown.cell === cell;
  view.root.toggleAttribute("data-waiting", cell >= 0 && Boolean(original) && !same);
  if (cell < 0 || !original) view.shown = null;
  else if (!same && view.seen) view.timer = setTimeout(() => askFor(view, { codec, epoch, level, cell }, view.turn), REST);
  tell(view);
}

async function askFor(view, { codec, epoch, level, cell }, turn) {
  const all = await latents();
  if (turn !== view.turn) return; // another codec may be on the bench by now
  const latent = all && latentOf(all, cell, state.indices.length);
  const reply = latent && (await post("explain", { codec, latent, level }));
  const answer = reply && (await reply.json());
  if (turn !== view.turn) return;
  view.shown = answer && { epoch, level, cell, latent, answer };
  view.root.removeAttribute("data-waiting");
  fill(view);
}

// --- telling ----------------------------------------------------------------------------

// What an edit can change: whether there is something to show, and whether it still holds.
function tell({ root, shown }) {
  const why = state.original ? (state.cell < 0 ? "passport.no_cell" : "") : "passport.no_latents";
  root.querySelector("[data-why]").textContent = why ? word(why) : placeOf(state.cell);
  root.querySelector(".answer").hidden = !shown || !state.book;
  const [was, now] = shown ? [state.encoded[shown.cell], state.indices[shown.cell]] : [0, 0];
  const line = root.querySelector(".edited");
  line.hidden = was === now;
  line.textContent = word("passport.edited", { now: String(now), was: String(was) });
}

function fill(view) {
  const { root, shown } = view;
  tell(view);
  if (!shown || !state.book) return;
  const { nearest, source } = shown.answer;
  root.querySelector(".numbers").replaceChildren(...shown.latent.map(numberItem));
  const farthest = nearest.at(-1).distance;
  root.querySelector(".choices").replaceChildren(...nearest.map((choice) => choiceButton(choice, farthest)));
  const [key, values] = verdict(nearest);
  root.querySelector("[data-margin]").textContent = word(key, values);
  root.querySelector("code").textContent = source;
  pointAtBar(view, -1);
}

const placeOf = (cell) =>
  word("passport.cell", { row: Math.floor(cell / state.grid[1]) + 1, column: (cell % state.grid[1]) + 1 });

function numberItem(number) {
  const item = document.createElement("li");
  item.textContent = signed(number);
  return item;
}

const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(3)}`;

// A code with its distance as a number and as the length of a bar; the chosen one comes first.
function choiceButton({ code, distance }, farthest) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "choice" });
  button.dataset.code = code;
  button.dataset.keep = ""; // a click leaves the cell picked, and so this explanation in its place
  const [number, bar, figure] = ["strong", "span", "span"].map((tag) => document.createElement(tag));
  const tile = tileCanvas();
  showTile(tile, code);
  number.textContent = code;
  bar.className = "bar";
  bar.style.setProperty("--share", distance / farthest);
  bar.style.setProperty("--code", state.book.colours[code]);
  figure.textContent = distance.toFixed(3);
  figure.className = "mono";
  button.append(tile, number, bar, figure);
  return button;
}

// `across` is from 0 to 1 over the strip, −1 when the pointer is not on it.
function pointAtBar(view, across) {
  const latent = view.shown?.latent ?? [];
  view.bar = Math.floor(across * latent.length);
  const values = { dim: latent.length };
  view.root.querySelector("[data-value]").textContent =
    view.bar in latent ? `z[${view.bar}] = ${signed(latent[view.bar])}` : word("passport.latent_note", values);
  view.redraw();
}

// One bar a number, up for positive and down for negative, all to the scale of the largest.
function drawLatent(view, pen, width, height) {
  const latent = view.shown?.latent ?? [];
  const most = latent.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  const step = width / latent.length;
  const middle = height / 2;
  latent.forEach((number, d) => {
    pen.globalAlpha = view.bar in latent && view.bar !== d ? 0.35 : 1;
    pen.fillStyle = colour(view.root, number < 0 ? "--soft" : "--accent");
    pen.fillRect(d * step + 1, middle, step - 2, (-number / most) * (middle - 2));
  });
  pen.globalAlpha = 1;
  pen.fillStyle = colour(view.root, "--line");
  pen.fillRect(0, middle - 0.5, width, 1);
}
