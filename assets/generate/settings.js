// The settings of a run: how many, how many steps, and how codes are chosen among the likely ones.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { begin, change, kindsHere, making, USUAL } from "./making.js";

const COUNTS = [1, 16];
// name → [least, most, step]; what concerns only some kinds says which.
const SLIDERS = {
  masked_steps: { range: [1, 64, 1], kinds: ["masked"] },
  flow_steps: { range: [1, 100, 1], kinds: ["flow"] },
  guidance: { range: [0, 8, 0.1] },
  temperature: { range: [0.1, 2, 0.05] },
  choice_temperature: { range: [0, 20, 0.5], kinds: ["masked"] },
  top_k: { range: [0, 64, 1], kinds: ["causal", "masked"] },
  top_p: { range: [0.05, 1, 0.01], kinds: ["causal", "masked"] },
};

export function mountSettings(root) {
  root.innerHTML = `<details><summary><h2 data-word="generate.settings"></h2><span class="note"></span></summary>
    <div class="gen-settings-head"><div class="segmented" data-counts role="group" data-word-label="generate.count"></div>
      <button type="button" class="button quiet" data-deed="usual" data-word="generate.deed.usual"></button></div>
    <div class="gen-sliders">${Object.keys(SLIDERS).map(slider).join("")}</div></details>`;
  for (const name of Object.keys(SLIDERS)) listen(root, name);
  root.querySelector("[data-deed=usual]").onclick = () => (change({ settings: { ...USUAL }, count: 1 }), begin());
  const show = () => making.domain && showAll(root);
  for (const topic of ["menu", "asked"]) on(topic, show);
  label(root);
  onLanguage(show);
}

const slider = (name) => `
  <div class="slider" data-setting="${name}"><label for="gen-${name}" data-word="generate.setting.${name}.name"></label><output></output>
    <input id="gen-${name}" type="range" min="${SLIDERS[name].range[0]}" max="${SLIDERS[name].range[1]}" step="${SLIDERS[name].range[2]}">
    <p class="note" data-word="generate.setting.${name}.about"></p></div>`;

function listen(root, name) {
  const row = root.querySelector(`[data-setting=${name}]`);
  const input = row.querySelector("input");
  const take = () => change({ settings: { ...making.settings, [name]: Number(input.value) } });
  input.oninput = take;
  input.onchange = () => (take(), begin()); // when the hand lets go
}

// What a setting is now: unless told, what the first of the priors it concerns does best with.
function valueOf(name) {
  if (making.settings[name] !== null) return making.settings[name];
  const { priors } = making.domain;
  if (name.endsWith("_steps")) return priors[name.split("_")[0]]?.steps ?? 1;
  const kind = (SLIDERS[name].kinds ?? kindsHere()).find((one) => priors[one]);
  return kind ? priors[kind].sampling[name] : 1;
}

function showAll(root) {
  const kinds = making.shown === "all" ? kindsHere() : [making.shown];
  for (const [name, { kinds: own }] of Object.entries(SLIDERS)) {
    const row = root.querySelector(`[data-setting=${name}]`);
    row.hidden = Boolean(own) && !own.some((kind) => kinds.includes(kind));
    const value = valueOf(name);
    row.querySelector("input").value = value;
    row.querySelector("output").textContent = name === "top_k" && !value ? word("generate.every") : value.toLocaleString(undefined, { maximumFractionDigits: 2 });
  }
  root.querySelector("[data-counts]").replaceChildren(...COUNTS.map((count) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: word(`generate.samples.${count}`) });
    button.setAttribute("aria-pressed", String(count === making.count));
    button.onclick = () => (change({ count }), begin());
    return button;
  }));
  const changed = Object.keys(USUAL).filter((name) => making.settings[name] !== USUAL[name]).length;
  root.querySelector("summary .note").textContent = changed ? word("generate.changed", { count: changed }) : word("generate.unchanged");
}
