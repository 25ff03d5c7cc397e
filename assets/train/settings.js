// What a run is made of: the pictures, the quantizer and its numbers.

import { on } from "../store.js";
import { label, language, onLanguage, word } from "../words.js";
import { mountOwn } from "./own.js";
import { MEANS, placeOf, places, STARTS, takes, valueAt } from "./sliders.js";
import { begin, choose, chosen, chosenSet, differs, isAlive, open, training } from "./training.js";

const NAMES = { vq: "VQ", simvq: "SimVQ", gumbel: "Gumbel", rvq: "RVQ", fsq: "FSQ", lfq: "LFQ", bsq: "BSQ" };
const SLIDERS = ["codebook_size", "num_codebooks", "dim", "commitment", "learning_rate"];

// Short names as the papers have them; the others are words of a language.
export const nameOf = (quantizer) => NAMES[quantizer] ?? word(`train.name.${quantizer}`);

const slider = (name) => `
  <div class="slider" data-slider="${name}"><label for="train-${name}" data-word="train.${name}.title"></label>
    <input type="range" id="train-${name}" aria-describedby="train-${name}-means"><output for="train-${name}"></output>
    <p class="note" id="train-${name}-means"></p></div>`;

const FRAME = `
  <div class="card-head"><h2 data-word="train.settings"></h2>
    <button type="button" class="button quiet" data-usual data-word="train.usual"></button></div>
  <h3 id="train-sets" data-word="train.pictures"></h3>
  <div class="train-sets" role="group" aria-labelledby="train-sets"></div>
  <div data-own></div>
  <h3 id="train-quantizers" data-word="train.quantizer"></h3>
  <div class="segmented train-quantizers" role="group" aria-labelledby="train-quantizers"></div>
  <p class="note train-meaning" data-quantizer></p>
  <div class="train-sliders">${SLIDERS.slice(0, 3).map(slider).join("")}
    <fieldset class="train-starts"><legend data-word="train.starts"></legend>${STARTS.map(
      (name) => `<button type="button" class="button toggle" data-start="${name}" data-word="train.cure.${name}.name"></button>`,
    ).join("")}</fieldset>
    <p class="train-live note" data-word="train.live"></p>${SLIDERS.slice(3).map(slider).join("")}</div>
  <div class="train-anew"><button type="button" class="button" data-anew data-word="train.anew"></button>
    <p class="note" data-word="train.anew_note"></p></div>
  <div class="train-earlier" hidden><h3 data-word="train.earlier"></h3><div></div></div>`;

export function mountSettings(root) {
  root.innerHTML = FRAME;
  const { menu } = training;
  root.querySelector(".train-sets").replaceChildren(...menu.sets.map(setButton));
  root.querySelector(".train-quantizers").replaceChildren(...menu.quantizers.map(quantizerButton));
  mountOwn(root.querySelector("[data-own]"), root.querySelector(".train-sets"));
  for (const box of root.querySelectorAll("[data-slider]")) mountSlider(box, menu.ranges[box.dataset.slider]);
  for (const button of root.querySelectorAll("[data-start]"))
    button.onclick = () => choose({ [button.dataset.start]: !chosen()[button.dataset.start] });
  root.querySelector("[data-usual]").onclick = () => choose(menu.defaults);
  root.querySelector("[data-anew]").onclick = () => begin();
  label(root);
  for (const topic of ["told", "draft", "status"]) on(topic, () => tell(root));
  onLanguage(() => tell(root));
}

function setButton({ name, pictures }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "train-set" });
  button.dataset.set = name;
  button.onclick = () => choose({ set: name });
  const picture = button.appendChild(document.createElement("span"));
  picture.style.backgroundImage = `url("${new URL(`bench/train/set/${name}`, document.baseURI)}")`;
  const text = button.appendChild(document.createElement("b"));
  text.dataset.word = `train.set.${name}`;
  const count = button.appendChild(document.createElement("small"));
  count.dataset.count = pictures;
  return button;
}

function quantizerButton(name) {
  const button = Object.assign(document.createElement("button"), { type: "button", value: name });
  button.onclick = () => choose({ quantizer: name });
  return button;
}

function mountSlider(box, range) {
  const { slider: name } = box.dataset;
  const input = box.querySelector("input");
  Object.assign(input, places(name, range));
  input.oninput = () => choose({ [name]: valueAt(name, Number(input.value), range) });
}

// --- how things are set -------------------------------------------------------------------

let told = ""; // what the form shows, so that a status that changes nothing touches nothing

function tell(root) {
  const settings = chosen();
  const { basket, earlier, busy } = training;
  const now = JSON.stringify([settings, chosenSet(), basket, earlier, training.id, differs(), isAlive(), busy, language()]);
  if (now === told) return;
  told = now;
  for (const button of root.querySelectorAll("[data-set]"))
    button.setAttribute("aria-pressed", button.dataset.set === chosenSet());
  for (const small of root.querySelectorAll("[data-count]"))
    small.textContent = word("train.count", { count: Number(small.dataset.count) });
  for (const button of root.querySelectorAll(".train-quantizers button")) {
    button.textContent = nameOf(button.value);
    button.setAttribute("aria-pressed", button.value === settings.quantizer);
  }
  root.querySelector("[data-quantizer]").textContent = word(`train.means.${settings.quantizer}`);
  for (const box of root.querySelectorAll("[data-slider]")) tellSlider(box, settings);
  for (const button of root.querySelectorAll("[data-start]")) {
    button.disabled = !takes(settings.quantizer, button.dataset.start);
    button.setAttribute("aria-pressed", settings[button.dataset.start] && !button.disabled);
  }
  root.querySelector(".train-anew").toggleAttribute("data-due", isAlive() && differs());
  root.querySelector("[data-anew]").disabled = training.busy;
  tellEarlier(root.querySelector(".train-earlier"));
}

function tellSlider(box, settings) {
  const { slider: name } = box.dataset;
  const input = box.querySelector("input");
  box.hidden = !takes(settings.quantizer, name);
  input.value = placeOf(name, settings[name], training.menu.ranges[name]);
  input.setAttribute("aria-valuetext", String(settings[name]));
  box.querySelector("output").textContent = String(settings[name]);
  const [key, values] = MEANS[name](settings);
  box.querySelector("p").textContent = word(key, values);
}

function tellEarlier(box) {
  const others = training.earlier.filter(({ id }) => id !== training.id);
  box.hidden = !others.length;
  box.querySelector("div").replaceChildren(...others.map((run) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    const set = word(`train.set.${run.set}`);
    button.textContent = word("train.run", { set, quantizer: nameOf(run.quantizer), step: run.step });
    button.onclick = () => open(run.id);
    return button;
  }));
}
