// The collapse theatre: one press sets up a run whose codes die, the next presses bring them back.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { canCure, cured, CURES, figures, isTaken, rounded, verdict } from "./story.js";
import { act, begin, isAlive, shown, training } from "./training.js";
import { placeOf, work } from "./frames.js";

const CURED = 3; // cures whose effect is listed

const cureLine = (cure) => `
  <li><button type="button" class="button" data-cure="${cure}" data-word="train.cure.${cure}.name"
      aria-describedby="train-cure-${cure}"></button>
    <span class="note" id="train-cure-${cure}" data-word="train.cure.${cure}.means"></span></li>`;

const FRAME = `
  <h2 data-word="train.theatre.title"></h2>
  <p class="note" data-word="train.theatre.lead"></p>
  <div class="act"><b aria-hidden="true">1</b>
    <button type="button" class="button warning" data-collapse data-word="train.theatre.collapse"></button></div>
  <div class="gauge" role="img"><span></span><i></i></div>
  <p class="narration" data-narration></p>
  <div class="act"><b aria-hidden="true">2</b><span id="train-cures" data-word="train.theatre.cure"></span></div>
  <ul class="cures" aria-labelledby="train-cures">${CURES.map(cureLine).join("")}</ul>
  <ol class="effects" data-effects></ol>`;

export function mountTheatre(root) {
  root.innerHTML = FRAME;
  root.querySelector("[data-collapse]").onclick = () => begin({ scene: "collapse" });
  for (const button of root.querySelectorAll("[data-cure]")) button.onclick = () => cure(button.dataset.cure);
  label(root);
  for (const topic of ["told", "frames", "shown", "status"]) on(topic, () => tell(root));
  onLanguage(() => tell(root));
}

// A cure is to be seen at work: it looks at the newest frame, and sets a paused run going.
async function cure(name) {
  training.at = -1;
  if (await act(name)) await act("run");
}

function tell(root) {
  const { busy, status } = training;
  root.querySelector("[data-collapse]").disabled = busy;
  for (const button of root.querySelectorAll("[data-cure]")) {
    const { cure } = button.dataset;
    button.disabled = busy || !isAlive() || !status.step || !canCure(cure, status.settings);
    button.toggleAttribute("data-on", Boolean(status) && isTaken(cure, status));
  }
  const frame = shown();
  write(root.querySelector("[data-narration]"), word(`train.verdict.${verdict(frame)}`, figures(frame)));
  tellGauge(root.querySelector(".gauge"), frame);
  tellEffects(root.querySelector("[data-effects]"));
}

// Perplexity as a share of V.
function tellGauge(gauge, frame) {
  const { perplexity, size } = frame ? work(frame) : { perplexity: 0, size: 0 };
  gauge.style.setProperty("--share", size ? Math.min(1, perplexity / size) : 0);
  gauge.dataset.verdict = verdict(frame);
  const text = word("train.theatre.gauge", { perplexity: size ? rounded(perplexity) : "–", size: size || "–" });
  write(gauge.querySelector("span"), text);
  gauge.setAttribute("aria-label", text);
}

function tellEffects(list) {
  const seen = training.frames.slice(0, placeOf(training.frames, training.at) + 1);
  const texts = cured(seen).slice(-CURED).map(effect);
  if (texts.join() === [...list.children].map((item) => item.textContent).join()) return;
  const item = (textContent) => Object.assign(document.createElement("li"), { textContent });
  list.replaceChildren(...texts.map(item));
}

// An exchange of the quantizer may change V, so both sides say theirs.
function effect({ cure, step, before, after }) {
  const [was, is] = [work(before), work(after)];
  const values = {
    step, cure: word(`train.cure.${cure}.name`),
    before: rounded(was.perplexity), before_size: was.size, before_psnr: before.psnr_db.toFixed(1),
    after: rounded(is.perplexity), after_size: is.size, after_psnr: after.psnr_db.toFixed(1),
  };
  return word("train.theatre.effect", values);
}

// Only what changed: a reader of the screen reads anew whatever is written.
const write = (element, text) => element.textContent !== text && (element.textContent = text);

