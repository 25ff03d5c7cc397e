// Choosing B: a sample or a file of the same medium, or a text that is written.

import { ask } from "../asking.js";
import { isTooLarge, LARGEST } from "../files.js";
import { on, say, state } from "../store.js";
import { onLanguage, word } from "../words.js";

const REST = 350; // ms after the last key

// Gives begin(), which takes a sample that is not A, unless B was chosen already.
//   medium  {address, accept, typed, thumbnails}: see blend.js
//   take    ({original, name}) is called with every B
export function mountChoice(root, medium, take) {
  root.innerHTML = `
    <span class="blend-letter" data-end="b">B</span>
    <div class="blend-samples" role="group" data-word-label="blend.choose"></div>
    <button type="button" class="button" data-upload data-word="blend.upload"></button>
    <input type="file" accept="${medium.accept}" hidden>
    ${medium.typed ? '<textarea class="text-field" rows="2" spellcheck="false" dir="auto" data-word-label="blend.write" data-word-placeholder="blend.write"></textarea>' : ""}`;
  const view = { root, medium, take, chosen: "", asked: 0 };
  const file = root.querySelector("input");
  root.querySelector("[data-upload]").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) upload(view, file.files[0]);
    file.value = "";
  };
  if (medium.typed) listenToField(view);
  const show = () => showSamples(view);
  for (const topic of ["catalogue", "loaded"]) on(topic, show);
  onLanguage(show);
  return { begin: () => view.chosen || begin(view) };
}

function begin(view) {
  const other = state.samples?.find(({ name }) => name === view.medium.second && name !== state.facts?.from?.sample);
  const sample = other ?? state.samples?.find(({ name }) => name !== state.facts?.from?.sample);
  if (sample) takeSample(view, sample.name);
}

function takeSample(view, name) {
  view.asked += 1;
  view.chosen = name;
  mark(view);
  view.take({ original: view.medium.address + name, sample: name, name: () => word(`samples.${name}`) });
}

async function upload(view, file) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  takeBody(view, file, () => file.name);
}

// The server makes of it what fits the bench.
async function takeBody(view, body, name) {
  const mine = ++view.asked;
  view.root.setAttribute("aria-busy", "true");
  const answer = await ask(`encode?codec=${encodeURIComponent(state.codec)}`, { method: "POST", body });
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  view.root.setAttribute("aria-busy", "false");
  if (!told || mine !== view.asked) return;
  view.chosen = "own";
  mark(view);
  view.take({ original: told.original, sample: "", name });
}

function listenToField(view) {
  const field = view.root.querySelector("textarea");
  let resting = 0;
  field.oninput = () => {
    clearTimeout(resting);
    if (field.value) resting = setTimeout(() => takeBody(view, new Blob([field.value]), () => word("blend.written")), REST);
  };
}

// --- samples ------------------------------------------------------------------------------

function showSamples(view) {
  const { medium } = view;
  const button = ({ name }, place, all) => {
    const made = Object.assign(document.createElement("button"), { type: "button" });
    made.className = medium.thumbnails ? "input-sample" : "button";
    made.dataset.second = name;
    made.disabled = name === state.facts?.from?.sample;
    made.onclick = () => takeSample(view, name);
    if (medium.thumbnails) medium.thumbnails(made, place, all.length);
    else made.textContent = word(`samples.${name}`);
    made.title = word(`samples.${name}`);
    made.setAttribute("aria-label", word(`samples.${name}`));
    return made;
  };
  view.root.querySelector(".blend-samples").replaceChildren(...(state.samples ?? []).map(button));
  mark(view);
}

function mark({ root, chosen }) {
  for (const button of root.querySelectorAll("[data-second]")) {
    button.setAttribute("aria-pressed", String(button.dataset.second === chosen));
  }
}
