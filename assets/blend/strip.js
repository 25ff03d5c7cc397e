// The strip under the slider: where on the path each token flips. A mark a flip, in the colour of the new code:
// from left to right the share, from top to bottom the cells in reading order, a lane a path.

import { colour, stage } from "../stage.js";
import { hover, on, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { marks, strayAt } from "./road.js";

const LANES = ["snapped", "tokens"];
const INSET = 8; // pixels: half a thumb of the slider, so that both have one axis
const NEAR = 6; // pixels around the pointer in which the nearest mark is meant

// view: of blend.js, {road, share, level()}. Gives redraw().
export function mountStrip(root, view) {
  root.innerHTML = LANES.map((lane) => `
    <div class="blend-lane" data-lane="${lane}"><span class="note" data-word="blend.strip.${lane}"></span>
      <canvas role="img" data-word-label="blend.strip.label"></canvas></div>`).join("");
  const lanes = LANES.map((path) => mountLane(root.querySelector(`[data-lane=${path}]`), path, view));
  const redraw = () => lanes.forEach((lane) => lane.redraw());
  for (const topic of ["hover", "book", "level"]) on(topic, redraw);
  onLanguage(redraw);
  return () => {
    for (const lane of lanes) (lane.fresh(), lane.redraw());
    root.hidden = !view.road.ends.length;
  };
}

function mountLane(box, path, view) {
  const canvas = box.querySelector("canvas");
  const lane = { path, canvas, sheet: null, marks: [], key: "" };
  const redraw = stage(canvas, (pen, width, height) => draw(lane, view, pen, width, height));
  canvas.addEventListener("pointermove", (event) => point(lane, view, event));
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  canvas.addEventListener("click", (event) => view.moveTo(shareAt(canvas, event.offsetX)));
  return { redraw, fresh: () => (lane.key = "") };
}

const shareAt = (canvas, x) => Math.min(Math.max((x - INSET) / (canvas.clientWidth - 2 * INSET), 0), 1);

// The mark nearest to the pointer, if any is near: its cell lights up everywhere.
function point(lane, view, { offsetX, offsetY }) {
  const { canvas } = lane;
  const [wide, tall] = [canvas.clientWidth - 2 * INSET, canvas.clientHeight];
  const cells = view.road.ends[0]?.[0]?.length ?? 1;
  let [best, least] = [null, NEAR ** 2];
  for (const mark of lane.marks) {
    const dx = INSET + mark.share * wide - offsetX;
    if (Math.abs(dx) > NEAR) continue;
    const far = dx ** 2 + (((mark.cell + 0.5) / cells) * tall - offsetY) ** 2;
    if (far < least) [best, least] = [mark, far];
  }
  if (best) hover(best.code, best.cell, "blend");
  else hover(-1, -1, "");
}

// --- drawing ------------------------------------------------------------------------------

function draw(lane, view, pen, width, height) {
  const { road } = view;
  if (!road.ends.length) return;
  const key = [width, height, view.level(), state.book?.codec, state.level, colour(lane.canvas, "--surface")].join();
  if (key !== lane.key) paint(lane, view, width, height);
  lane.key = key;
  pen.drawImage(lane.sheet, 0, 0, width, height);
  const wide = width - 2 * INSET;
  const x = INSET + view.share * wide;
  pen.fillStyle = colour(lane.canvas, "--ink");
  pen.fillRect(x - 1, 0, 2, height);
  if (state.hover.cell >= 0) light(lane, road, pen, wide, height);
}

// All marks once: thousands of them, that stay while the slider moves.
function paint(lane, view, width, height) {
  const { road } = view;
  lane.marks = marks(road, lane.path, view.level());
  lane.sheet = new OffscreenCanvas(Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio));
  const pen = lane.sheet.getContext("2d");
  pen.scale(lane.sheet.width / width, lane.sheet.height / height);
  const cells = road.ends[0][0].length;
  const tall = Math.max(2, Math.min(10, height / cells));
  const wide = road.flips && lane.path === "snapped" ? Math.max(2, (width - 2 * INSET) / road.flips.places) : 3;
  const inks = state.book?.codec === road.plan.codec ? state.book.colours : [];
  pen.globalAlpha = lane.marks.length > 4000 ? 0.65 : 0.9;
  for (const { share, cell, code } of lane.marks) {
    pen.fillStyle = inks[code] ?? "#888";
    pen.fillRect(INSET + share * (width - 2 * INSET) - wide / 2, ((cell + 0.5) / cells) * height - tall / 2, wide, tall);
  }
  if (lane.path === "snapped") drawStray(lane, view, pen, width, height);
}

// How far the path is from every code, as a line: at the ends 1, and up from there.
function drawStray(lane, { road }, pen, width, height) {
  if (!road.flips) return;
  const count = road.flips.far.length;
  const values = Array.from({ length: count }, (_, i) => strayAt(road, i / (count - 1)));
  const most = Math.max(2, ...values);
  pen.globalAlpha = 1;
  for (const [ink, thick] of [[colour(lane.canvas, "--surface"), 5], [colour(lane.canvas, "--accent"), 2]]) {
    pen.beginPath();
    values.forEach((value, i) => pen.lineTo(INSET + (i / (count - 1)) * (width - 2 * INSET), height - 3 - (value / most) * (height - 8)));
    Object.assign(pen, { strokeStyle: ink, lineWidth: thick, lineJoin: "round" });
    pen.stroke();
  }
}

// The marks of the cell that is pointed at, anywhere on the page.
function light(lane, road, pen, wide, height) {
  const { cell } = state.hover;
  const cells = road.ends[0][0].length;
  const y = ((cell + 0.5) / cells) * height;
  const inks = state.book?.colours ?? [];
  pen.fillStyle = colour(lane.canvas, "--ink");
  pen.globalAlpha = 0.25;
  pen.fillRect(INSET, y - 0.5, wide, 1);
  pen.globalAlpha = 1;
  for (const mark of lane.marks) {
    if (mark.cell !== cell) continue;
    const x = INSET + mark.share * wide;
    pen.fillStyle = inks[mark.code] ?? "#888";
    pen.fillRect(x - 5, y - 7, 10, 14);
    Object.assign(pen, { strokeStyle: colour(lane.canvas, "--ink"), lineWidth: 1.5 });
    pen.strokeRect(x - 5, y - 7, 10, 14);
  }
}

// What there is to say of the cell that is pointed at: how often it flips on each path.
export function flipsOf(road, cell, level) {
  const [snapped, tokens] = LANES.map((path) => marks(road, path, level).filter((mark) => mark.cell === cell));
  return { times: snapped.length, first: snapped[0]?.share, last: snapped.at(-1)?.share, token: tokens[0]?.share };
}
