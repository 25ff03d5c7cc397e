// Edits of a sound: of the whole clip or the marked range, in one codebook, in all, or in some of them.

import { CODE_FIELDS, mountCodeFields } from "../codefields.js";
import { mountEditList } from "../editlist.js";
import { isTyping, wish } from "../keys.js";
import { history, isEdited, on, redo, state, undo } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { wishes } from "./audition.js";
import { carryOut, COUNTS, DEEDS, FACTORS, isOut, levelsOf, numbers, toggleOut, wasLast } from "./changes.js";
import { clip, RATE } from "./clip.js";
import { MIX, mountMix } from "./mix.js";

const button = (deed, more = "") => `<button type="button" class="button ${more}" data-deed="${deed}"
  data-word="sound.deeds.${deed}" data-word-title="sound.deeds.${deed}_title"></button>`;
const arrow = (deed, sign) => `<button type="button" class="button" data-deed="${deed}"
  data-word-label="sound.deeds.${deed}_title" data-word-title="sound.deeds.${deed}_title">${sign}</button>`;
const slider = (name, last, value) => `<label class="actions-pair"><span data-word="sound.deeds.${name}_by"></span>
  <input type="range" min="0" max="${last}" value="${value}" data-${name}> <output></output></label>`;
const group = (name, body) => `<section><h3 data-word="sound.deeds.group.${name}"></h3>${body}</section>`;

const FRAME = `
  <div class="card-head"><h2 data-word="actions.title"></h2><div class="actions-history">
    ${["undo", "redo", "reset"].map((deed) => `<button type="button" class="button quiet" data-deed="${deed}"
      data-word="actions.${deed}" data-word-title="actions.${deed}_title"></button>`).join("")}</div></div>
  <div class="deeds-scope">
    <p class="actions-scope"><span data-scope></span>
      <button type="button" class="button quiet" data-deed="everything" data-word="sound.deeds.everything"></button></p>
    <div class="deeds-books"><span class="note" data-word="sound.deeds.books"></span>
      <div class="segmented" role="group" data-word-label="sound.deeds.books">
        <button type="button" data-books="one"></button>
        <button type="button" data-books="all" data-word="sound.deeds.all"></button>
        <button type="button" data-books="some" data-word="sound.deeds.some"></button></div>
      <div class="deeds-picks" role="group" data-word-label="sound.deeds.some" data-picks hidden></div></div>
  </div>
  <div class="deeds">
    ${group("time", `<div class="actions-row">${button("reverse")}${button("freeze")}${button("shuffle")}${button("sort")}</div>
      <div class="actions-row"><span class="actions-pair"><span data-word="sound.deeds.shift"></span>
        ${arrow("earlier10", "«")}${arrow("earlier", "‹")}${arrow("later", "›")}${arrow("later10", "»")}</span></div>
      <div class="actions-row">${slider("stretch", FACTORS.length - 1, 8)}${button("stretch")}</div>`)}
    ${group("codes", `<div class="actions-row actions-codes">${CODE_FIELDS}${button("replace")}${button("exchange")}</div>
      <div class="actions-row">${slider("keep", COUNTS.length - 1, 7)}${button("restrict")}${button("erase")}</div>`)}
    ${group("books", `<p class="note" data-word="sound.deeds.leave_out"></p>
      <div class="deeds-picks" role="group" data-word-label="sound.deeds.group.books" data-out></div>
      <p class="note" data-word="sound.deeds.why"></p>`)}
    ${group("second", MIX)}
  </div>
  <p class="deeds-told" role="status"></p>
  <label class="sound-check"><input type="checkbox" data-hear checked><span data-word="sound.deeds.hear"></span></label>
  <details class="actions-list" open hidden>
    <summary><span data-word="actions.list"></span> <span class="note" data-count></span></summary><ol></ol>
  </details>`;

export function mountDeeds(root) {
  root.innerHTML = FRAME;
  const view = { root, books: "all", some: new Set([0]), kept: new Map(), told: root.querySelector(".deeds-told") };
  view.codes = mountCodeFields(root);
  for (const element of root.querySelectorAll("[data-deed]")) element.onclick = () => DEEDS[element.dataset.deed](view);
  for (const element of root.querySelectorAll("[data-books]")) element.onclick = () => takeBooks(view, element.dataset.books);
  for (const name of ["stretch", "keep"]) root.querySelector(`[data-${name}]`).oninput = () => showCounts(view);
  root.querySelector("[data-hear]").onchange = ({ target }) => (wishes.edits = target.checked);
  mountMix(root.querySelector("section:last-of-type"), {
    carryOut: (...deed) => carryOut(view, ...deed), levels: () => levelsOf(view), names: numbers, wasLast,
  });
  mountEditList(root.querySelector(".actions-list"));
  on("loaded", () => begin(view));
  for (const topic of ["loaded", "range", "book"]) on(topic, () => tellScope(view));
  for (const topic of ["loaded", "book", "books", "tokens", "range", "history"]) on(topic, () => later(view));
  label(root);
  onLanguage(() => (tellScope(view), showCounts(view), nameToggles(view), (view.told.textContent = word("sound.deeds.hint"))));
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
    if (wordTitle?.startsWith("sound.")) told.textContent = word(wordTitle);
  };
  root.addEventListener("pointerover", hint);
  root.addEventListener("focusin", hint);
}

// --- which codebooks ------------------------------------------------------------------------

function takeBooks(view, books) {
  view.books = books;
  tellScope(view);
}

// One button a codebook, for those that are edited and those that are left out.
function begin(view) {
  const { root } = view;
  view.kept.clear();
  view.some = new Set([...view.some].filter((level) => level < state.levels.length));
  const fill = (selector, deed) => {
    const buttons = state.levels.map((_, level) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: level + 1 });
      button.onclick = () => deed(level);
      return button;
    });
    root.querySelector(selector).replaceChildren(...buttons);
  };
  fill("[data-picks]", (level) => choose(view, level));
  fill("[data-out]", (level) => toggleOut(view, level));
  nameToggles(view);
}

// At least one stays chosen.
function choose(view, level) {
  const { some } = view;
  if (!some.delete(level)) some.add(level);
  else if (!some.size) some.add(level);
  tellScope(view);
}

function nameToggles({ root }) {
  for (const [selector, key] of [["[data-picks]", "sound.deeds.book"], ["[data-out]", "sound.deeds.out_one"]]) {
    [...root.querySelector(selector).children].forEach((button, level) => {
      button.setAttribute("aria-label", word(key, { number: level + 1 }));
    });
  }
}

// --- what the card says -----------------------------------------------------------------------

const seconds = (frame) => ((frame * state.stride) / RATE).toFixed(2);

function tellScope({ root, books, some }) {
  const { range } = clip;
  const values = range && { from: seconds(range[0]), to: seconds(range[1]), n: range[1] - range[0] };
  const scope = range ? word("sound.deeds.scope_range", values) : word("sound.deeds.scope_all");
  root.querySelector("[data-scope]").textContent = scope;
  root.querySelector("[data-deed=everything]").hidden = !range;
  for (const button of root.querySelectorAll("[data-books]")) {
    button.setAttribute("aria-pressed", String(button.dataset.books === books));
  }
  root.querySelector("[data-books=one]").textContent = word("sound.deeds.one", { number: state.level + 1 });
  const picks = root.querySelector("[data-picks]");
  picks.hidden = books !== "some";
  [...picks.children].forEach((button, level) => button.setAttribute("aria-pressed", String(some.has(level))));
}

function showCounts({ root }) {
  const say = (name, text) => {
    const slider = root.querySelector(`[data-${name}]`);
    slider.parentElement.querySelector("output").textContent = text(slider.value);
    slider.setAttribute("aria-valuetext", text(slider.value));
  };
  say("stretch", (place) => `× ${FACTORS[place]}`);
  say("keep", (place) => word(place === "0" ? "actions.count_one" : "actions.count", { n: COUNTS[place] }));
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
  const freeze = ready && Boolean(clip.range);
  const able = { undo: past.length > 0, redo: future.length > 0, reset: isEdited(), freeze, everything: true };
  for (const button of root.querySelectorAll("[data-deed]")) button.disabled = !(able[button.dataset.deed] ?? ready);
  [...root.querySelector("[data-out]").children].forEach((button, level) => {
    button.disabled = !ready;
    button.setAttribute("aria-pressed", String(ready && isOut(level)));
  });
}
