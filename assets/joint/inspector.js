// The shared codebooks: how often each sense chose each code, and what it chose it for.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { colourOf, sharing, standsFor, uses } from "./codes.js";
import { percent, SENSES } from "./figures.js";
import { called, edit, joint } from "./thought.js";

const MOST = 6; // meanings that are told of a code

const FRAME = `
  <div class="card-head"><h2 id="joint-inspector" data-word="joint.inspector.title"></h2>
    <p class="joint-key" data-key></p></div>
  <p class="note" data-word="joint.inspector.note"></p>
  <p class="joint-sharing"></p>
  <div class="joint-books"></div>
  <div class="joint-about" role="status"></div>`;

let picked = null; // [level, code]

export function mountInspector(root) {
  root.innerHTML = FRAME;
  const show = () => joint.model && (fill(root), about(root));
  for (const topic of ["joint.model", "joint.book"]) on(topic, () => ((picked = null), show()));
  on("joint.thought", () => (mark(root), about(root)));
  label(root);
  onLanguage(show);
}

const measured = () => Object.keys(joint.book?.usage ?? {}).length > 0;

function fill(root) {
  const { num_codebooks: levels, codebook_size: size } = joint.model;
  root.querySelector("[data-key]").replaceChildren(...SENSES.map((sense) => {
    const entry = document.createElement("span");
    const dot = entry.appendChild(Object.assign(document.createElement("i"), { className: "joint-dot" }));
    dot.dataset.sense = sense;
    entry.append(word(`joint.sense.${sense}`));
    return entry;
  }));
  const told = measured() ? sharing(joint.book.usage, levels, size) : null;
  root.querySelector(".joint-sharing").textContent = told
    ? word("joint.inspector.shared", { count: told.shared, all: told.all, none: told.none })
    : word("joint.inspector.unmeasured");
  root.querySelector(".joint-books").replaceChildren(...Array.from({ length: levels }, (_, level) => bookRow(root, level, size)));
  mark(root);
}

function bookRow(root, level, size) {
  const row = Object.assign(document.createElement("div"), { className: "joint-book" });
  row.append(Object.assign(document.createElement("h3"), { textContent: word("joint.inspector.level", { level: level + 1 }) }));
  const codes = row.appendChild(Object.assign(document.createElement("div"), { className: "joint-tiles" }));
  const shares = Array.from({ length: size }, (_, code) => uses(joint.book?.usage, level, code));
  const most = Math.max(1e-9, ...shares.flatMap((share) => Object.values(share)));
  const chosen = (share) => !measured() || Object.values(share).some(Boolean);
  const tiles = shares.map((share, code) => tile(root, level, code, share, most));
  codes.append(...tiles.filter((_, code) => chosen(shares[code])));
  const idle = tiles.filter((_, code) => !chosen(shares[code]));
  if (idle.length) row.append(unchosen(idle));
  return row;
}

// Codes that nobody chose: small, in one line after the others.
function unchosen(tiles) {
  const line = Object.assign(document.createElement("div"), { className: "joint-idle" });
  line.append(Object.assign(document.createElement("span"), { textContent: word("joint.inspector.idle", { count: tiles.length }) }), ...tiles);
  return line;
}

function tile(root, level, code, share, most) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-tile" });
  Object.assign(button.dataset, { level, code });
  const head = button.appendChild(Object.assign(document.createElement("b"), { textContent: code }));
  head.style.setProperty("--code", colourOf(joint.book, "concept", level, code));
  const bars = button.appendChild(Object.assign(document.createElement("span"), { className: "joint-uses" }));
  for (const sense of SENSES) {
    const bar = bars.appendChild(document.createElement("i"));
    bar.dataset.sense = sense;
    bar.style.height = `${share[sense] ? Math.max(6, 100 * Math.sqrt(share[sense] / most)) : 0}%`;
  }
  button.append(Object.assign(document.createElement("small"), { textContent: summary(standsFor(joint.book?.usage, level, code)) }));
  const told = SENSES.map((sense) => word("joint.inspector.uses", { sense: word(`joint.sense.${sense}`), percent: percent(share[sense]) }));
  button.title = `${word("joint.inspector.code", { code })}: ${told.join(", ")}`;
  button.setAttribute("aria-label", button.title);
  button.onclick = () => ((picked = [level, code]), mark(root), about(root));
  return button;
}

// One meaning where a code mostly has one; else of how many it is.
const summary = (found) => (!found.length ? "" : found[0].share > 0.5 ? called(found[0].meaning) : `× ${found.length}`);

// The codes of the thought are marked, and the one that is looked at.
function mark(root) {
  const concept = joint.thought?.concept ?? [];
  for (const button of root.querySelectorAll(".joint-tile")) {
    const [level, code] = [Number(button.dataset.level), Number(button.dataset.code)];
    button.toggleAttribute("data-now", concept[level] === code);
    button.setAttribute("aria-pressed", String(picked?.[0] === level && picked?.[1] === code));
  }
}

function about(root) {
  const box = root.querySelector(".joint-about");
  if (!picked) return (box.textContent = measured() ? word("joint.inspector.pick") : "");
  const [level, code] = picked;
  const found = standsFor(joint.book?.usage, level, code).slice(0, MOST);
  const chip = Object.assign(document.createElement("span"), { className: "joint-chip", textContent: code });
  chip.style.setProperty("--code", colourOf(joint.book, "concept", level, code));
  const meanings = found.map(({ meaning, share }) => `${called(meaning)} ${percent(share)} %`).join(" · ");
  const use = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: word("joint.inspector.use") });
  use.disabled = !joint.thought?.concept || joint.thought.concept[level] === code;
  use.onclick = () => edit(level, code);
  const said = document.createElement("p");
  said.append(chip, ` ${word("joint.inspector.stands", { code, level: level + 1 })}: ${meanings || word("joint.inspector.never")}`);
  box.replaceChildren(said, use);
}
