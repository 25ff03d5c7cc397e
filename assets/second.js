// A second picture beside the bench: a rectangle of its tokens can be copied, its codes can be all
// that the first one may use.

import { box, cut } from "./edits.js";
import { isTooLarge, LARGEST } from "./files.js";
import { ask, fetchMedia, fromBase64, split } from "./asking.js";
import { stage } from "./stage.js";
import { hover, on, say, state, takeTool } from "./store.js";
import { onLanguage, word } from "./words.js";

export const SECOND = `
  <div class="actions-row">
    <label class="actions-pair"><span data-word="actions.second"></span> <select class="field"></select></label>
    <button type="button" class="button" data-upload data-word="actions.second_upload"></button>
    <input type="file" accept="image/*" hidden>
  </div>
  <div class="second-open" hidden>
    <canvas class="second-view" tabindex="0" role="application" data-word-label="actions.second_canvas"></canvas>
    <div class="second-side">
      <div class="segmented" role="group" data-word-label="actions.second_look">
        <button type="button" data-look="picture" aria-pressed="true" data-word="actions.look.picture"></button>
        <button type="button" data-look="tokens" aria-pressed="false" data-word="actions.look.tokens"></button>
      </div>
      <p class="note" data-hint role="status"></p>
      <button type="button" class="button" data-copy data-word="actions.copy_rectangle"></button>
      <button type="button" class="button" data-codes></button>
    </div>
  </div>`;

let held = null; // {codec, rows, columns, levels}

// The copied rectangle {rows, columns, levels: its codes in every codebook}, null when none of this codec is held.
export const heldCopy = () => (held?.codec === state.codec ? held : null);

// onCodes(codes, name) is called with the set of codes of the second picture.
export function mountSecond(root, onCodes) {
  const find = (selector) => root.querySelector(selector);
  const view = {
    root, canvas: find("canvas"), choice: find("select"), hint: find("[data-hint]"), codes: find("[data-codes]"),
    asked: 0, look: "picture", item: null, // {codec, name, grid, indices, bitmap}
    box: null, start: -1, // the rectangle [top, left, bottom, right], the cell it was begun at
  };
  view.choice.onchange = () => view.choice.value && openSample(view, view.choice.value);
  const file = find("input");
  find("[data-upload]").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) upload(view, file.files[0]);
    file.value = "";
  };
  find("[data-copy]").onclick = () => copy(view);
  view.codes.onclick = () => onCodes(new Set(view.item.indices), view.item.name());
  for (const button of root.querySelectorAll("[data-look]")) button.onclick = () => show(view, button.dataset.look);
  listen(view);
  view.redraw = stage(view.canvas, (pen, width, height) => draw(view, pen, width, height));
  for (const topic of ["hover", "book"]) on(topic, view.redraw);
  on("tool", () => tell(view));
  on("catalogue", () => offer(view));
  on("loaded", () => view.item && view.item.codec !== state.codec && close(view));
  onLanguage(() => (offer(view), tell(view)));
}

function offer(view) {
  const before = view.choice.value;
  const samples = (state.samples ?? []).map(({ name }) => new Option(word(`samples.${name}`), name));
  view.choice.replaceChildren(new Option(word("actions.choose"), ""), ...samples);
  view.choice.value = before;
}

function openSample(view, name) {
  openSecond(view, ask(`sample/${state.codec}/${encodeURIComponent(name)}`), () => word(`samples.${name}`));
}

function upload(view, file) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  view.choice.value = "";
  const path = `encode?codec=${encodeURIComponent(state.codec)}`;
  openSecond(view, ask(path, { method: "POST", body: file }), () => file.name);
}

async function openSecond(view, asking, name) {
  const mine = ++view.asked;
  const answer = await asking;
  if (!answer || mine !== view.asked) return;
  const { codec, grid, indices, image, codebooks } = await answer.json();
  const blob = await fetchMedia(image);
  const bitmap = blob && (await createImageBitmap(blob));
  if (!bitmap || mine !== view.asked) return;
  const levels = split(fromBase64(indices, Uint16Array), codebooks);
  view.item = { codec, name, grid, bitmap, levels, get indices() { return levels[state.level]; } };
  const [top, left] = grid.map((length) => Math.floor(length * 0.375));
  view.box = [top, left, top + Math.ceil(grid[0] / 4), left + Math.ceil(grid[1] / 4)];
  view.canvas.style.aspectRatio = `${grid[1]} / ${grid[0]}`;
  view.root.querySelector(".second-open").hidden = false;
  view.redraw();
  tell(view);
}

function close(view) {
  view.item = null;
  view.choice.value = "";
  view.root.querySelector(".second-open").hidden = true;
}

function show(view, look) {
  view.look = look;
  for (const button of view.root.querySelectorAll("[data-look]")) {
    button.setAttribute("aria-pressed", String(button.dataset.look === look));
  }
  view.redraw();
}

function copy(view) {
  const { codec, levels, grid } = view.item;
  const copies = levels.map((indices) => cut(indices, grid[1], view.box));
  held = { codec, rows: copies[0].rows, columns: copies[0].columns, levels: copies.map(({ codes }) => codes) };
  takeTool("paste");
}

function tell(view) {
  if (!view.item) return;
  const copied = state.tool === "paste" && heldCopy();
  view.hint.textContent = copied ? word("actions.pasting", copied) : word("actions.copy_hint");
  view.codes.textContent = word("actions.use_codes", { n: new Set(view.item.indices).size });
}

// --- hands --------------------------------------------------------------------------------

function cellAt(view, event) {
  const frame = view.canvas.getBoundingClientRect();
  const [height, width] = view.item.grid;
  const place = (offset, length, cells) => Math.min(Math.max(Math.floor((offset / length) * cells), 0), cells - 1);
  const row = place(event.clientY - frame.top, frame.height, height);
  return row * width + place(event.clientX - frame.left, frame.width, width);
}

function listen(view) {
  const { canvas } = view;
  const span = (cell) => ((view.box = box([view.start, cell], view.item.grid[1])), view.redraw());
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    span((view.start = cellAt(view, event)));
  });
  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(view, event);
    hover(view.item.indices[cell], -1, "second");
    if (view.start >= 0) span(cell);
  });
  canvas.addEventListener("pointerup", () => view.start >= 0 && ((view.start = -1), copy(view)));
  canvas.addEventListener("pointercancel", () => (view.start = -1));
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  canvas.addEventListener("keydown", (event) => key(view, event));
}

// Arrows move the rectangle, with Shift they stretch it, Enter copies it.
function key(view, event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (event.ctrlKey || event.metaKey || !(step || event.key === "Enter")) return;
  event.preventDefault();
  if (!step) return copy(view);
  const [top, left, bottom, right] = view.box;
  const [dy, dx] = step;
  const next = event.shiftKey ? [top, left, bottom + dy, right + dx] : [top + dy, left + dx, bottom + dy, right + dx];
  const [height, width] = view.item.grid;
  const inside = next[0] >= 0 && next[1] >= 0 && next[2] <= height && next[3] <= width;
  if (inside && next[2] > next[0] && next[3] > next[1]) view.box = next;
  view.redraw();
}

// --- drawing ------------------------------------------------------------------------------

function draw(view, pen, width, height) {
  if (!view.item || !state.book) return;
  const [rows, columns] = view.item.grid;
  const [tall, wide] = [height / rows, width / columns];
  const square = (cell) => pen.fillRect((cell % columns) * wide, Math.floor(cell / columns) * tall, wide, tall);
  const { indices, bitmap } = view.item;
  if (view.look === "picture") pen.drawImage(bitmap, 0, 0, width, height);
  else indices.forEach((code, cell) => ((pen.fillStyle = state.book.colours[code]), square(cell)));
  const lit = view.start < 0 ? state.hover.code : -1; // while a rectangle is drawn nothing is dimmed
  pen.fillStyle = document.body.classList.contains("dark") ? "rgb(10 11 15 / 0.72)" : "rgb(250 249 246 / 0.76)";
  if (lit >= 0) indices.forEach((code, cell) => code !== lit && square(cell));
  const [top, left, bottom, right] = view.box;
  for (const [colour, thick] of [["#000", 4], ["#fff", 2]]) {
    Object.assign(pen, { strokeStyle: colour, lineWidth: thick });
    pen.strokeRect(left * wide, top * tall, (right - left) * wide, (bottom - top) * tall);
  }
}
