// The card of letters: the text above its bytes, its cells in every codebook, and what they spell, in lines.

import { css, inksOf } from "../row/books.js";
import { stage } from "../stage.js";
import { encodedOf, marginsOf, on, state, takeTool } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { mountFigures } from "./figures.js";
import { lettersIn, oneLine } from "./glyphs.js";
import { listen } from "./hands.js";
import { brokenInto, drawLine, rowsOf, spelled } from "./lines.js";
import { passage } from "./passage.js";

const TOOLS = {
  pick: "M6 3l12 10-6 1-3 6z",
  paint: "M9 14L19 4l1 1L10 15 M9 14c-3 0-3 3-5 5 3 1 7 0 6-4z",
};
const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

const FRAME = `
  <div class="card-head"><h2 data-word="text.letters.title"></h2><p class="note" data-scale></p></div>
  <div class="letters" tabindex="0" role="application" data-word-label="text.letters.canvas"></div>
  <p class="readout" aria-live="polite"></p>
  <div class="tools" role="toolbar" data-word-label="grid.tools">
    ${Object.entries(TOOLS).map(([tool, path]) => `<button type="button" class="tool" data-tool="${tool}"
      data-word-title="text.letters.hint.${tool}">${icon(path)}<span data-word="text.letters.tool.${tool}"></span></button>`).join("")}
    <span class="note letters-key"><i></i><span data-word="text.letters.off"></span></span>
  </div>
  <div class="chips"></div>
  <div class="source" hidden></div>`;

export function mountLetters(root) {
  root.innerHTML = FRAME;
  const box = root.querySelector(".letters");
  const hands = { over: null, cursor: { row: 0, cell: 0 }, anchor: null, ghost: null, drag: null };
  const card = { root, box, lines: [], column: 0, texts: spelled(), ...hands };
  card.lit = () => litOn(card);
  card.redraw = () => {
    for (const line of card.lines) line.redraw();
    readOut(card);
  };
  listen(card);
  mountTools(card);
  mountFigures(root.querySelector(".chips"), root.querySelector(".source"));
  new ResizeObserver(() => lay(card)).observe(box);
  on("loaded", () => (Object.assign(card, { over: null, cursor: { row: state.level, cell: 0 } }), spell(card), lay(card)));
  on("text", () => (spell(card), card.redraw()));
  for (const topic of ["tokens", "books", "depth", "hover", "picked", "selection", "range", "book"]) on(topic, card.redraw);
  on("picked", () => state.cell >= 0 && ((card.cursor = { row: state.level, cell: state.cell }), show(card, state.cell)));
  label(root);
  onLanguage(() => (tellScale(card), readOut(card)));
}

const spell = (card) => (card.texts = spelled());

// --- lines --------------------------------------------------------------------------------

// As many canvases as there are lines: each is drawn only while it is seen.
function lay(card) {
  const { box } = card;
  const { column, lines } = brokenInto(box.clientWidth, state.size[1], state.stride);
  const { height } = rowsOf(state.levels.length, Boolean(passage.original));
  card.column = column;
  while (card.lines.length > lines.length) card.lines.pop().canvas.remove();
  while (card.lines.length < lines.length) card.lines.push(addLine(card));
  card.lines.forEach((line, i) => {
    line.span = lines[i];
    line.canvas.style.height = `${height}px`;
  });
  tellScale(card);
  card.redraw();
}

function addLine(card) {
  const canvas = card.box.appendChild(document.createElement("canvas"));
  const line = { canvas, span: [0, 0] };
  line.redraw = stage(canvas, (pen) => state.levels.length && drawLine(card, pen, line.span));
  return line;
}

// Brings the line of a cell into sight.
function show({ box, lines }, cell) {
  const line = lines.find(({ span }) => cell >= span[0] && cell < span[1]);
  if (!line) return;
  const { offsetTop: top, offsetHeight: tall } = line.canvas;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + tall > box.scrollTop + box.clientHeight) box.scrollTop = top + tall - box.clientHeight;
}

function litOn({ over, drag }) {
  if (drag || !state.levels.length) return null;
  if (over?.row >= 0) return { level: over.row, code: state.levels[over.row][over.cell] };
  return state.hover.code >= 0 && state.hover.cell < 0 ? { level: state.level, code: state.hover.code } : null;
}

// --- tools --------------------------------------------------------------------------------

function mountTools(card) {
  const { root } = card;
  const tools = root.querySelectorAll("[data-tool]");
  for (const button of tools) button.onclick = () => takeTool(button.dataset.tool);
  const dot = Object.assign(document.createElement("span"), { className: "code-dot" });
  root.querySelector("[data-tool=paint]").append(dot);
  const take = () => {
    for (const button of tools) button.setAttribute("aria-pressed", String(button.dataset.tool === state.tool));
    card.box.dataset.tool = state.tool;
    readOut(card);
  };
  on("tool", take);
  for (const topic of ["picked", "books"]) on(topic, () => (dot.style.background = css(inksOf(state.level)[state.code])));
  take();
}

// --- words --------------------------------------------------------------------------------

function tellScale({ root }) {
  const values = { bytes: state.size[1], cells: state.grid[1], codebooks: state.levels.length, stride: state.stride };
  root.querySelector("[data-scale]").textContent = state.levels.length ? word("text.letters.scale", values) : "";
}

function readOut({ root, over }) {
  const place = over ?? (state.cell >= 0 ? { row: state.level, cell: state.cell } : null);
  const line = root.querySelector(".readout");
  line.textContent = place && state.levels.length ? cellSentence(place) : word(`text.letters.hint.${state.tool}`);
}

function cellSentence({ row, cell }) {
  const level = row < 0 ? state.level : row;
  const [indices, margins] = [state.levels[level], marginsOf(level)];
  if (cell >= indices.length) return "";
  const code = indices[cell];
  const edited = margins && encodedOf(level)[cell] !== code;
  return word(`text.letters.read.${edited ? "edited" : margins ? "margin" : "plain"}`, {
    number: level + 1, cell: cell + 1, code: String(code), // a name, not a quantity: no thousands mark
    letters: oneLine(lettersIn(passage.original ?? passage.bytes, [cell * state.stride, (cell + 1) * state.stride])),
    count: indices.reduce((count, other) => count + (other === code), 0),
    margin: margins ? margins[cell].toFixed(2) : "",
    was: String(encodedOf(level)[cell]),
  });
}
