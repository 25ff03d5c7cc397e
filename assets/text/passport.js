// The passport of the picked code: what it spells, where it is found, who its relatives are.

import { post } from "../asking.js";
import { percentOf, rankOf } from "../counts.js";
import { linked } from "../pointing.js";
import { here } from "../present.js";
import { relativesOf } from "../relatives.js";
import { isLight } from "../sound/books.js";
import { on, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { contextsOf } from "./contexts.js";
import { oneLine, shown, textOf } from "./glyphs.js";

const NEAR = 6;

export function mountPassport(root) {
  root.classList.add("passport");
  root.innerHTML = `
    <div class="card-head"><h2 data-word="passport.title"></h2></div>
    <div class="face"><span class="swatch"></span><strong></strong></div>
    <p class="note usage" aria-live="polite"></p>
    <section data-real><h3 data-word="text.passport.real"></h3><ol class="contexts"></ol>
      <p class="note" data-word="text.passport.real_note"></p></section>
    <section><h3 data-word="text.passport.alone"></h3><p class="text-spelled alone" dir="auto"></p>
      <p class="note" data-word="text.passport.alone_note"></p></section>
    <section><h3 data-word="passport.near"></h3><div class="text-codes" data-near></div></section>
    <section data-follows><h3 data-word="text.passport.follows"></h3><div class="text-codes" data-after></div></section>`;
  for (const topic of ["book", "picked"]) on(topic, () => show(root));
  for (const topic of ["loaded", "tokens"]) on(topic, () => tellUsage(root));
  onLanguage(() => show(root));
  linked(root, "passport");
  label(root);
}

async function show(root) {
  const { book, code, codec, level, stride } = state;
  if (!book || code >= book.codebook_size) return;
  root.querySelector(".face strong").textContent = word("text.passport.which", { code: String(code), level: level + 1 });
  root.querySelector(".swatch").style.background = book.colours[code];
  tellUsage(root);
  const isNow = () => book === state.book && code === state.code; // or another code was picked meanwhile
  const asking = [relativesOf(code), contextsOf(codec, level, code, stride), spelledAlone(codec, level, code)];
  const [found, contexts, alone] = await Promise.all(asking);
  if (!isNow()) return;
  showCodes(root.querySelector("[data-near]"), (found?.neighbours ?? []).slice(0, NEAR), (_, i) => found.distances[i].toFixed(2));
  const after = found?.right ?? [];
  showCodes(root.querySelector("[data-after]"), after.map(([next]) => next), (_, i) => word("passport.times", { count: after[i][1] }));
  root.querySelector("[data-follows]").hidden = !after.length;
  root.querySelector(".alone").textContent = alone === null ? "" : shown(alone);
  showContexts(root, contexts, book.colours[code]);
}

function tellUsage(root) {
  const { book, code, indices } = state;
  if (!book) return;
  const cells = here()[code] ?? 0;
  const { counts, tokens, pictures } = book;
  const values = { count: counts[code], tokens, pictures, percent: percentOf(counts[code], tokens), size: counts.length };
  const said = [];
  if (!counts.length) said.push(word("passport.unknown"));
  else if (!counts[code]) said.push(word("text.passport.dead", values));
  else said.push(word("text.passport.usage", { ...values, rank: rankOf(counts, code) }));
  said.push(word("text.passport.cells", { cells, percent: percentOf(cells, indices.length) }));
  root.querySelector(".usage").textContent = said.join(" ");
}

function showCodes(box, codes, figureOf) {
  box.replaceChildren(...codes.map((code, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.dataset.code = code;
    button.dataset.keep = "";
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = state.book.colours[code];
    const number = Object.assign(document.createElement("strong"), { textContent: code });
    const figure = Object.assign(document.createElement("span"), { className: "note", textContent: figureOf(code, i) });
    button.append(swatch, number, figure);
    return button;
  }));
}

function showContexts(root, contexts, colour) {
  root.querySelector("[data-real]").hidden = !contexts.length;
  const ink = Number.parseInt(colour.slice(1), 16);
  const light = isLight(((ink & 255) << 16) | (ink & 0xff00) | (ink >> 16));
  root.querySelector(".contexts").replaceChildren(...contexts.map(({ before, key, after }) => {
    const line = document.createElement("li");
    const part = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
    const [left, middle, right] = [part("span", shown(before)), part("b", oneLine(key)), part("span", shown(after))];
    middle.style.background = colour;
    middle.style.color = light ? "#000" : "#fff";
    line.append(left, middle, right);
    return line;
  }));
}

const alone = new Map(); // "codec/level/code" → promise of what it spells

// What sixteen cells of nothing but this code spell, with the mean codes of the codebooks before it.
async function spelledAlone(codec, level, code) {
  const key = `${codec}/${level}/${code}`;
  if (!alone.has(key)) alone.set(key, post("alone", { codec, level, code }).then((answer) => answer?.arrayBuffer()));
  const bytes = await alone.get(key);
  if (!bytes) alone.delete(key); // the next who asks tries again
  return bytes ? textOf(bytes) : null;
}
