// A second clip beside the bench: some codebooks of one and the rest of the other, or its codes for all one may use.

import { ask, fromBase64, split } from "../asking.js";
import { isTooLarge, LARGEST } from "../files.js";
import { carryOut, numbers, toAllowed, wasLast } from "../row/changes.js";
import { stage } from "../stage.js";
import { on, say, selectedCells, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { fromPcm, RATE } from "./clip.js";
import { playOnce } from "./player.js";
import { cellsOf, drawRows } from "./strip.js";
import { graft } from "../row/timing.js";

const PREVIEW = 6; // seconds of the second clip

export const MIX = `
  <div class="actions-row">
    <label class="actions-pair"><span data-word="sound.mix.choose"></span> <select class="field"></select></label>
    <button type="button" class="button" data-upload data-word="sound.mix.upload"></button>
    <input type="file" accept="audio/*,.wav,.flac,.ogg,.mp3" hidden>
    <button type="button" class="button" data-preview hidden data-word="sound.mix.preview"
      data-word-title="sound.mix.preview_title"></button>
  </div>
  <div class="mix" hidden>
    <canvas aria-hidden="true"></canvas>
    <p class="note" data-length></p>
    <div class="segmented" role="group" data-word-label="sound.mix.which">
      <button type="button" data-way="ab" aria-pressed="true" data-word="sound.mix.ab"></button>
      <button type="button" data-way="ba" aria-pressed="false" data-word="sound.mix.ba"></button>
    </div>
    <div class="slider"><label for="mix-count" data-word="sound.mix.count"></label><output></output>
      <input type="range" id="mix-count" min="1" value="2"><p class="note" data-parts></p></div>
    <div class="actions-row">
      <button type="button" class="button main" data-mix data-word="sound.mix.mix"
        data-word-title="sound.mix.mix_title"></button>
      <button type="button" class="button" data-codes data-word="sound.mix.codes"
        data-word-title="sound.mix.codes_title"></button>
    </div>
  </div>`;

// card: the view of the card of edits, as row/changes.js wants it.
export function mountMix(root, card) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, card, choice: find("select"), slider: find("[type=range]"), way: "ab", item: null, asked: 0 };
  view.choice.onchange = () => view.choice.value && openSample(view, view.choice.value);
  const file = find("[type=file]");
  find("[data-upload]").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) upload(view, file.files[0]);
    file.value = "";
  };
  find("[data-preview]").onclick = () => playOnce(view.item.sound.slice(0, PREVIEW * RATE));
  find("[data-mix]").onclick = () => mix(view);
  find("[data-codes]").onclick = () => keepCodes(view);
  view.slider.oninput = () => tell(view);
  view.slider.onchange = () => wasLast(card, "mix") && mix(view); // after the first time the slider alone is enough
  for (const button of root.querySelectorAll("[data-way]")) button.onclick = () => turn(view, button);
  view.redraw = stage(find("canvas"), (pen, width, height) => draw(view, pen, width, height));
  for (const topic of ["books", "loaded"]) on(topic, view.redraw);
  on("catalogue", () => offer(view));
  on("loaded", () => (view.item?.codec === state.codec ? tell(view) : close(view)));
  onLanguage(() => (offer(view), tell(view)));
}

// --- the second clip ------------------------------------------------------------------------

function offer({ choice }) {
  const before = choice.value;
  const samples = (state.samples ?? []).map(({ name }) => new Option(word(`samples.${name}`), name));
  choice.replaceChildren(new Option(word("actions.choose"), ""), ...samples);
  choice.value = before;
}

const openSample = (view, name) =>
  open(view, ask(`sample/${encodeURIComponent(state.codec)}/${encodeURIComponent(name)}`), () => word(`samples.${name}`));

function upload(view, file) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  view.choice.value = "";
  const path = `encode?codec=${encodeURIComponent(state.codec)}&at=0`;
  open(view, ask(path, { method: "POST", body: file }), () => file.name);
}

async function open(view, asking, name) {
  const mine = ++view.asked;
  view.root.setAttribute("aria-busy", "true");
  const answer = await asking;
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (mine !== view.asked) return;
  view.root.setAttribute("aria-busy", "false");
  if (!told || told.codec !== state.codec) return;
  const levels = split(fromBase64(told.indices, Uint16Array), told.codebooks);
  view.item = { codec: told.codec, name, levels, sound: fromPcm(fromBase64(told.sound, Int16Array)) };
  view.slider.max = told.codebooks - 1;
  reveal(view, true);
  tell(view);
}

function close(view) {
  view.item = null;
  view.asked += 1; // what is on its way belongs to another codec
  view.choice.value = "";
  reveal(view, false);
}

function reveal({ root, redraw }, open) {
  root.querySelector(".mix").hidden = root.querySelector("[data-preview]").hidden = !open;
  redraw();
}

// --- mixing ---------------------------------------------------------------------------------

// Numbers of the codebooks that come from the second clip.
function fromB({ slider, way, item }) {
  const count = Number(slider.value);
  return [...item.levels.keys()].filter((level) => (way === "ab" ? level >= count : level < count));
}

function turn(view, button) {
  view.way = button.dataset.way;
  for (const other of view.root.querySelectorAll("[data-way]")) other.setAttribute("aria-pressed", String(other === button));
  tell(view);
  if (wasLast(view.card, "mix")) mix(view);
}

function mix(view) {
  const { item, card } = view;
  const levels = fromB(view);
  const all = [...state.levels.keys()]; // also those that an earlier mix of the same two took from b
  const change = (base) => graft(base, item.levels, levels, selectedCells());
  carryOut(card, "mix", all, change, { name: item.name(), levels: numbers(levels) });
}

// Cells of a take the nearest code that b uses, in each codebook for itself.
const keepCodes = ({ item, card }) =>
  toAllowed(card, "codes", (_, level) => new Set(item.levels[level]), { name: item.name() });

// --- what is shown --------------------------------------------------------------------------

function tell(view) {
  const { root, slider, item, way } = view;
  if (!item) return;
  const [count, all] = [Number(slider.value), item.levels.length];
  const own = (state.facts?.from?.sample && word(`samples.${state.facts.from.sample}`)) || state.facts?.from?.name || "";
  root.querySelector("output").textContent = String(count);
  const span = (from, to) => (from === to ? String(to) : `${from}–${to}`);
  const values = { a: own, b: item.name(), first: span(1, count), rest: span(count + 1, all) };
  root.querySelector("[data-parts]").textContent = word(`sound.mix.parts_${way}`, values);
  slider.setAttribute("aria-valuetext", word(`sound.mix.parts_${way}`, values));
  const [frames, ours] = [item.levels[0].length, state.grid[1]];
  const length = { name: item.name(), seconds: ((frames * state.stride) / RATE).toFixed(1) };
  root.querySelector("[data-length]").textContent = word(frames < ours ? "sound.mix.shorter" : "sound.mix.as_long", length);
  view.redraw();
}

// The codebooks that are taken stand out.
function draw(view, pen, width, height) {
  if (!view.item) return;
  const taken = fromB(view);
  drawRows(pen, cellsOf(view.item.levels), [width, height], (level) => !taken.includes(level));
}
