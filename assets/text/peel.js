// Level by level: what the first 1, 2, … codebooks spell, what that costs, and how near it comes.

import { joined, message, post, toBase64 } from "../asking.js";
import { encodedOf, on, state, takeDepth } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { differences, partOf } from "./compare.js";
import { bitsOf, charactersIn } from "./figures.js";
import { passage } from "./passage.js";

const MEASURES = {
  byte_accuracy: (value) => `${(Math.floor(1000 * value) / 10).toFixed(1)} %`, // never 100 while a byte is wrong
  edit_distance: (value) => `${(100 * value).toFixed(1)} %`,
  chrf: (value) => value.toFixed(1),
};

const FRAME = `
  <div class="card-head"><h2 data-word="text.peel.title"></h2>
    <p class="note" data-word="text.peel.lead"></p></div>
  <div class="peel-top">
    <p class="peel-now"><strong></strong> <span></span></p>
    <input type="range" min="1" step="1" data-word-label="text.peel.slider">
    <p class="peel-look" aria-live="polite"></p>
  </div>
  <ol class="peel-texts"></ol>
  <section><h3 data-word="text.peel.cost"></h3><div class="peel-bars"></div><p class="note" data-word="text.peel.cost_note"></p></section>`;

export function mountPeel(root) {
  root.innerHTML = FRAME;
  const view = { root, slider: root.querySelector("[type=range]"), levels: null, texts: [], near: false, asked: -1, resting: 0 };
  view.slider.oninput = () => takeDepth(Number(view.slider.value));
  on("loaded", () => begin(view));
  on("depth", () => tell(view));
  on("book", () => tell(view)); // whose size says how many bits a code takes
  label(root);
  onLanguage(() => state.levels.length && (list(view), tell(view)));
  new IntersectionObserver((entries) => {
    view.near = entries.at(-1).isIntersecting;
    later(view);
  }, { rootMargin: "200px" }).observe(root);
}

function begin(view) {
  Object.assign(view, { levels: null, texts: [] });
  view.slider.max = state.levels.length;
  list(view);
  tell(view);
  later(view);
}

const REST = 300; // ms: while somebody types, nothing is peeled

function later(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => measure(view), REST);
}

// Once for each text, as the encoder gave it.
async function measure(view) {
  if (!view.near || view.asked === state.epoch || !state.levels.length) return;
  const { epoch } = state;
  view.asked = epoch;
  const levels = state.levels.map((_, level) => encodedOf(level));
  const asking = levels.map((_, k) => spell(levels.slice(0, k + 1)));
  const { original } = state;
  const told = { codebooks: levels.length, indices: toBase64(joined(levels)), original };
  const peeled = original && post("peel", message(told));
  const [texts, answer] = await Promise.all([Promise.all(asking), peeled]);
  const figures = answer && (await answer.json().catch(() => null));
  if (epoch !== state.epoch) return;
  if (!texts.every(Boolean)) view.asked = -1; // asked again when the visitor comes near again
  Object.assign(view, { texts, levels: figures?.levels ?? null });
  list(view);
  tell(view);
}

async function spell(levels) {
  const answer = await post("decode", message({ codebooks: levels.length, indices: toBase64(joined(levels)) }));
  const bytes = answer && (await answer.arrayBuffer().catch(() => null));
  return bytes && new Uint8Array(bytes);
}

// --- what is shown ------------------------------------------------------------------------

const element = (tag, className, textContent = "") => Object.assign(document.createElement(tag), { className, textContent });

function list(view) {
  const rows = state.levels.map((_, level) => {
    const row = element("li", "");
    const button = Object.assign(element("button", "peel-row"), { type: "button", onclick: () => takeDepth(level + 1) });
    const text = element("span", "text-spelled");
    text.dir = "auto";
    if (view.texts[level]) text.append(...differences(view.texts[level]).filter(({ kind }) => kind !== "gone").map(partOf));
    else text.textContent = "…";
    button.append(element("strong", "", level + 1), text, figures(view.levels?.[level]));
    row.append(button);
    return row;
  });
  view.root.querySelector(".peel-texts").replaceChildren(...rows);
}

function figures(quality) {
  const box = element("span", "peel-figures-text");
  for (const [name, write] of Object.entries(MEASURES)) {
    if (quality?.[name] == null) continue;
    const figure = element("span", "");
    figure.title = word(`text.peel.${name}_hint`);
    figure.append(element("b", "", write(quality[name])), " ", word(`text.peel.${name}`));
    box.append(figure);
  }
  return box;
}

function tell(view) {
  const { root, slider } = view;
  if (!state.levels.length) return;
  const [depth, count] = [state.depth, state.levels.length];
  slider.value = depth;
  slider.setAttribute("aria-valuetext", word("text.peel.value", { depth, count }));
  root.querySelector(".peel-now strong").textContent = depth;
  root.querySelector(".peel-now span").textContent = word("text.peel.now", { count });
  root.querySelector(".peel-look").textContent = word(`text.peel.look.${Math.min(depth, 4)}`);
  [...root.querySelectorAll(".peel-row")].forEach((row, level) => row.setAttribute("aria-pressed", String(level === depth - 1)));
  showCosts(view);
}

// Bits of a character: of the text in formats that everybody knows, and of the first codebooks.
function showCosts({ root }) {
  const characters = charactersIn(passage.original ?? passage.bytes);
  const { txt_bytes, gzip_bytes, zstd_bytes } = state.facts ?? {};
  const files = [["UTF-8", txt_bytes], ["gzip", gzip_bytes], ["zstd", zstd_bytes]].filter(([, bytes]) => bytes);
  const costs = [
    ...files.map(([name, bytes]) => ({ name, bits: (8 * bytes) / characters })),
    ...state.levels.map((_, level) => ({ name: `k = ${level + 1}`, bits: bitsOf(level + 1) / characters, now: level + 1 === state.depth })),
  ];
  const most = Math.max(...costs.map(({ bits }) => bits));
  root.querySelector(".peel-bars").replaceChildren(...costs.flatMap(({ name, bits, now }) => {
    const bar = element("i", "");
    bar.style.width = `${(100 * bits) / most}%`;
    const track = element("span", "peel-bar");
    track.append(bar);
    const all = [element("span", "", name), track, element("b", "", bits.toFixed(1))];
    for (const part of all) part.toggleAttribute("data-now", Boolean(now));
    return all;
  }));
}
