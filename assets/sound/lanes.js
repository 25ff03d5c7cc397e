// Original, resynthesis and their difference, under each other: as spectrograms or as waveforms.

import { colour, stage } from "../stage.js";
import { on, state } from "../store.js";
import { markEvery, span, xOf } from "./axis.js";
import { clip, RATE } from "./clip.js";
import { heat, lean, ramp } from "./shades.js";
import { analyse, BANDS, heightOf, spectrogram } from "./spectrum.js";
import { waveforms } from "./waveform.js";

export const LANES = ["original", "resynthesis", "difference"];
const PITCHES = [1, 2, 4]; // kHz that are written at the edge
const FLOOR = -70; // dB below which a difference counts for nothing: nobody hears it
const APART = 64; // pixels between two numbers of the ruler

// Fills `box` with the three lanes and a ruler. Gives look(name), which shows "spectrogram" or "waveform".
export function mountLanes(box) {
  const view = { look: "spectrogram", parts: {}, waves: null, stale: null, theme: "" };
  const redraws = LANES.map((which) => {
    const lane = Object.assign(document.createElement("div"), { className: "lane" });
    lane.dataset.lane = which;
    lane.innerHTML = `<canvas aria-hidden="true"></canvas><span class="lane-name" data-word="sound.waves.${which}"></span>`;
    box.append(lane);
    return stage(lane.firstChild, (pen, width, height) => draw(view, which, pen, width, height));
  });
  const ruler = Object.assign(document.createElement("canvas"), { className: "ruler" });
  ruler.setAttribute("aria-hidden", "true");
  box.append(ruler);
  redraws.push(stage(ruler, drawRuler));
  const redraw = () => redraws.forEach((again) => again());
  on("loaded", () => {
    for (const which of LANES) view.parts[which] = blank();
    view.waves = waveforms();
    for (const lane of box.querySelectorAll(".lane")) lane.hidden = !clip.original && lane.dataset.lane !== "resynthesis";
    redraw();
  });
  on("sound", ({ from, to }) => {
    if (!view.parts.resynthesis) return;
    view.parts.resynthesis.dirty = joint(view.parts.resynthesis.dirty, [from, to]);
    view.waves.touched(from, to);
    redraw();
  });
  return (name) => ((view.look = name), redraw());
}

const joint = (a, b) => (a ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : b);

// What is known of a lane: its spectrogram, the picture of it, and which samples changed since it was made.
function blank() {
  const lines = spectrogram(span());
  return { lines, sheet: new OffscreenCanvas(lines.columns, BANDS), dirty: [0, span()] };
}

function draw(view, which, pen, width, height) {
  if (!view.parts[which] || (which !== "resynthesis" && !clip.original)) return;
  if (view.look === "waveform") return view.waves.draw(which, pen, width, height);
  refresh(view, pen.canvas);
  const { lines, sheet } = view.parts[which];
  pen.imageSmoothingQuality = "high";
  pen.drawImage(sheet, 0, 0, xOf(lines.columns * lines.hop, width), height);
  drawPitches(pen, which, width, height);
}

// --- spectrograms -------------------------------------------------------------------------

// Computes and paints again what changed since the lanes were last drawn.
function refresh(view, element) {
  const { original, resynthesis, difference } = view.parts;
  for (const [part, samples] of [[original, clip.original], [resynthesis, clip.sound]]) {
    if (!part.dirty || !samples) continue;
    const columns = analyse(part.lines, samples, ...part.dirty);
    part.dirty = null;
    tint(part, columns, (i) => heat(part.lines.db[i]));
    view.stale = joint(view.stale, columns);
  }
  const colours = ["--less", "--none", "--accent"].map((name) => colour(element, name));
  if (view.theme !== colours.join()) view.stale = [0, difference.lines.columns];
  view.theme = colours.join();
  if (!view.stale) return;
  const shades = ramp(colours);
  const [was, is] = [original.lines.db, resynthesis.lines.db];
  tint(difference, view.stale, (i) => shades[lean(Math.max(is[i], FLOOR) - Math.max(was[i], FLOOR))]);
  view.stale = null;
}

// Paints columns first … end − 1 of a part, low pitches at the bottom.
function tint({ sheet }, [first, end], shadeOf) {
  if (end <= first) return;
  const image = new ImageData(end - first, BANDS);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = first; column < end; column++) {
    for (let band = 0; band < BANDS; band++) {
      pixels[(BANDS - 1 - band) * (end - first) + column - first] = shadeOf(column * BANDS + band);
    }
  }
  sheet.getContext("2d").putImageData(image, first, 0);
}

function drawPitches(pen, which, width, height) {
  const [ink, halo] = which === "difference" ? ["--ink", "--none"].map((name) => colour(pen.canvas, name)) : ["#fff", "#000"];
  Object.assign(pen, { font: lettering(pen.canvas), textAlign: "right", textBaseline: "middle", fillStyle: ink });
  Object.assign(pen, { strokeStyle: halo, lineWidth: 3, lineJoin: "round", globalAlpha: 0.8 });
  for (const pitch of PITCHES) {
    const y = Math.round((1 - heightOf(1000 * pitch)) * height);
    pen.strokeText(`${pitch} kHz`, width - 9, y);
    pen.fillText(`${pitch} kHz`, width - 9, y);
    pen.fillRect(width - 5, y, 5, 1);
  }
  pen.globalAlpha = 1;
}

const lettering = (element) => `11px ${getComputedStyle(element).fontFamily}`;

// --- seconds ------------------------------------------------------------------------------

function drawRuler(pen, width, height) {
  if (!state.grid[1]) return;
  const every = markEvery(span() / RATE, width, APART);
  Object.assign(pen, { font: lettering(pen.canvas), fillStyle: colour(pen.canvas, "--soft"), textBaseline: "bottom" });
  for (let mark = 0; mark * every * RATE < span(); mark++) {
    const x = xOf(mark * every * RATE, width);
    const text = `${Number((mark * every).toFixed(1))} s`;
    pen.fillRect(x, 0, 1, 5);
    pen.textAlign = mark ? "center" : "left";
    if (x + pen.measureText(text).width / 2 < width) pen.fillText(text, x, height);
  }
}
