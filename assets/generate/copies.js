// New, or a copy? The training picture that is nearest to each sample on the canvas, when somebody asks.

import { post, toBase64 } from "../asking.js";
import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { drawSample, pictured } from "./canvas.js";
import { called } from "./controls.js";
import { indicesOf } from "./lane.js";
import { making, placeOf } from "./making.js";

export function mountCopies(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="generate.copies.title"></h2>
      <button type="button" class="button" data-deed="look" data-word="generate.copies.look"></button></div>
    <p class="note" data-word="generate.copies.lead"></p>
    <p class="note" role="status" data-told></p>
    <div class="gen-found"></div>`;
  const view = { root, found: [] };
  const look = root.querySelector("[data-deed=look]");
  look.onclick = async () => {
    look.disabled = true;
    root.setAttribute("aria-busy", "true");
    root.querySelector("[data-told]").textContent = word("generate.copies.looking", { count: making.domain.seen });
    const kept = view.found; // another array once something else is made
    const found = await Promise.all(making.lanes.filter((lane) => placeOf(lane) > 0 && pictured(lane)).map(nearestTo));
    if (kept === view.found) view.found = found;
    root.setAttribute("aria-busy", "false");
    root.querySelector("[data-told]").textContent = "";
    look.disabled = false;
    show(view);
  };
  on("menu", () => ((root.hidden = !making.domain.seen), (view.found = []), show(view)));
  on("asked", () => making.playing && ((view.found = []), show(view)));
  label(root);
  onLanguage(() => show(view));
}

// {lane, sample: a canvas, told} of a lane as it is shown now.
async function nearestTo(lane) {
  const sample = sampleOf(lane);
  const { codec, grid } = making.domain;
  const answer = await post("generate/neighbours", { codec, grid, indices: toBase64(indicesOf(lane).slice()) });
  const told = answer && (await answer.json().catch(() => null));
  if (!told) return null;
  const image = new Image();
  image.src = told.picture;
  await image.decode().catch(() => null);
  return { lane, sample, told, image };
}

function sampleOf(lane) {
  const [height, width] = making.domain.size;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  drawSample(canvas.getContext("2d"), lane, pictured(lane), lane.chosen, 0, 0, width, height);
  return canvas;
}

function show({ root, found }) {
  root.querySelector(".gen-found").replaceChildren(...found.filter(Boolean).map(row));
}

function row({ lane, sample, told, image }) {
  const element = Object.assign(document.createElement("article"), { className: "gen-near-row" });
  const title = Object.assign(document.createElement("h3"), { textContent: word(`generate.kind.${lane.kind}.name`) });
  const pictures = Object.assign(document.createElement("div"), { className: "gen-near-pictures" });
  const all = told.nearest.length;
  pictures.append(
    figure(sample, word("generate.copies.sample")),
    ...told.nearest.map(({ name, distance }, i) =>
      figure(partOf(image, i, all), word("generate.copies.one", { name: called(name), percent: (100 * distance).toFixed(1) })),
    ),
  );
  const [{ distance }] = told.nearest;
  const verdict = word(distance < 0.5 * told.usual ? "generate.copies.copy" : distance < told.usual ? "generate.copies.near" : "generate.copies.new", {
    percent: (100 * distance).toFixed(1), usual: (100 * told.usual).toFixed(1), looked: told.looked,
  });
  element.append(title, pictures, Object.assign(document.createElement("p"), { textContent: verdict }));
  return element;
}

function partOf(image, place, all) {
  const [width, height] = [image.naturalWidth, image.naturalHeight / all];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(image, 0, place * height, width, height, 0, 0, width, height);
  return canvas;
}

function figure(canvas, text) {
  const element = document.createElement("figure");
  element.append(canvas, Object.assign(document.createElement("figcaption"), { textContent: text }));
  return element;
}
