// Draws one racer: cells, points, codes, and the gradients of a few points. And the curve of all four.

import { colour } from "../stage.js";
import { cellsOfCodes, cellsOfLattice, cellsOfSums, copied, farApart, frameOf, rotated } from "./plane.js";
import { codesOf, latentsOf, REMEMBERED } from "./race.js";

const SHOWN = 8; // points whose gradients are drawn
const LENGTH = 0.7; // of an arrow, of the step it stands for: most then end within the panel
const SHEET = [-1.3, -1.3, 1.3, 1.3]; // what a drawing may fill

// --- from the plane to pixels -----------------------------------------------------------

// The part of the plane that a racer's canvas should show.
export function frameFor({ race, name }) {
  if (!race.points.length) return frameOf(SHEET);
  return frameOf(race.points, latentsOf(race, name), codesOf(race, name), race.settings.shape === "drawing" ? SHEET : []);
}

// One look nearer to it; the points never jump. Returns whether it has arrived.
export function ease(frame, goal, share) {
  const apart = Math.max(...goal.map((value, i) => Math.abs(value - frame[i])));
  goal.forEach((value, i) => (frame[i] += (apart < 0.004 ? 1 : share) * (value - frame[i])));
  return apart < 0.004;
}

const toPixels = ([left, bottom, side], width) => (x, y) => [((x - left) / side) * width, (1 - (y - bottom) / side) * width];
export const toPlane = ([left, bottom, side], width, px, py) => [left + (px / width) * side, bottom + (1 - py / width) * side];

// --- colours ----------------------------------------------------------------------------

// One colour a code. Fine codes of an RVQ are shades of their coarse one.
export function colours(name, count, fine, dark) {
  return Array.from({ length: count }, (_, code) => {
    const [family, shade] = name === "rvq" ? [Math.floor(code / fine), (code % fine) / Math.max(1, fine - 1)] : [code, 0.5];
    const lightness = (dark ? 52 : 34) + 22 * shade;
    return `hsl(${((family * 137.508 + 12) % 360).toFixed(0)} 66% ${lightness.toFixed(0)}%)`; // the golden angle keeps neighbours apart
  });
}

// --- one racer --------------------------------------------------------------------------

export function drawRacer(pen, width, view) {
  const { race, name, measured } = view;
  const at = toPixels(view.frame, width);
  const dark = document.body.classList.contains("dark");
  const paints = colours(name, measured.counts.length, name === "rvq" ? race.rvq.fine.counts.length : 1, dark);
  const inks = { ink: colour(view.canvas, "--ink"), line: colour(view.canvas, "--soft"), surface: colour(view.canvas, "--surface") };
  if (race.points.length) drawRace(pen, view, width, { at, paints, inks });
  if (view.cursor) cross(pen, at(...view.cursor), inks.ink, 9);
}

function drawRace(pen, view, width, { at, paints, inks }) {
  const { race, name, frame, measured } = view;
  drawCells(pen, cellsOf(race, name, frame), at, paints, inks);
  drawPoints(pen, latentsOf(race, name), measured.chosen, at, paints, width < 240 ? 2 : 2.6);
  drawCodes(pen, measured, at, paints, inks, Math.max(3.5, width / (measured.counts.length > 36 ? 76 : 52)));
  if (name === "rvq") drawCoarse(pen, race.rvq.coarse.codes, at, inks);
  if (view.arrows) drawGradients(pen, view, at);
}

function cellsOf(race, name, frame) {
  if (name === "vq") return cellsOfCodes(race.vq.book.codes, frame);
  if (name === "rvq") return cellsOfSums(race.rvq.coarse.codes, race.rvq.fine.codes, frame);
  return cellsOfLattice(race[name], frame);
}

function drawCells(pen, cells, at, paints, { line }) {
  pen.strokeStyle = line;
  pen.lineWidth = 0.8;
  cells.forEach((cell, code) => {
    if (cell.length < 3) return;
    pen.beginPath();
    for (const [x, y] of cell) pen.lineTo(...at(x, y));
    pen.closePath();
    pen.globalAlpha = 0.14;
    pen.fillStyle = paints[code];
    pen.fill();
    pen.globalAlpha = 0.45;
    pen.stroke();
  });
  pen.globalAlpha = 1;
}

function drawPoints(pen, latents, chosen, at, paints, size) {
  for (let i = 0; i < chosen.length; i++) {
    const [x, y] = at(latents[2 * i], latents[2 * i + 1]);
    pen.fillStyle = paints[chosen[i]];
    pen.fillRect(x - size / 2, y - size / 2, size, size);
  }
}

// A code in use is a dot; a dead one is hollow.
function drawCodes(pen, { codes, counts }, at, paints, { ink, surface }, radius) {
  for (let code = 0; code < counts.length; code++) {
    pen.beginPath();
    pen.arc(...at(codes[2 * code], codes[2 * code + 1]), counts[code] ? radius : radius - 0.5, 0, 7);
    pen.fillStyle = counts[code] ? paints[code] : surface;
    pen.globalAlpha = counts[code] ? 1 : 0.6;
    pen.fill();
    pen.globalAlpha = 1;
    pen.lineWidth = counts[code] ? 2.6 : 1.4;
    pen.strokeStyle = counts[code] ? surface : ink;
    pen.stroke();
    if (!counts[code]) continue;
    pen.lineWidth = 1.1;
    pen.strokeStyle = ink;
    pen.stroke();
  }
}

function drawCoarse(pen, codes, at, { ink }) {
  for (let i = 0; i < codes.length; i += 2) cross(pen, at(codes[i], codes[i + 1]), ink, 5);
}

function cross(pen, [x, y], ink, reach) {
  pen.strokeStyle = ink;
  pen.lineWidth = 1.8;
  pen.beginPath();
  for (const [dx, dy] of [[reach, 0], [0, reach]]) {
    pen.moveTo(x - dx, y - dy);
    pen.lineTo(x + dx, y + dy);
  }
  pen.stroke();
}

// --- gradients --------------------------------------------------------------------------

const examples = new WeakMap(); // of every cloud: the same points throughout

// For some points: the step that the gradient of |e − x|² asks of them, copied and rotated.
export function gradients({ race, measured }) {
  const latents = race.vq.latents;
  if (!examples.has(race.points)) examples.set(race.points, farApart(race.points, SHOWN));
  return examples.get(race.points).map((i) => {
    const code = measured.chosen[i];
    const [point, place] = [latents, measured.codes].map((from, which) => {
      const at = which ? code : i;
      return [from[2 * at], from[2 * at + 1]];
    });
    const step = [race.points[2 * i] - place[0], race.points[2 * i + 1] - place[1]]; // against the gradient, halved
    return { point, place, copied: copied(step), rotated: rotated(step, point, place) };
  });
}

function drawGradients(pen, view, at) {
  cross(pen, at(0, 0), colour(view.canvas, "--soft"), 7); // the origin, about which the rotation turns
  for (const { point, place, copied, rotated } of gradients(view)) {
    pen.strokeStyle = colour(view.canvas, "--soft");
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(...at(...point));
    pen.lineTo(...at(...place));
    pen.stroke();
    pen.setLineDash([]);
    for (const [step, name] of [[copied, "--copied"], [rotated, "--rotated"]])
      arrow(pen, at(...point), at(point[0] + LENGTH * step[0], point[1] + LENGTH * step[1]), colour(view.canvas, name));
  }
}

function arrow(pen, [x, y], [tipX, tipY], ink) {
  const angle = Math.atan2(tipY - y, tipX - x);
  const head = Math.min(9, Math.hypot(tipX - x, tipY - y) * 0.6);
  [pen.strokeStyle, pen.lineWidth] = [ink, 2.4];
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(tipX, tipY);
  for (const side of [-0.5, 0.5]) {
    pen.moveTo(tipX, tipY);
    pen.lineTo(tipX - head * Math.cos(angle + side), tipY - head * Math.sin(angle + side));
  }
  pen.stroke();
}

// --- the curve --------------------------------------------------------------------------

const DASHES = { vq: [], rvq: [7, 3], fsq: [2, 3], lfq: [9, 3, 2, 3] };

// Perplexities of the last batches; `names` label the lines at their ends.
export function drawCurve(pen, width, height, { canvas, race, names }) {
  const [right, top, bottom] = [width - 40, 12, height - 16];
  const most = Math.max(4, race.settings.size); // LFQ has 4 codes, whatever V is
  const y = (value) => bottom - ((bottom - top) * (value - 1)) / Math.max(1, most - 1);
  pen.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  pen.fillStyle = pen.strokeStyle = colour(canvas, "--soft");
  pen.lineWidth = 1;
  for (const value of [1, most]) {
    pen.globalAlpha = 0.5;
    pen.strokeRect(22, Math.round(y(value)) + 0.5, right - 22, 0);
    pen.globalAlpha = 1;
    pen.fillText(String(value), 2, y(value) + 4);
  }
  const from = Math.max(0, REMEMBERED - race.history.length);
  const ends = Object.keys(DASHES).map((name, racer) => {
    pen.strokeStyle = colour(canvas, `--${name}`);
    pen.lineWidth = name === "vq" ? 2.6 : 1.8;
    pen.setLineDash(DASHES[name]);
    pen.beginPath();
    race.history.forEach((values, i) => pen.lineTo(22 + ((right - 22) * (from + i)) / (REMEMBERED - 1), y(Math.max(1, values[racer]))));
    pen.stroke();
    return { name, y: y(Math.max(1, race.history.at(-1)?.[racer] ?? 1)) };
  });
  pen.setLineDash([]);
  labelEnds(pen, ends, right + 6, { top, bottom, canvas, names });
}

// Labels at the lines' ends, pushed apart where they would lie on each other.
function labelEnds(pen, ends, x, { top, bottom, canvas, names }) {
  ends.sort((a, b) => a.y - b.y);
  let least = top;
  ends.forEach((end, i) => {
    const room = bottom - 13 * (ends.length - 1 - i);
    end.y = Math.min(Math.max(end.y, least), room);
    least = end.y + 13;
    pen.fillStyle = colour(canvas, `--${end.name}`);
    pen.fillText(names[end.name], x, end.y + 4);
  });
}
