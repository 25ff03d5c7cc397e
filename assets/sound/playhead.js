// The playhead over all lanes, what is marked, and where the visitor points.
//   head  {sample} that leaves the loudspeaker now, in each frame drawn while something plays; then {sample: null}

import { colour, stage } from "../stage.js";
import { emit, on, state } from "../store.js";
import { xOf, xOfFrame } from "./axis.js";
import { clip } from "./clip.js";
import { hearing, playing, position } from "./player.js";

const EDGE = 2; // pixels
const FLAG = 20; // pixels of the ruler below the lanes

// Draws on `canvas`, which lies over the lanes. Gives a function that asks for a redraw.
//   drafted()  the range [from, to] in frames that is being drawn with the pointer, or null
export function mountPlayhead(canvas, drafted) {
  const redraw = stage(canvas, (pen, width, height) => {
    drawRange(pen, drafted() ?? clip.range, width, height);
    drawPointed(pen, width, height);
    drawHead(pen, width, height);
  });
  for (const topic of ["head", "hover", "range", "hearing", "loaded"]) on(topic, redraw);
  for (const event of ["focus", "blur"]) canvas.addEventListener(event, redraw);
  on("playing", () => requestAnimationFrame(beat));
  return redraw;
}

let beating = 0;

// The player's clock is asked anew in each frame: nothing here counts time by itself.
function beat() {
  cancelAnimationFrame(beating);
  emit("head", { sample: position() });
  if (playing()) beating = requestAnimationFrame(beat);
}

function drawRange(pen, range, width, height) {
  if (!range) return;
  const [left, right] = range.map((frame) => xOfFrame(frame, width));
  pen.fillStyle = colour(pen.canvas, "--surface");
  pen.globalAlpha = 0.62;
  pen.fillRect(0, 0, left, height);
  pen.fillRect(right, 0, width - right, height);
  pen.globalAlpha = 1;
  pen.fillStyle = colour(pen.canvas, "--accent");
  for (const x of [left, right - EDGE]) pen.fillRect(x, 0, EDGE, height);
}

// The frame that is pointed at anywhere on the page.
function drawPointed(pen, width, height) {
  const { cell } = state.hover;
  if (cell < 0 || cell >= state.grid[1]) return;
  pen.fillStyle = "rgb(150 150 150 / 0.45)";
  pen.fillRect(xOfFrame(cell, width), 0, Math.max(1, xOf(state.stride, width)), height);
}

// Light with a dark rim, so that it is seen on whatever lies below; over the ruler a flag.
function drawHead(pen, width, height) {
  const sample = position();
  const resting = document.activeElement === pen.canvas || hearing.cursor > 0;
  if (sample === null && !resting) return;
  const wide = sample === null ? 1 : 2;
  const x = Math.min(Math.max(xOf(sample ?? hearing.cursor, width), wide), width - wide);
  pen.fillStyle = "rgb(0 0 0 / 0.75)";
  pen.fillRect(x - wide / 2 - 1, 0, wide + 2, height - FLAG);
  pen.fillStyle = "#fff";
  pen.fillRect(x - wide / 2, 0, wide, height - FLAG);
  pen.fillStyle = colour(pen.canvas, "--accent");
  pen.beginPath();
  pen.moveTo(x, height - FLAG - 2);
  pen.lineTo(x + 6, height - FLAG + 8);
  pen.lineTo(x - 6, height - FLAG + 8);
  pen.fill();
}
