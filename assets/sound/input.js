// Ways onto the sound bench: a file, a drop, the microphone, a sample clip.

import { isReadable, isTooLarge, LARGEST, onDrop } from "../files.js";
import { on, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { openFile, openSample, openTokens } from "./clip.js";

const FRAME = `
  <div class="card-head"><h2 data-word="sound.input.title"></h2>
    <div class="input-ways">
      <button type="button" class="button main" data-way="upload" data-word="input.upload"></button>
      <button type="button" class="button" data-way="record" data-word="sound.input.record"></button>
      <input type="file" accept="audio/*,video/mp4,video/webm,.wav,.flac,.ogg,.opus,.mp3,.m4a,.webm,.json,.npz,.cbp" hidden>
    </div>
    <span class="note" data-word="sound.input.hint"></span>
  </div>
  <p class="sound-recording" role="status" hidden><span class="sound-level"><i></i></span> <span data-said></span>
    <button type="button" class="button main" data-way="stop" data-word="sound.input.stop"></button></p>
  <div class="sound-samples" role="group" data-word-label="sound.input.samples"></div>
  <p class="note" data-credit></p>
  <div class="input-drop" hidden><p data-word="sound.input.drop"></p></div>`;

export function mountInput(root) {
  root.innerHTML = FRAME;
  const file = root.querySelector("input");
  const record = async ({ currentTarget: button }) => {
    button.disabled = true; // one recording at a time
    try {
      await (await import("./record.js")).record(root, (blob) => put(blob, word("sound.input.recording_name")));
    } finally {
      button.disabled = false;
    }
  };
  root.querySelector("[data-way=upload]").onclick = () => file.click();
  root.querySelector("[data-way=record]").onclick = record;
  file.onchange = () => {
    if (file.files.length) put(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  };
  onDrop(root.querySelector(".input-drop"), ([dropped]) => (dropped ? put(dropped) : say(word("input.no_file"))));
  on("catalogue", () => showSamples(root));
  on("loaded", () => tell(root));
  on("busy", (busy) => root.setAttribute("aria-busy", String(busy)));
  label(root);
  showSamples(root);
  onLanguage(() => (showSamples(root), tell(root)));
}

// Sends a file to the bench; what is on the bench stays when that fails.
async function put(file, name = file.name) {
  if (isTooLarge(file)) return say(word("sound.input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(file))) return say(word("input.unreadable"));
  return /\.(json|npz|cbp)$/i.test(name) ? openTokens(file) : openFile(file, name);
}

// --- samples ------------------------------------------------------------------------------

function showSamples(root) {
  root.querySelector(".sound-samples").replaceChildren(...(state.samples ?? []).map(sampleButton));
  tell(root);
}

function sampleButton({ name, credit, licence }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
  button.dataset.sample = name;
  button.textContent = word(`samples.${name}`);
  button.title = `${credit} · ${licence}`;
  button.onclick = () => openSample(name);
  return button;
}

function tell(root) {
  const now = state.facts?.from?.sample;
  for (const button of root.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(button.dataset.sample === now));
  }
  const sample = state.samples?.find(({ name }) => name === now);
  root.querySelector("[data-credit]").textContent = sample
    ? word("sound.input.credit", { name: word(`samples.${sample.name}`), credit: sample.credit, licence: sample.licence })
    : "";
}
