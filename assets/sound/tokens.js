// The token card of a sound: codebooks in rows, coarse on top, frames in columns; a playhead over them.
// Above, the whole clip on the axis of the other views; below it some frames close up, with their numbers.

import { stage } from "../stage.js";
import { encodedOf, marginsOf, on, state, takeTool } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { hearAdded } from "./audition.js";
import { css, inksOf, turnTo } from "../row/books.js";
import { RATE } from "./clip.js";
import { listen, listenToKeys, pickAndHear } from "./hands.js";
import { hearing, position } from "./player.js";
import { cellsOf, drawMarks, drawNumbers, drawRows } from "./strip.js";

const TOOLS = {
  pick: "M6 3l12 10-6 1-3 6z",
  paint: "M9 14L19 4l1 1L10 15 M9 14c-3 0-3 3-5 5 3 1 7 0 6-4z",
  mark: "M8 4H5v16h3 M16 4h3v16h-3 M9 12h6 M9 12l2-2 M9 12l2 2 M15 12l-2-2 M15 12l-2 2",
};
const CLOSE = 46; // pixels of a cell close up

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

const toolButton = (tool, path) => `<button type="button" class="tool" data-tool="${tool}"
  data-word-title="sound.tokens.hint.${tool}">${icon(path)}<span data-word="sound.tokens.tool.${tool}"></span></button>`;
const stepButton = (by, name, path) => `<button type="button" class="tool" data-step="${by}"
  data-word-label="sound.tokens.${name}" data-word-title="sound.tokens.${name}">${icon(path)}</button>`;

const FRAME = `
  <div class="card-head"><h2 data-word="sound.tokens.title"></h2><p class="note" data-scale></p></div>
  <div class="strip"><canvas></canvas>
    <canvas class="strip-marks" tabindex="0" role="application" data-word-label="sound.tokens.canvas"></canvas>
    <div class="strip-head" hidden></div>
    <div class="strip-rows" role="group" data-word-label="sound.tokens.rows"></div></div>
  <p class="readout" aria-live="polite"></p>
  <div class="tools" role="toolbar" data-word-label="grid.tools">
    ${Object.entries(TOOLS).map(([tool, path]) => toolButton(tool, path)).join("")}
    <span class="strip-steps">${stepButton(-1, "back", "M14 6l-6 6 6 6")}${stepButton(1, "on", "M10 6l6 6-6 6")}</span>
    <button type="button" class="tool" data-close-up aria-pressed="true" data-word="sound.tokens.close_up"
      data-word-title="sound.tokens.close_up_title"></button>
  </div>
  <div class="strip strip-close"><canvas></canvas><canvas class="strip-marks" aria-hidden="true"></canvas>
    <div class="strip-head" hidden></div></div>`;

export function mountTokens(root) {
  root.innerHTML = FRAME;
  const card = { root, strips: [], over: null, cursor: { row: 0, frame: 0 }, ghost: null, drag: null, centre: 0, told: null };
  let cells = null; // drawn once for all strips
  card.cells = () => (cells ??= cellsOf(state.levels));
  card.lit = () => litOn(card);
  card.redraw = () => {
    for (const strip of card.strips) strip.drawMarks();
    readOut(card);
  };
  card.tell = (told) => ((card.told = told), readOut(card));
  card.show = (frame) => show(card, frame);
  const [whole, close] = root.querySelectorAll(".strip");
  const over = addStrip(card, whole, () => [0, state.grid[1]]);
  over.onPoint = (frame) => centre(card, frame);
  over.inner = () => !close.hidden && spanAround(card);
  addStrip(card, close, () => spanAround(card));
  listenToKeys(card, over.canvas);
  mountTools(card);
  mountRows(card);
  for (const topic of ["loaded", "tokens", "books", "depth"]) {
    on(topic, () => ((cells = null), card.strips.forEach((strip) => strip.drawCells())));
  }
  for (const topic of ["hover", "picked", "selection", "range", "loaded", "tokens", "book"]) on(topic, card.redraw);
  on("loaded", () => start(card));
  on("tokens", () => card.tell(null)); // what was heard is no more
  on("picked", () => state.cell >= 0 && (card.show(state.cell), (card.cursor = { row: state.level, frame: state.cell })));
  for (const topic of ["head", "hearing", "loaded"]) on(topic, () => moveHeads(card));
  label(root);
  onLanguage(() => (tellScale(card), readOut(card)));
}

function start(card) {
  Object.assign(card, { over: null, cursor: { row: state.level, frame: 0 }, centre: 0, told: null });
  card.root.style.setProperty("--rows", state.levels.length);
  tellScale(card);
  readOut(card);
}

// --- the two strips -------------------------------------------------------------------------

function addStrip(card, frame, span) {
  const [under, canvas] = frame.querySelectorAll("canvas");
  const strip = { canvas, span, head: frame.querySelector(".strip-head") };
  strip.drawCells = stage(under, (pen, width, height) => {
    if (!state.levels.length) return;
    drawRows(pen, card.cells(), [width, height], (level) => level >= state.depth, span());
    drawNumbers(under, pen, [width, height], span());
  });
  strip.drawMarks = stage(canvas, (pen, width, height) => drawMarks(card, strip, pen, width, height));
  card.strips.push(strip);
  listen(card, strip);
  return strip;
}

// The frames that are shown close up: as many as find room, around the one that was pointed at last.
function spanAround({ strips, centre }) {
  const [count, width] = [state.grid[1], strips[1].canvas.clientWidth];
  const shown = Math.min(count, Math.max(5, Math.floor(width / CLOSE)));
  const from = Math.min(Math.max(centre - Math.floor(shown / 2), 0), count - shown);
  return [from, from + shown];
}

function centre(card, frame) {
  card.centre = frame;
  card.strips[1].drawCells();
  for (const strip of card.strips) strip.drawMarks();
}

// Turns the close view to a frame that it does not show.
function show(card, frame) {
  const [from, to] = spanAround(card);
  if (frame < from || frame >= to) centre(card, frame);
}

function moveHeads(card) {
  const sample = position();
  if (sample !== null) follow(card, Math.floor(sample / state.stride));
  for (const strip of card.strips) moveHead(strip, sample ?? (hearing.cursor || null), sample === null);
}

// The close view turns its page where the playhead leaves it.
function follow(card, frame) {
  const [from, to] = spanAround(card);
  if (card.over || card.drag || (frame >= from && frame < to)) return;
  centre(card, Math.min(frame + Math.floor((to - from) / 2), state.grid[1] - 1));
}

function moveHead({ head, span, canvas }, sample, resting) {
  const [from, to] = span();
  const share = sample === null ? -1 : (sample / state.stride - from) / (to - from);
  head.hidden = share < 0 || share > 1;
  head.toggleAttribute("data-resting", resting);
  if (!head.hidden) head.style.transform = `translateX(${share * canvas.clientWidth}px)`;
}

function litOn({ over, drag }) {
  if (drag || !state.levels.length) return null;
  if (over) return { row: over.row, code: state.levels[over.row][over.frame] };
  return state.hover.code >= 0 ? { row: state.level, code: state.hover.code } : null;
}

// --- rows and tools -------------------------------------------------------------------------

function mountRows(card) {
  const rows = card.root.querySelector(".strip-rows");
  const name = () => [...rows.children].forEach((button, level) => {
    button.setAttribute("aria-label", word("sound.tokens.row", { number: level + 1 }));
    const title = level ? "sound.tokens.row_title" : "sound.tokens.row_first_title";
    button.title = word(title, { number: level + 1, before: level });
    button.setAttribute("aria-current", String(level === state.level));
    button.toggleAttribute("data-silent", level >= state.depth);
  });
  on("loaded", () => rows.replaceChildren(...state.levels.map((_, level) => rowButton(card, level))));
  for (const topic of ["loaded", "book", "depth"]) on(topic, name);
  onLanguage(name);
}

function rowButton(card, level) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: level + 1 });
  button.onclick = async () => {
    turnTo(level);
    card.tell(null);
    const heard = await hearAdded(level);
    if (heard) card.tell({ row: level, below: heard.below, raised: heard.raised });
  };
  return button;
}

function mountTools(card) {
  const { root } = card;
  const tools = root.querySelectorAll("[data-tool]");
  for (const button of tools) button.onclick = () => takeTool(button.dataset.tool);
  for (const button of root.querySelectorAll("[data-step]")) button.onclick = () => step(card, Number(button.dataset.step));
  const close = root.querySelector("[data-close-up]");
  close.onclick = () => {
    const hidden = root.querySelector(".strip-close").toggleAttribute("hidden");
    close.setAttribute("aria-pressed", String(!hidden));
    card.redraw();
  };
  const dot = Object.assign(document.createElement("span"), { className: "code-dot" });
  root.querySelector("[data-tool=paint]").append(dot);
  const take = () => {
    for (const button of tools) button.setAttribute("aria-pressed", String(button.dataset.tool === state.tool));
    root.dataset.tool = state.tool;
    readOut(card);
  };
  on("tool", take);
  for (const topic of ["picked", "books"]) on(topic, () => (dot.style.background = css(inksOf(state.level)[state.code])));
  take();
}

// For fingers, which are broader than a cell.
function step(card, by) {
  if (!state.levels.length) return;
  const from = state.cell >= 0 ? state.cell : card.cursor.frame;
  const frame = Math.min(Math.max(from + by, 0), state.grid[1] - 1);
  card.over = null;
  card.show(frame);
  pickAndHear(card, { row: state.level, frame });
}

// --- words ----------------------------------------------------------------------------------

const seconds = (frame) => ((frame * state.stride) / RATE).toFixed(2);

function tellScale({ root }) {
  const frames = state.grid[1];
  root.querySelector("[data-scale]").textContent = frames
    ? word("sound.tokens.scale", { rows: state.levels.length, frames, seconds: seconds(frames) }) : "";
}

function readOut(card) {
  const { told, over } = card;
  const picked = state.cell >= 0 ? { row: state.level, frame: state.cell } : null;
  const place = over ?? (told?.row === undefined ? picked : null);
  const line = card.root.querySelector(".readout");
  if (place) {
    const heard = told?.place && told.place.row === place.row && told.place.frame === place.frame;
    line.textContent = cellSentence(place) + (heard ? ` ${heardSentence(place, told)}` : "");
  } else line.textContent = told?.row === undefined ? word(`sound.tokens.hint.${state.tool}`) : rowSentence(told);
}

function cellSentence({ row, frame }) {
  const [indices, margins] = [state.levels[row], marginsOf(row)];
  const code = indices[frame];
  const edited = margins && encodedOf(row)[frame] !== code;
  return word(`sound.tokens.read.${edited ? "edited" : margins ? "margin" : "plain"}`, {
    number: row + 1, seconds: seconds(frame), code: String(code), // a name, not a quantity: no thousands mark
    count: indices.reduce((count, other) => count + (other === code), 0),
    margin: margins ? margins[frame].toFixed(2) : "",
    was: String(encodedOf(row)[frame]),
  });
}

function heardSentence({ row, frame }, { mean, below }) {
  if (state.levels[row][frame] === mean) return word("sound.tokens.heard.same");
  return word("sound.tokens.heard.cell", { mean: String(mean), below });
}

function rowSentence({ row, below, raised }) {
  if (row === 0) return word("sound.tokens.heard.first");
  return word(raised ? "sound.tokens.heard.raised" : "sound.tokens.heard.row", { number: row + 1, before: row, below, raised });
}
