// A drawing for the bench: a few brushes on 256 × 256 pixels. It stays when the dialog is closed.

import { label } from "../words.js";

export const SIDE = 256; // pixels
const PAPER = "#ffffff";
const INKS = {
  black: "#1b1b1b", white: PAPER, red: "#c8372d", orange: "#e8912d", yellow: "#f2d13c",
  green: "#3f8f4f", sky: "#5fb4e5", blue: "#2f4fa0", brown: "#7a4f2e", skin: "#e6b590",
};
const SIZES = { fine: 4, middle: 12, broad: 32 }; // pixels

const FRAME = `
  <div class="card-head"><h2 data-word="input.draw"></h2>
    <button type="button" class="button quiet" data-clear data-word="input.clear"></button></div>
  <canvas class="draw-sheet" width="${SIDE}" height="${SIDE}" role="img" data-word-label="input.sheet"></canvas>
  <div class="draw-inks" role="group" data-word-label="input.inks"></div>
  <div class="draw-sizes" role="group" data-word-label="input.sizes"></div>
  <div class="dialog-foot">
    <button type="button" class="button quiet" data-close data-word="input.close"></button>
    <button type="button" class="button main" data-use data-word="input.use_drawing"></button>
  </div>`;

let sheet = null; // the canvas of the drawing, kept between two openings

// Opens the dialog inside `root`; take(blob) gets the drawing, should the visitor use it.
export function openDraw(root, take) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog", innerHTML: FRAME });
  root.append(dialog);
  const canvas = dialog.querySelector("canvas");
  if (sheet) canvas.replaceWith(sheet);
  else clear((sheet = canvas));
  const brush = { ink: INKS.black, size: SIZES.middle };
  const [inks, sizes] = [dialog.querySelector(".draw-inks"), dialog.querySelector(".draw-sizes")];
  choices(inks, INKS, "ink", brush, (button, ink) => button.style.setProperty("--ink-colour", ink));
  choices(sizes, SIZES, "size", brush, (button, size) => button.style.setProperty("--dot", `${4 + size / 2}px`));
  paintWith(sheet, brush);
  dialog.querySelector("[data-clear]").onclick = () => clear(sheet);
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.querySelector("[data-use]").onclick = () => sheet.toBlob((blob) => (dialog.close(), take(blob)), "image/png");
  dialog.addEventListener("close", () => dialog.remove());
  label(dialog);
  dialog.showModal();
}

// One button for each entry; brush[what] follows the pressed one.
function choices(group, entries, what, brush, dress) {
  for (const [name, value] of Object.entries(entries)) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `draw-${what}` });
    button.dataset.wordLabel = button.dataset.wordTitle = `input.${what}.${name}`;
    button.setAttribute("aria-pressed", String(brush[what] === value));
    dress(button, value);
    button.onclick = () => {
      brush[what] = value;
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
    };
    group.append(button);
  }
}

function clear(canvas) {
  const pen = canvas.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, SIDE, SIDE);
}

function paintWith(canvas, brush) {
  let last = null;
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * SIDE, ((event.clientY - frame.top) / frame.height) * SIDE];
  };
  const stroke = (event) => {
    for (const sample of event.getCoalescedEvents?.() ?? [event]) last = dab(canvas, brush, last, place(sample));
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = dab(canvas, brush, place(event), place(event));
  };
  canvas.onpointermove = (event) => last && stroke(event);
  canvas.onpointerup = canvas.onpointercancel = () => (last = null);
}

function dab(canvas, { ink, size }, from, to) {
  const pen = canvas.getContext("2d");
  Object.assign(pen, { strokeStyle: ink, lineWidth: size, lineCap: "round", lineJoin: "round" });
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(to[0] + 0.01, to[1]); // a line of no length would leave no dot
  pen.stroke();
  return to;
}
