// Above and below the preview strip: what is done with the run, how it stands, and the way back through it.

import { ask, post } from "../asking.js";
import { download } from "../files.js";
import { on } from "../store.js";
import { label, language, onLanguage, sentence, word } from "../words.js";
import { placeOf, work } from "./frames.js";
import { duration, figures, rounded, situation } from "./story.js";
import { act, begin, differs, isActive, isAlive, look, shown, training } from "./training.js";

const CALM = 6000; // ms between two sentences to a reader of the screen, but for news that matter
const NUMBERS = ["step", "psnr", "perplexity", "dead", "speed"];

const button = (deed, look = "") => `
  <button type="button" class="button ${look}" data-deed="${deed}" data-word="train.deed.${deed}"></button>`;

const number = (name) => `<div><dt data-word="train.number.${name}"></dt><dd data-number="${name}"></dd></div>`;

const DEEDS = `
  ${button("run", "main")}${button("step")}${button("stop")}<span class="apart"></span>${button("save")}${button("keep")}`;

const BELOW = `
  <div class="scrub"><label for="train-scrub" class="visually-hidden" data-word="train.scrub.label"></label>
    <input type="range" id="train-scrub" min="0" max="0" value="0" disabled><output for="train-scrub"></output>
    <button type="button" class="button" data-live data-word="train.scrub.live"></button></div>
  <dl class="train-numbers">${NUMBERS.map(number).join("")}</dl>
  <p class="train-say" data-say></p><p class="visually-hidden" role="status" data-announce></p>`;

export function mountControls(above, below) {
  above.innerHTML = DEEDS;
  below.innerHTML = BELOW;
  for (const element of above.querySelectorAll("[data-deed]")) element.onclick = () => ACTS[element.dataset.deed](element);
  const scrub = below.querySelector("input");
  scrub.oninput = () => look(training.frames[Number(scrub.value)].n);
  below.querySelector("[data-live]").onclick = () => look(-1);
  for (const root of [above, below]) label(root);
  const show = () => (tellDeeds(above), tellScrub(below), tellNumbers(below), tellSentence(below));
  for (const topic of ["told", "frames", "shown", "status", "draft"]) on(topic, show);
  onLanguage(show);
}

// --- deeds --------------------------------------------------------------------------------

// A run that took no step yet is given up for one with other settings: nothing is lost with it.
const isFresh = () => !isAlive() || (!training.status.step && differs());

const ACTS = {
  run: () => (isFresh() ? begin() : act(isActive() ? "pause" : "run")),
  step: () => (isFresh() ? begin({ deed: "step" }) : act("step")),
  stop: () => act("stop"),
  async save(button) {
    button.disabled = true;
    const answer = await ask(`train/${training.id}/checkpoint.zip`);
    if (answer) download(await answer.blob(), "checkpoint.zip");
    button.disabled = false;
  },
  async keep(button) {
    button.disabled = true;
    const answer = await post(`train/${training.id}/keep`, {});
    button.disabled = false;
    if (answer) location.href = new URL((await answer.json()).address, document.baseURI).href;
  },
};

function tellDeeds(root) {
  const { busy, status, forgotten } = training;
  const run = root.querySelector("[data-deed=run]");
  const key = isActive() ? "pause" : isAlive() && status.step && !isFresh() ? "continue" : "run";
  write(run, word(`train.deed.${key}`));
  run.dataset.word = `train.deed.${key}`;
  run.disabled = busy;
  root.querySelector("[data-deed=step]").disabled = busy || isActive();
  root.querySelector("[data-deed=stop]").disabled = busy || !isAlive();
  for (const name of ["save", "keep"]) root.querySelector(`[data-deed=${name}]`).disabled = busy || forgotten || !status?.step;
}

// --- the way back -------------------------------------------------------------------------

function tellScrub(root) {
  const { frames, at } = training;
  const input = root.querySelector("input");
  input.max = Math.max(0, frames.length - 1);
  input.value = Math.max(0, placeOf(frames, at));
  input.disabled = frames.length < 2;
  const step = shown()?.step ?? 0;
  input.setAttribute("aria-valuetext", word("train.scrub.step", { step }));
  write(root.querySelector("output"), word("train.scrub.of", { step, last: frames.at(-1)?.step ?? 0 }));
  const live = root.querySelector("[data-live]");
  live.disabled = at < 0;
  live.toggleAttribute("data-on", at < 0 && isActive());
}

// --- numbers and the sentence -------------------------------------------------------------

function tellNumbers(root) {
  const frame = shown();
  const { all, size, dead, perplexity } = frame ? work(frame) : {};
  const speed = training.status?.steps_per_second;
  const texts = {
    step: frame ? frame.step.toLocaleString(language()) : "–",
    psnr: frame ? `${frame.psnr_db.toFixed(1)} dB` : "–",
    perplexity: all ? word("train.number.of", { value: rounded(perplexity), all: size }) : "–",
    dead: all ? word("train.number.of", { value: String(dead), all }) : "–",
    speed: speed && isActive() ? word("train.number.per_second", { value: speed.toFixed(speed < 10 ? 1 : 0) }) : "–",
  };
  for (const name of NUMBERS) write(root.querySelector(`[data-number=${name}]`), texts[name]);
}

let announced = { what: "", at: -Infinity };

function tellSentence(root) {
  const what = training.at >= 0 ? "rewound" : situation(training);
  const text = said(what);
  write(root.querySelector("[data-say]"), text);
  if (what === announced.what && performance.now() - announced.at < CALM) return;
  announced = { what, at: performance.now() };
  write(root.querySelector("[data-announce]"), text);
}

function said(what) {
  const { status } = training;
  if (what === "failed" && status.error) return sentence(status.error);
  const wait = what === "queue_time" ? word(...duration(status.wait_s)) : "";
  const isCodeless = ["running", "rewound"].includes(what) && !work(shown()).all;
  const values = { ...figures(shown()), ahead: status?.ahead ?? 0, last: status?.step ?? 0, wait };
  const key = isCodeless ? what + "_codeless" : what;
  return word(`train.say.${key}`, values);
}

// Only what changed: a reader of the screen says a status whenever it is written.
const write = (element, text) => element.textContent !== text && (element.textContent = text);
