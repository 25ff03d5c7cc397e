// The curves of a training: perplexity, PSNR and loss over its steps, with a line where something was changed.
// Pointing at a curve and dragging rewinds the page to that step.

import { colour, stage } from "../stage.js";
import { on } from "../store.js";
import { language, onLanguage, word } from "../words.js";
import { nearestTo } from "./frames.js";
import { apart, extent, linear, logarithmic, powers, ticks } from "./scales.js";
import { rounded } from "./story.js";
import { look, shown, training } from "./training.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [40, 26, 8, 24]; // pixels around a curve
const MARKS = 26; // more above the one whose marks have names, in two rows
const LABELLED = "perplexity";
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

// What each chart draws: lines of a frame, its range, its scale and the digits of its axis.
export const CHARTS = {
  perplexity: {
    lines: (frame) => frame.perplexity,
    range: (frames) => [0, Math.max(2, ...frames.map((frame) => frame.codebook_size))],
    scale: linear,
    rule: (low, high) => [...new Set([...ticks(low, high, 3).filter((value) => value < 0.86 * high), high])],
    text: rounded,
  },
  psnr: {
    lines: (frame) => [frame.psnr_db],
    range: (frames) => extent(frames.map((frame) => frame.psnr_db), 4),
    scale: linear,
    rule: (low, high) => ticks(low, high, 3),
    text: (value) => `${value.toFixed(1)} dB`,
  },
  loss: {
    lines: (frame) => [frame.loss],
    range(frames) {
      const [low, high] = extent(frames.map((frame) => frame.loss).filter((loss) => loss > 0));
      return low > 0 ? [low / 1.15, high * 1.15] : [0.01, 1];
    },
    scale: logarithmic,
    rule: powers,
    text: (value) => value.toPrecision(3),
  },
};

// Fills every element with data-curves, a list of names, inside `root`.
export function mountCurves(root) {
  const redraws = [...root.querySelectorAll("[data-curves]")].flatMap((box) => {
    const names = box.dataset.curves.split(" ");
    box.innerHTML = names.map(chart).join("");
    return names.map((name) => mountChart(box.querySelector(`[data-chart=${name}]`), name));
  });
  const show = () => redraws.forEach((redraw) => redraw());
  for (const topic of ["told", "frames", "shown"]) on(topic, show);
  onLanguage(show);
}

const chart = (name) => `
  <div class="chart" data-chart="${name}"><h3><span data-word="train.chart.${name}"></span> <output></output></h3>
    <canvas role="img"></canvas></div>`;

function mountChart(box, name) {
  const canvas = box.querySelector("canvas");
  const redraw = stage(canvas, (pen, width, height) => draw(pen, canvas, name, { width, height }));
  const rewind = (event) => {
    if (!training.frames.length || (event.type === "pointermove" && !event.buttons)) return;
    const { left, width } = canvas.getBoundingClientRect();
    const steps = linear(LEFT, width - RIGHT, 0, training.frames.at(-1).step);
    look(training.frames[nearestTo(training.frames, steps(event.clientX - left))].n);
  };
  canvas.addEventListener("pointerdown", (event) => (canvas.setPointerCapture(event.pointerId), rewind(event)));
  canvas.addEventListener("pointermove", rewind);
  return () => {
    const text = said(name);
    box.querySelector("output").textContent = text;
    canvas.setAttribute("aria-label", word("train.chart.label", { name: word(`train.chart.${name}`), value: text || "–" }));
    redraw();
  };
}

// The values at the frame that is looked at.
function said(name) {
  const values = shown() ? CHARTS[name].lines(shown()) : [];
  return values.map(CHARTS[name].text).join(" · ");
}

// --- drawing ----------------------------------------------------------------------------

function draw(pen, canvas, name, { width, height }) {
  const { frames } = training;
  const isLabelled = name === LABELLED;
  const area = { left: LEFT, right: width - RIGHT, top: TOP + (isLabelled ? MARKS : 0), bottom: height - BOTTOM };
  const inks = Object.fromEntries(["ink", "soft", "line", "accent", "surface"].map((ink) => [ink, colour(canvas, `--${ink}`)]));
  const { scale, range, rule } = CHARTS[name];
  const [low, high] = range(frames);
  const x = linear(0, Math.max(1, frames.at(-1)?.step ?? 1), area.left, area.right);
  const y = scale(low, high, area.bottom, area.top);
  pen.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  drawRules(pen, rule(low, high), y, area, inks);
  if (!frames.length) return;
  if (isLabelled) drawSizes(pen, x, y, inks);
  drawMarks(pen, x, area, inks, isLabelled);
  drawLines(pen, name, x, y, area, inks);
  drawSteps(pen, x, area, inks);
  drawCursor(pen, x(shown().step), area, inks);
}

function drawRules(pen, values, y, { left, right }, { line, soft }) {
  pen.textAlign = "right";
  for (const value of values) {
    pen.fillStyle = line;
    pen.fillRect(left, Math.round(y(value)), right - left, 1);
    pen.fillStyle = soft;
    pen.fillText(value.toLocaleString(language(), { maximumSignificantDigits: 3 }), left - 6, y(value) + 4);
  }
}

// V, the most perplexity can be: dashed, since an exchange of the quantizer may change it.
function drawSizes(pen, x, y, { soft }) {
  pen.strokeStyle = soft;
  pen.lineWidth = 1;
  pen.setLineDash([4, 4]);
  pen.beginPath();
  for (const frame of training.frames) pen.lineTo(x(frame.step), y(frame.codebook_size));
  pen.stroke();
  pen.setLineDash([]);
}

function drawLines(pen, name, x, y, area, inks) {
  const { lines } = CHARTS[name];
  const [end, now] = [training.frames.at(-1), shown()];
  const count = Math.max(...training.frames.map((frame) => lines(frame).length));
  for (let k = count - 1; k >= 0; k--) {
    pen.strokeStyle = k ? inks.soft : inks.accent;
    pen.lineWidth = k ? 1.5 : 2.2;
    pen.setLineDash(DASHES[k % DASHES.length]);
    for (const isLater of [false, true]) {
      pen.globalAlpha = isLater ? 0.3 : 1; // what comes after the step that is looked at stays visible, and pale
      const part = training.frames.filter(({ n }) => (isLater ? n >= now.n : n <= now.n));
      pen.beginPath();
      for (const frame of part) if (Number.isFinite(lines(frame)[k])) pen.lineTo(x(frame.step), y(lines(frame)[k]));
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
  pen.setLineDash([]);
  if (lines(end).length > 1) drawNumbers(pen, lines(end).map(y), area, inks);
}

// The numbers of the codebooks at the ends of their lines.
function drawNumbers(pen, ends, { right, bottom }, { accent, soft }) {
  pen.textAlign = "left";
  apart(ends, 12, bottom).forEach((end, k) => {
    pen.fillStyle = k ? soft : accent;
    pen.fillText(String(k + 1), right + 8, end + 4);
  });
}

// A line where something was changed; labels that would lie on each other move to the second row, or go.
function drawMarks(pen, x, { top, bottom, right }, { ink, soft }, isLabelled) {
  const ends = [-Infinity, -Infinity];
  pen.textAlign = "left";
  training.frames.forEach(({ event }, i) => {
    if (!event || !i) return;
    const at = Math.round(x(training.frames[i - 1].step));
    pen.fillStyle = soft;
    pen.globalAlpha = 0.7;
    pen.fillRect(at, top - 5, 1.5, bottom - top + 5);
    pen.globalAlpha = 1;
    if (!isLabelled) return;
    const text = word(`train.mark.${event}`);
    const wide = pen.measureText(text).width;
    const start = Math.min(Math.max(0, at - 3), right + RIGHT - wide);
    const row = ends.findIndex((last) => start > last + 6);
    if (row < 0) return;
    ends[row] = start + wide;
    pen.fillStyle = ink;
    pen.fillText(text, start, top - 9 - 14 * row);
  });
}

function drawSteps(pen, x, { left, right, bottom }, { soft }) {
  const last = training.frames.at(-1).step;
  pen.fillStyle = soft;
  pen.textAlign = "center";
  for (const step of ticks(0, last, (right - left) / 90)) {
    if (!step || x(step) > right - 40) continue;
    pen.fillText(step.toLocaleString(language()), x(step), bottom + 16);
  }
  pen.textAlign = "left";
  pen.fillText(word("train.chart.step"), 0, bottom + 16);
  pen.textAlign = "right";
  pen.fillText(last.toLocaleString(language()), right + RIGHT, bottom + 16);
}

function drawCursor(pen, at, { top, bottom }, { ink }) {
  pen.fillStyle = ink;
  pen.fillRect(Math.round(at) - 0.5, top, 1, bottom - top);
}
