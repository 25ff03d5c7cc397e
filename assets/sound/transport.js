// Play and stop, which of the three is heard, round and round or once, and the time.

import { on } from "../store.js";
import { onLanguage, word } from "../words.js";
import { clip, mark, RATE } from "./clip.js";
import { LANES } from "./lanes.js";
import { goRound, hear, hearing, part, playing, position, toggle } from "./player.js";

const ICONS = {
  play: "M7 4.5v15l13-7.5z",
  stop: "M6 6h12v12H6z",
  round: "M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4",
  clear: "M6 6l12 12M18 6L6 18",
};
const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

export function mountTransport(root) {
  root.innerHTML = `
    <button type="button" class="button main" data-toggle>${icon("play")}<span></span></button>
    <div class="segmented" role="group" data-word-label="sound.waves.heard">${LANES.map(
      (which) => `<button type="button" data-heard="${which}" data-word="sound.waves.${which}"></button>`,
    ).join("")}</div>
    <button type="button" class="tool" data-round data-word-title="sound.waves.loop_hint">${icon("round")}<span data-word="sound.waves.loop"></span></button>
    <button type="button" class="tool" data-clear data-word-title="sound.waves.clear" hidden>${icon("clear")}<span></span></button>
    <span class="time"></span>`;
  const find = (part) => root.querySelector(`[data-${part}]`);
  find("toggle").onclick = toggle;
  find("round").onclick = () => goRound(!hearing.loop);
  find("clear").onclick = () => mark(null);
  for (const button of root.querySelectorAll("[data-heard]")) button.onclick = () => hear(button.dataset.heard);
  const show = () => (showToggle(find("toggle")), showChoices(root), showMarked(find("clear")), showTime(root));
  for (const topic of ["loaded", "playing", "hearing", "range"]) on(topic, show);
  on("head", () => showTime(root));
  onLanguage(show);
}

function showToggle(button) {
  const deed = playing() ? "stop" : "play";
  button.querySelector("path").setAttribute("d", ICONS[deed]);
  button.querySelector("span").textContent = word(`sound.waves.${deed}`);
  button.disabled = !clip.sound.length;
}

function showChoices(root) {
  for (const button of root.querySelectorAll("[data-heard]")) {
    button.setAttribute("aria-pressed", String(button.dataset.heard === hearing.which));
    button.disabled = !clip.original && button.dataset.heard !== "resynthesis";
  }
  root.querySelector("[data-round]").setAttribute("aria-pressed", String(hearing.loop));
}

const seconds = (samples) => (samples / RATE).toFixed(2);

function showMarked(button) {
  button.hidden = !clip.range;
  const [from, to] = [part().from, part().to].map(seconds);
  button.querySelector("span").textContent = word("sound.waves.marked", { from, to });
}

function showTime(root) {
  const at = seconds(position() ?? hearing.cursor);
  root.querySelector(".time").textContent = word("sound.waves.time", { at, all: seconds(clip.sound.length) });
}
