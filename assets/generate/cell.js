// One cell closely: what the prior thought of it, and another code in its place by hand.

import { post, toBase64 } from "../asking.js";
import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { drawTile } from "./canvas.js";
import { cut, isReached, only, shapeOf } from "./frames.js";
import { askedOf, canGoOn, cellCount, frameOf, goOn, making, pick, placeOf, runOf, setCell, undo } from "./making.js";

const REST = 120; // ms that the shown frame stands still before the server is asked

export function mountCell(root) {
  root.innerHTML = `
    <p class="note gen-cell-hint" data-word="generate.cell.hint"></p>
    <div class="gen-cell-open" hidden>
      <div class="gen-cell-head"><h3></h3><div class="gen-cell-deeds">
        <button type="button" class="button main" data-deed="on"></button>
        <button type="button" class="button" data-deed="empty" data-word="generate.cell.empty"></button>
        <button type="button" class="button" data-deed="undo" data-word="generate.cell.undo"></button>
        <button type="button" class="button quiet" data-deed="close" data-word="generate.cell.close"></button></div></div>
      <p class="gen-cell-said" role="status"></p>
      <div class="gen-codes" role="group" data-word-label="generate.cell.codes"></div>
      <form class="gen-any"><label><span data-word="generate.cell.any"></span><input class="field" type="number" min="0" step="1" required></label>
        <button class="button" data-word="generate.cell.set"></button></form>
      <p class="note" data-word="generate.cell.note"></p>
    </div>`;
  const find = (part) => root.querySelector(part);
  const view = { root, find, asked: 0, told: null, resting: 0 };
  find("[data-deed=on]").onclick = () => goOn(making.picked.lane);
  find("[data-deed=empty]").onclick = () => setCell(null);
  find("[data-deed=undo]").onclick = () => undo(making.picked.lane);
  find("[data-deed=close]").onclick = () => pick(null);
  find("form").onsubmit = (event) => {
    event.preventDefault();
    const code = Number(find("form input").value);
    if (Number.isInteger(code) && code < making.domain.codebook_size) setCell(code);
  };
  const rest = () => {
    show(view);
    clearTimeout(view.resting);
    if (making.picked && !making.playing) view.resting = setTimeout(() => fetchList(view), REST);
  };
  on("picked", rest);
  on("progress", () => making.picked && rest());
  on("frames", () => making.picked && show(view));
  on("look", () => making.picked && showList(view));
  label(root);
  onLanguage(() => show(view));
}

function show(view) {
  const { find } = view;
  const { picked } = making;
  find(".gen-cell-open").hidden = !picked;
  find(".gen-cell-hint").hidden = Boolean(picked);
  if (!picked) return;
  const { lane, cell } = picked;
  const { columns } = shapeOf(making.domain.grid);
  find("h3").textContent = word("generate.cell.title", { row: Math.floor(cell / columns) + 1, column: (cell % columns) + 1, name: word(`generate.kind.${lane.kind}.name`) });
  const flows = lane.kind === "flow";
  const go = find("[data-deed=on]");
  go.textContent = word(flows ? "generate.cell.lead" : "generate.cell.on");
  go.disabled = lane.running || !canGoOn(lane);
  find("[data-deed=undo]").disabled = !lane.past.length;
  find("[data-deed=empty]").disabled = flows ? !frameOf(lane).hands.has(cell) : !cut(frameOf(lane).filled, lane.chosen, cellCount())[cell];
  find("form input").max = making.domain.codebook_size - 1;
}

// --- the list -------------------------------------------------------------------------------

async function fetchList(view) {
  const mine = ++view.asked;
  const told = await likely();
  if (mine !== view.asked || !making.picked) return;
  view.told = told;
  showList(view);
}

async function likely() {
  const { lane, cell } = making.picked;
  const frame = only(frameOf(lane), lane.chosen, cellCount());
  if (lane.kind === "causal" && !isReached(frame.filled, cell, making.domain.grid)) return { early: true, rows: [] };
  if (lane.kind === "flow" && !frameOf(lane).where) return { lost: true, rows: [] };
  const state = lane.kind === "flow" ? latentsOf(lane) : { indices: toBase64(frame.indices), known: toBase64(frame.filled) };
  const answer = await post("generate/cell", { ...runOf(lane.kind), ...state, wanted: askedOf(lane), cell });
  const told = answer && (await answer.json().catch(() => null));
  if (!told) return null;
  const rows = told.codes.map((code, i) => ({ code, share: told.probabilities[i], text: percent(told.probabilities[i]) }));
  return { rows, entropy: told.entropy, possible: told.possible };
}

// Where a flow is, and when: at the very end there is nothing left to expect.
function latentsOf(lane) {
  const { where, step } = frameOf(lane);
  return { where: toBase64(Float32Array.from(where)), time: Math.min(step / lane.total, 0.999) };
}

const percent = (share) => (share >= 0.1 ? `${Math.round(100 * share)} %` : `${(100 * share).toFixed(1)} %`);

function showList(view) {
  const { told, find } = view;
  if (!told || !making.picked) return void find(".gen-codes").replaceChildren();
  const { lane, cell } = making.picked;
  const now = cut(frameOf(lane).indices, lane.chosen, cellCount())[cell];
  const filled = cut(frameOf(lane).filled, lane.chosen, cellCount())[cell];
  find(".gen-cell-said").textContent = saidOf(told, placeOf(lane));
  find(".gen-codes").replaceChildren(...told.rows.map((row, i) => codeButton(row, filled && row.code === now, i)));
}

function saidOf(told, place) {
  if (told.early) return word("generate.cell.early");
  if (told.lost) return word(place ? "generate.cell.lost" : "generate.cell.start");
  if (making.picked.lane.kind === "flow") return word("generate.cell.heading", { bits: told.entropy.toFixed(1) });
  return word(told.possible < making.domain.codebook_size ? "generate.cell.narrowed" : "generate.cell.likely", { bits: told.entropy.toFixed(1), possible: told.possible });
}

function codeButton({ code, share, text }, now, place) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "gen-code", onclick: () => setCell(code) });
  button.setAttribute("aria-pressed", String(Boolean(now)));
  button.setAttribute("aria-label", word("generate.cell.code", { code: String(code), text }));
  button.style.setProperty("--share", share);
  button.dataset.place = place;
  const tile = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
  const pen = tile.getContext("2d");
  if (making.tiles) drawTile(pen, code, 0, 0, 40);
  else {
    pen.fillStyle = making.book?.colours[code] ?? "#888";
    pen.fillRect(0, 0, 40, 40);
  }
  const words = ["b", "span"].map((tag, i) => Object.assign(document.createElement(tag), { textContent: i ? text : String(code) }));
  button.append(tile, ...words, document.createElement("i"));
  return button;
}
