// Blind trials: two outputs of nearly the same size without their names, or one beside the original. What is liked, and
// what is noticed, is counted.

import { luck } from "../sound/blind.js";
import { label, onLanguage, word } from "../words.js";
import { pairs } from "./figures.js";
import { measureName, nameOf, rateText, titleOf } from "./looks.js";
import { mountPictures } from "./pictures.js";
import { drawn, measureNow, onAny, outputOf, race } from "./race.js";
import { mountSounds } from "./sounds.js";
import { mountTexts } from "./texts.js";

const MEDIA = { image: mountPictures, audio: mountSounds, text: mountTexts };
const MODES = ["nearer", "original"];

export function mountBlind(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="compare.blind.title"></h2>
      <div class="segmented" role="group" data-word-label="compare.blind.title">${MODES.map(
        (mode) => `<button type="button" data-mode="${mode}" data-word="compare.blind.mode.${mode}"></button>`,
      ).join("")}</div></div>
    <p class="note" data-lead></p>
    <div class="blind-panes" hidden></div>
    <div class="blind-deeds">
      <button type="button" class="button" data-answer="0"></button>
      <button type="button" class="button" data-answer="-1" data-word="compare.blind.neither"></button>
      <button type="button" class="button" data-answer="1"></button>
      <button type="button" class="button main" data-next></button>
    </div>
    <p class="blind-said" role="status"></p>`;
  const trial = { root, mode: "nearer", pair: null, answer: null, medium: null, ...NO_SCORE() };
  for (const button of root.querySelectorAll("button[data-mode]")) button.onclick = () => (close(trial), Object.assign(trial, { mode: button.dataset.mode }), show(trial));
  for (const button of root.querySelectorAll("[data-answer]")) button.onclick = () => (reply(trial, Number(button.dataset.answer)), show(trial));
  root.querySelector("[data-next]").onclick = () => begin(trial);
  onAny(["input"], () => (close(trial), race.kind === trial.kind || Object.assign(trial, { kind: race.kind, ...NO_SCORE() }), show(trial)));
  onAny(["points", "axes"], () => show(trial));
  label(root);
  onLanguage(() => show(trial));
}

// wins: family → how often it was nearer; agreed, of measured: how often the measure says so too; right, of trials:
// how often the original was found
const NO_SCORE = () => ({ wins: new Map(), agreed: 0, measured: 0, right: 0, trials: 0 });

const coin = () => crypto.getRandomValues(new Uint8Array(1))[0] % 2;
const any = (list) => list[Math.floor(Math.random() * list.length)];

// Nearly equal sizes where there are any, else the most alike there are.
const candidates = () => [1.3, 2, 4, 16].map((within) => pairs(drawn(), within)).find((found) => found.length) ?? [];

function close(trial) {
  trial.medium?.end();
  Object.assign(trial, { pair: null, answer: null, medium: null });
  trial.root.querySelector(".blind-panes").replaceChildren();
}

function begin(trial) {
  const found = candidates();
  if (!found.length) return;
  close(trial);
  const [a, b] = any(found);
  const pair = trial.mode === "nearer" ? [a, b] : [null, coin() ? a : b]; // null is the original
  trial.pair = coin() ? pair : pair.reverse();
  mountPanes(trial);
  show(trial);
}

// The original stands in the middle; where it is what has to be found, it has no pane of its own.
function mountPanes(trial) {
  const box = trial.root.querySelector(".blind-panes");
  const [first, original, second] = ["1", "", "2"].map((name) => {
    const pane = Object.assign(document.createElement("figure"), { className: "pane" });
    const head = Object.assign(document.createElement("figcaption"), { className: "pane-head", textContent: name || word("compare.original") });
    pane.append(head, Object.assign(document.createElement("div"), { className: "pane-body" }));
    return pane;
  });
  const isShown = trial.mode === "nearer";
  box.replaceChildren(...(isShown ? [first, original, second] : [first, second]));
  const bodies = [original, first, second].map((pane) => pane.lastChild);
  trial.medium = MEDIA[race.kind](bodies, document.createElement("div"));
  fill(trial.medium, trial, [isShown ? null : undefined, ...trial.pair]);
}

// Puts an output into each pane; sounds equally loud, since what is louder is liked better. undefined is no output.
async function fill(medium, trial, points) {
  const blobs = await Promise.all(points.map((point) => point !== undefined && outputOf(point)));
  if (medium !== trial.medium) return;
  if (medium.putEven) return medium.putEven(blobs);
  blobs.forEach((blob, pane) => blob && medium.put(pane, blob));
}

function reply(trial, answer) {
  const { pair, mode } = trial;
  trial.answer = answer;
  trial.trials += Number(mode === "original" && answer >= 0);
  if (answer < 0) return;
  const chosen = pair[answer];
  if (mode === "original") {
    trial.right += Number(chosen === null);
    return;
  }
  trial.wins.set(chosen.family, (trial.wins.get(chosen.family) ?? 0) + 1);
  const lead = measureNow().better * (chosen.quality[race.measure] - pair[1 - answer].quality[race.measure]);
  if (!Number.isFinite(lead)) return;
  trial.measured += 1;
  trial.agreed += Number(lead > 0);
}

// --- what is shown ----------------------------------------------------------------------------

function show(trial) {
  const { root, mode, pair, answer } = trial;
  for (const button of root.querySelectorAll("button[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  const lead = [word(`compare.blind.lead.${mode}`), race.kind === "audio" && word("compare.blind.even")];
  root.querySelector("[data-lead]").textContent = lead.filter(Boolean).join(" ");
  root.querySelector(".blind-panes").hidden = !pair;
  root.querySelector(".blind-panes").dataset.mode = mode;
  for (const button of root.querySelectorAll("[data-answer]")) {
    button.hidden = !pair || answer !== null;
    const place = Number(button.dataset.answer);
    if (place >= 0) button.textContent = word(`compare.blind.${mode}`, { name: place + 1 });
  }
  const next = root.querySelector("[data-next]");
  next.hidden = Boolean(pair) && answer === null;
  next.disabled = !candidates().length;
  next.textContent = word(pair ? "compare.blind.next" : "compare.blind.begin");
  root.querySelector(".blind-said").textContent = [pair && answer !== null ? revealed(trial) : "", score(trial)].filter(Boolean).join(" ");
}

function revealed({ pair, mode, answer }) {
  const [one, two] = pair.map((point) => (point ? `${nameOf(point)} (${rateText(point)})` : word("compare.original")));
  const names = word("compare.blind.were", { one, two });
  if (mode === "nearer" || answer < 0) return names;
  return `${word(pair[answer] ? "compare.blind.wrong" : "compare.blind.right")} ${names}`;
}

function score({ mode, wins, agreed, measured, right, trials }) {
  if (mode === "original") {
    return trials ? word("compare.blind.found", { right, trials, percent: Math.round(100 * luck(right, trials)) }) : "";
  }
  const tally = [...wins].sort((a, b) => b[1] - a[1]).map(([family, count]) => `${titleOf(family)} ${count}`).join(", ");
  if (!tally) return "";
  return [word("compare.blind.nearest", { tally }), measured && word("compare.blind.agreed", { measure: measureName(race.measure), agreed, measured })].filter(Boolean).join(" ");
}
