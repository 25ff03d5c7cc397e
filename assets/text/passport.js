// The passport of the picked code: what it spells, where it is found, who its relatives are.

import { post } from "../asking.js";
import { showCodes, usageLine } from "../codelines.js";
import { linked } from "../pointing.js";
import { relativesOf } from "../relatives.js";
import { isLight } from "../row/books.js";
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
  showCodes(root.querySelector("[data-near]"), (found?.neighbours ?? []).slice(0, NEAR), (i) => found.distances[i].toFixed(2));
  const after = found?.right ?? [];
  showCodes(root.querySelector("[data-after]"), after.map(([next]) => next), (i) => word("passport.times", { count: after[i][1] }));
  root.querySelector("[data-follows]").hidden = !after.length;
  root.querySelector(".alone").textContent = alone === null ? "" : shown(alone);
  showContexts(root, contexts, book.colours[code]);
}

function tellUsage(root) {
  if (state.book) root.querySelector(".usage").textContent = usageLine();
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
