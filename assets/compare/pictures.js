// The panes of pictures: the same part of each, side by side, wiped over the original, or as the difference from it.

import { stage } from "../stage.js";
import { on } from "../store.js";
import { label } from "../words.js";
import { PANES } from "./looks.js";
import { change, LARGEST, listen, shown, view, zoomAt } from "./zoom.js";

const LOOKS = ["side", "wipe", "difference"];
const LOUDER = 4; // times the difference, or nobody would see it

// Fills the bodies of the panes and the row of tools. Gives put(pane, blob), pane 0 the original.
export function mountPictures(bodies, tools) {
  const wall = { look: "side", pictures: [null, null, null], differences: [null, null, null], redraws: [] };
  bodies.forEach((body, pane) => mountPane(wall, body, pane));
  const redraw = () => wall.redraws.forEach((one) => one());
  const offs = [on("zoomed", redraw), on("zoomed", mountTools(wall, tools))];
  return {
    async put(pane, blob) {
      const picture = blob && (await createImageBitmap(blob));
      wall.pictures[pane] = picture;
      wall.differences = [null, null, null];
      redraw();
    },
    end: () => offs.forEach((off) => off()),
  };
}

function mountPane(wall, body, pane) {
  const canvas = Object.assign(document.createElement("canvas"), { tabIndex: 0, className: "pane-picture" });
  canvas.setAttribute("role", "img");
  canvas.dataset.wordLabel = `compare.pane.${PANES[pane]}`;
  body.replaceChildren(canvas);
  label(body);
  wall.redraws[pane] = stage(canvas, (pen, width, height) => draw(wall, pane, pen, width, height));
  listen(canvas, {
    point(u, v) {
      const { left, top, size } = shown();
      change({ at: u === undefined ? null : [left + u * size, top + v * size], ...(wall.look === "wipe" && u !== undefined && { wipe: u }) });
    },
  });
}

// --- drawing --------------------------------------------------------------------------------

function draw(wall, pane, pen, width, height) {
  const [original, own] = [wall.pictures[0], wall.pictures[pane]];
  const picture = pane && wall.look === "difference" ? differenceOf(wall, pane) : own;
  if (picture) part(pen, picture, width, height);
  if (pane && wall.look === "wipe" && own && original) {
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, view.wipe * width, height);
    pen.clip();
    part(pen, original, width, height);
    pen.restore();
    pen.fillStyle = "#fff";
    pen.shadowColor = "rgb(0 0 0 / 0.6)";
    pen.shadowBlur = 3;
    pen.fillRect(Math.round(view.wipe * width) - 1, 0, 2, height);
    pen.shadowBlur = 0;
  }
  if (view.at && wall.look !== "wipe") cross(pen, width, height);
}

function part(pen, picture, width, height) {
  const { left, top, size } = shown();
  pen.imageSmoothingEnabled = view.zoom * width * devicePixelRatio < 4 * picture.width; // closer, one wants to see pixels
  pen.drawImage(picture, left * picture.width, top * picture.height, size * picture.width, size * picture.height, 0, 0, width, height);
}

// The place pointed at, in every pane.
function cross(pen, width, height) {
  const { left, top, size } = shown();
  const [x, y] = [((view.at[0] - left) / size) * width, ((view.at[1] - top) / size) * height];
  pen.lineWidth = 3;
  for (const [colour, wide] of [["rgb(0 0 0 / 0.55)", 3.5], ["#fff", 1.5]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      pen.moveTo(x + 5 * dx, y + 5 * dy);
      pen.lineTo(x + 13 * dx, y + 13 * dy);
    }
    pen.stroke();
  }
}

// Grey where both are equal, lighter and darker where they are not.
function differenceOf(wall, pane) {
  const [a, b] = [wall.pictures[0], wall.pictures[pane]];
  if (!a || !b) return null;
  wall.differences[pane] ??= difference(a, b);
  return wall.differences[pane];
}

function difference(a, b) {
  const [before, after] = [a, b].map(pixelsOf);
  const canvas = new OffscreenCanvas(a.width, a.height);
  const pen = canvas.getContext("2d");
  const found = pen.createImageData(a.width, a.height);
  for (let i = 0; i < found.data.length; i++) found.data[i] = i % 4 === 3 ? 255 : 128 + LOUDER * (after[i] - before[i]);
  pen.putImageData(found, 0, 0);
  return canvas;
}

function pixelsOf(picture) {
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  return pen.getImageData(0, 0, picture.width, picture.height).data;
}

// --- tools ----------------------------------------------------------------------------------

// Gives a function that shows how things stand.
function mountTools(wall, root) {
  root.innerHTML = `
    <div class="segmented" role="group" data-word-label="compare.look.name">${LOOKS.map(
      (look) => `<button type="button" data-look="${look}" data-word="compare.look.${look}"></button>`,
    ).join("")}</div>
    <label class="wall-slider" data-for="wipe"><span data-word="compare.wipe"></span><input type="range" min="0" max="1" step="0.01"></label>
    <label class="wall-slider" data-for="zoom"><span data-word="compare.zoom"></span><input type="range" min="0" max="1" step="0.01"><output></output></label>`;
  const [wipe, zoom] = root.querySelectorAll("input");
  wipe.oninput = () => change({ wipe: Number(wipe.value) });
  zoom.oninput = () => zoomAt(LARGEST ** zoom.value);
  for (const button of root.querySelectorAll("[data-look]")) {
    button.onclick = () => {
      wall.look = button.dataset.look;
      show();
      wall.redraws.forEach((redraw) => redraw());
    };
  }
  function show() {
    for (const button of root.querySelectorAll("[data-look]")) button.setAttribute("aria-pressed", String(button.dataset.look === wall.look));
    root.querySelector("[data-for=wipe]").hidden = wall.look !== "wipe";
    wipe.value = view.wipe;
    zoom.value = Math.log(view.zoom) / Math.log(LARGEST);
    root.querySelector("output").textContent = `${view.zoom.toFixed(1)} ×`;
  }
  label(root);
  show();
  return show;
}
