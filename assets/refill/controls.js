// What can be set before a prior begins: which one, what it is asked for, how much, how boldly, and the seed.

import { select, state } from "../store.js";
import { label, word } from "../words.js";

const LARGEST_SEED = 999_999;

const slider = (name, least, most, step, value) => `
  <label class="actions-pair" data-only="${name}"><span data-word="refill.${name}" data-word-title="refill.${name}_title"></span>
    <input type="range" min="${least}" max="${most}" step="${step}" value="${value}" data-set="${name}"><output></output></label>`;

// Gives lay(), which says again what there is to set; lay.scope() what is marked; lay.values() what a question holds.
export function mountControls(root, view) {
  root.innerHTML = `
    <label class="actions-pair"><span data-word="refill.prior"></span> <select class="field" data-set="prior"></select></label>
    <label class="actions-pair" data-only="wanted"><span data-word="refill.wanted"></span> <select class="field" data-set="wanted"></select></label>
    <label class="actions-pair" data-only="damage"><span data-word="refill.damage.name"></span> <select class="field" data-set="damage"></select></label>
    ${slider("amount", 0, 100, 5, 40)}${slider("share", 5, 95, 5, 40)}${slider("worst", 5, 95, 5, 20)}${slider("cells", 1, 50, 1, 25)}
    ${slider("temperature", 0.1, 1.5, 0.1, 0.8)}
    <span class="actions-pair"><label class="actions-pair"><span data-word="refill.seed"></span>
      <input class="field refill-seed" type="number" min="0" max="${LARGEST_SEED}" step="1" value="1" data-set="seed"></label>
      <button type="button" class="button" data-dice data-word="refill.dice"></button></span>
    <span class="actions-pair" data-only="marking"><span data-scope></span>
      <button type="button" class="button" data-middle data-word="refill.middle"></button>
      <button type="button" class="button quiet" data-nothing data-word="refill.nothing"></button></span>`;
  const set = (name) => root.querySelector(`[data-set=${name}]`);
  const only = (name, is) => (root.querySelector(`[data-only=${name}]`).hidden = !is);
  const exact = () => !EXACT.has(set("damage").value);
  set("prior").onchange = () => (Object.assign(view, { prior: view.able[set("prior").selectedIndex], chosen: true }), lay());
  set("damage").onchange = lay;
  for (const name of ["amount", "share", "worst", "cells", "temperature"]) set(name).oninput = values;
  root.querySelector("[data-dice]").onclick = () => (set("seed").value = Math.floor(Math.random() * (LARGEST_SEED + 1)));
  root.querySelector("[data-middle]").onclick = () => view.medium.middle();
  root.querySelector("[data-nothing]").onclick = () => view.medium.nothing();
  label(root);

  function lay() {
    if (!view.prior) return;
    fill(set("prior"), view.able.map(({ title, name }) => [title || name, name]), view.prior.name);
    fill(set("wanted"), [[word("refill.anything"), ""], ...view.prior.classes.map((name) => [name, name])]);
    fill(set("damage"), (view.damages ?? []).map((name) => [word(`refill.damage.${view.medium.kind}.${name}`), name]));
    set("cells").max = Math.max(1, Math.floor(lengthOf(view) / 2));
    const { way } = view;
    only("wanted", view.prior.classes.length > 0);
    only("damage", way === "repair");
    only("amount", way === "repair" && !FIXED.has(set("damage").value));
    only("worst", way === "repair" && exact());
    only("share", way === "variations");
    only("cells", way === "extend");
    only("marking", way === "refill");
    values();
    view.tell();
  }

  function values() {
    for (const name of ["amount", "share", "worst"]) say(name, `${set(name).value} %`);
    say("cells", view.medium.long?.(Number(set("cells").value)) ?? "");
    say("temperature", Number(set("temperature").value).toFixed(1));
  }

  const say = (name, text) => (set(name).nextElementSibling.textContent = text);

  lay.scope = () => {
    const count = state.selection?.reduce((sum, cell) => sum + (cell > 0), 0) ?? 0;
    root.querySelector("[data-scope]").textContent = word("refill.scope", { n: count, all: state.indices.length });
    root.querySelector("[data-nothing]").hidden = !count;
  };

  lay.values = () => {
    const share = (name) => Number(set(name).value) / 100;
    const seed = Math.min(Math.max(0, Math.round(Number(set("seed").value) || 0)), LARGEST_SEED);
    const all = { prior: view.prior.name, wanted: set("wanted").value, seed, temperature: Number(set("temperature").value) };
    return {
      refill: { ...all },
      extend: { ...all, cells: Number(set("cells").value) },
      variations: { ...all, share: share("share") },
      repair: { ...all, damage: set("damage").value, amount: share("amount"), share: share("worst") },
    }[view.way];
  };

  // A repair is to be likely before it is to be lively.
  lay.begin = () => (set("temperature").value = view.way === "repair" ? 0.3 : 0.8);

  return lay;
}

const EXACT = new Set(["blocks", "gap", "lost"]); // damages of which one knows where they are
const FIXED = new Set(["low2", "low4"]); // damages that there is one amount of

const lengthOf = () => state.indices.length;

function fill(field, options, wanted = field.value) {
  field.replaceChildren(...options.map(([text, value]) => new Option(text, value)));
  if (options.some(([, value]) => value === wanted)) field.value = wanted;
}

// Marks the cells of a rectangle in the middle, half as long as the grid along every axis.
export function markMiddle([rows, columns]) {
  const half = (place, length) => place >= Math.floor(length * 0.3) && place < Math.ceil(length * 0.7);
  select(Uint8Array.from({ length: rows * columns }, (_, cell) =>
    Number((rows === 1 || half(Math.floor(cell / columns), rows)) && half(cell % columns, columns))));
}
