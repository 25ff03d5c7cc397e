// Ways onto the bench: a file, a drop, a paste, the camera, a drawing, a sample picture.

import { cropLoss, isReadable, isTooLarge, kindOf, LARGEST, onDrop } from "./files.js";
import { isTyping } from "./keys.js";
import { openFile, openSample, openTokens } from "./lane.js";
import { on, say, state } from "./store.js";
import { label, onLanguage, word } from "./words.js";

const FRAME = `
  <div class="card-head"><h2 data-word="input.title"></h2>
    <div class="input-ways">
      <button type="button" class="button main" data-way="upload" data-word="input.upload"></button>
      <button type="button" class="button" data-way="camera" data-word="input.camera"></button>
      <button type="button" class="button" data-way="draw" data-word="input.draw"></button>
      <input type="file" accept="image/*,.json,.npz,.cbp" hidden>
    </div>
    <span class="note input-hint" data-word="input.hint"></span>
  </div>
  <div class="input-samples" role="group" data-word-label="input.samples"></div>
  <p class="note input-foot"><span data-crop></span> <span data-credit></span></p>
  <div class="input-drop" hidden><p data-word="input.drop"></p></div>`;

export function mountInput(root) {
  root.innerHTML = FRAME;
  const file = root.querySelector("input");
  const ways = {
    upload: () => file.click(),
    camera: async () => (await import("./input/camera.js")).openCamera(root, (blob) => put(blob, word("input.photo_name"))),
    draw: async () => (await import("./input/draw.js")).openDraw(root, (blob) => put(blob, word("input.drawing_name"))),
  };
  for (const button of root.querySelectorAll("[data-way]")) button.onclick = ways[button.dataset.way];
  file.onchange = () => {
    if (file.files.length) put(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  };
  onDrop(root.querySelector(".input-drop"), ([file]) => (file ? put(file) : say(word("input.no_file"))));
  listenToPastes();
  on("catalogue", () => showSamples(root));
  on("loaded", () => (markSample(root), tell(root)));
  on("busy", (busy) => root.setAttribute("aria-busy", String(busy)));
  label(root);
  showSamples(root);
  onLanguage(() => (nameSamples(root), tell(root)));
}

// Sends a file to the bench; what is on the bench stays when that fails. A `name` without an ending
// says that the picture is no file on the visitor's disk.
export async function put(file, name = file.name) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(file))) return say(word("input.unreadable"));
  return kindOf(name) === "tokens" ? openTokens(file) : openFile(file, name);
}

// --- paste --------------------------------------------------------------------------------

function listenToPastes() {
  addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file || isTyping(event.target)) return;
    event.preventDefault();
    put(file, file.name === "image.png" ? word("input.pasted_name") : file.name); // so browsers call a copied picture
  });
}

// --- samples ------------------------------------------------------------------------------

function showSamples(root) {
  const strip = root.querySelector(".input-samples");
  strip.replaceChildren(...(state.samples ?? []).map(sampleButton));
  nameSamples(root);
  markSample(root);
}

function sampleButton({ name }, place, samples) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "input-sample" });
  button.dataset.sample = name;
  button.onclick = () => openSample(name);
  const picture = button.appendChild(document.createElement("span")); // one stretch of the strip with all of them
  picture.setAttribute("role", "img");
  picture.style.backgroundImage = `url("${new URL("bench/strip", document.baseURI)}")`;
  picture.style.backgroundPositionX = `${(100 * place) / Math.max(1, samples.length - 1)}%`;
  return button;
}

function nameSamples(root) {
  for (const { name, credit, licence } of state.samples ?? []) {
    const button = root.querySelector(`[data-sample="${CSS.escape(name)}"]`);
    button.title = `${word(`samples.${name}`)} · ${credit} · ${licence}`;
    button.firstChild.setAttribute("aria-label", word(`samples.${name}`));
  }
}

const sampleNow = () => state.samples?.find(({ name }) => name === state.facts?.from?.sample);

function markSample(root) {
  for (const button of root.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(button.dataset.sample === sampleNow()?.name));
  }
}

// --- what became of the picture -----------------------------------------------------------

function tell(root) {
  const sample = sampleNow();
  root.querySelector("[data-credit]").textContent = sample
    ? word("input.credit", { name: word(`samples.${sample.name}`), credit: sample.credit, licence: sample.licence })
    : "";
  root.querySelector("[data-crop]").textContent = state.indices.length ? cropSentence(sample) : "";
}

function cropSentence(sample) {
  const [height, width] = state.size;
  if (!state.original) return word("input.bare", { width, height });
  const policy = word("input.policy", { width, height });
  const source = state.facts?.source;
  if (sample || !source) return policy;
  const { percent, where } = cropLoss(source);
  return `${policy} ${word(`input.lost.${where}`, { ...source, percent })}`;
}
