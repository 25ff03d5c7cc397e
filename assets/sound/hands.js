// Hands on the token strips: pick, paint and mark, by mouse, finger, pen or keyboard.
// The card holds {strips, over, cursor, drag, ghost}; a place on it is {row, frame, x?}.

import { beginStroke, commitLevels, endStroke, hover, paint, pick, state, takeTool } from "../store.js";
import { hearCell, hearEdit, hearFrom, hearMarked } from "./audition.js";
import { meansOf, turnTo } from "../row/books.js";
import { mark } from "./clip.js";
import { stop } from "./player.js";

const FAR = 4; // pixels from which on a click is a drag

const clamp = (n, length) => Math.min(Math.max(n, 0), length - 1);

function placeAt(strip, event) {
  const box = strip.canvas.getBoundingClientRect();
  const [from, to] = strip.span();
  const row = Math.floor(((event.clientY - box.top) / box.height) * state.levels.length);
  const frame = from + Math.floor(((event.clientX - box.left) / box.width) * (to - from));
  return { row: clamp(row, state.levels.length), frame: clamp(frame, state.grid[1]), x: event.clientX };
}

export function listen(card, strip) {
  const { canvas } = strip;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.levels.length) return;
    canvas.setPointerCapture(event.pointerId);
    card.strips[0].canvas.focus({ preventScroll: true }); // the keys of both strips are heard there
    card.cursor = placeAt(strip, event);
    point(card, card.cursor);
    card.drag = begin(card, card.cursor, event.shiftKey ? "mark" : event.altKey ? "pick" : state.tool);
    card.redraw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!state.levels.length) return;
    point(card, placeAt(strip, event));
    strip.onPoint?.(card.over.frame);
    for (const sample of event.getCoalescedEvents?.() ?? [event]) card.drag?.move(placeAt(strip, sample));
  });
  const lift = (kept) => () => {
    const { drag } = card;
    card.drag = card.ghost = null;
    drag?.end(kept);
    card.redraw();
  };
  canvas.addEventListener("pointerup", lift(true));
  canvas.addEventListener("pointercancel", lift(false));
  canvas.addEventListener("pointerleave", () => leave(card));
}

// The keyboard's strip.
export function listenToKeys(card, canvas) {
  canvas.addEventListener("focus", card.redraw);
  canvas.addEventListener("blur", () => leave(card));
  canvas.addEventListener("keydown", (event) => key(card, event));
}

// Codes light up in the other views only while they show the codebook of this row.
export function point(card, place) {
  card.over = place;
  hover(place.row === state.level ? state.indices[place.frame] : -1, place.frame, "tokens");
  card.redraw();
}

function leave(card) {
  card.over = null;
  hover(-1, -1, "");
  card.redraw();
}

// Picks a cell of any codebook, which is then the one that is shown and edited.
export function pickAt({ row, frame }) {
  if (row === state.level) pick(state.indices[frame], frame);
  else state.cell = frame; // the code there is picked as soon as its codebook is described
  turnTo(row);
}

export async function pickAndHear(card, place) {
  pickAt(place);
  const { epoch } = state;
  card.tell(null);
  const heard = await hearCell(place.row, place.frame);
  if (heard && epoch === state.epoch) card.tell({ place, ...heard });
}

// --- tools ------------------------------------------------------------------------------

// Each: what happens while the pointer moves, and when it lifts.
function begin(card, start, tool) {
  if (tool === "mark") return marking(card, start);
  if (tool === "paint") return painting(card, start);
  return { move() {}, end: (kept) => kept && pickAndHear(card, card.over ?? start) };
}

function marking(card, start) {
  const to = (place) => [Math.min(start.frame, place.frame), Math.max(start.frame, place.frame) + 1];
  let range = null; // until the pointer has moved on: a click lets the mark go
  return {
    move(place) {
      if (range || Math.abs(place.x - start.x) >= FAR) card.ghost = range = to(place);
    },
    end(kept) {
      if (!kept) return;
      mark(range);
      if (range) hearMarked();
    },
  };
}

// The brush holds a code of the codebook that is shown: in another row it takes up what it finds there.
function painting(card, start) {
  if (start.row !== state.level) return { move() {}, end: (kept) => kept && pickAt(start) };
  let [last, least, most] = [start.frame, start.frame, start.frame];
  beginStroke({ key: "edit.paint", values: { code: state.code } });
  paint([start.frame], state.code);
  return {
    move({ frame }) {
      const [a, b] = [Math.min(last, frame), Math.max(last, frame)];
      paint(Array.from({ length: b - a + 1 }, (_, i) => a + i), state.code);
      [last, least, most] = [frame, Math.min(least, a), Math.max(most, b)];
    },
    end() {
      endStroke();
      hearEdit(...around(least, most));
    },
  };
}

const HEARD = 10; // frames heard before and after an edit of some cells

const around = (least, most) => [Math.max(0, least - HEARD), Math.min(state.grid[1], most + 1 + HEARD)];

// Puts a code into one cell, as an edit of its own.
function put({ row, frame }, code, label) {
  const nexts = [];
  nexts[row] = state.levels[row].with(frame, code);
  if (commitLevels(label, nexts)) hearEdit(...around(frame, frame));
}

// --- keys ---------------------------------------------------------------------------------

const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  PageUp: [0, -50], PageDown: [0, 50], Home: [0, -Infinity], End: [0, Infinity],
};

function key(card, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !state.levels.length) return;
  const step = STEPS[event.key];
  if (step) walk(card, step, event.shiftKey);
  else if (event.key === "Enter") enter(card);
  else if (event.key === " ") hearFrom(card.cursor.frame);
  else if (event.key === "Delete" || event.key === "Backspace") erase(card.cursor);
  else if (event.key === "Escape") (mark(null), stop(), takeTool("pick"), leave(card));
  else if (/^\d$/.test(event.key)) digit(event.key);
  else return;
  event.preventDefault();
}

// With Shift the marked range grows, or shrinks, from where the walk began.
function walk(card, [down, right], marking) {
  const { row, frame } = card.cursor;
  const place = { row: clamp(row + down, state.levels.length), frame: clamp(frame + right, state.grid[1]) };
  card.anchor = marking ? (card.anchor ?? frame) : null;
  card.cursor = place;
  point(card, place);
  card.show(place.frame);
  if (marking) mark([Math.min(card.anchor, place.frame), Math.max(card.anchor, place.frame) + 1]);
}

function enter(card) {
  const { cursor } = card;
  if (state.tool !== "paint" || cursor.row !== state.level) return pickAndHear(card, cursor);
  put(cursor, state.code, { key: "edit.paint", values: { code: state.code } });
}

async function erase(place) {
  const { epoch } = state;
  const means = await meansOf([place.row]);
  if (!means || epoch !== state.epoch) return;
  const code = means[place.row];
  put(place, code, { key: "sound.deeds.edit.erase", values: { levels: String(place.row + 1) } });
}

let typed = "";
let typing = 0;

// Digits typed quickly make one code number.
function digit(figure) {
  clearTimeout(typing);
  typed = (typed + figure).slice(-4);
  if (Number(typed) < state.codebookSize) pick(Number(typed));
  typing = setTimeout(() => (typed = ""), 900);
}
