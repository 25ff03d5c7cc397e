// Play, pause, step, rewind: one bar for all lanes, each of which shows the frame at that share of its way.

import { on, emit } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { nextStop } from "./frames.js";
import { arrived, making, moveTo, placeOf } from "./making.js";

const WHOLE = 6; // seconds from the first frame to the last
const SPEEDS = [0.25, 0.5, 1, 2, 8];

export function mountPlayer(root) {
  root.innerHTML = `
    <button type="button" class="button main gen-play" data-deed="play"></button>
    <button type="button" class="button" data-deed="back" data-word-label="generate.deed.back" data-word-title="generate.deed.back">◂</button>
    <button type="button" class="button" data-deed="forth" data-word-label="generate.deed.forth" data-word-title="generate.deed.forth">▸</button>
    <input type="range" min="0" max="1" step="0.001" value="0" data-word-label="generate.scrub">
    <label class="gen-speed"><span data-word="generate.speed"></span><select class="field">${SPEEDS.map(
      (speed) => `<option value="${speed}"${speed === 1 ? " selected" : ""}>${speed} ×</option>`,
    ).join("")}</select></label>`;
  const [play, scrub, speed] = ["[data-deed=play]", "input", "select"].map((part) => root.querySelector(part));
  play.onclick = () => (making.playing ? moveTo(making.progress) : moveTo(making.progress >= 1 ? 0 : making.progress, { playing: true }));
  root.querySelector("[data-deed=back]").onclick = () => stepTo(-1);
  root.querySelector("[data-deed=forth]").onclick = () => stepTo(1);
  scrub.oninput = () => moveTo(Math.min(Number(scrub.value), arrived()));
  speed.onchange = () => (making.speed = Number(speed.value));
  const show = () => {
    play.textContent = word(making.playing ? "generate.deed.pause" : making.progress >= 1 ? "generate.deed.replay" : "generate.deed.play");
    if (document.activeElement !== scrub || making.playing) scrub.value = making.progress;
    scrub.setAttribute("aria-valuetext", making.lanes.map((lane) => word("generate.step", { step: placeOf(lane), steps: lane.total })).join(", "));
  };
  for (const topic of ["progress", "lanes", "frames"]) on(topic, show);
  on("lanes", wind);
  on("progress", wind);
  label(root);
  onLanguage(show);
}

const stepTo = (direction) => moveTo(Math.min(arrived(), nextStop(making.progress, making.lanes.map(({ total }) => total), direction)));

// --- the clock ------------------------------------------------------------------------------

let last = 0; // when the clock ticked last, 0 while it stands

function wind() {
  if (!making.playing || last) return;
  last = performance.now();
  requestAnimationFrame(tick);
}

function tick(now) {
  if (!making.playing) return (last = 0);
  const moved = Math.min(making.progress + (Math.max(0, now - last) / 1000 / WHOLE) * making.speed, arrived());
  last = now;
  const ended = moved >= 1;
  if (moved !== making.progress || ended) {
    Object.assign(making, { progress: moved, playing: !ended });
    emit("progress");
    if (ended) return (last = 0), emit("picked");
  }
  requestAnimationFrame(tick);
}
