// What is read: typed in any tongue, or picked from the words that the model knows.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { emojiOf } from "./emoji.js";
import { percent, top } from "./figures.js";
import { senseCard } from "./sense.js";
import { called, give, joint } from "./thought.js";

const REST = 160; // ms after the last key

const FRAME = `
  <input class="field joint-word" type="text" maxlength="40" spellcheck="false" autocomplete="off" autocapitalize="off"
    data-word-label="joint.write" data-word-placeholder="joint.write">
  <p class="joint-known" role="status"></p>
  <div class="segmented joint-tongues" role="group" data-word-label="joint.tongue"></div>
  <div class="joint-words" role="group" data-word-label="joint.words"></div>`;

export function mountWritten(root) {
  const body = senseCard(root, "words");
  body.innerHTML = FRAME;
  const field = body.querySelector("input");
  const held = { tongue: null, timer: 0 };
  field.oninput = () => {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => give("words", field.value.trim(), "typed"), REST);
  };
  const pick = (text) => (clearTimeout(held.timer), (field.value = text), give("words", text, "picked"));
  const show = () => joint.model && (showTongues(body, held, show), showWords(body, held, pick));
  on("joint.model", () => ((held.tongue = null), (field.value = ""), show()));
  for (const topic of ["joint.given", "joint.thought"]) on(topic, () => (tell(body), light(body)));
  label(body);
  onLanguage(() => (show(), joint.model && tell(body)));
}

function showTongues(body, held, show) {
  const { words } = joint.model;
  const tongues = Object.keys(words);
  held.tongue ??= tongues[0];
  const row = body.querySelector(".joint-tongues");
  row.hidden = tongues.length < 2;
  row.replaceChildren(...tongues.map((tongue) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: word(`joint.style.${tongue}`) });
    button.setAttribute("aria-pressed", String(tongue === held.tongue));
    button.onclick = () => ((held.tongue = tongue), show());
    return button;
  }));
}

function showWords(body, held, pick) {
  body.querySelector(".joint-words").replaceChildren(...(joint.model.words[held.tongue] ?? []).map((text, meaning) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-pick" });
    const emoji = emojiOf(joint.model.meanings[meaning]);
    button.textContent = text;
    if (emoji) button.prepend(emoji);
    button.dataset.text = text;
    button.onclick = () => pick(joint.given.words === text ? "" : text);
    return button;
  }));
  light(body);
}

function light(body) {
  for (const button of body.querySelectorAll(".joint-pick")) {
    button.setAttribute("aria-pressed", String(button.dataset.text === joint.given.words));
  }
}

// Of a word that the model was never taught, what it takes it for.
function tell(body) {
  const line = body.querySelector(".joint-known");
  const told = joint.from === "given" && joint.given.words && !joint.muted.words ? joint.thought?.senses?.words : null;
  line.textContent = "";
  if (!told || told.known) return;
  const { meaning, share } = top(told.belief);
  line.textContent = word("joint.unknown", { word: joint.given.words, meaning: called(meaning), percent: percent(share) });
}
