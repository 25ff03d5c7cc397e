// The one sequence: shared codes in the middle of everything, then the codes of the picture, the sound and the word.
// Arcs show where its parts look; a shared code can be exchanged for another.

import { fromBase64 } from "../asking.js";
import { colour, stage } from "../stage.js";
import { emit, on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { colourOf, letters, standsFor } from "./codes.js";
import { arranged, cellsOf, links } from "./figures.js";
import { called, edit, joint, styleName } from "./thought.js";

const ARCS = 66; // pixels above the cells
const TALL = 40; // of a cell
const NARROW = 700; // pixels of a strip below which shared codes are smaller

const FRAME = `
  <div class="joint-sequence"><canvas role="img" data-word-label="joint.strip.label"></canvas><div class="joint-shared"></div></div>
  <p class="note joint-pointed"></p>
  <div class="joint-picker" hidden><div class="card-head"><h3></h3>
    <button type="button" class="button quiet" data-close data-word="joint.strip.close"></button></div>
    <div class="joint-codes" role="group"></div></div>`;

const strip = { cells: [], boxes: [], hovered: null, sample: 0, row: null, looks: null, open: null };

export function mountStrip(root) {
  root.innerHTML = FRAME;
  const [canvas, shared, picker] = ["canvas", ".joint-shared", ".joint-picker"].map((part) => root.querySelector(part));
  const redraw = stage(canvas, (pen, width) => draw(pen, width, shared));
  picker.querySelector("[data-close]").onclick = () => close(root);
  point(canvas, redraw, root);
  on("joint.model", () => {
    Object.assign(strip, { cells: cellsOf(joint.model.segments), hovered: null, sample: 0 });
    close(root);
    follow(root, shared, redraw);
  });
  for (const topic of ["joint.thought", "joint.made", "joint.book", "joint.sample"]) on(topic, () => follow(root, shared, redraw));
  label(root);
  onLanguage(() => joint.model && follow(root, shared, redraw));
}

// Which of the samples is shown, from 0 on.
export const shownSample = () => Math.min(strip.sample, (joint.made?.rows.length ?? 1) - 1);

export function showSample(number) {
  strip.sample = number;
  emit("joint.sample");
}

function follow(root, shared, redraw) {
  const { made, thought } = joint;
  const row = made?.rows[shownSample()] ?? null;
  const fits = row && thought?.concept && thought.concept.every((code, i) => code === row[i]);
  strip.row = fits ? row : null;
  strip.looks = fits ? fromBase64(made.attention[shownSample()], Uint8Array) : null;
  const concept = thought?.concept ?? [];
  shared.replaceChildren(...concept.map((code, level) => sharedButton(root, code, level)));
  if (strip.open !== null) fillPicker(root);
  tell(root);
  redraw();
}

function sharedButton(root, code, level) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-code" });
  button.style.setProperty("--code", colourOf(joint.book, "concept", level, code));
  button.textContent = code;
  button.dataset.level = level;
  button.setAttribute("aria-label", word("joint.strip.told.concept", { code, level: level + 1 }));
  button.setAttribute("aria-expanded", String(strip.open === level));
  button.onclick = () => (strip.open === level ? close(root) : open(root, level));
  return button;
}

// --- drawing ----------------------------------------------------------------------------------

const inkOf = (canvas, part) => colour(canvas, `--${part}`);

function draw(pen, width, shared) {
  const narrow = width < NARROW;
  strip.boxes = arranged(strip.cells, width, { wide: narrow ? 40 : 54, gap: narrow ? 5 : 14 });
  const { canvas } = pen;
  [...shared.children].forEach((button, i) => {
    const { x, w } = strip.boxes[i];
    Object.assign(button.style, { left: `${x}px`, width: `${w - 3}px`, top: `${ARCS}px`, height: `${TALL}px` });
  });
  if (strip.looks) drawArcs(pen);
  const spelled = strip.row ? letters(strip.row.slice(-strip.cells.filter(({ letter }) => letter).length)) : [];
  strip.cells.forEach((cell, i) => drawCell(pen, cell, strip.boxes[i], spelled));
  drawNames(pen, canvas, narrow);
}

function drawCell(pen, cell, { x, w }, spelled) {
  if (cell.part === "concept") return;
  const { canvas } = pen;
  const code = strip.row?.[cell.place];
  const gap = w > 6 ? 1.5 : 0.5;
  pen.globalAlpha = code === undefined ? 0.25 : 1;
  if (cell.style || cell.letter) pen.fillStyle = code === undefined || cell.letter ? colour(canvas, "--sunken") : inkOf(canvas, cell.part);
  else pen.fillStyle = code === undefined ? colour(canvas, "--line") : colourOf(joint.book, cell.part, cell.level, code);
  pen.beginPath();
  pen.roundRect(x, ARCS, w - gap, TALL, Math.min(3, w / 4));
  pen.fill();
  pen.globalAlpha = 1;
  const text = cell.letter ? spelled[cell.within] : "";
  if (text) {
    Object.assign(pen, { fillStyle: inkOf(canvas, "words"), textAlign: "center", textBaseline: "middle" });
    pen.font = `600 ${Math.min(17, 1.25 * w + 2)}px ${colour(canvas, "--sans")}`;
    pen.fillText(text, x + w / 2, ARCS + TALL / 2 + 1);
  }
  if (strip.hovered === cell.place) {
    Object.assign(pen, { strokeStyle: colour(canvas, "--ink"), lineWidth: 2 });
    pen.strokeRect(x - 1, ARCS - 1, w, TALL + 2);
  }
}

function drawArcs(pen) {
  const { canvas } = pen;
  const found = links(strip.looks, strip.cells, { only: strip.hovered, most: strip.hovered === null ? 90 : 40 });
  const most = found[0]?.weight ?? 1;
  const middle = (place) => strip.boxes[place].x + strip.boxes[place].w / 2;
  for (const { from, to, weight } of found.reverse()) {
    const [a, b] = [middle(from), middle(to)];
    pen.globalAlpha = 0.12 + 0.75 * (weight / most) ** 1.5;
    Object.assign(pen, { strokeStyle: inkOf(canvas, strip.cells[to].part), lineWidth: 0.7 + 2 * (weight / most) });
    pen.beginPath();
    pen.moveTo(a, ARCS - 3);
    const top = ARCS - 3 - (ARCS - 10) * (4 / 3) * Math.sqrt(Math.abs(a - b) / pen.canvas.clientWidth);
    pen.bezierCurveTo(a, top, b, top, b, ARCS - 3);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function drawNames(pen, canvas, narrow) {
  Object.assign(pen, { textAlign: "left", textBaseline: "top", font: `600 13px ${colour(canvas, "--sans")}` });
  for (const part of ["concept", "pictures", "sounds", "words"]) {
    const own = strip.boxes.filter((_, i) => strip.cells[i].part === part);
    if (!own.length) continue;
    const [left, right] = [own[0].x, own.at(-1).x + own.at(-1).w];
    pen.fillStyle = inkOf(canvas, part);
    pen.fillRect(left, ARCS + TALL + 4, right - left - 3, 4);
    pen.fillText(word(`joint.strip.${part}`), left, ARCS + TALL + 13, narrow ? right - left - 3 : undefined);
  }
}

// --- pointing ---------------------------------------------------------------------------------

function point(canvas, redraw, root) {
  const at = (event) => {
    const x = event.offsetX;
    const found = strip.boxes.findIndex((box) => x >= box.x && x < box.x + box.w);
    const place = found < 0 ? null : found;
    if (place === strip.hovered) return;
    strip.hovered = place;
    tell(root);
    redraw();
  };
  canvas.onpointermove = canvas.onpointerdown = at;
  canvas.onpointerleave = () => ((strip.hovered = null), tell(root), redraw());
  const { nextElementSibling: shared } = canvas;
  const over = (event) => {
    const level = event.target.dataset?.level;
    strip.hovered = level === undefined ? null : Number(level);
    tell(root);
    redraw();
  };
  for (const type of ["pointerover", "focusin"]) shared.addEventListener(type, over);
  for (const type of ["pointerleave", "focusout"]) shared.addEventListener(type, () => ((strip.hovered = null), tell(root), redraw()));
}

function tell(root) {
  const line = root.querySelector(".joint-pointed");
  const cell = strip.hovered === null ? null : strip.cells[strip.hovered];
  const code = cell && (cell.part === "concept" ? joint.thought?.concept?.[cell.level] : strip.row?.[cell.place]);
  line.textContent = code === undefined || !cell ? word("joint.strip.note") : toldCell(cell, code);
}

function toldCell(cell, code) {
  const part = word(`joint.strip.${cell.part}`);
  const key = (name) => `joint.strip.told.${name}`;
  if (cell.part === "concept") return word(key("concept"), { code, level: cell.level + 1 });
  if (cell.style) return word(key("style"), { part, style: styleName(joint.model.styles[cell.part][code]) });
  if (!cell.letter) return word(key("codes"), { part, code, level: cell.level + 1 });
  const text = letters(strip.row.slice(-strip.cells.filter(({ letter }) => letter).length))[cell.within];
  return text ? word(key("letter"), { letter: text }) : word(key("end"));
}

// --- another shared code ----------------------------------------------------------------------

function open(root, level) {
  if (!joint.thought?.concept) return;
  strip.open = level;
  root.querySelector(".joint-picker").hidden = false;
  fillPicker(root);
}

function close(root) {
  strip.open = null;
  root.querySelector(".joint-picker").hidden = true;
}

function fillPicker(root) {
  const picker = root.querySelector(".joint-picker");
  const level = strip.open;
  const now = joint.thought?.concept?.[level];
  if (now === undefined) return close(root);
  picker.querySelector("h3").textContent = word("joint.strip.pick", { level: level + 1 });
  const codes = Array.from({ length: joint.model.codebook_size }, (_, code) => code);
  const focused = picker.contains(document.activeElement) ? document.activeElement.dataset.code : null;
  picker.querySelector(".joint-codes").replaceChildren(...codes.map((code) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-code" });
    button.style.setProperty("--code", colourOf(joint.book, "concept", level, code));
    button.dataset.code = code;
    button.setAttribute("aria-pressed", String(code === now));
    button.append(Object.assign(document.createElement("b"), { textContent: code }));
    const [best] = standsFor(joint.book?.usage, level, code);
    if (best) button.append(Object.assign(document.createElement("span"), { textContent: called(best.meaning) }));
    button.onclick = () => edit(level, code);
    return button;
  }));
  if (focused !== null) picker.querySelector(`[data-code="${focused}"]`)?.focus();
}
