// The map of fused latents: validation items by meaning and sense, and the visitor's own point among them.

import { ask, post } from "../asking.js";
import { colour, stage } from "../stage.js";
import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { SENSES } from "./figures.js";
import { called, joint } from "./thought.js";

const MARGIN = 22; // pixels
const SIZE = 3.4; // pixels of a mark's radius
const CROWD = 0.06; // of the map: points of one meaning farther from the middle one are strays

const FRAME = `
  <div class="card-head"><h2 id="joint-map" data-word="joint.map.title"></h2><p class="joint-key"></p></div>
  <p class="note" data-word="joint.map.note"></p>
  <canvas class="joint-points" role="img"></canvas>
  <p class="note joint-near" role="status"></p>`;

const state = { model: null, map: null, mine: null };

export function mountMap(root) {
  root.innerHTML = FRAME;
  const canvas = root.querySelector("canvas");
  const redraw = stage(canvas, (pen, width, height) => draw(pen, width, height));
  const locate = () => ask_place(root, redraw);
  const refresh = async () => {
    Object.assign(state, { model: joint.model.name, map: null, mine: null });
    tell(root, canvas, "drawing");
    redraw();
    const name = state.model;
    const answer = joint.model.mapped ? await ask(`joint/map/${encodeURIComponent(name)}`) : null;
    if (state.model !== name) return;
    state.map = answer ? await answer.json() : null;
    tell(root, canvas, state.map ? "" : "none");
    redraw();
    locate();
  };
  on("joint.model", refresh);
  on("joint.thought", locate);
  label(root);
  onLanguage(() => state.model && tell(root, canvas, state.map ? "" : "none"));
  refresh();
}

let asking = false;
let again = false;

async function ask_place(root, redraw) {
  again = asking;
  if (asking || !state.map) return;
  const latents = joint.thought?.latents;
  if (!latents) return (state.mine = null), tell(root, root.querySelector("canvas"), ""), redraw();
  asking = true;
  const answer = await post("joint/place", { model: state.model, latents });
  asking = false;
  state.mine = answer ? await answer.json() : null;
  tell(root, root.querySelector("canvas"), "");
  redraw();
  if (again) ask_place(root, redraw);
}

function tell(root, canvas, problem) {
  const line = root.querySelector(".joint-near");
  if (problem) line.textContent = word(`joint.map.${problem}`);
  else line.textContent = state.mine ? word("joint.map.here", { meaning: called(commonest(state.mine.near)) }) : "";
  canvas.hidden = problem === "none";
  canvas.setAttribute("aria-label", word("joint.map.label", { count: state.map?.points.length ?? 0 }));
  root.querySelector(".joint-key").replaceChildren(...SENSES.map((sense) => {
    const entry = document.createElement("span");
    entry.append({ pictures: "■ ", sounds: "● ", words: "▲ " }[sense], word(`joint.sense.${sense}`));
    return entry;
  }));
}

export const commonest = (values) => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
};

// --- drawing ----------------------------------------------------------------------------------

// A colour for each of `count` meanings, the golden angle apart, so that neighbours differ.
const hue = (meaning, dark) => `hsl(${(meaning * 137.5 + 12) % 360} ${dark ? "62% 66%" : "58% 44%"})`;

const SHAPES = {
  pictures: (pen, x, y, r) => pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
  sounds: (pen, x, y, r) => pen.arc(x, y, r, 0, 2 * Math.PI),
  words(pen, x, y, r) {
    pen.moveTo(x, y - r * 1.5);
    pen.lineTo(x + r * 1.4, y + r);
    pen.lineTo(x - r * 1.4, y + r);
    pen.closePath();
  },
};

function draw(pen, width, height) {
  if (!state.map) return;
  const dark = document.body.classList.contains("dark");
  const at = ([x, y]) => [MARGIN + x * (width - 2 * MARGIN), MARGIN + y * (height - 2 * MARGIN)];
  const { points, senses, meanings } = state.map;
  points.forEach((point, i) => {
    pen.beginPath();
    pen.fillStyle = hue(meanings[i], dark);
    pen.globalAlpha = 0.75;
    SHAPES[senses[i]](pen, ...at(point), senses[i] === "words" ? 1.7 * SIZE : SIZE);
    pen.fill();
  });
  pen.globalAlpha = 1;
  names(pen, at);
  if (state.mine) mine(pen, at(state.mine.point));
}

// Each meaning's name above the crowd of its points: those that are near to the one in the middle.
function names(pen, at) {
  const { canvas } = pen;
  Object.assign(pen, { font: `600 14px ${colour(canvas, "--sans")}`, textAlign: "center", textBaseline: "middle", lineWidth: 4, lineJoin: "round" });
  for (const meaning of new Set(state.map.meanings)) {
    const own = state.map.points.filter((_, i) => state.map.meanings[i] === meaning);
    const median = [0, 1].map((axis) => own.map((point) => point[axis]).sort((a, b) => a - b)[own.length >> 1]);
    const away = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
    const middle = own.reduce((best, point) => (away(point, median) < away(best, median) ? point : best));
    const crowd = own.filter((point) => away(point, middle) < CROWD);
    const x = at(middle)[0];
    const y = Math.max(10, at([0, Math.min(...crowd.map((point) => point[1]))])[1] - 14);
    Object.assign(pen, { strokeStyle: colour(canvas, "--surface"), fillStyle: colour(canvas, "--ink") });
    pen.strokeText(called(meaning), x, y);
    pen.fillText(called(meaning), x, y);
  }
}

function mine(pen, [x, y]) {
  const { canvas } = pen;
  for (const [name, width] of [["--surface", 7], ["--accent", 3.5]]) {
    pen.beginPath();
    Object.assign(pen, { strokeStyle: colour(canvas, name), lineWidth: width });
    pen.arc(x, y, 11, 0, 2 * Math.PI);
    pen.stroke();
  }
}
