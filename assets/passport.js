// The passport of the picked code: what it looks like, where it is used, who its relatives are.

import { percentOf, rankOf } from "./counts.js";
import { replace } from "./edits.js";
import { copy } from "./files.js";
import { linked } from "./pointing.js";
import { here } from "./present.js";
import { mountPatches } from "./patches.js";
import { relativesOf } from "./relatives.js";
import { showTile, tileCanvas } from "./sheets.js";
import { colour, stage } from "./stage.js";
import { commit, on, say, state } from "./store.js";
import { onLanguage, word } from "./words.js";

const SWAP = "M4 9h13m-4-4 4 4-4 4M20 16H8"; // an arrow into the place of another
const NEIGHBOURS = 6;
const FOLLOWERS = 5;

export function mountPassport(root) {
  root.classList.add("passport");
  root.innerHTML = `
    <div class="card-head"><h2 data-word="passport.title"></h2></div>
    <section>
      <div class="face"><div><strong></strong><span class="swatch" data-word-title="passport.colour"></span>
        <button type="button" class="button" data-copy data-word="passport.copy"></button></div>
        <canvas class="places" role="img"></canvas></div>
      <p class="note usage" aria-live="polite"></p>
    </section>
    <section class="patches"></section>
    <section><h3 data-word="passport.near"></h3><div class="nears"></div>
      <p class="note" data-word="passport.near_note"></p></section>
    <section class="follows"><h3 data-word="passport.follows"></h3>
      <h4 data-word="passport.right"></h4><div class="row"></div>
      <h4 data-word="passport.below"></h4><div class="row"></div></section>`;
  const tile = tileCanvas();
  root.querySelector(".face").prepend(tile);
  const parts = { root, tile, nears: nearSlots(root.querySelector(".nears")), rows: followerSlots(root) };
  mountPatches(root.querySelector(".patches"));
  const map = stage(root.querySelector(".places"), (pen, width, height) => drawPlaces(root, pen, width, height));
  for (const topic of ["book", "picked"]) on(topic, () => show(parts));
  for (const topic of ["loaded", "tokens"]) on(topic, () => tellHere(parts));
  for (const topic of ["book", "picked", "loaded", "tokens"]) on(topic, map);
  onLanguage(() => show(parts));
  root.querySelector("[data-copy]").addEventListener("click", async () => {
    if (await copy(String(state.code))) say(word("passport.copied", { code: String(state.code) }), "good");
  });
  linked(root, "passport");
}

// --- slots: made once, told another code with every pick, so that the keyboard keeps its place ----

function codeButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "code" });
  const tile = button.appendChild(tileCanvas());
  const number = button.appendChild(document.createElement("strong"));
  const figure = button.appendChild(document.createElement("span"));
  return { button, tile, number, figure };
}

function showCode({ button, tile, number, figure }, code, text, title) {
  button.dataset.code = code;
  button.title = title;
  showTile(tile, code);
  number.textContent = code;
  figure.textContent = text;
}

function nearSlots(list) {
  return Array.from({ length: NEIGHBOURS }, () => {
    const box = list.appendChild(document.createElement("div"));
    const slot = codeButton();
    const swap = Object.assign(document.createElement("button"), { type: "button", className: "swap" });
    swap.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SWAP}"/></svg>`;
    swap.addEventListener("click", () => replaceBy(Number(slot.button.dataset.code)));
    box.append(slot.button, swap);
    return { ...slot, box, swap };
  });
}

function followerSlots(root) {
  return [...root.querySelectorAll(".follows .row")].map((row) =>
    Array.from({ length: FOLLOWERS }, () => {
      const slot = codeButton();
      row.append(slot.button);
      return slot;
    }),
  );
}

function replaceBy(b) {
  const a = state.code;
  commit({ key: "edit.replace", values: { a, b } }, replace(state.indices, state.indices.keys(), a, b));
}

// --- what they show ---------------------------------------------------------------------

function show(parts) {
  const { book, code } = state;
  if (!book || code >= book.codebook_size) return;
  const { root } = parts;
  showTile(parts.tile, code);
  root.querySelector(".face strong").textContent = code;
  root.querySelector(".face .swatch").style.background = book.colours[code];
  tellHere(parts);
  showRelatives(parts);
}

// Until they are here, those of the code before stay, faint: the page does not jump.
async function showRelatives(parts) {
  const { root, nears, rows } = parts;
  const { book, code } = state;
  root.dataset.waiting = "";
  const found = await relativesOf(code);
  if (book !== state.book || code !== state.code) return; // another code was picked meanwhile
  root.removeAttribute("data-waiting");
  const { neighbours, distances, right, below } = found ?? { neighbours: [], distances: [], right: [], below: [] };
  nears.forEach((slot, i) => showNear(slot, neighbours[i], distances[i]));
  [right, below].forEach((followers, i) => showFollowers(rows[i], followers));
  root.querySelector(".follows").hidden = !right.length && !below.length;
}

function showNear(slot, code, distance) {
  slot.box.hidden = code === undefined;
  if (code === undefined) return;
  const values = { a: String(state.code), b: String(code), code: String(code), distance: distance.toFixed(2) };
  showCode(slot, code, word("passport.distance", values), word("passport.pick", values));
  slot.swap.title = word("passport.replace", values);
  slot.swap.setAttribute("aria-label", slot.swap.title);
}

function showFollowers(slots, pairs) {
  slots.forEach((slot, i) => {
    slot.button.hidden = !pairs[i];
    if (!pairs[i]) return;
    const [code, count] = pairs[i];
    showCode(slot, code, word("passport.times", { count }), word("passport.pick", { code: String(code) }));
  });
}

function tellHere({ root, nears }) {
  const { book, code, indices } = state;
  if (!book) return;
  const cells = here()[code] ?? 0;
  const values = { cells, code: String(code), percent: percentOf(cells, indices.length) };
  const inPicture = word(`passport.cells.${cells > 1 ? "many" : cells ? "one" : "none"}`, values);
  root.querySelector(".usage").textContent = `${usageLine(book, code)} ${inPicture}`;
  root.querySelector(".places").setAttribute("aria-label", word("passport.places_label", values));
  // Nothing here to replace. Not `disabled`: that would throw the keyboard out of the button it just pressed.
  for (const { swap } of nears) swap.setAttribute("aria-disabled", String(!cells));
}

function usageLine({ counts, tokens, pictures }, code) {
  if (!counts.length) return word("passport.unknown");
  const percent = percentOf(counts[code], tokens);
  const values = { count: counts[code], tokens, pictures, percent, size: counts.length };
  if (!counts[code]) return word("passport.dead", values);
  return word("passport.usage", { ...values, rank: rankOf(counts, code) });
}

// The picture's tokens in small, faint; the cells of the picked code stand out.
function drawPlaces(root, pen, width, height) {
  const { book, grid, indices, code } = state;
  if (!book || !indices.length) return;
  const [rows, columns] = grid;
  const side = Math.min(width / columns, height / rows);
  const accent = colour(root, "--accent");
  indices.forEach((other, cell) => {
    pen.globalAlpha = other === code ? 1 : 0.25;
    pen.fillStyle = other === code ? accent : book.colours[other];
    pen.fillRect((cell % columns) * side, Math.floor(cell / columns) * side, side, side);
  });
}
