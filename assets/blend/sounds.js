// Blending sounds: a frame is a sound, seen as its spectrogram and heard round and round while the slider moves.

import { fromBase64, post } from "../asking.js";
import { fromPcm, RATE } from "../sound/clip.js";
import { playing, stop as stopOthers } from "../sound/player.js";
import { heat } from "../sound/shades.js";
import { analyse, BANDS, spectrogram } from "../sound/spectrum.js";
import { soon, voice } from "../sound/voice.js";
import { stage } from "../stage.js";
import { on } from "../store.js";
import { onLanguage, word } from "../words.js";
import { blendOf } from "./blend.js";
import { gamesOf } from "./games.js";

const SOUNDS = {
  kind: "audio",
  steps: 8,
  fine: 16,
  address: "bench/sound/",
  second: "woman",
  accept: "audio/*,.wav,.flac,.ogg,.mp3",
  typed: false,
  films: [],
  still: "wav",
  thumbnails: null,
  tall: 56, // pixels of a thumbnail, which need not be square
  unpack: (data) => ({ samples: fromPcm(fromBase64(data, Int16Array)), sheet: null }),
  figure,
  thumbnail: (pen, frame, x, y, wide, tall) => pen.drawImage(sheetOf(frame), x, y, wide, tall),
};

export const mountBlend = blendOf(SOUNDS);
export const mountGames = gamesOf(SOUNDS);

// --- seeing -------------------------------------------------------------------------------

// The spectrogram as a canvas, one pixel a column and band; made when it is first seen.
function sheetOf(frame) {
  if (frame.sheet) return frame.sheet;
  const lines = spectrogram(frame.samples.length);
  analyse(lines, frame.samples);
  const image = new ImageData(lines.columns, BANDS);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0; column < lines.columns; column++) {
    for (let band = 0; band < BANDS; band++) {
      pixels[(BANDS - 1 - band) * lines.columns + column] = heat(lines.db[column * BANDS + band]);
    }
  }
  frame.sheet = new OffscreenCanvas(lines.columns, BANDS);
  frame.sheet.getContext("2d").putImageData(image, 0, 0);
  return frame.sheet;
}

function figure(box, now, view) {
  box.innerHTML = `<canvas role="img"></canvas>`;
  const buttons = document.createElement("div");
  buttons.className = "blend-hear";
  buttons.innerHTML = `<button type="button" class="button" data-hear></button>
    <button type="button" class="button" data-way data-word="blend.hear.way" data-word-title="blend.hear.way_title"></button>`;
  box.after(buttons);
  const drawn = stage(box.firstChild, (pen, width, height) => {
    const { frame } = now();
    pen.imageSmoothingQuality = "high";
    if (frame) pen.drawImage(sheetOf(frame), 0, 0, width, height);
  });
  const mine = { now, button: buttons.querySelector("[data-hear]") };
  mine.button.onclick = () => (heardNow?.figure === mine ? end() : begin(mine, now().frame));
  buttons.querySelector("[data-way]").onclick = () => hearWay(view, now().path, mine);
  const redraw = () => {
    drawn();
    if (heardNow?.figure === mine && !heardNow.way && now().frame !== heardNow.frame) begin(mine, now().frame);
    name(mine);
  };
  onLanguage(() => name(mine));
  return { redraw };
}

// --- hearing ------------------------------------------------------------------------------

let heardNow = null; // {figure, frame, began, end, way}

const name = (figure) => {
  const own = heardNow?.figure === figure;
  figure.button.textContent = word(own ? "blend.stop" : "blend.hear.step");
  figure.button.setAttribute("aria-pressed", String(own));
};

// Plays a frame round and round, from the place at which another one was heard.
function begin(figure, frame, way = false) {
  if (!frame) return;
  stopOthers();
  const when = soon();
  const length = frame.samples.length;
  const before = heardNow;
  const at = before && !way && !before.way ? Math.floor((when - before.began) * RATE) % length : 0;
  before?.end(when);
  const mine = { figure, frame, way, began: when - at / RATE };
  mine.end = voice(frame.samples, { from: 0, to: length, at, loop: !way, when, ended: () => heardNow === mine && end() });
  heardNow = mine;
  for (const each of [before?.figure, figure]) if (each) name(each);
}

function end() {
  const before = heardNow;
  heardNow = null;
  before?.end(soon());
  if (before) name(before.figure);
}

on("playing", () => playing() && heardNow && end()); // one sound at a time on the page

// All of the path in one: A turns into B while it plays.
async function hearWay(view, path, figure) {
  const { road } = view;
  road.ways ??= post("blend/across", view.question()).then((answer) => answer?.json());
  const ways = await road.ways;
  if (!ways) return void (road.ways = null);
  if (road === view.road) begin(figure, { samples: fromPcm(fromBase64(ways[path], Int16Array)) }, true);
}
