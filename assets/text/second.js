// A second text beside the bench: cells copied from it, its codes in some of the codebooks, or only the codes it has.

import { ask, fromBase64, split } from "../asking.js";
import { carryOut, numbers, toAllowed } from "../row/changes.js";
import { css, inksOf, isLight } from "../row/books.js";
import { graft } from "../row/timing.js";
import { on, say, selectedCells, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { lettersIn, oneLine } from "./glyphs.js";

const REST = 250; // ms after the last key

export const SECOND = `
  <textarea class="text-field" rows="2" spellcheck="false" dir="auto" data-second
    data-word-label="text.second.title" data-word-placeholder="text.second.placeholder"></textarea>
  <div class="second-some" hidden>
    <p class="note" data-word="text.second.hint"></p>
    <p class="pieces-row" data-cells></p>
    <div class="actions-row"><button type="button" class="button" data-copy data-word-title="text.second.copy_title"></button></div>
    <div class="actions-row"><label class="actions-pair"><span data-word="text.second.count"></span>
        <input type="range" min="1" value="1" data-count> <output></output></label>
      <button type="button" class="button" data-exchange data-word="text.second.exchange" data-word-title="text.second.exchange_title"></button>
      <button type="button" class="button" data-codes data-word="text.second.codes" data-word-title="text.second.codes_title"></button></div>
  </div>`;

// card: the view of the card of edits, as row/changes.js wants it.
export function mountSecond(root, card) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const view = { root, card, field: find("second"), cells: find("cells"), count: find("count"), item: null, span: null, asked: 0 };
  let resting = 0;
  view.field.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => open(view), REST);
  });
  find("copy").onclick = () => copy(view);
  find("exchange").onclick = () => exchange(view);
  find("codes").onclick = () => toAllowed(card, "codes", (_, level) => new Set(view.item.levels[level]), {});
  view.count.oninput = () => tell(view);
  listenToCells(view);
  for (const topic of ["books", "level", "book"]) on(topic, () => show(view));
  for (const topic of ["picked", "range", "loaded"]) on(topic, () => tell(view));
  on("loaded", () => view.item && view.item.codec !== state.codec && open(view));
  onLanguage(() => tell(view));
}

async function open(view) {
  const mine = ++view.asked;
  const text = view.field.value;
  const path = `encode?codec=${encodeURIComponent(state.codec)}&at=0`;
  const answer = text ? await ask(path, { method: "POST", body: new Blob([text]) }) : null;
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (mine !== view.asked) return;
  view.item = null;
  if (told) {
    const levels = split(fromBase64(told.indices, Uint16Array), told.codebooks);
    const bytes = fromBase64(told.original.split(",")[1], Uint8Array);
    view.item = { codec: told.codec, levels, bytes };
    view.span = [0, levels[0].length];
    view.count.max = told.codebooks;
  }
  view.root.querySelector(".second-some").hidden = !view.item;
  show(view);
}

// --- deeds --------------------------------------------------------------------------------

const target = () => (state.selection ? selectedCells()[0] : Math.max(0, state.cell));

// Cells with all their codes: residual codes mean nothing apart.
function copy({ item, span, card }) {
  const at = target();
  const change = (base) => base.map((indices, level) => {
    const next = indices.slice();
    for (let i = 0; i < span[1] - span[0] && at + i < next.length; i++) next[at + i] = item.levels[level][span[0] + i];
    return next;
  });
  carryOut(card, "copy", [...state.levels.keys()], change, { n: Math.min(span[1] - span[0], state.grid[1] - at) });
}

function exchange({ item, count, card }) {
  const levels = [...state.levels.keys()].slice(0, Number(count.value));
  carryOut(card, "first", levels, (base) => graft(base, item.levels, levels, selectedCells()), { levels: numbers(levels) });
}

// --- its cells ----------------------------------------------------------------------------

function listenToCells(view) {
  let start = -1;
  const cellOf = (event) => Number(document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-cells] [data-cell]")?.dataset.cell ?? -1);
  const span = (cell) => ((view.span = [Math.min(start, cell), Math.max(start, cell) + 1]), light(view), tell(view));
  view.cells.addEventListener("pointerdown", (event) => {
    start = cellOf(event);
    if (start < 0) return;
    view.cells.setPointerCapture(event.pointerId);
    span(start);
  });
  view.cells.addEventListener("pointermove", (event) => {
    const cell = cellOf(event);
    if (start >= 0 && cell >= 0) span(cell);
  });
  for (const type of ["pointerup", "pointercancel"]) view.cells.addEventListener(type, () => (start = -1));
}

function show(view) {
  const { item, cells } = view;
  if (!item) return;
  const inks = inksOf(state.level);
  cells.replaceChildren(...Array.from(item.levels[state.level] ?? [], (code, cell) => {
    const text = oneLine(lettersIn(item.bytes, [cell * state.stride, (cell + 1) * state.stride]));
    const chip = Object.assign(document.createElement("span"), { textContent: text, title: String(code) });
    chip.dataset.cell = cell;
    chip.style.background = css(inks[code]);
    chip.style.color = isLight(inks[code]) ? "#000" : "#fff";
    return chip;
  }));
  light(view);
  tell(view);
}

const light = ({ cells, span }) => [...cells.children].forEach((chip, cell) => chip.toggleAttribute("data-out", cell < span[0] || cell >= span[1]));

function tell({ root, item, span, count }) {
  if (!item || !state.levels.length) return;
  const first = Number(count.value);
  root.querySelector("output").textContent = first === 1 ? "1" : `1–${first}`;
  root.querySelector("[data-copy]").textContent = word("text.second.copy", { n: span[1] - span[0], cell: target() + 1 });
}
