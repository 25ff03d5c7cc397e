// Hands on the letters: pick, paint and mark, by mouse, finger, pen or keyboard.
// The card holds {box, lines, column, over, cursor, drag, ghost}; a place on it is {row, cell}, row −1 on a letter.

import { meansOf } from "../row/books.js";
import { beginStroke, commitLevels, emit, endStroke, hover, paint, pick, state, takeTool } from "../store.js";
import { GUTTER, rowsOf } from "./lines.js";
import { mark, passage } from "./passage.js";

const clamp = (n, length) => Math.min(Math.max(n, 0), length - 1);

// Where a pointer is; between and beyond the lines, the nearest place.
function placeAt({ lines, column }, event) {
  const boxes = lines.map(({ canvas }) => canvas.getBoundingClientRect());
  const below = boxes.findIndex(({ bottom }) => event.clientY < bottom);
  const i = below < 0 ? boxes.length - 1 : below;
  const { span } = lines[i];
  const rows = rowsOf(state.levels.length, Boolean(passage.original));
  const row = Math.floor((event.clientY - boxes[i].top - rows.chips) / rows.chip);
  const cell = span[0] + Math.floor((event.clientX - boxes[i].left - GUTTER) / (column * state.stride));
  return { row: row >= 0 && row < state.levels.length ? row : -1, cell: Math.min(Math.max(cell, span[0]), span[1] - 1) };
}

export function listen(card) {
  const { box } = card;
  const ready = () => state.levels.length > 0 && card.lines.length > 0;
  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !ready() || event.offsetX > box.clientWidth) return; // the scroll bar is not ours
    box.setPointerCapture(event.pointerId);
    box.focus({ preventScroll: true });
    const place = placeAt(card, event);
    card.cursor = { row: place.row < 0 ? state.level : place.row, cell: place.cell };
    point(card, place);
    card.drag = begin(card, card.cursor, event.shiftKey ? "mark" : event.altKey ? "pick" : state.tool);
    card.redraw();
  });
  box.addEventListener("pointermove", (event) => {
    if (!ready()) return;
    point(card, placeAt(card, event));
    for (const sample of event.getCoalescedEvents?.() ?? [event]) card.drag?.move(placeAt(card, sample));
  });
  const lift = (kept) => () => {
    const { drag } = card;
    card.drag = card.ghost = null;
    drag?.end(kept);
    card.redraw();
  };
  box.addEventListener("pointerup", lift(true));
  box.addEventListener("pointercancel", lift(false));
  box.addEventListener("pointerleave", () => point(card, null));
  box.addEventListener("keydown", (event) => key(card, event));
}

function point(card, place) {
  card.over = place;
  if (place) hover(state.levels[place.row < 0 ? state.level : place.row][place.cell], place.cell, "letters");
  else hover(-1, -1, "");
  card.redraw();
}

// A code of another codebook than the one in hand comes with that codebook.
function pickAt({ row, cell }) {
  if (row !== state.level) emit("level", row);
  pick(state.levels[row][cell], cell);
}

// Each tool: what happens while the pointer moves, and when it lifts.
function begin(card, start, tool) {
  if (tool === "paint") return painting(start);
  let [last, moved] = [start.cell, tool === "mark"];
  return {
    move({ cell }) {
      moved ||= cell !== start.cell;
      last = cell;
      card.ghost = moved ? between(start.cell, last) : null;
      card.redraw();
    },
    end(kept) {
      if (!kept) return;
      if (moved) return mark(between(start.cell, last));
      mark(null);
      pickAt(start);
    },
  };
}

const between = (a, b) => [Math.min(a, b), Math.max(a, b) + 1];

// Along the codebook in hand, whichever row the pointer strays to.
function painting({ cell: start }) {
  let last = start;
  beginStroke({ key: "edit.paint", values: { code: state.code } });
  paint([start], state.code);
  return {
    move({ cell }) {
      const [from, to] = between(last, cell);
      paint(Array.from({ length: to - from }, (_, i) => from + i), state.code);
      last = cell;
    },
    end: endStroke,
  };
}

// --- keys ---------------------------------------------------------------------------------

let typed = "";
let typing = 0;

function key(card, event) {
  if (!state.levels.length || event.ctrlKey || event.metaKey || event.altKey) return;
  const { cursor } = card;
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (steps[event.key]) {
    const [down, right] = steps[event.key];
    card.anchor = event.shiftKey ? (card.anchor ?? cursor.cell) : null; // where marking began
    card.cursor = { row: clamp(cursor.row + down, state.levels.length), cell: clamp(cursor.cell + right, state.grid[1]) };
    point(card, card.cursor);
    if (event.shiftKey) mark(between(card.anchor, card.cursor.cell));
  } else if (event.key === "Enter") pickAt(cursor);
  else if (event.key === " ") put(cursor, state.code);
  else if (event.key === "Delete" || event.key === "Backspace") erase(cursor);
  else if (event.key === "Escape") (mark(null), point(card, null), takeTool("pick"));
  else if (/^\d$/.test(event.key)) takeDigit(event.key);
  else return;
  event.preventDefault();
}

function put({ row, cell }, code) {
  if (row !== state.level) return pickAt({ row, cell });
  const nexts = [];
  nexts[row] = state.levels[row].with(cell, code);
  commitLevels({ key: "edit.paint", values: { code } }, nexts);
}

async function erase({ row, cell }) {
  const { epoch } = state;
  const means = await meansOf([row]);
  if (!means || epoch !== state.epoch) return;
  const nexts = [];
  nexts[row] = state.levels[row].with(cell, means[row]);
  commitLevels({ key: "edit.paint", values: { code: means[row] } }, nexts);
}

// Digits typed quickly make one code number.
function takeDigit(digit) {
  clearTimeout(typing);
  typed = (typed + digit).slice(-4);
  if (Number(typed) < state.codebookSize) pick(Number(typed), state.cell);
  typing = setTimeout(() => (typed = ""), 900);
}
