// Plain noise beside the priors: what a GAN and a VAE make of it, what a decoder makes of random codes, and what lies
// between two of each.

import { ask, post } from "../asking.js";
import { label, onLanguage, word } from "../words.js";

const ORDER = ["random", "prior", "vae", "gan"];
const MOST_SEEDS = 10_000;

// The card stays hidden where there are no models; it is filled when the visitor comes near.
export async function mountPlain(root) {
  const view = { root, find: (part) => root.querySelector(part), menu: null, rows: [], paths: [], seed: 1, wanted: "", share: 0.5, asked: 0 };
  const answer = await ask("noises");
  view.menu = answer && (await answer.json().catch(() => null));
  if (!view.menu?.models.length) return;
  frame(view);
  new IntersectionObserver(([entry], watcher) => {
    if (!entry.isIntersecting) return;
    watcher.disconnect();
    make(view);
  }, { rootMargin: "300px" }).observe(root);
}

function frame(view) {
  view.root.hidden = false;
  view.root.setAttribute("aria-busy", "true");
  view.root.innerHTML = `
    <div class="card-head"><h2 data-word="noises.title"></h2>
      <button type="button" class="button" data-deed="die" data-word="noises.die"></button></div>
    <p class="note" data-word="noises.lead"></p>
    <div class="gen-favourites" role="group" data-word-label="noises.classes"></div>
    <div class="plain-rows"></div>
    <h3 data-word="noises.paths"></h3>
    <div class="slider plain-way"><label for="plain-way" data-word="noises.slide"></label><output></output>
      <input id="plain-way" type="range" min="0" max="1" step="any" value="${view.share}"></div>
    <div class="plain-paths"></div>
    <p class="note" data-size></p>`;
  view.find("[data-deed=die]").onclick = () => ((view.seed = Math.floor(Math.random() * MOST_SEEDS)), make(view));
  view.find("#plain-way").oninput = ({ target }) => ((view.share = Number(target.value)), showShare(view));
  label(view.root);
  show(view);
  onLanguage(() => show(view));
}

// --- asking -------------------------------------------------------------------------------

async function make(view) {
  const mine = ++view.asked;
  show(view);
  view.root.setAttribute("aria-busy", "true");
  const question = { seed: view.seed, wanted: view.wanted };
  for (const part of ["rows", "paths"]) {
    const answer = await post(`noises/${part}`, question);
    const told = answer && (await answer.json().catch(() => null));
    if (mine !== view.asked) return;
    view[part] = told ? sorted(view, await Promise.all(told.rows.map(opened))) : [];
    show(view);
  }
  view.root.setAttribute("aria-busy", "false");
}

async function opened(row) {
  const image = new Image();
  image.src = row.strip;
  await image.decode().catch(() => null);
  return { ...row, image };
}

// The kind of a model stands for it: there is one of each.
const kindOf = (view, who) => view.menu.models.find(({ name }) => name === who)?.kind ?? who;
const sorted = (view, rows) =>
  rows.map((row) => ({ ...row, kind: kindOf(view, row.who) })).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));

// --- what is shown --------------------------------------------------------------------------

function show(view) {
  const [first] = view.menu.models;
  view.find(".gen-favourites").replaceChildren(...["", ...first.classes].map((wanted) => chip(view, wanted)));
  view.find(".plain-rows").replaceChildren(...view.rows.map((row) => rowOf(view, row)));
  view.find(".plain-paths").replaceChildren(...view.paths.map((row) => pathOf(row)));
  const parameters = Object.fromEntries(view.menu.models.map(({ kind, parameters }) => [kind, parameters]));
  view.find("[data-size]").textContent = parameters.vae && parameters.gan ? word("noises.size", parameters) : "";
  showShare(view);
}

function chip(view, wanted) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: wanted || word("noises.any") });
  button.dataset.wanted = wanted;
  button.setAttribute("aria-pressed", String(wanted === view.wanted));
  button.onclick = () => {
    view.wanted = wanted;
    make(view);
    view.find(`.gen-favourites [data-wanted="${CSS.escape(wanted)}"]`).focus();
  };
  return button;
}

function rowOf(view, { kind, image }) {
  const row = textsOf(kind, word(`noises.who.${kind}.how`, { codec: view.menu.models[0].codec, prior: view.menu.prior?.name, noise: view.menu.models[0].noise }));
  row.append(stripOf(image, word("noises.row", { name: word(`noises.who.${kind}.name`), count: image.naturalWidth / image.naturalHeight })));
  return row;
}

function pathOf({ kind, image, changed, cells }) {
  const row = textsOf(kind, changed ? word("noises.jumps", { flips: changed.filter(Boolean).length, most: Math.max(...changed), cells }) : word("noises.glides"));
  const way = Object.assign(document.createElement("div"), { className: "plain-path" });
  const large = Object.assign(document.createElement("canvas"), { width: image.naturalHeight, height: image.naturalHeight, className: "plain-frame" });
  large.setAttribute("role", "img");
  Object.assign(large, { strip: image, kind });
  way.append(large, stripOf(image, ""));
  row.append(way);
  return row;
}

function textsOf(kind, how) {
  const row = Object.assign(document.createElement("article"), { className: "plain-row" });
  row.dataset.kind = kind;
  const texts = document.createElement("div");
  texts.append(Object.assign(document.createElement("h4"), { textContent: word(`noises.who.${kind}.name`) }), Object.assign(document.createElement("p"), { className: "note", textContent: how }));
  row.append(texts);
  return row;
}

function stripOf({ src, naturalWidth, naturalHeight }, alt) {
  const strip = Object.assign(document.createElement("div"), { className: "plain-strip" });
  strip.style.setProperty("--count", naturalWidth / naturalHeight);
  strip.append(Object.assign(document.createElement("img"), { src, alt }));
  return strip;
}

// The frame of every path at the slider's place, large; its place in the strip is marked.
function showShare(view) {
  view.find(".plain-way output").textContent = `${Math.round(100 * view.share)} %`;
  view.find("#plain-way").value = view.share;
  for (const canvas of view.root.querySelectorAll(".plain-frame")) {
    const side = canvas.height;
    const frames = canvas.strip.naturalWidth / side;
    const frame = Math.round(view.share * (frames - 1));
    canvas.getContext("2d").drawImage(canvas.strip, frame * side, 0, side, side, 0, 0, side, side);
    canvas.setAttribute("aria-label", word("noises.frame", { name: word(`noises.who.${canvas.kind}.name`), percent: Math.round((100 * frame) / (frames - 1)) }));
    canvas.parentElement.style.setProperty("--at", frame);
  }
}
