// Ways onto the text bench: typing, a file, a drop, a sample.

import { isReadable, isTooLarge, onDrop } from "../files.js";
import { on, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { charactersIn } from "./figures.js";
import { textOf } from "./glyphs.js";
import { openFile, openSample, openTokens, openTyped, passage } from "./passage.js";

const REST = 100; // ms after the last key until what was written is encoded
const SHOWN = 20_000; // bytes of a file that are put into the field; of a longer one, what is on the bench
const LARGEST = 2; // MB of a text

const FRAME = `
  <div class="card-head"><h2 data-word="text.input.title"></h2>
    <div class="input-ways">
      <button type="button" class="button" data-way="upload" data-word="input.upload"></button>
      <input type="file" accept="text/*,.txt,.md,.json,.npz,.cbp" hidden>
    </div></div>
  <textarea class="text-field" rows="3" spellcheck="false" autocomplete="off" autocapitalize="off" dir="auto"
    data-word-label="text.input.title" data-word-placeholder="text.input.placeholder"></textarea>
  <div class="text-samples" role="group" data-word-label="text.input.samples"></div>
  <p class="note"><span data-count aria-live="polite"></span> <span data-credit></span></p>
  <div class="input-drop" hidden><p data-word="text.input.drop"></p></div>`;

export function mountInput(root) {
  root.innerHTML = FRAME;
  const [field, file] = [root.querySelector("textarea"), root.querySelector("input")];
  root.querySelector("[data-way=upload]").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) put(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  };
  let resting = 0;
  const typed = () => {
    clearTimeout(resting);
    tell(root);
    if (field.value) resting = setTimeout(() => openTyped(field.value), REST);
  };
  field.addEventListener("input", typed);
  onDrop(root.querySelector(".input-drop"), ([dropped]) => (dropped ? put(dropped) : say(word("input.no_file"))));
  on("catalogue", () => showSamples(root));
  on("loaded", () => {
    if (!state.facts?.from?.typed) clearTimeout(resting); // an answer to earlier keys must not stop the last ones
    fill(root, field);
  });
  on("busy", (busy) => root.setAttribute("aria-busy", String(busy)));
  label(root);
  showSamples(root);
  onLanguage(() => (showSamples(root), tell(root)));
}

// Sends a file to the bench; what is on the bench stays when that fails.
async function put(file) {
  if (/\.(json|npz)$/i.test(file.name) && !isTooLarge(file)) return openTokens(file);
  if (file.size > LARGEST * 2 ** 20) return say(word("text.input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(file))) return say(word("input.unreadable"));
  return openFile(file, file.name);
}

// The field follows the bench, but never while somebody writes in it.
async function fill(root, field) {
  const { from } = state.facts ?? {};
  const { epoch } = state;
  if (!from?.typed && !from?.kept) {
    const whole = from?.blob?.size <= SHOWN ? await from.blob.text() : null;
    if (epoch !== state.epoch) return; // another text came meanwhile
    field.value = whole ?? textOf(passage.original ?? passage.bytes);
  }
  tell(root);
}

// --- samples ------------------------------------------------------------------------------

function showSamples(root) {
  root.querySelector(".text-samples").replaceChildren(...(state.samples ?? []).map(({ name, credit, licence }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.dataset.sample = name;
    button.textContent = word(`samples.${name}`);
    button.title = `${credit} · ${licence}`;
    button.onclick = () => openSample(name);
    return button;
  }));
  tell(root);
}

function tell(root) {
  const now = state.facts?.from?.sample;
  for (const button of root.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(button.dataset.sample === now));
  }
  const sample = state.samples?.find(({ name }) => name === now);
  root.querySelector("[data-credit]").textContent = sample
    ? word("text.input.credit", { credit: sample.credit, licence: sample.licence }) : "";
  const bytes = new TextEncoder().encode(root.querySelector("textarea").value);
  const values = { bytes: bytes.length, characters: charactersIn(bytes) };
  root.querySelector("[data-count]").textContent = word(bytes.length ? "text.input.count" : "text.input.empty", values);
}
