// What comes out: four pictures, four sounds and four words of what is believed, in any style, of any seed.

import { play, playing, playOnce, stop } from "../sound/player.js";
import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { recall, remember } from "../memory.js";
import { SENSES, top } from "./figures.js";
import { samplesOf } from "./pcm.js";
import { shownSample, showSample } from "./strip.js";
import { COUNT, joint, roll, styleName, takeSeed, takeStyle } from "./thought.js";
import { soundView } from "./wave.js";

const CHOICES = { pictures: "look", sounds: "voice", words: "tongue" };

const CARD = (part) => `
  <section class="card joint-out" data-sense="${part}" aria-labelledby="joint-out-${part}">
    <div class="card-head"><h2 id="joint-out-${part}"><i class="joint-dot"></i><span data-word="joint.out.${part}"></span></h2>
      <label class="joint-style"><span class="visually-hidden" data-word="joint.out.${CHOICES[part]}"></span>
        <select class="field"></select></label></div>
    <div class="joint-made"></div></section>`;

const FOOT = `
  <div class="joint-foot">
    <button type="button" class="button" data-roll><span aria-hidden="true">⚄</span> <span data-word="joint.out.roll"></span></button>
    <label class="joint-seed"><span data-word="joint.out.seed"></span> <input class="field" type="number" min="0" max="9999" step="1"></label>
    <label class="joint-speak"><input type="checkbox"> <span data-word="joint.out.speak"></span></label>
    <p class="note joint-seconds" role="status"></p></div>`;

let sounds = []; // Float32Array of each sample
let spoken = null; // the meaning that was said by itself last

export function mountOutputs(root) {
  root.innerHTML = `<div class="joint-outs">${SENSES.map(CARD).join("")}</div>${FOOT}`;
  for (const part of SENSES) mountPart(root.querySelector(`[data-sense=${part}]`), part);
  const [seed, speak] = [root.querySelector(".joint-seed input"), root.querySelector(".joint-speak input")];
  root.querySelector("[data-roll]").onclick = roll;
  seed.onchange = () => takeSeed(Math.min(9999, Math.max(0, Math.round(Number(seed.value)) || 0)));
  speak.checked = recall("joint-speak") !== "no";
  speak.onchange = () => remember("joint-speak", speak.checked ? "yes" : "no");
  on("joint.made", () => {
    sounds = (joint.made?.sounds ?? []).map(samplesOf);
    show(root);
    say(speak.checked);
  });
  for (const topic of ["joint.sample", "joint.styles", "joint.busy", "joint.model", "playing"]) on(topic, () => show(root));
  on("joint.model", () => (spoken = null));
  label(root);
  onLanguage(() => joint.model && (fillStyles(root), show(root)));
  on("joint.model", () => fillStyles(root));
}

// Says the first sound when another meaning has come to be believed; browsers allow it after the first touch.
function say(wanted) {
  const meaning = joint.thought?.belief ? top(joint.thought.belief).meaning : null;
  if (meaning === spoken || !sounds.length) return;
  spoken = meaning;
  if (wanted) playOnce(sounds[0], 0.7);
}

// --- one card -----------------------------------------------------------------------------------

function mountPart(card, part) {
  const made = card.querySelector(".joint-made");
  for (let n = 0; n < COUNT; n++) made.append({ pictures: picture, sounds: sound, words: written }[part](n));
  card.querySelector("select").onchange = ({ target }) => takeStyle(part, target.value);
}

const redraws = [];

function picture(n) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-sample" });
  button.append(Object.assign(new Image(), { alt: "", draggable: false, hidden: true }), tag());
  button.onclick = () => showSample(n);
  return button;
}

function sound(n) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-sample" });
  const canvas = button.appendChild(document.createElement("canvas"));
  button.append(Object.assign(document.createElement("b"), { className: "joint-play" }), tag());
  redraws.push(soundView(canvas, () => sounds[n]));
  button.onclick = () => {
    showSample(n);
    if (sounds[n]) playing()?.which === sounds[n] ? stop() : play(sounds[n]);
  };
  return button;
}

function written(n) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-sample" });
  button.append(Object.assign(document.createElement("strong"), { dir: "auto" }), tag());
  button.onclick = () => showSample(n);
  return button;
}

const tag = () => Object.assign(document.createElement("small"), { className: "joint-tag" });

// --- what is shown --------------------------------------------------------------------------------

function fillStyles(root) {
  for (const part of SENSES) {
    const select = root.querySelector(`[data-sense=${part}] select`);
    const names = joint.model.styles[part];
    select.replaceChildren(...["", ...names].map((name) => new Option(name ? styleName(name) : word("joint.style.any"), name)));
    select.value = joint.styles[part];
    select.closest("label").hidden = names.length < 2;
  }
}

function show(root) {
  const { made } = joint;
  root.dataset.state = joint.making ? "busy" : made ? "made" : "empty";
  root.querySelector(".joint-seed input").value = joint.seed;
  root.querySelector(".joint-seconds").textContent = joint.making
    ? word("joint.out.waiting")
    : made ? word("joint.out.seconds", { seconds: made.seconds.toFixed(1) }) : word("joint.out.empty");
  for (const part of SENSES) {
    [...root.querySelectorAll(`[data-sense=${part}] .joint-sample`)].forEach((button, n) => showOne(button, part, n));
  }
  redraws.forEach((redraw) => redraw());
}

function showOne(button, part, n) {
  const { made } = joint;
  button.disabled = !made;
  button.setAttribute("aria-pressed", String(Boolean(made) && n === shownSample()));
  button.querySelector(".joint-tag").textContent = made ? styleName(made.styles[part][n]) : "";
  const key = part === "sounds" ? "joint.out.play" : "joint.out.show";
  button.setAttribute("aria-label", `${made && part === "words" ? `${made.words[n]}. ` : ""}${word(key, { n: n + 1 })}`);
  if (part === "pictures") {
    const image = button.querySelector("img");
    if (made) image.src = made.pictures[n];
    image.hidden = !made;
  }
  if (part === "sounds") button.toggleAttribute("data-playing", Boolean(sounds[n]) && playing()?.which === sounds[n]);
  if (part === "words") button.querySelector("strong").textContent = made ? made.words[n] || "∅" : "";
}
