// Original | resynthesis: wiped against each other, their difference, and the halo of the last edit.

import { fetchMedia } from "./asking.js";
import { perplexity } from "./counts.js";
import { markStale } from "./measuring.js";
import { bytesOnBench } from "./packed.js";
import { here } from "./present.js";
import { isEdited, on, state } from "./store.js";
import { onLanguage, word } from "./words.js";

const LOOKS = ["wipe", "original", "resynthesis", "error", "halo"];
const ERROR_GAIN = 4; // shown brightness per unit of absolute error: fixed, so pictures can be compared
const HALO_GAIN = 6;

export function mountPicture(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="picture.title"></h2>
      <div class="segmented" role="group" data-word-label="picture.view"></div></div>
    <div class="stage picture-stage">
      <canvas role="img" data-word-label="picture.canvas"></canvas>
      <input type="range" class="wipe" min="0" max="100" value="50" data-word-label="picture.wipe">
      <span class="side left" data-word="picture.original"></span><span class="side right" data-word="picture.resynthesis"></span>
      <span class="spinner" hidden></span>
    </div>
    <p class="note" data-note></p>
    <div class="chips"></div>`;
  const view = {
    root,
    look: "wipe",
    canvas: root.querySelector("canvas"),
    wipe: root.querySelector(".wipe"),
    now: new OffscreenCanvas(1, 1), // the resynthesis
    before: null, // ImageData of it before the last edit
    original: null, // ImageBitmap
    shown: 0,
  };
  mountLooks(view);
  listen(view);
  onLanguage(() => (chips(view), note(view)));
}

function mountLooks(view) {
  const group = view.root.querySelector(".segmented");
  for (const look of LOOKS) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.word = `picture.look.${look}`;
    button.toggleAttribute("data-needs-original", ["wipe", "original", "error"].includes(look));
    button.setAttribute("aria-pressed", String(look === view.look));
    button.onclick = () => {
      view.look = look;
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
      draw(view);
      note(view);
    };
    group.append(button);
  }
}

function listen(view) {
  view.wipe.addEventListener("input", () => draw(view));
  on("loaded", () => (open(view), note(view)));
  on("tokens", () => (keepBefore(view), uncover(view)));
  on("history", () => (view.fresh = true)); // the next change of tokens is a new edit
  on("picture", ({ bitmap, top, left }) => {
    fit(view);
    view.now.getContext("2d", { willReadFrequently: true }).drawImage(bitmap, left, top);
    view.shown += 1;
    draw(view);
    view.canvas.dataset.revision = String(view.shown);
  });
  for (const topic of ["tokens", "loaded", "measured", "book", "depth"]) on(topic, () => chips(view));
  on("busy", (busy) => (view.root.querySelector(".spinner").hidden = !busy));
}

async function open(view) {
  const epoch = state.epoch;
  fit(view);
  view.before = null;
  view.fresh = true;
  view.original = null;
  view.covered = true;
  for (const button of view.root.querySelectorAll("[data-needs-original]")) {
    button.disabled = !state.original;
    button.title = state.original ? "" : word("picture.no_original");
  }
  if (state.original) {
    const blob = await fetchMedia(state.original);
    const bitmap = blob && (await createImageBitmap(blob));
    if (epoch !== state.epoch) return;
    view.original = bitmap;
  }
  draw(view);
}

// The wipe would hide an edit under the original: with the first one it makes room, and then stays as it is put.
function uncover(view) {
  if (!view.covered || !isEdited()) return;
  view.covered = false;
  view.wipe.value = 0;
  draw(view);
}

function fit(view) {
  const [height, width] = state.size;
  if (view.now.width === width && view.now.height === height) return;
  view.now = new OffscreenCanvas(width, height);
  view.canvas.width = width;
  view.canvas.height = height;
  view.canvas.style.aspectRatio = `${width} / ${height}`;
}

function keepBefore(view) {
  if (!view.fresh) return;
  view.before = pixels(view, view.now);
  view.fresh = false;
}

function pixels(view, source) {
  const [height, width] = state.size;
  const sheet = new OffscreenCanvas(width, height);
  sheet.getContext("2d").drawImage(source, 0, 0);
  return sheet.getContext("2d").getImageData(0, 0, width, height);
}

function draw(view) {
  const { canvas, look } = view;
  const pen = canvas.getContext("2d");
  const [height, width] = state.size;
  const split = look === "wipe" && view.original;
  const shown = look === "halo" || view.original ? look : "resynthesis";
  view.root.querySelector(".picture-stage").dataset.look = shown;
  view.root.querySelector(".picture-stage").style.setProperty("--wipe", `${view.wipe.value}%`);
  view.root.querySelector(".side.left").hidden = Number(view.wipe.value) === 0;
  view.root.querySelector(".side.right").hidden = Number(view.wipe.value) === 100;
  if (look === "original" && view.original) pen.drawImage(view.original, 0, 0);
  else if (look === "error" && view.original) difference(pen, pixels(view, view.original), pixels(view, view.now), ERROR_GAIN);
  else if (look === "halo" && view.before) difference(pen, view.before, pixels(view, view.now), HALO_GAIN);
  else {
    pen.drawImage(view.now, 0, 0);
    if (look === "halo") (pen.fillStyle = "#000"), pen.fillRect(0, 0, width, height);
  }
  if (split) {
    const x = Math.round((width * view.wipe.value) / 100);
    if (x > 0) pen.drawImage(view.original, 0, 0, x, height, 0, 0, x, height);
  }
}

// Brightness = gain × mean absolute difference of the three channels; black means equal.
function difference(pen, a, b, gain) {
  const out = new ImageData(a.width, a.height);
  for (let i = 0; i < a.data.length; i += 4) {
    const r = Math.abs(a.data[i] - b.data[i]);
    const g = Math.abs(a.data[i + 1] - b.data[i + 1]);
    const blue = Math.abs(a.data[i + 2] - b.data[i + 2]);
    const value = Math.min(1, (gain * (r + g + blue)) / 3 / 255);
    out.data[i] = 255 * Math.min(1, value * 2.2); // black → orange → white
    out.data[i + 1] = 255 * value ** 1.4;
    out.data[i + 2] = 255 * Math.max(0, value * 2 - 1);
    out.data[i + 3] = 255;
  }
  pen.putImageData(out, 0, 0);
}

// --- numbers ----------------------------------------------------------------------------

function chips(view) {
  const box = view.root.querySelector(".chips");
  const coded = state.indices.length > 0;
  const [height, width] = state.size;
  const bits = state.depth * state.indices.length * Math.log2(state.codebookSize || 1024);
  const bytes = coded ? bytesOnBench(state) : 0; // of the file that the output card gives
  const counts = here();
  const used = counts.filter(Boolean).length;
  const facts = state.facts ?? {};
  const entries = [
    ["psnr", state.quality && { value: state.quality.psnr_db?.toFixed(1) ?? "∞" }],
    ["ssim", state.quality?.ssim != null && { value: state.quality.ssim.toFixed(3) }],
    ["bits", coded && { value: Math.round(bits).toLocaleString("en"), bytes: bytes.toLocaleString("en") }],
    ["rate", coded && { value: (bits / (height * width)).toFixed(3) }],
    ["png", coded && facts.png_bytes > bytes && { value: Math.round(facts.png_bytes / bytes) }],
    ["jpeg", coded && facts.jpeg_bytes && { value: (bytes / facts.jpeg_bytes).toFixed(1) }],
    ["used", coded && { value: used, of: state.codebookSize }],
    ["perplexity", coded && { value: Math.round(perplexity(counts)) }],
  ];
  box.replaceChildren();
  for (const [name, values] of entries) {
    if (!values) continue;
    const chip = Object.assign(document.createElement("span"), { className: "chip" });
    chip.title = word(`chip.${name}.hint`, values);
    const strong = Object.assign(document.createElement("b"), { textContent: word(`chip.${name}.value`, values) });
    chip.append(strong, " ", word(`chip.${name}.unit`, values));
    chip.dataset.chip = name;
    markStale(chip, ["psnr", "ssim"]);
    box.append(chip);
  }
}

function note(view) {
  const bare = !state.original && view.look !== "halo";
  const key = bare ? "picture.no_original" : state.card?.num_codebooks === 0 ? "continuous.picture" : `picture.note.${view.look}`;
  view.root.querySelector("[data-note]").textContent = word(key);
}
