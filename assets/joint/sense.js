// What the three cards of the senses share: a name, whether it is heeded, what it believes, and how much it counts.

import { on } from "../store.js";
import { label, onLanguage, sentence, word } from "../words.js";
import { percent, top } from "./figures.js";
import { called, disturb, joint, mute, weigh } from "./thought.js";

const FRAME = (sense, noise) => `
  <div class="card-head"><h2><i class="joint-dot"></i><span data-word="joint.sense.${sense}"></span></h2>
    <p class="joint-opinion" aria-live="polite"></p>
    <button type="button" class="button quiet joint-mute" aria-pressed="false"></button></div>
  <div class="joint-body"></div>
  <p class="note joint-problem" role="status"></p>
  <div class="joint-sliders">
    <label class="joint-slider"><span data-word="joint.weight"></span>
      <input type="range" min="0" max="3" step="0.1" value="1" data-weight><output></output></label>
    ${noise ? `<label class="joint-slider"><span data-word="joint.noise.${sense}"></span>
      <input type="range" min="0" max="3" step="0.1" value="0" data-noise><output></output></label>` : ""}
  </div>`;

// Fills a card, and gives its body for what is particular to the sense.
export function senseCard(root, sense, { noise = false } = {}) {
  root.innerHTML = FRAME(sense, noise);
  const [silencer, weight, noisy] = [".joint-mute", "[data-weight]", "[data-noise]"].map((part) => root.querySelector(part));
  silencer.onclick = () => mute(sense, !joint.muted[sense]);
  weight.oninput = () => weigh(sense, Number(weight.value));
  if (noisy) noisy.oninput = () => disturb(sense, Number(noisy.value));
  const show = () => {
    weight.value = joint.weights[sense];
    weight.nextElementSibling.textContent = `× ${joint.weights[sense].toFixed(1)}`;
    if (noisy) noisy.value = joint.noise[sense];
    if (noisy) noisy.nextElementSibling.textContent = joint.noise[sense].toFixed(1);
    silencer.textContent = word(joint.muted[sense] ? "joint.unmute" : "joint.mute");
    silencer.setAttribute("aria-pressed", String(joint.muted[sense]));
    silencer.disabled = !joint.given[sense];
    root.dataset.state = joint.muted[sense] ? "muted" : joint.given[sense] ? "given" : "empty";
    tell(root, sense);
  };
  for (const topic of ["joint.given", "joint.thought", "joint.model"]) on(topic, show);
  label(root);
  onLanguage(() => joint.model && show());
  return root.querySelector(".joint-body");
}

function tell(root, sense) {
  const opinion = joint.from === "given" && joint.given[sense] && !joint.muted[sense] ? joint.thought?.senses?.[sense] : null;
  const problem = joint.from === "given" ? joint.thought?.problems?.[sense] : null;
  const line = root.querySelector(".joint-opinion");
  const said = opinion && top(opinion.belief);
  line.textContent = said
    ? word("joint.counts", { meaning: called(said.meaning), percent: percent(said.share), share: percent(opinion.share) })
    : word(joint.muted[sense] ? "joint.muted" : "joint.nothing_yet");
  root.querySelector(".joint-problem").textContent = problem ? sentence(problem) : "";
}

// A button that opens a list of small things to begin with; `fill(list)` puts them there at the first opening.
export function sampleList(root, fill) {
  const details = Object.assign(document.createElement("details"), { className: "joint-samples" });
  details.innerHTML = `<summary class="button" data-word="joint.samples"></summary><div class="joint-samples-list"></div>`;
  const list = details.querySelector("div");
  const empty = () => (details.open = false, list.replaceChildren());
  details.ontoggle = () => {
    list.hidden = !details.open;
    if (details.open && !list.children.length) fill(list);
  };
  on("joint.model", empty);
  root.append(details);
  return details;
}

// A file as a data URL.
export const dataUrl = (blob) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
