// Hands on the lanes: a click plays, a drag marks, keys move the cursor.

import { hover, on, state } from "../store.js";
import { frameAt, sampleAt, xOfFrame } from "./axis.js";
import { clip, mark, RATE } from "./clip.js";
import { hear, hearing, moveTo, part, position, start, toggle } from "./player.js";
import { language, word } from "../words.js";

const FAR = 4; // pixels from which on a click is a drag
const GRIP = 7; // pixels around an edge of the marked range that take hold of it
const STEPS = { ArrowLeft: -1, ArrowRight: 1 }; // frames
const ROWS = { ArrowUp: -1, ArrowDown: 1 };

// Makes `canvas`, which lies over the lanes, answer. Gives drafted(): the range that is being drawn, or null.
//   laneAt(y)  the lane at a height in CSS pixels, "" between and below
//   lanes()    those there are, from top to bottom
//   redraw()   called when the draft changed
export function mountMarking(canvas, { laneAt, lanes, redraw }) {
  const hands = { canvas, laneAt, lanes, redraw, anchor: null, draft: null };
  canvas.addEventListener("pointerdown", (event) => press(hands, event));
  canvas.addEventListener("pointermove", (event) => move(hands, event));
  canvas.addEventListener("pointerup", (event) => release(hands, event));
  canvas.addEventListener("pointercancel", () => drop(hands));
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  canvas.addEventListener("dblclick", () => mark(null));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !key(hands, event)) return;
    event.preventDefault();
  });
  tell(canvas);
  return () => hands.draft;
}

const place = ({ canvas }, event) => {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width };
};

function press(hands, event) {
  if (event.button || !state.grid[1]) return;
  hands.canvas.setPointerCapture(event.pointerId);
  const { x, width } = place(hands, event);
  const edge = gripped(x, width);
  hands.anchor = { x, frame: edge < 0 ? frameAt(x, width) : clip.range[1 - edge] - (edge ? 0 : 1), gripped: edge >= 0 };
}

// Which edge of the marked range is under the pointer: 0, 1, or −1 for none.
const gripped = (x, width) => (clip.range ?? []).findIndex((frame) => Math.abs(xOfFrame(frame, width) - x) <= GRIP);

function move(hands, event) {
  const { x, width } = place(hands, event);
  hands.canvas.style.cursor = hands.anchor?.gripped || gripped(x, width) >= 0 ? "ew-resize" : "";
  const frame = frameAt(x, width);
  if (event.pointerType === "mouse" && state.grid[1]) hover(-1, frame, "waves");
  const { anchor } = hands;
  if (!anchor || (!hands.draft && Math.abs(x - anchor.x) < FAR)) return;
  hands.draft = [Math.min(anchor.frame, frame), Math.max(anchor.frame, frame) + 1];
  hands.redraw();
}

function release(hands, event) {
  const { x, y, width } = place(hands, event);
  const { anchor, draft } = hands;
  drop(hands);
  if (!anchor) return;
  if (draft) return mark(draft);
  const lane = hands.laneAt(y);
  if (lane) hearing.which = lane;
  start(Math.round(sampleAt(x, width)));
}

function drop(hands) {
  hands.anchor = hands.draft = null;
  hands.redraw();
}

// Whether the key meant something.
function key(hands, event) {
  const { from, to } = part();
  const here = position() ?? hearing.cursor;
  if (event.key === " ") toggle();
  else if (event.key === "Escape" && clip.range) mark(null);
  else if (event.key === "Home") moveTo(from);
  else if (event.key === "End") moveTo(to - state.stride);
  else if (event.key in STEPS) moveTo(step(here, STEPS[event.key] * (event.shiftKey ? 10 : 1)));
  else if (event.key in ROWS) row(hands, ROWS[event.key]);
  else return false;
  return true;
}

// From the beginning of a frame to that of another.
const step = (sample, frames) => (Math.floor(sample / state.stride + 1e-6) + frames) * state.stride;

function row({ lanes }, by) {
  const rows = lanes();
  const next = rows[Math.min(Math.max(rows.indexOf(hearing.which) + by, 0), rows.length - 1)];
  if (next !== hearing.which) hear(next);
}

// For those who cannot see the playhead: the canvas is a slider in seconds.
function tell(canvas) {
  const seconds = (samples) => (samples / RATE).toLocaleString(language(), { maximumFractionDigits: 2 });
  const now = () => {
    canvas.setAttribute("aria-valuemin", "0");
    canvas.setAttribute("aria-valuemax", (clip.sound.length / RATE).toFixed(2));
    canvas.setAttribute("aria-valuenow", (hearing.cursor / RATE).toFixed(2));
    const [at, all] = [hearing.cursor, clip.sound.length].map(seconds);
    canvas.setAttribute("aria-valuetext", word("sound.waves.time", { at, all }));
  };
  for (const topic of ["loaded", "hearing", "playing"]) on(topic, now);
}
