// Level by level: how many codebooks make the sound, what each adds, what is still missing, and figures of it.

import { message, post, joined, toBase64 } from "../asking.js";
import { colour, stage } from "../stage.js";
import { encodedOf, on, state, takeDepth } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { addedLevel, hearAdded, wishes } from "./audition.js";
import { clip, RATE } from "./clip.js";
import { hear, part, playing, start, stop } from "./player.js";

// The figures: how many decimals say something, and a difference that is worth seeing.
const DIGITS = { si_sdr_db: 1, mel_db: 1, stoi: 2 };
const WORTH = { si_sdr_db: 4, mel_db: 2, stoi: 0.2 };
const SENTENCES = 8; // of what to listen for, one a codebook

const figure = (name) => `
  <div class="peel-figure" data-figure="${name}"><h3 data-word="sound.peel.${name}"></h3>
    <p><strong></strong> <span class="note" data-word="sound.peel.${name}_better"></span></p>
    <canvas aria-hidden="true"></canvas></div>`;

const FRAME = `
  <div class="card-head"><h2 data-word="sound.peel.title"></h2></div>
  <div class="peel">
    <div>
      <p class="peel-now"><strong></strong> <span></span></p>
      <input type="range" min="1" step="1" data-word-label="sound.peel.slider">
      <div class="peel-ticks" aria-hidden="true"></div>
      <p class="peel-listen" aria-live="polite"></p>
      <div class="peel-hear">
        <button type="button" class="button" data-hear="resynthesis"></button>
        <button type="button" class="button" data-hear="added"></button>
        <button type="button" class="button" data-hear="difference" data-word="sound.peel.missing"
          data-word-title="sound.peel.missing_title"></button>
      </div>
      <label class="sound-check"><input type="checkbox" data-raise checked><span data-word="sound.peel.raise"></span></label>
      <p class="note peel-told" role="status"></p>
    </div>
    <div class="peel-figures">${Object.keys(DIGITS).map(figure).join("")}<p class="note" data-figures></p></div>
  </div>
  <details class="peel-all" hidden><summary data-word="sound.peel.all"></summary><table></table></details>`;

export function mountPeel(root) {
  root.innerHTML = FRAME;
  const find = (selector) => root.querySelector(selector);
  const view = { root, slider: find("[type=range]"), levels: null, near: false, asked: -1, told: null };
  view.slider.oninput = () => takeDepth(Number(view.slider.value));
  find("[data-raise]").onchange = ({ target }) => {
    wishes.raise = target.checked;
    if (addedLevel() >= 0) listenTo(view);
  };
  for (const button of root.querySelectorAll("[data-hear]")) button.onclick = () => HEAR[button.dataset.hear](view);
  view.charts = [...root.querySelectorAll("[data-figure]")].map((box) => chart(view, box));
  on("loaded", () => begin(view));
  on("depth", () => (tell(view), addedLevel() >= 0 && listenTo(view)));
  for (const topic of ["playing", "hearing"]) on(topic, () => press(view));
  label(root);
  onLanguage(() => state.levels.length && (tabulate(view), tell(view)));
  new IntersectionObserver((entries) => {
    view.near = entries.at(-1).isIntersecting;
    measure(view);
  }, { rootMargin: "100px" }).observe(root);
}

function begin(view) {
  Object.assign(view, { levels: null, told: null });
  const count = state.levels.length;
  view.slider.max = count;
  const ticks = state.levels.map((_, level) => Object.assign(document.createElement("span"), { textContent: level + 1 }));
  view.root.querySelector(".peel-ticks").replaceChildren(...ticks);
  tabulate(view);
  tell(view);
  measure(view);
}

// --- hearing --------------------------------------------------------------------------------

const HEAR = {
  resynthesis: (view) => turnOn(view, "resynthesis"),
  difference: (view) => turnOn(view, "difference"),
  added: (view) => (addedLevel() >= 0 ? stop() : listenTo(view)),
};

function turnOn(view, which) {
  const now = playing();
  view.told = null;
  if (now?.which === which) return stop();
  const fresh = typeof now?.which !== "string"; // nothing, or what one codebook adds, which ends where it was cut
  hear(which);
  if (fresh) start(part().from);
}

async function listenTo(view) {
  const level = state.depth - 1;
  const heard = await hearAdded(level);
  if (heard) view.told = { level, ...heard };
  press(view);
}

function press({ root, told }) {
  const now = playing()?.which;
  const added = addedLevel();
  for (const button of root.querySelectorAll("[data-hear]")) {
    const { hear } = button.dataset;
    button.setAttribute("aria-pressed", String(hear === "added" ? added >= 0 : hear === now));
  }
  const line = root.querySelector(".peel-told");
  if (!told || told.level !== state.depth - 1) line.textContent = "";
  else if (told.level === 0) line.textContent = word("sound.tokens.heard.first");
  else line.textContent = addedSentence(told);
}

const addedSentence = ({ level, below, raised }) =>
  word(raised ? "sound.tokens.heard.raised" : "sound.tokens.heard.row", { number: level + 1, before: level, below, raised });

// --- words ----------------------------------------------------------------------------------

const kbps = (depth) => ((depth * Math.log2(state.codebookSize) * RATE) / state.stride / 1000).toFixed(1);

function tell(view) {
  const { root, slider } = view;
  const [depth, count] = [state.depth, state.levels.length];
  slider.value = depth;
  slider.setAttribute("aria-valuetext", word("sound.peel.value", { depth, count, rate: kbps(depth) }));
  root.querySelector(".peel-now strong").textContent = depth;
  root.querySelector(".peel-now span").textContent = word("sound.peel.now", { count, rate: kbps(depth) });
  [...root.querySelector(".peel-ticks").children].forEach((tick, i) => tick.toggleAttribute("data-now", i === depth - 1));
  root.querySelector(".peel-listen").textContent = word(`sound.peel.listen.${Math.min(depth, SENTENCES)}`);
  const first = word(depth === 1 ? "sound.peel.one" : "sound.peel.first", { depth });
  root.querySelector("[data-hear=resynthesis]").textContent = first;
  root.querySelector("[data-hear=added]").textContent = word("sound.peel.added", { depth });
  root.querySelector("[data-hear=difference]").disabled = !clip.original;
  press(view);
  showFigures(view);
}

// --- figures --------------------------------------------------------------------------------

// Once for each clip, as the encoder gave it: what is edited afterwards has figures of its own.
async function measure(view) {
  if (!view.near || view.asked === state.epoch || !state.original || !state.levels.length) return;
  const { epoch } = state;
  view.asked = epoch;
  const levels = state.levels.map((_, level) => encodedOf(level));
  const indices = toBase64(joined(levels));
  const answer = await post("peel", message({ codebooks: levels.length, indices, original: state.original }));
  const told = answer && (await answer.json().catch(() => null));
  if (epoch !== state.epoch) return;
  if (told) view.levels = told.levels;
  else view.asked = -1; // asked again when the visitor comes near again
  tabulate(view);
  tell(view);
}

const named = (view) => Object.keys(DIGITS).filter((name) => view.levels?.some((quality) => quality[name] != null));

const rounded = (name, value) => value.toFixed(DIGITS[name]).replace("-", "−");

const written = (name, value) => (value == null ? "–" : word(`sound.peel.${name}_value`, { value: rounded(name, value) }));

function showFigures(view) {
  const { root, levels } = view;
  const names = named(view);
  for (const box of root.querySelectorAll("[data-figure]")) {
    const name = box.dataset.figure;
    box.hidden = levels ? !names.includes(name) : name === "stoi" || !state.original;
    box.querySelector("strong").textContent = levels ? written(name, levels[state.depth - 1]?.[name]) : "…";
  }
  const note = !state.original ? "none" : !levels ? "waiting" : names.includes("stoi") ? "stoi" : "other";
  root.querySelector("[data-figures]").textContent = word(`sound.peel.note_${note}`);
  [...root.querySelectorAll("table tr")].forEach((row, k) => row.toggleAttribute("data-now", k === state.depth));
  view.charts.forEach((redraw) => redraw());
}

const PAD = [14, 20, 38]; // pixels beside, above and below the curve

function chart(view, box) {
  const canvas = box.querySelector("canvas");
  const name = box.dataset.figure;
  canvas.onclick = ({ offsetX }) => {
    const share = (offsetX - PAD[0]) / (canvas.clientWidth - 2 * PAD[0]);
    const last = state.levels.length - 1;
    takeDepth(1 + Math.min(Math.max(Math.round(share * last), 0), last));
  };
  return stage(canvas, (pen, width, height) => {
    const values = view.levels?.map((quality) => quality[name]);
    if (values?.every((value) => value != null)) curve(pen, name, values, scaleOf(name, values, width, height));
  });
}

// Where k codebooks and a value lie. Small differences fill no more than their share of the height.
function scaleOf(name, values, width, height) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const unused = Math.max(0, WORTH[name] - (most - least));
  const [bottom, tall] = [height - PAD[2], height - PAD[1] - PAD[2]];
  return {
    height,
    x: (k) => PAD[0] + (k / Math.max(values.length - 1, 1)) * (width - 2 * PAD[0]),
    y: (value) => bottom - ((value - least + unused / 2) / (most - least + unused)) * tall,
  };
}

function curve(pen, name, values, { x, y, height }) {
  const ink = (part) => colour(pen.canvas, part);
  const now = state.depth - 1;
  pen.fillStyle = ink("--line");
  pen.fillRect(x(now) - 0.5, 0, 1, height - 16);
  pen.strokeStyle = ink("--soft");
  pen.lineWidth = 2;
  pen.beginPath();
  values.forEach((value, k) => pen.lineTo(x(k), y(value)));
  pen.stroke();
  pen.font = `400 11px ${ink("--mono")}`;
  values.forEach((value, k) => {
    pen.fillStyle = ink(k === now ? "--accent" : "--soft");
    pen.beginPath();
    pen.arc(x(k), y(value), k === now ? 6 : 3, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = ink(k === now ? "--ink" : "--soft");
    pen.textAlign = "center";
    pen.fillText(k + 1, x(k), height - 4);
    if (k && k < values.length - 1) return;
    const isHigher = value >= values[k ? 0 : values.length - 1]; // its number stands away from the curve
    pen.textAlign = k ? "right" : "left";
    pen.fillText(rounded(name, value), x(k) + (k ? 6 : -6), y(value) + (isHigher ? -10 : 18));
  });
}

function tabulate(view) {
  const { root, levels } = view;
  root.querySelector(".peel-all").hidden = !levels;
  if (!levels) return;
  const names = named(view);
  const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const head = document.createElement("tr");
  head.append(cell("th", "k"), cell("th", "kb/s"), ...names.map((name) => cell("th", word(`sound.peel.${name}`))));
  const rows = levels.map((quality, level) => {
    const row = document.createElement("tr");
    row.onclick = () => takeDepth(level + 1);
    const number = cell("th", level + 1);
    number.scope = "row";
    row.append(number, cell("td", kbps(level + 1)), ...names.map((name) => cell("td", written(name, quality[name]))));
    return row;
  });
  root.querySelector("table").replaceChildren(head, ...rows);
}
