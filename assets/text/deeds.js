// Edits of a text: of all of it or the marked cells, in the codebook in hand or in all.

import { CODE_FIELDS, mountCodeFields } from "../codefields.js";
import { mountEditList } from "../editlist.js";
import { isTyping, wish } from "../keys.js";
import { history, isEdited, on, redo, state, undo } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { COUNTS, DEEDS, isOut, toggleOut } from "./changes.js";
import { passage } from "./passage.js";
import { mountSecond, SECOND } from "./second.js";

const button = (deed) => `<button type="button" class="button" data-deed="${deed}"
  data-word="text.deeds.${deed}" data-word-title="text.deeds.${deed}_title"></button>`;
const arrow = (deed, sign) => `<button type="button" class="button" data-deed="${deed}"
  data-word-label="text.deeds.${deed}_title" data-word-title="text.deeds.${deed}_title">${sign}</button>`;
const group = (name, body) => `<section><h3 data-word="text.deeds.group.${name}"></h3>${body}</section>`;

const FRAME = `
  <div class="card-head"><h2 data-word="actions.title"></h2><div class="actions-history">
    ${["undo", "redo", "reset"].map((deed) => `<button type="button" class="button quiet" data-deed="${deed}"
      data-word="actions.${deed}" data-word-title="actions.${deed}_title"></button>`).join("")}</div></div>
  <div class="deeds-scope">
    <p class="actions-scope"><span data-scope></span>
      <button type="button" class="button quiet" data-deed="everything" data-word="text.deeds.everything"></button></p>
    <div class="deeds-books"><span class="note" data-word="text.deeds.books"></span>
      <div class="segmented" role="group" data-word-label="text.deeds.books">
        <button type="button" data-books="one"></button>
        <button type="button" data-books="all" data-word="text.deeds.all"></button></div></div>
  </div>
  <div class="deeds">
    ${group("codes", `<div class="actions-row actions-codes">${CODE_FIELDS}${button("replace")}${button("exchange")}</div>
      <div class="actions-row"><label class="actions-pair"><span data-word="text.deeds.keep_by"></span>
        <input type="range" min="0" max="${COUNTS.length - 1}" value="4" data-keep> <output></output></label>${button("restrict")}${button("erase")}</div>`)}
    ${group("order", `<div class="actions-row">${button("reverse")}${button("shuffle")}${button("freeze")}
      <span class="actions-pair"><span data-word="text.deeds.shift"></span>${arrow("earlier", "‹")}${arrow("later", "›")}</span></div>`)}
    ${group("books", `<p class="note" data-word="text.deeds.leave_out"></p>
      <div class="deeds-picks" role="group" data-word-label="text.deeds.group.books" data-out></div>`)}
    ${group("second", SECOND)}
  </div>
  <p class="deeds-told" role="status"></p>
  <details class="actions-list" open hidden>
    <summary><span data-word="actions.list"></span> <span class="note" data-count></span></summary><ol></ol>
  </details>`;

export function mountDeeds(root) {
  root.innerHTML = FRAME;
  const view = { root, books: "one", kept: new Map(), told: root.querySelector(".deeds-told") };
  view.codes = mountCodeFields(root);
  for (const element of root.querySelectorAll("[data-deed]")) element.onclick = () => DEEDS[element.dataset.deed](view);
  for (const element of root.querySelectorAll("[data-books]")) element.onclick = () => ((view.books = element.dataset.books), tellScope(view));
  root.querySelector("[data-keep]").oninput = () => showCount(view);
  mountSecond(root.querySelector("section:last-of-type"), view);
  mountEditList(root.querySelector(".actions-list"));
  on("loaded", () => begin(view));
  for (const topic of ["loaded", "range", "book"]) on(topic, () => tellScope(view));
  for (const topic of ["loaded", "book", "books", "tokens", "range", "history"]) on(topic, () => later(view));
  label(root);
  onLanguage(() => (tellScope(view), showCount(view), nameToggles(view), (view.told.textContent = word("text.deeds.hint"))));
  listenToHints(view);
  enable(view);
  addEventListener("keydown", listenToKeys);
}

function listenToKeys(event) {
  const deed = { undo, redo }[wish(event)];
  if (!deed || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  deed();
}

// What a button would do is said before it is pressed, to fingers and keyboards too.
function listenToHints({ root, told }) {
  const hint = ({ target }) => {
    const { wordTitle } = target.closest("button[data-word-title]")?.dataset ?? {};
    if (wordTitle?.startsWith("text.")) told.textContent = word(wordTitle);
  };
  root.addEventListener("pointerover", hint);
  root.addEventListener("focusin", hint);
}

// One button a codebook that can be left out.
function begin(view) {
  view.kept.clear();
  view.root.querySelector("[data-out]").replaceChildren(...state.levels.map((_, level) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: level + 1 });
    button.onclick = () => toggleOut(view, level);
    return button;
  }));
  nameToggles(view);
}

function nameToggles({ root }) {
  [...root.querySelector("[data-out]").children].forEach((button, level) => {
    button.setAttribute("aria-label", word("text.deeds.out_one", { number: level + 1 }));
  });
}

// --- what the card says -------------------------------------------------------------------

function tellScope({ root, books }) {
  const { range } = passage;
  const scope = range ? word("text.deeds.scope_range", { from: range[0] + 1, to: range[1] }) : word("text.deeds.scope_all");
  root.querySelector("[data-scope]").textContent = scope;
  root.querySelector("[data-deed=everything]").hidden = !range;
  for (const button of root.querySelectorAll("[data-books]")) {
    button.setAttribute("aria-pressed", String(button.dataset.books === books));
  }
  root.querySelector("[data-books=one]").textContent = word("text.deeds.one", { number: state.level + 1 });
}

function showCount({ root }) {
  const slider = root.querySelector("[data-keep]");
  const text = word(slider.value === "0" ? "actions.count_one" : "actions.count", { n: COUNTS[slider.value] });
  slider.parentElement.querySelector("output").textContent = text;
  slider.setAttribute("aria-valuetext", text);
}

let waiting = false;

// Many changes at once are looked at once.
function later(view) {
  if (!waiting) requestAnimationFrame(() => ((waiting = false), enable(view)));
  waiting = true;
}

function enable({ root }) {
  const { past, future } = history();
  const ready = state.levels.length > 0 && Boolean(state.book);
  const able = { undo: past.length > 0, redo: future.length > 0, reset: isEdited(), freeze: ready && Boolean(passage.range), everything: true };
  for (const button of root.querySelectorAll("[data-deed]")) button.disabled = !(able[button.dataset.deed] ?? ready);
  [...root.querySelector("[data-out]").children].forEach((button, level) => {
    button.disabled = !ready;
    button.setAttribute("aria-pressed", String(ready && isOut(level)));
  });
}
