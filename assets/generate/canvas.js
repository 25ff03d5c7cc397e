// Draws the tokens of one lane, as codes or as what the prior thought of them, and the picture they stand for.

import { colour } from "../stage.js";
import { cut, orderOf, shapeOf } from "./frames.js";
import { cellCount, making, placeOf } from "./making.js";

export const LOOKS = ["codes", "tiles", "order", "sure", "entropy"];
const SURENESS = ["sure", "entropy"];
const NUMBERED = 24; // pixels of a cell from which a number fits in
const NO_CODE = "#8883";
const RAMP = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]; // viridis (van der Walt, Smith 2015)

// What a look shows in a lane: a flow has no order, all its cells move at once, as latents.
export function lookIn(lane) {
  if (lane.kind !== "flow" || SURENESS.includes(making.look)) return making.look;
  return making.look === "tiles" ? "tiles" : lane.codes ? "codes" : "latents";
}

// 0 … 1 → a colour from dark to bright.
export function ramp(share) {
  const place = Math.max(0, Math.min(1, share)) * (RAMP.length - 1);
  const low = Math.min(RAMP.length - 2, Math.floor(place));
  return RAMP[low].map((value, i) => Math.round(value + (RAMP[low + 1][i] - value) * (place - low)));
}

const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
const inkOn = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000c" : "#fffd");

function rgbOf(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

// {fill: [r, g, b] or null, text} of a cell of what is drawn.
export function cellOf(view, cell) {
  const { look, indices, filled, order, last, probability, entropy, latents, asked } = view;
  if (look === "latents") return { fill: latents ? [...latents.subarray(3 * cell, 3 * cell + 3)] : null, text: "" };
  if (look === "entropy") {
    if (!entropy || !asked(cell)) return { fill: null, text: "" };
    const share = entropy[cell] / 255;
    return { fill: ramp(share), text: (share * Math.log2(making.domain.codebook_size)).toFixed(1), faint: false };
  }
  if (!filled[cell]) return { fill: null, text: "" };
  if (look === "order") return { fill: ramp(1 - order[cell] / last), text: String(order[cell]) };
  if (look === "sure") return { fill: ramp((probability?.[cell] ?? 0) / 255), text: String(Math.round(((probability?.[cell] ?? 0) / 255) * 100)) };
  const code = indices[cell];
  return { fill: making.book ? rgbOf(making.book.colours[code]) : [(code * 97) % 200, (code * 57) % 200, (code * 31) % 200], text: String(code), code };
}

// Draws the tokens of a lane into `width` × `height` CSS pixels.
export function drawTokens(pen, width, height, lane, canvas) {
  const cells = cellCount();
  const place = placeOf(lane);
  const frame = lane.frames[place];
  const { rows, columns } = shapeOf(making.domain.grid);
  const [wide, tall] = [width / columns, height / rows];
  const sample = Math.min(lane.chosen, lane.count - 1);
  const view = {
    look: lookIn(lane), indices: cut(frame.indices, sample, cells), filled: cut(frame.filled, sample, cells),
    probability: cut(frame.probability, sample, cells), entropy: cut(frame.entropy, sample, cells), latents: cut(frame.latents, sample, cells, 3),
    // A causal prior says nothing of the cells to come, nor of those set by hand: zeros there are no certainty.
    asked: (cell) => lane.kind !== "causal" || Boolean(view.filled[cell] && !frame.hands?.has(cell)),
    order: making.look === "order" ? orderOf(lane.frames, place, sample, cells) : null, last: Math.max(1, lane.total),
  };
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = `${Math.min(13, tall * 0.36, wide * 0.36)}px ${getComputedStyle(canvas).getPropertyValue("--mono")}`;
  const line = colour(canvas, "--line");
  for (let cell = 0; cell < cells; cell++) {
    const [x, y] = [(cell % columns) * wide, Math.floor(cell / columns) * tall];
    const { fill, text, code } = cellOf(view, cell);
    if (!fill) {
      pen.fillStyle = line;
      pen.beginPath();
      pen.arc(x + wide / 2, y + tall / 2, Math.min(wide, tall) * 0.08, 0, 7);
      pen.fill();
      continue;
    }
    if (view.look === "tiles" && code !== undefined && making.tiles) drawTile(pen, code, x, y, wide, tall);
    else {
      pen.fillStyle = css(fill);
      pen.fillRect(x + 0.5, y + 0.5, wide - 1, tall - 1);
      if (Math.min(wide, tall) >= NUMBERED && view.look !== "latents") {
        pen.fillStyle = inkOn(fill);
        pen.fillText(text, x + wide / 2, y + tall / 2 + 0.5);
      }
    }
  }
  drawMarks(pen, frame.hands, lane, { wide, tall, columns });
}

export function drawTile(pen, code, x, y, wide, tall = wide) {
  const { columns, tile_pixels: side } = making.book;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(making.tiles, (code % columns) * side, Math.floor(code / columns) * side, side, side, x, y, wide, tall);
}

export const colourOf = (code) => making.book?.colours[code] ?? NO_CODE;

// Cells set by hand, the one that is picked, the one under the pointer.
function drawMarks(pen, hands, lane, { wide, tall, columns }) {
  const ring = (cell, inner, outer, thick) => {
    const [x, y] = [(cell % columns) * wide, Math.floor(cell / columns) * tall];
    for (const [stroke, width] of [[outer, thick + 2], [inner, thick]]) {
      Object.assign(pen, { strokeStyle: stroke, lineWidth: width });
      pen.strokeRect(x + 2, y + 2, wide - 4, tall - 4);
    }
  };
  for (const cell of hands) ring(cell, "#e8a33d", "#000", 2);
  if (making.hovered >= 0) ring(making.hovered, "#000", "#fff", 1);
  if (making.picked?.lane === lane) ring(making.picked.cell, "#fff", "#000", 2.5);
}

// --- pictures -----------------------------------------------------------------------------

// The newest frame up to the one that is shown whose picture is unpacked.
export function pictured(lane, place = placeOf(lane)) {
  for (let i = place; i >= 0; i--) if (lane.frames[i].image) return lane.frames[i];
  return null;
}

// How many pictures stand below each other in a frame's image, and which of them is a sample's.
export function partOf(lane, frame, sample) {
  const { image, part } = frame;
  const tall = (image.naturalWidth * making.domain.size[0]) / making.domain.size[1];
  const parts = Math.max(1, Math.round(image.naturalHeight / tall));
  return { parts, part: part ?? (lane.heading && parts === 2 && lane.count === 1 ? 1 : sample) };
}

export function drawSample(pen, lane, frame, sample, x, y, wide, tall) {
  const { image } = frame;
  const { parts, part } = partOf(lane, frame, sample);
  const height = image.naturalHeight / parts;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, Math.min(part, parts - 1) * height, image.naturalWidth, height, x, y, wide, tall);
}

// Covers what no token stands for yet: of a masked prior one sees through to its guess.
function cover(pen, lane, frame, sample, x, y, wide, tall, canvas) {
  if (lane.kind === "flow") return;
  const cells = cellCount();
  const { columns, rows } = shapeOf(making.domain.grid);
  const filled = cut(frame.filled, sample, cells);
  pen.fillStyle = colour(canvas, "--sunken");
  pen.globalAlpha = lane.kind === "masked" ? 0.8 : 1;
  filled.forEach((done, cell) => {
    if (!done) pen.fillRect(x + ((cell % columns) * wide) / columns, y + (Math.floor(cell / columns) * tall) / rows, wide / columns + 0.5, tall / rows + 0.5);
  });
  pen.globalAlpha = 1;
}

// The picture of the only sample, or all of them in a square, the chosen one framed.
export function drawPictures(pen, width, height, lane, canvas) {
  const place = placeOf(lane);
  const now = lane.frames[place];
  const frame = pictured(lane, place);
  const side = mosaic(lane.count);
  const gap = side > 1 ? 3 : 0;
  const [wide, tall] = [(width + gap) / side - gap, (height + gap) / side - gap];
  for (let i = 0; i < lane.count; i++) {
    const [x, y] = [(i % side) * (wide + gap), Math.floor(i / side) * (tall + gap)];
    if (frame && place > 0) drawSample(pen, lane, frame, i, x, y, wide, tall);
    if (making.domain.grid[0] === 1) cover(pen, lane, now, i, x, y, wide, tall, canvas);
    if (side > 1 && i === lane.chosen) {
      Object.assign(pen, { strokeStyle: colour(canvas, "--accent"), lineWidth: 3 });
      pen.strokeRect(x + 1.5, y + 1.5, wide - 3, tall - 3);
    }
  }
  if (making.hovered >= 0 && lane.count === 1) {
    const { rows, columns } = shapeOf(making.domain.grid);
    Object.assign(pen, { strokeStyle: colour(canvas, "--accent"), lineWidth: 2 });
    pen.strokeRect((making.hovered % columns) * (width / columns), Math.floor(making.hovered / columns) * (height / rows), width / columns, height / rows);
  }
}

// How many pictures stand side by side.
export const mosaic = (count) => Math.ceil(Math.sqrt(count));
