// Into noise, and back: a picture dissolved as far as the visitor likes, and what the flow makes of the rest.

import { ask, fromBase64, post, toBase64 } from "../asking.js";
import { follow } from "../events.js";
import { isReadable, isTooLarge, LARGEST } from "../files.js";
import { openDraw } from "../input/draw.js";
import { on, say } from "../store.js";
import { stage } from "../stage.js";
import { label, onLanguage, word } from "../words.js";
import { called, chosenFew } from "./controls.js";
import { shapeOf } from "./frames.js";
import { indicesOf } from "./lane.js";
import { making, placeOf, runOf } from "./making.js";

const FIRST = 0.8; // share of noise that the card begins with
const PIECES = 20; // of the slider, as of the server's way into noise
const BACK = 2500; // ms for the way back
const FIGURES = ["original", "latents", "decoded", "flowing", "returned"];

export function mountNoise(root) {
  root.innerHTML = `
    <h2 data-word="generate.noise.title"></h2>
    <p class="note" data-word="generate.noise.lead"></p>
    <div class="gen-take"><div class="gen-seen" role="group" data-word-label="generate.noise.take"></div>
      <div class="input-ways">${["others", "mine", "draw", "upload"].map(
        (way) => `<button type="button" class="button" data-way="${way}" data-word="generate.noise.${way}"></button>`,
      ).join("")}<input type="file" accept="image/*" hidden></div></div>
    <p class="note" data-told hidden></p>
    <div class="gen-way">${FIGURES.map(figure).join("")}</div>
    <div class="gen-noise-controls">
      <div class="slider"><label for="gen-noise" data-word="generate.noise.time"></label><output></output>
        <input id="gen-noise" type="range" min="0" max="${PIECES}" step="1" value="${FIRST * PIECES}"></div>
      <div class="gen-return"><span data-word="generate.noise.back"></span><div class="gen-favourites" role="group" data-word-label="generate.noise.back"></div></div>
    </div>
    <p class="note" data-word="generate.noise.hint"></p>`;
  const view = { root, find: (part) => root.querySelector(part), origin: null, there: [], back: [], place: 0, asked: 0, offers: 0, seed: 0, as: null, near: false };
  view.redraws = FIGURES.map((name) => stage(view.find(`[data-figure=${name}] canvas`), (pen, width, height) => draw(view, name, pen, width, height)));
  view.redraw = () => view.redraws.forEach((redraw) => redraw());
  view.find("#gen-noise").oninput = () => ((view.back = []), showSlider(view));
  view.find("#gen-noise").onchange = () => comeBack(view, view.as ?? making.wanted);
  mountWays(view);
  on("menu", () => open(view));
  on("asked", () => showChips(view));
  new IntersectionObserver(([entry], watcher) => {
    if (!entry.isIntersecting) return;
    watcher.disconnect();
    view.near = true;
    open(view);
  }, { rootMargin: "200px" }).observe(root);
  label(root);
  onLanguage(() => (showSlider(view), making.domain && showChips(view)));
}

const figure = (name) => `<figure data-figure="${name}"><div class="gen-square"><canvas role="img" data-word-label="generate.noise.${name}"></canvas></div>
  <figcaption class="note" data-word="generate.noise.${name}"></figcaption></figure>`;

// --- what goes in -------------------------------------------------------------------------

function mountWays(view) {
  const way = (name) => view.find(`[data-way=${name}]`);
  const file = view.find("input[type=file]");
  way("others").onclick = () => offer(view, ++view.seed);
  way("mine").onclick = () => {
    const lane = making.lanes.find((one) => placeOf(one) > 0);
    if (lane) take(view, { indices: toBase64(indicesOf(lane).slice()) });
  };
  way("draw").onclick = () => openDraw(view.root, (blob) => send(view, blob));
  way("upload").onclick = () => file.click();
  file.onchange = () => {
    if (file.files.length) put(view, file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  };
}

async function put(view, file) {
  if (isTooLarge(file)) return say(word("input.too_large", { size: Math.ceil(file.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(file))) return say(word("input.unreadable"));
  send(view, file);
}

async function send(view, body) {
  const prior = priorOf();
  const answer = await ask(`generate/open?prior=${encodeURIComponent(prior)}`, { method: "POST", body });
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (told && prior === making.domain?.priors.flow?.name) take(view, told);
}

const priorOf = () => making.domain.priors.flow.name;

function open(view) {
  const flow = making.domain?.priors.flow && making.domain.kind === "image";
  view.root.hidden = !flow;
  Object.assign(view, { origin: null, there: [], back: [], as: null, asked: view.asked + 1, offers: view.offers + 1 });
  if (!flow || !view.near) return;
  const [height, width] = making.domain.size;
  const { rows, columns } = shapeOf(making.domain.grid);
  for (const name of FIGURES) {
    const canvas = view.find(`[data-figure=${name}] canvas`);
    canvas.style.aspectRatio = name === "latents" || name === "flowing" ? `${columns} / ${rows}` : `${width} / ${height}`;
  }
  showChips(view);
  offer(view, view.seed, { first: true });
}

// Some training pictures to choose from; where nobody has any, the sample above goes in.
async function offer(view, seed, { first = false } = {}) {
  const { codec, seen } = making.domain;
  const mine = ++view.offers;
  const box = view.find(".gen-seen");
  box.replaceChildren();
  view.find("[data-way=others]").hidden = !seen;
  if (!seen) return;
  const answer = await ask(`generate/seen/${encodeURIComponent(codec)}?seed=${seed}`);
  const told = answer && (await answer.json().catch(() => null));
  const image = told && (await unpacked(told.picture));
  if (!image || mine !== view.offers) return;
  told.items.forEach(({ name, indices }, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "gen-seen-one", title: called(name) });
    button.setAttribute("aria-label", called(name));
    button.append(part(image, i, told.items.length));
    button.onclick = () => take(view, { indices }, button);
    box.append(button);
  });
  // Something other than what it will come back as.
  const start = Math.max(0, told.items.findIndex(({ name }) => name !== making.wanted));
  if (first) take(view, told.items[start], box.children[start]);
}

async function unpacked(address) {
  const image = new Image();
  image.src = address;
  await image.decode().catch(() => null);
  return image.naturalWidth ? image : null;
}

function part(image, place, all) {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight / all });
  canvas.getContext("2d").drawImage(image, 0, -place * canvas.height);
  return canvas;
}

// --- there ----------------------------------------------------------------------------------

async function take(view, { indices, inverted = false, original }, button) {
  for (const one of view.find(".gen-seen").children) one.setAttribute("aria-pressed", String(one === button));
  const mine = ++view.asked;
  const image = original && (await unpacked(original));
  if (mine !== view.asked) return;
  Object.assign(view, { origin: { indices, image }, there: [], back: [] });
  const told = view.find("[data-told]");
  told.hidden = !inverted;
  told.textContent = inverted ? word("generate.noise.inverted") : "";
  await follow("generate/noising", { prior: priorOf(), indices, seed: making.seed }, async (message) => {
    const image = await unpacked(message.picture);
    if (mine !== view.asked) return false;
    view.there.push({ ...frameOf(message), image });
    view.redraw();
    return true;
  });
  if (mine === view.asked && view.there.length) comeBack(view, view.as ?? making.wanted);
}

const frameOf = ({ latents }) => ({ latents: fromBase64(latents, Uint8Array) });

const noiseNow = (view) => Number(view.find("#gen-noise").value);

function showSlider(view) {
  const percent = Math.round((100 * noiseNow(view)) / PIECES);
  view.find("output").textContent = word("generate.noise.share", { percent });
  view.redraw();
}

// --- and back -------------------------------------------------------------------------------

function showChips(view) {
  const group = view.find(".gen-favourites");
  const few = chosenFew();
  const names = [...(few.includes(making.wanted) || !making.wanted ? [] : [making.wanted]), ...few, ""];
  group.replaceChildren(...names.map((name) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: name ? called(name) : word("generate.anything") });
    button.setAttribute("aria-pressed", String(name === (view.as ?? making.wanted)));
    button.onclick = () => {
      view.as = name;
      showChips(view);
      comeBack(view, name);
    };
    return button;
  }));
}

async function comeBack(view, wanted) {
  const mine = ++view.asked;
  const noise = noiseNow(view) / PIECES;
  Object.assign(view, { back: [], place: 0 });
  showSlider(view);
  if (!view.origin) return;
  if (!noise) return say(word("generate.noise.none"));
  const { steps = making.domain.priors.flow.steps, guidance } = runOf("flow");
  const question = { prior: priorOf(), indices: view.origin.indices, seed: making.seed, time: 1 - noise, wanted, guidance, steps: Math.max(1, Math.round(steps * noise)) };
  play(view, mine);
  await follow("generate/back", question, async (message) => {
    if (mine !== view.asked) return false;
    if (message.begin) view.total = message.begin[0].steps;
    else view.back.push({ ...frameOf(message), image: await unpacked(message.picture) });
    return true;
  });
}

function play(view, mine) {
  const began = performance.now();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tick = (now) => {
    if (mine !== view.asked) return;
    const wanted = still ? Infinity : ((now - began) / BACK) * (view.total ?? Infinity);
    view.place = Math.max(0, Math.min(view.back.length - 1, Math.floor(wanted)));
    view.redraw();
    if (!view.back.length || view.place < (view.total ?? Infinity) - 1) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

// --- drawing --------------------------------------------------------------------------------

function draw(view, name, pen, width, height) {
  const there = view.there[noiseNow(view)];
  const back = view.back[view.place];
  if (name === "original") paint(pen, view.origin?.image ?? view.there[0]?.image, width, height);
  if (name === "latents") colours(pen, there, width, height);
  if (name === "decoded") paint(pen, there?.image, width, height);
  if (name === "flowing") colours(pen, back ?? there, width, height);
  if (name === "returned") paint(pen, back?.image, width, height, 2);
}

// The first picture of an image; of a flow's steps, which show two, where it is now.
function paint(pen, image, width, height, parts = 1) {
  if (!image) return;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, image.naturalWidth, image.naturalHeight / parts, 0, 0, width, height);
}

function colours(pen, frame, width, height) {
  if (!frame) return;
  const { rows, columns } = shapeOf(making.domain.grid);
  for (let cell = 0; cell < rows * columns; cell++) {
    pen.fillStyle = `rgb(${frame.latents.subarray(3 * cell, 3 * cell + 3).join(" ")})`;
    pen.fillRect(((cell % columns) * width) / columns + 0.5, (Math.floor(cell / columns) * height) / rows + 0.5, width / columns - 1, height / rows - 1);
  }
}
