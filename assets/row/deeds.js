// The card of edits of a signal in one row, a sound or a text: of all of it or the marked range, in one codebook,
// in all, or in some of them.

import { CODE_FIELDS, mountCodeFields } from "../codefields.js";
import { mountEditList } from "../editlist.js";
import { isTyping, wish } from "../keys.js";
import { history, isEdited, on, redo, state, undo } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { COUNTS, DEEDS, isOut, toggleOut } from "./changes.js";

const frameOf = ({ words, more, second, below }) => {
  const button = (deed) => `<button type="button" class="button" data-deed="${deed}"
    data-word="${words}.deeds.${deed}" data-word-title="${words}.deeds.${deed}_title"></button>`;
  const arrow = (deed, sign) => `<button type="button" class="button" data-deed="${deed}"
    data-word-label="${words}.deeds.${deed}_title" data-word-title="${words}.deeds.${deed}_title">${sign}</button>`;
  const slider = (name, last, value) => `<label class="actions-pair"><span data-word="${words}.deeds.${name}_by"></span>
    <input type="range" min="0" max="${last}" value="${value}" data-${name}> <output></output></label>`;
  const group = (name, body) => `<section><h3 data-word="${words}.deeds.group.${name}"></h3>${body}</section>`;
  return `
  <div class="card-head"><h2 data-word="actions.title"></h2><div class="actions-history">
    ${["undo", "redo", "reset"].map((deed) => `<button type="button" class="button quiet" data-deed="${deed}"
      data-word="actions.${deed}" data-word-title="actions.${deed}_title"></button>`).join("")}</div></div>
  <div class="deeds-scope">
    <p class="actions-scope"><span data-scope></span>
      <button type="button" class="button quiet" data-deed="everything" data-word="${words}.deeds.everything"></button></p>
    <div class="deeds-books"><span class="note" data-word="${words}.deeds.books"></span>
      <div class="segmented" role="group" data-word-label="${words}.deeds.books">
        <button type="button" data-books="one"></button>
        <button type="button" data-books="all" data-word="${words}.deeds.all"></button>
        <button type="button" data-books="some" data-word="${words}.deeds.some"></button></div>
      <div class="deeds-picks" role="group" data-word-label="${words}.deeds.some" data-picks hidden></div></div>
  </div>
  <div class="deeds">
    ${group("order", `<div class="actions-row">${["reverse", "freeze", "shuffle", "sort"].map(button).join("")}</div>
      <div class="actions-row"><span class="actions-pair"><span data-word="${words}.deeds.shift"></span>
        ${arrow("earlier10", "«")}${arrow("earlier", "‹")}${arrow("later", "›")}${arrow("later10", "»")}</span></div>
      ${more({ button, slider })}`)}
    ${group("codes", `<div class="actions-row actions-codes">${CODE_FIELDS}${button("replace")}${button("exchange")}</div>
      <div class="actions-row">${slider("keep", COUNTS.length - 1, 7)}${button("restrict")}${button("erase")}</div>`)}
    ${group("books", `<p class="note" data-word="${words}.deeds.leave_out"></p>
      <div class="deeds-picks" role="group" data-word-label="${words}.deeds.group.books" data-out></div>`)}
    ${group("second", second)}
  </div>
  <p class="deeds-told" role="status"></p>
  ${below}
  <details class="actions-list" open hidden>
    <summary><span data-word="actions.list"></span> <span class="note" data-count></span></summary><ol></ol>
  </details>`;
};

// Mounts the card, and gives its view, as changes.js wants it.
//   medium   words    section of the words: "sound", "text"        held     what has the marked range as `range`
//            mark     (range or null) marks it                     deeds    name → deed(view), beside the common ones
//            more     ({button, slider}) → rows of deeds in time   second   HTML of the group for a second signal
//            below    HTML under what was said                     values   (range) → what is said of it
//            changed  (range) is called after every edit
export function mountDeeds(root, medium, { books }) {
  root.innerHTML = frameOf(medium);
  const view = { root, medium, books, some: new Set([0]), kept: new Map(), told: root.querySelector(".deeds-told") };
  const deeds = { ...DEEDS, ...medium.deeds };
  view.codes = mountCodeFields(root);
  for (const element of root.querySelectorAll("[data-deed]")) element.onclick = () => deeds[element.dataset.deed](view);
  for (const element of root.querySelectorAll("[data-books]")) {
    element.onclick = () => ((view.books = element.dataset.books), tellScope(view));
  }
  root.querySelector("[data-keep]").oninput = () => showCount(view);
  mountEditList(root.querySelector(".actions-list"));
  on("loaded", () => begin(view));
  for (const topic of ["loaded", "range", "book"]) on(topic, () => tellScope(view));
  for (const topic of ["loaded", "book", "books", "tokens", "range", "history"]) on(topic, () => later(view));
  label(root);
  onLanguage(() => {
    for (const tell of [tellScope, showCount, nameToggles]) tell(view);
    view.told.textContent = word(`${medium.words}.deeds.hint`);
  });
  listenToHints(view);
  enable(view);
  addEventListener("keydown", listenToKeys);
  return view;
}

function listenToKeys(event) {
  const deed = { undo, redo }[wish(event)];
  if (!deed || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  deed();
}

// What a button would do is said before it is pressed, to fingers and keyboards too.
function listenToHints({ root, told, medium }) {
  const hint = ({ target }) => {
    const { wordTitle } = target.closest("button[data-word-title]")?.dataset ?? {};
    if (wordTitle?.startsWith(`${medium.words}.`)) told.textContent = word(wordTitle);
  };
  root.addEventListener("pointerover", hint);
  root.addEventListener("focusin", hint);
}

// --- which codebooks ------------------------------------------------------------------------

// One button a codebook, for those that are edited and those that are left out.
function begin(view) {
  view.kept.clear();
  view.some = new Set([...view.some].filter((level) => level < state.levels.length));
  const fill = (selector, deed) => {
    const buttons = state.levels.map((_, level) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: level + 1 });
      button.onclick = () => deed(view, level);
      return button;
    });
    view.root.querySelector(selector).replaceChildren(...buttons);
  };
  fill("[data-picks]", choose);
  fill("[data-out]", toggleOut);
  nameToggles(view);
}

// At least one stays chosen.
function choose(view, level) {
  const { some } = view;
  if (!some.delete(level) || !some.size) some.add(level);
  tellScope(view);
}

function nameToggles({ root, medium }) {
  for (const [selector, key] of [["[data-picks]", "book"], ["[data-out]", "out_one"]]) {
    [...root.querySelector(selector).children].forEach((button, level) => {
      button.setAttribute("aria-label", word(`${medium.words}.deeds.${key}`, { number: level + 1 }));
    });
  }
}

// --- what the card says ---------------------------------------------------------------------

function tellScope({ root, medium, books, some }) {
  const { words, held: { range } } = medium;
  const scope = range ? word(`${words}.deeds.scope_range`, medium.values(range)) : word(`${words}.deeds.scope_all`);
  root.querySelector("[data-scope]").textContent = scope;
  root.querySelector("[data-deed=everything]").hidden = !range;
  for (const button of root.querySelectorAll("[data-books]")) {
    button.setAttribute("aria-pressed", String(button.dataset.books === books));
  }
  root.querySelector("[data-books=one]").textContent = word(`${words}.deeds.one`, { number: state.level + 1 });
  const picks = root.querySelector("[data-picks]");
  picks.hidden = books !== "some";
  [...picks.children].forEach((button, level) => button.setAttribute("aria-pressed", String(some.has(level))));
}

// Says what a slider stands at, beside it and to who cannot see it.
export function say(root, name, text) {
  const slider = root.querySelector(`[data-${name}]`);
  slider.parentElement.querySelector("output").textContent = text(slider.value);
  slider.setAttribute("aria-valuetext", text(slider.value));
}

const showCount = ({ root }) =>
  say(root, "keep", (place) => word(place === "0" ? "actions.count_one" : "actions.count", { n: COUNTS[place] }));

let waiting = false;

// Many changes at once are looked at once.
function later(view) {
  if (!waiting) requestAnimationFrame(() => ((waiting = false), enable(view)));
  waiting = true;
}

function enable({ root, medium }) {
  const { past, future } = history();
  const ready = state.levels.length > 0 && Boolean(state.book);
  const freeze = ready && Boolean(medium.held.range);
  const able = { undo: past.length > 0, redo: future.length > 0, reset: isEdited(), freeze, everything: true };
  for (const button of root.querySelectorAll("[data-deed]")) button.disabled = !(able[button.dataset.deed] ?? ready);
  [...root.querySelector("[data-out]").children].forEach((button, level) => {
    button.disabled = !ready;
    button.setAttribute("aria-pressed", String(ready && isOut(level)));
  });
}
