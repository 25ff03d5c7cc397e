// The buttons and sliders of the plane lab, and the sentences that say what they do.

import { label, onLanguage, word } from "../words.js";
import { NAMES } from "./clouds.js";
import { clearPoints, COLLAPSE, newRace, restart, restartCodebooks, split } from "./race.js";

const CHOICES = { shape: [...NAMES, "drawing"], start: ["points", "kmeans", "corner"], rule: ["ema", "gradient"], speed: ["slow", "fast"] };
const QUICK = 8; // batches of memory below which a code is unsteady
const SLOW = 150; // and above which it is slow

// --- sentences --------------------------------------------------------------------------

// How VQ is doing, as the end of a key.
export function verdict({ points }, { dead, perplexity }) {
  if (!points.length) return "empty";
  if (dead && perplexity < 2) return "collapsed";
  return dead ? "dead" : "good";
}

// What each slider brings about at its present value: [key, values].
export const CONSEQUENCES = {
  size({ size }) {
    const [more, less] = split(size);
    return ["plane.size.means", { size, bits: Number(Math.log2(size).toFixed(2)), more, less }];
  },
  decay({ decay, rule }) {
    if (rule === "gradient") return ["plane.decay.off", {}];
    const batches = Math.round(1 / (1 - decay));
    const key = batches < QUICK ? "quick" : batches > SLOW ? "slow" : "middle";
    return [`plane.decay.${key}`, { batches }];
  },
  beta({ beta, moving }) {
    if (!moving) return ["plane.beta.off", {}];
    const percent = Math.round((100 * beta) / (1 + beta));
    return [`plane.beta.${beta === 0 ? "none" : "means"}`, { percent }];
  },
};

// The slider of d runs evenly over how many batches are remembered, 2 to 1,000.
export const decayAt = (place) => Number((1 - 1 / (2 * 500 ** place)).toFixed(3));
export const placeOf = (decay) => Math.log(1 / (1 - decay) / 2) / Math.log(500);

// --- on the page ------------------------------------------------------------------------

const button = (deed, look = "") => `<button type="button" class="button ${look}" data-deed="${deed}" data-word="plane.deed.${deed}"></button>`;
const toggle = (name) =>
  `<button type="button" class="button toggle" data-toggle="${name}" data-word="plane.toggle.${name}" aria-pressed="false"></button>`;

const segmented = (name) => `
  <div class="choice-of"><span id="choice-${name}" data-word="plane.${name}.title"></span>
    <div class="segmented" role="group" aria-labelledby="choice-${name}">${CHOICES[name]
      .map((value) => `<button type="button" data-choice="${name}" value="${value}" data-word="plane.${name}.${value}"></button>`)
      .join("")}</div></div>`;

const slider = (name, low, high, step) => `
  <div class="slider" data-slider="${name}"><label for="slider-${name}" data-word="plane.${name}.title"></label>
    <input type="range" id="slider-${name}" min="${low}" max="${high}" step="${step}" aria-describedby="means-${name}"><output for="slider-${name}"></output>
    <p class="note" id="means-${name}"></p></div>`;

const DEEDS = `
  <div class="deed-row">${button("run", "main")}${button("step")}${button("reset")}${button("reseed")}
    <span class="apart"></span>${button("collapse", "warning")}
    <span class="cures" role="group" aria-labelledby="cures"><span class="note" id="cures" data-word="plane.cures"></span>
      ${button("kmeans")}${toggle("revival")}</span></div>
  <p class="verdict" role="status" data-verdict></p>`;

const SETTINGS = `
  ${segmented("shape")}
  <p class="note drawing-tools" hidden><span data-word="plane.shape.hint"></span> ${button("clear")}</p>
  ${segmented("start")}${segmented("speed")}${segmented("rule")}<p class="note beside" data-rule></p>
  ${slider("size", 2, 64, 1)}${slider("decay", 0, 1, 0.005)}
  ${slider("beta", 0, 4, 0.05)}<div class="toggles">${toggle("moving")}</div>`;

const ARROWS = `
  ${toggle("arrows")}
  <p class="note legend"><span class="key copied" data-word="plane.arrows.copied"></span>
    <span class="key rotated" data-word="plane.arrows.rotated"></span><span data-word="plane.arrows.note"></span></p>`;

export function mountControls(lab) {
  const { root } = lab;
  root.querySelector(".lab-deeds").innerHTML = DEEDS;
  root.querySelector(".lab-settings").innerHTML = SETTINGS;
  root.querySelector(".lab-arrows").innerHTML = ARROWS;
  for (const element of root.querySelectorAll("[data-deed]")) element.onclick = () => act(lab, element.dataset.deed);
  for (const element of root.querySelectorAll("[data-choice]")) element.onclick = () => choose(lab, element.dataset.choice, element.value);
  for (const element of root.querySelectorAll("[data-toggle]")) element.onclick = () => turn(lab, element.dataset.toggle);
  for (const element of root.querySelectorAll("[data-slider]")) {
    element.querySelector("input").oninput = ({ target }) => slide(lab, element.dataset.slider, Number(target.value));
  }
  lab.tellRunning = () => {
    const run = root.querySelector("[data-deed=run]");
    run.dataset.word = lab.running ? "plane.deed.pause" : "plane.deed.run";
    label(run.parentElement);
  };
  onLanguage(() => tell(lab));
}

const ACTS = {
  run: (lab) => lab.run(!lab.running),
  step: (lab) => (lab.run(false), lab.step()),
  reset: (lab) => restart(lab.race),
  reseed: (lab) => (lab.race = newRace(lab.race.settings, lab.race.seed + 1)),
  collapse(lab) {
    Object.assign(lab.race.settings, COLLAPSE);
    restartCodebooks(lab.race);
    lab.run(true);
  },
  kmeans(lab) {
    lab.race.settings.start = "kmeans";
    restartCodebooks(lab.race);
  },
  clear: (lab) => clearPoints(lab.race),
};

function act(lab, deed) {
  ACTS[deed](lab);
  tell(lab);
  if (deed !== "step") lab.look();
}

function choose(lab, name, value) {
  const { race } = lab;
  if (name === "speed") lab.speed = value;
  else race.settings[name] = value;
  if (name === "shape") lab.race = newRace(race.settings, race.seed);
  if (name === "start") restartCodebooks(race);
  tell(lab);
  lab.look();
}

function turn(lab, name) {
  const holder = name === "arrows" ? lab : lab.race.settings;
  holder[name] = !holder[name];
  tell(lab);
  lab.look();
}

function slide(lab, name, value) {
  lab.race.settings[name] = name === "decay" ? decayAt(value) : value;
  if (name === "size") restart(lab.race);
  tell(lab);
  lab.look();
}

// Shows every setting where it is set.
function tell({ root, arrows, speed, race: { settings } }) {
  const all = { ...settings, arrows, speed };
  for (const element of root.querySelectorAll("[data-choice]"))
    element.setAttribute("aria-pressed", all[element.dataset.choice] === element.value);
  for (const element of root.querySelectorAll("[data-toggle]")) element.setAttribute("aria-pressed", all[element.dataset.toggle]);
  for (const element of root.querySelectorAll("[data-slider]")) tellSlider(element, settings);
  root.querySelector(".drawing-tools").hidden = settings.shape !== "drawing";
  root.querySelector("[data-deed=reseed]").disabled = settings.shape === "drawing"; // those points are the visitor's
  root.querySelector(".racers").toggleAttribute("data-drawing", settings.shape === "drawing");
  root.querySelector("[data-rule]").textContent = word(`plane.rule.means_${settings.rule}`);
  const drawing = settings.shape === "drawing";
  for (const canvas of root.querySelectorAll(".racer canvas")) {
    canvas.tabIndex = drawing ? 0 : -1;
    canvas.setAttribute("role", drawing ? "application" : "img"); // arrow keys are ours only while we draw
  }
}

function tellSlider(element, settings) {
  const name = element.dataset.slider;
  const input = element.querySelector("input");
  const text = String(settings[name]);
  input.value = name === "decay" ? placeOf(settings.decay) : settings[name];
  input.setAttribute("aria-valuetext", text);
  element.querySelector("output").textContent = text;
  const [key, values] = CONSEQUENCES[name](settings);
  element.querySelector("p").textContent = word(key, values);
  element.toggleAttribute("data-off", key.endsWith(".off"));
}
