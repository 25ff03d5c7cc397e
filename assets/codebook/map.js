// The map: every code a dot, like codes near each other, often-used codes large.

import { largest } from "../counts.js";
import { ask } from "../asking.js";
import { pointable } from "../pointing.js";
import { here, onlyPresent } from "../present.js";
import { colour, stage } from "../stage.js";
import { on, state } from "../store.js";

const REACH = 12; // pixels: how near the pointer must be to a dot
const MARGIN = 18; // pixels around the map
const FARTHEST = 12; // times enlarged
const HOME = { zoom: 1, x: 0, y: 0 };

// [x, y] in 0 … 1 → pixels, on a square map of `side` pixels seen through `lens`.
export const project = ([x, y], side, lens) => [
  (MARGIN + x * (side - 2 * MARGIN)) * lens.zoom + lens.x,
  (MARGIN + y * (side - 2 * MARGIN)) * lens.zoom + lens.y,
];

// The index of the point nearest to (x, y), or −1 when none is within `limit` pixels.
export function nearestPoint(points, x, y, limit) {
  let best = -1;
  let least = limit * limit;
  points.forEach(([px, py], index) => {
    const squared = (px - x) ** 2 + (py - y) ** 2;
    if (squared <= least) [best, least] = [index, squared];
  });
  return best;
}

// The nearest point in the direction of an arrow key, within 45° of it; the same point when there is none.
export function pointAfter(points, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = from;
  let least = Infinity;
  if (!points.length) return from; // they are on their way
  points.forEach(([px, py], index) => {
    const [x, y] = [px - points[from][0], py - points[from][1]];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along > 0 && along >= aside && along + aside < least) [best, least] = [index, along + aside];
  });
  return best;
}

// The lens after zooming by `factor` with the pixel (x, y) held still; never beyond the map's border.
export function zoomed(lens, factor, x, y, side) {
  const zoom = Math.min(Math.max(lens.zoom * factor, 1), FARTHEST);
  const by = zoom / lens.zoom;
  return held({ zoom, x: x - (x - lens.x) * by, y: y - (y - lens.y) * by }, side);
}

export function held(lens, side) {
  const hold = (start) => Math.min(0, Math.max(start, side - side * lens.zoom));
  return { zoom: lens.zoom, x: hold(lens.x), y: hold(lens.y) };
}

export function mountMap(root) {
  root.innerHTML = `
    <h3 data-word="codebook.map"></h3>
    <div class="view">
      <canvas class="map" tabindex="0" role="application" data-word-label="codebook.map_label"></canvas></div>
    <p class="note" data-word="codebook.map_note"></p>`;
  const canvas = root.querySelector("canvas");
  const view = { canvas, lens: HOME };
  const redraw = stage(canvas, (pen, width) => (state.book && !state.book.map ? place(redraw) : draw(view, pen, width)));
  view.look = (lens) => {
    view.lens = lens;
    canvas.style.touchAction = lens.zoom > 1 ? "none" : "pan-y"; // the page still scrolls under a finger
    redraw();
  };
  view.look(HOME);
  on("book", () => view.look(HOME));
  for (const topic of ["loaded", "tokens", "hover", "picked", "present"]) on(topic, redraw);
  moveByHand(view);
  pointable(canvas, "map", {
    codeAt: (x, y) => nearestPoint(pointsOf(view), x, y, REACH),
    next: (code, key) => pointAfter(pointsOf(view), code, key),
    spot: (code) => pointsOf(view)[code] ?? [0, 0],
  });
}

const pointsOf = ({ canvas, lens }) =>
  (state.book?.map ?? []).map((point) => project(point, canvas.clientWidth, lens));

// The places are fetched when the map is first seen.
async function place(redraw) {
  const { book } = state;
  book.map = []; // asked for
  const answer = await ask(`map/${encodeURIComponent(book.codec)}?level=${state.level}`);
  if (!answer) return delete book.map; // asked again with the next drawing
  Object.assign(book, await answer.json());
  redraw();
}

// --- moving -----------------------------------------------------------------------------

function moveByHand(view) {
  const { canvas } = view;
  const fingers = new Map(); // pointer id → [x, y]
  let moved = 0; // pixels since the first finger came down
  canvas.addEventListener("pointerdown", (event) => {
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    fingers.set(event.pointerId, now);
    view.look(dragged(view.lens, before, now, other, canvas.clientWidth));
  });
  const lift = (event) => fingers.delete(event.pointerId);
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, lift);
  // Before the click that picks: a drag that ends over a dot is no click.
  canvas.addEventListener("click", (event) => moved > 5 && event.stopImmediatePropagation());
  canvas.addEventListener("dblclick", () => view.look(HOME));
  zoomByWheel(view);
  canvas.addEventListener("keydown", (event) => {
    const factor = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, 0: 0 }[event.key];
    const side = canvas.clientWidth;
    if (factor !== undefined) view.look(zoomed(view.lens, factor, side / 2, side / 2, side));
  });
}

// One finger moves the map; with a second one resting at `other`, it stretches it.
function dragged(lens, before, now, other, side) {
  if (!other) return held({ zoom: lens.zoom, x: lens.x + now[0] - before[0], y: lens.y + now[1] - before[1] }, side);
  const apart = ([x, y]) => Math.max(Math.hypot(x - other[0], y - other[1]), 1);
  return zoomed(lens, apart(now) / apart(before), ...other, side);
}

function zoomByWheel(view) {
  const { canvas } = view;
  let scrolled = 0; // when, in ms
  addEventListener("scroll", () => (scrolled = performance.now()), { passive: true });
  canvas.addEventListener("wheel", (event) => {
    if (performance.now() - scrolled < 300) return; // the visitor scrolls the page, and the map came under the pointer
    const lens = zoomed(view.lens, Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY, canvas.clientWidth);
    if (lens.zoom === view.lens.zoom) return;
    event.preventDefault();
    view.look(lens);
  });
}

// --- drawing ----------------------------------------------------------------------------

// Area by use, down to a least size that a finger can find; all alike when nobody has counted.
function radiiOf(counts, side, zoom) {
  const widest = side / 42;
  const most = largest(counts);
  return (code) => Math.max(1.7, most ? widest * Math.sqrt(counts[code] / most) : widest / 4) * Math.sqrt(zoom);
}

function draw(view, pen, side) {
  const { book, hover } = state;
  if (!book) return;
  const points = pointsOf(view);
  const radius = radiiOf(book.counts, side, view.lens.zoom);
  const lit = hover.code in points ? hover.code : -1;
  const present = here();
  const ground = colour(view.canvas, "--sunken"); // a rim that keeps dots apart
  const faint = onlyPresent() ? 0.08 : 0.35;
  const codes = [...book.map.keys()].sort((a, b) => (present[a] > 0) - (present[b] > 0)); // those of the picture on top
  for (const code of codes) {
    pen.globalAlpha = (present[code] ? 1 : faint) * (lit >= 0 && hover.from !== "map" ? 0.3 : 1);
    drawDot(pen, points[code], radius(code), book, code, ground);
  }
  pen.globalAlpha = 1;
  const ring = (code, paint) => drawRing(pen, points[code], radius(code), book.colours[code], paint);
  if (state.code in points) ring(state.code, colour(view.canvas, "--accent"));
  if (lit >= 0) ring(lit, colour(view.canvas, "--ink"));
}

function drawDot(pen, [x, y], r, book, code, rim) {
  const dead = book.counts[code] === 0; // hollow
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.fillStyle = dead ? rim : book.colours[code];
  pen.strokeStyle = dead ? book.colours[code] : rim;
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
}

function drawRing(pen, [x, y], r, fill, stroke) {
  pen.beginPath();
  pen.arc(x, y, r + 2.5, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.strokeStyle = stroke;
  pen.lineWidth = 2.5;
  pen.fill();
  pen.stroke();
}
