// The same text in the pieces of an ordinary tokenizer, beside its cells: learned codes stand for places, pieces for words.

import { post } from "../asking.js";
import { css, inksOf, isLight } from "../row/books.js";
import { linked } from "../pointing.js";
import { on, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { bitsOf } from "./figures.js";
import { lettersIn, oneLine, textOf } from "./glyphs.js";
import { passage } from "./passage.js";

const REST = 250; // ms: who types waits for the codes, not for the pieces

const FRAME = `
  <div class="card-head"><h2 data-word="text.pieces.title"></h2></div>
  <div class="pieces-rows">
    <section><h3 data-word="text.pieces.bpe"></h3><p class="pieces-row" dir="auto" data-bpe></p><p class="note" data-bpe-told></p></section>
    <section><h3 data-word="text.pieces.codes"></h3><p class="pieces-row" dir="auto" data-codes></p><p class="note" data-codes-told></p></section>
  </div>
  <p class="pieces-why" data-word="text.pieces.why"></p>`;

export function mountPieces(root) {
  root.innerHTML = FRAME;
  const view = { root, pieces: [], vocabulary: 0, near: false, asked: -1, resting: 0 };
  on("loaded", () => (Object.assign(view, { pieces: [] }), show(view), later(view)));
  for (const topic of ["tokens", "books", "book", "level"]) on(topic, () => showCells(view));
  on("hover", () => light(view));
  new IntersectionObserver((entries) => {
    view.near = entries.at(-1).isIntersecting;
    later(view);
  }, { rootMargin: "200px" }).observe(root);
  linked(root.querySelector("[data-codes]"), "pieces");
  label(root);
  onLanguage(() => show(view));
}

function later(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => fetchPieces(view), REST);
}

async function fetchPieces(view) {
  const { epoch } = state;
  if (!view.near || view.asked === epoch || !state.levels.length) return;
  view.asked = epoch;
  const answer = await post("pieces", { text: textOf(passage.original ?? passage.bytes) });
  const told = answer && (await answer.json().catch(() => null));
  if (epoch !== state.epoch) return;
  if (!told) return void (view.asked = -1); // asked again when the visitor comes near again
  Object.assign(view, told);
  show(view);
}

// --- what is shown ------------------------------------------------------------------------

const chip = (bytes, span, more = {}) =>
  Object.assign(document.createElement("span"), { textContent: oneLine(lettersIn(bytes, span)), ...more });

function show(view) {
  const { root, pieces, vocabulary } = view;
  const bytes = passage.original ?? passage.bytes;
  root.querySelector("[data-bpe]").replaceChildren(...pieces.map(({ entry, start_byte, end_byte }) =>
    chip(bytes, [start_byte, end_byte], { title: word("text.pieces.piece", { entry: String(entry), bytes: end_byte - start_byte }) })));
  const bits = Math.ceil(pieces.length * Math.log2(Math.max(2, vocabulary)));
  const values = { count: pieces.length, vocabulary, bits };
  root.querySelector("[data-bpe-told]").textContent = pieces.length ? word("text.pieces.bpe_told", values) : "…";
  showCells(view);
}

function showCells({ root }) {
  if (!state.levels.length) return;
  const bytes = passage.original ?? passage.bytes;
  const inks = inksOf(state.level);
  root.querySelector("[data-codes]").replaceChildren(...Array.from(state.indices, (code, cell) => {
    const element = chip(bytes, [cell * state.stride, (cell + 1) * state.stride]);
    Object.assign(element.dataset, { code, cell });
    element.style.background = css(inks[code]);
    element.style.color = isLight(inks[code]) ? "#000" : "#fff";
    return element;
  }));
  const values = { count: state.grid[1], codebooks: state.levels.length, size: state.codebookSize, bits: bitsOf(state.levels.length) };
  root.querySelector("[data-codes-told]").textContent = word("text.pieces.codes_told", values);
}

// The cell that is pointed at in another view.
function light({ root }) {
  const { cell, code, from } = state.hover;
  for (const element of root.querySelectorAll("[data-codes] span")) {
    element.toggleAttribute("data-lit", cell >= 0 ? Number(element.dataset.cell) === cell : from !== "pieces" && Number(element.dataset.code) === code);
  }
}
