// What is believed: one sentence, and for each meaning a bar of every sense and a broad one of all together.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { emojiOf } from "./emoji.js";
import { charted, percent, SENSES, top, verdict } from "./figures.js";
import { called, joint, think, undoEdits } from "./thought.js";

const FRAME = `
  <div class="joint-verdict"><h2 class="visually-hidden" id="joint-belief" data-word="joint.belief"></h2>
    <p role="status" aria-live="polite"></p>
    <button type="button" class="button" data-deed="back" hidden></button>
    <button type="button" class="button" data-deed="nothing" data-word="joint.dream" hidden></button>
    <p class="joint-key" aria-hidden="true"></p></div>
  <div class="joint-chart" role="img"></div>`;

export function mountBelief(root) {
  root.innerHTML = FRAME;
  root.querySelector("[data-deed=back]").onclick = undoEdits;
  root.querySelector("[data-deed=nothing]").onclick = () => think("nothing", { nothing: Math.floor(Math.random() * 1e6) });
  const show = () => {
    if (!joint.model) return;
    tell(root);
    draw(root);
  };
  for (const topic of ["joint.model", "joint.thought"]) on(topic, show);
  label(root);
  onLanguage(show);
}

function tell(root) {
  const [line, back, nothing] = ["p", "[data-deed=back]", "[data-deed=nothing]"].map((part) => root.querySelector(part));
  const { thought, from } = joint;
  back.hidden = from === "given";
  back.textContent = word(joint.given.pictures || joint.given.sounds || joint.given.words ? "joint.back_to_given" : "joint.leave");
  nothing.hidden = Boolean(thought) && from === "given";
  line.replaceChildren(...(thought?.belief ? said(thought, from) : [word("joint.say.nothing")]));
}

// The sentence, its meanings in bold.
function said({ belief, spoken, senses }, from) {
  const told = verdict(belief, from === "given" ? senses : {});
  const key = from === "given" ? told.key : from === "nothing" ? "dream" : from;
  const values = { meaning: bold(called(told.meaning)), percent: `${percent(told.share)}` };
  const parts = [];
  if (key === "odd") {
    const each = told.odd.map(({ sense, meaning, share }) =>
      word(`joint.say.by.${sense}`, { meaning: called(meaning), percent: percent(share) }));
    parts.push(`${each.join(word("joint.say.comma"))}${word("joint.say.stop")} `);
  }
  parts.push(...filled(word(`joint.say.${key}`), values));
  if (told.second && key !== "sure") {
    const more = { meaning: bold(called(told.second.meaning)), percent: `${percent(told.second.share)}` };
    parts.push(" ", ...filled(word("joint.say.second"), more));
  }
  const meant = top(spoken).meaning;
  if (from !== "edit" && meant !== told.meaning) parts.push(` ${word("joint.say.spoken", { meaning: called(meant) })}`);
  return parts;
}

const bold = (text) => Object.assign(document.createElement("strong"), { textContent: text });

// A template as nodes: its gaps may hold elements.
const filled = (template, values) => template.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? values[part] : part));

function draw(root) {
  const chart = root.querySelector(".joint-chart");
  const { thought } = joint;
  const senses = joint.from === "given" ? thought?.senses ?? {} : {};
  const none = joint.model.meanings.map(() => 0);
  const belief = thought?.belief ?? none;
  const heard = SENSES.filter((sense) => senses[sense]);
  const shown = charted([belief, ...heard.map((sense) => senses[sense].belief)]);
  const best = Math.max(...belief);
  chart.replaceChildren(...shown.map((meaning) => {
    const group = Object.assign(document.createElement("div"), { className: "joint-bars" });
    group.dataset.meaning = meaning;
    if (best > 0 && belief[meaning] === best) group.dataset.best = "";
    const bars = group.appendChild(Object.assign(document.createElement("div"), { className: "joint-columns" }));
    bars.append(bar("concept", belief[meaning]), ...heard.map((sense) => bar(sense, senses[sense].belief[meaning])));
    const share = Object.assign(document.createElement("span"), { className: "joint-share", textContent: `${percent(belief[meaning])}\u202f%` });
    const name = Object.assign(document.createElement("span"), { className: "joint-name", textContent: called(meaning) });
    const emoji = emojiOf(joint.model.meanings[meaning]);
    if (emoji) name.prepend(emoji);
    group.append(share, name);
    return group;
  }));
  chart.setAttribute("aria-label", shown.map((meaning) => `${called(meaning)} ${percent(belief[meaning])} %`).join(", "));
  key(root.querySelector(".joint-key"), heard);
}

function bar(part, share) {
  const element = document.createElement("i");
  element.dataset.sense = part;
  element.style.height = `${Math.max(0, 100 * share)}%`;
  return element;
}

function key(line, heard) {
  line.replaceChildren(...["concept", ...heard].map((part) => {
    const entry = document.createElement("span");
    const dot = entry.appendChild(Object.assign(document.createElement("i"), { className: "joint-dot" }));
    dot.dataset.sense = part;
    entry.append(word(part === "concept" ? "joint.together" : `joint.sense.${part}`));
    return entry;
  }));
}
