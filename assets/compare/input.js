// What goes into the race: a medium, and a sample, a file or a text of it.

import { isReadable, isTooLarge, LARGEST, onDrop } from "../files.js";
import { on, say } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { onAny, race, takeBody, takeKind, takeLittle, takeSample } from "./race.js";

const KINDS = ["image", "audio", "text"];
const ACCEPTS = { image: "image/*", audio: "audio/*,.wav,.flac,.ogg,.opus,.mp3", text: "text/*,.txt,.md" };
const REST = 600; // ms after the last key

export function mountInput(root) {
  root.innerHTML = `
    <div class="card-head">
      <div class="segmented" role="group" data-word-label="page.media">${KINDS.map(
        (kind) => `<button type="button" data-kind="${kind}" data-word="compare.kind.${kind}"></button>`,
      ).join("")}</div>
      <div class="input-ways"><button type="button" class="button" data-way="upload" data-word="compare.upload"></button>
        <input type="file" hidden></div>
    </div>
    <div class="compare-samples" role="group" data-word-label="compare.samples"></div>
    <textarea class="text-field" rows="2" maxlength="4000" spellcheck="false" autocomplete="off" dir="auto"
      data-word-label="compare.write" data-word-placeholder="compare.write" hidden></textarea>
    <p class="note input-foot"></p>
    <div class="input-drop" hidden><p data-word="compare.drop"></p></div>`;
  const [file, field] = [root.querySelector("input"), root.querySelector("textarea")];
  for (const button of root.querySelectorAll("[data-kind]")) button.onclick = () => takeKind(button.dataset.kind);
  root.querySelector("[data-way]").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) put(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  };
  onDrop(root.querySelector(".input-drop"), ([dropped]) => (dropped ? put(dropped) : say(word("input.no_file"))));
  listenTo(field);
  onAny(["input"], () => show(root));
  on("busy", (busy) => root.setAttribute("aria-busy", String(busy)));
  label(root);
  onLanguage(() => (root.querySelector(".compare-samples").replaceChildren(), show(root)));
}

async function put(file) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(file))) return say(word("input.unreadable"));
  takeBody(file, { name: file.name });
}

function listenTo(field) {
  let resting = 0;
  field.oninput = () => {
    clearTimeout(resting);
    if (field.value) resting = setTimeout(() => takeBody(new Blob([field.value]), { typed: true }), REST);
  };
}

// --- what is shown --------------------------------------------------------------------------

function show(root) {
  for (const button of root.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", String(button.dataset.kind === race.kind));
  root.querySelector("input").accept = ACCEPTS[race.kind];
  root.querySelector("textarea").hidden = race.kind !== "text";
  const strip = root.querySelector(".compare-samples");
  const wanted = [...race.samples, ...race.littles].map(({ name }) => name).join();
  if (strip.dataset.shown !== wanted || !strip.children.length) strip.replaceChildren(...race.samples.map(sampleButton), ...race.littles.map(littleButton));
  strip.dataset.shown = wanted;
  strip.classList.toggle("input-samples", race.kind === "image");
  for (const button of strip.children) button.setAttribute("aria-pressed", String(button.dataset.sample === (race.from.sample ?? race.from.little)));
  root.querySelector(".input-foot").textContent = told();
}

function sampleButton({ name, credit, licence }, place, all) {
  const button = Object.assign(document.createElement("button"), { type: "button", onclick: () => takeSample(name) });
  const text = word(`samples.${name}`);
  button.dataset.sample = name;
  button.title = `${text} · ${credit} · ${licence}`;
  if (race.kind !== "image") return Object.assign(button, { className: "button", textContent: text });
  button.className = "input-sample";
  button.setAttribute("aria-label", text);
  const picture = button.appendChild(document.createElement("span")); // one stretch of the strip with all of them
  picture.style.backgroundImage = `url("${new URL("bench/strip", document.baseURI)}")`;
  picture.style.backgroundPositionX = `${(100 * place) / Math.max(1, all.length - 1)}%`;
  return button;
}

function littleButton(little) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "input-sample little", onclick: () => takeLittle(little) });
  const text = word(`compare.little.${little.name}`);
  button.dataset.sample = little.name;
  button.title = `${text} · ${little.credit} · ${little.licence}`;
  button.setAttribute("aria-label", text);
  button.appendChild(document.createElement("span")).style.backgroundImage = `url("page/examples/little/${little.file}")`;
  return button;
}

// What became of the input, and whose it is.
function told() {
  const little = race.littles.find(({ name }) => name === race.from.little);
  if (little) return `${word("compare.little.fitted")} ${word("compare.credit", { ...little, name: word(`compare.little.${little.name}`) })}`;
  const sample = race.samples.find(({ name }) => name === race.from.sample);
  const values = sample && { name: word(`samples.${sample.name}`), credit: sample.credit, licence: sample.licence };
  const whose = sample ? word("compare.credit", values) : race.from.name ?? "";
  return `${word(`compare.fitted.${race.kind}`)} ${whose}`;
}
