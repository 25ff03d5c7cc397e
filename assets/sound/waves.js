// The card of the sound itself: three lanes on one time axis, the playhead, and what one needs to listen.

import { on } from "../store.js";
import { onLanguage, word } from "../words.js";
import { mountBlind } from "./blind.js";
import { clip } from "./clip.js";
import { mountFigures } from "./figures.js";
import { LANES, mountLanes } from "./lanes.js";
import { mountMarking } from "./marking.js";
import { playing } from "./player.js";
import { mountPlayhead } from "./playhead.js";
import { mountTransport } from "./transport.js";

const LOOKS = ["spectrogram", "waveform"];

export function mountWaves(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="sound.waves.title"></h2>
      <div class="segmented" data-looks role="group" data-word-label="sound.waves.view"></div></div>
    <div class="lanes">
      <canvas class="over" tabindex="0" role="slider" data-word-label="sound.waves.canvas"></canvas>
      <span class="spinner" hidden></span>
    </div>
    <div class="transport"></div>
    <div class="chips"></div>
    <p class="note" data-note></p>
    <div class="source" hidden></div>
    <details class="blind"></details>`;
  const find = (part) => root.querySelector(part);
  const [box, over] = [find(".lanes"), find(".over")];
  const look = mountLanes(box);
  const hands = { laneAt: (y) => laneAt(box, y), lanes: () => (clip.original ? LANES : ["resynthesis"]) };
  const drafted = mountMarking(over, { ...hands, redraw: () => redraw() });
  const redraw = mountPlayhead(over, drafted);
  mountTransport(find(".transport"));
  mountFigures(find(".chips"), find(".source"));
  mountBlind(find(".blind"));
  mountLooks(root, look);
  on("busy", (busy) => (find(".spinner").hidden = !busy));
  on("playing", () => {
    for (const lane of box.querySelectorAll(".lane")) lane.toggleAttribute("data-heard", lane.dataset.lane === playing()?.which);
  });
}

function laneAt(box, y) {
  const lanes = [...box.querySelectorAll(".lane")];
  const under = (lane) => y >= lane.offsetTop && y < lane.offsetTop + lane.offsetHeight;
  return lanes.find(under)?.dataset.lane ?? "";
}

function mountLooks(root, show) {
  const group = root.querySelector("[data-looks]");
  let shown = LOOKS[0];
  const note = () => {
    const line = root.querySelector("[data-note]");
    line.textContent = clip.original ? word(`sound.waves.note.${shown}`) : word("sound.waves.note.alone");
  };
  for (const look of LOOKS) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.word = `sound.waves.look.${look}`;
    button.setAttribute("aria-pressed", String(look === shown));
    button.onclick = () => {
      shown = look;
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
      show(look);
      note();
    };
    group.append(button);
  }
  on("loaded", note);
  onLanguage(note);
}
