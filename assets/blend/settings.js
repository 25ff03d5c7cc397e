// How one gets from A to B: the curve, the order of the tokens, speeds of codebooks and of what is selected, the steps.

import { toBase64 } from "../asking.js";
import { state } from "../store.js";
import { onLanguage, word } from "../words.js";

const CURVES = ["straight", "spherical"];
const ORDERS = ["random", "alike", "along", "outwards", "coarse"];
const SPEEDS = [0, 0.25, 0.5, 1, 2, 4, 8];
const EVEN = SPEEDS.indexOf(1);

// changed(paths) is called after every change: with names where only these paths are others now.
// Gives settle(), which says again what there is to set.
export function mountSettings(root, view, changed) {
  root.innerHTML = `
    <label class="actions-pair"><span data-word="blend.curve.title"></span> <select class="field" data-curve></select></label>
    <label class="actions-pair"><span data-word="blend.order.title"></span> <select class="field" data-order></select></label>
    <button type="button" class="button" data-dice data-word="blend.dice" data-word-title="blend.dice_title"></button>
    <label class="actions-pair" data-inside hidden><span data-word="blend.inside" data-word-title="blend.inside_title"></span>
      <input type="range" min="0" max="${SPEEDS.length - 1}" value="${EVEN + 1}"><output></output></label>
    <button type="button" class="button" data-fine></button>
    <details class="blend-books" hidden><summary data-word="blend.books"></summary>
      <p class="note" data-word="blend.books_note"></p><div></div></details>`;
  const find = (name) => root.querySelector(`[data-${name}]`);
  const [curve, order, inside, fine] = ["curve", "order", "inside", "fine"].map(find);
  const books = root.querySelector(".blend-books");
  view.settings = { curve: "straight", order: "random", seed: 1 };
  curve.onchange = () => ((view.settings.curve = curve.value), changed());
  order.onchange = () => ((view.settings.order = order.value), changed(["tokens"]));
  find("dice").onclick = () => ((view.settings.seed += 1), changed(["tokens"]));
  fine.onclick = () => ((view.steps = view.steps === view.medium.steps ? view.medium.fine : view.medium.steps), changed());
  inside.querySelector("input").oninput = () => (tell(), changed());
  let mask = null;

  function tell() {
    const speed = SPEEDS[inside.querySelector("input").value];
    inside.hidden = !state.selection;
    inside.querySelector("output").textContent = word("blend.times", { n: speed });
    const { region, inside: before, ...rest } = view.settings;
    view.region = state.selection;
    view.settings = state.selection ? { ...rest, region: toBase64(Uint8Array.from(state.selection)), inside: speed } : rest;
    find("dice").hidden = !view.road.plan?.codebooks || !["random", "coarse"].includes(order.value);
    fine.textContent = word(view.steps === view.medium.steps ? "blend.fine" : "blend.rough", { n: view.medium.fine, few: view.medium.steps });
    order.closest("label").hidden = !view.road.plan?.codebooks;
  }

  function offer() {
    const fill = (field, names, key) => {
      const before = field.value;
      field.replaceChildren(...names.map((name) => new Option(word(`blend.${key}.${name}`), name)));
      if (names.includes(before)) field.value = before;
    };
    const codebooks = view.road.plan?.codebooks ?? 0;
    fill(curve, CURVES, "curve");
    fill(order, ORDERS.filter((name) => name !== "coarse" || codebooks > 1), "order");
    if (order.value !== view.settings.order) view.settings.order = order.value;
    layBooks(books, codebooks, view, changed);
    tell();
  }

  onLanguage(offer);
  return () => {
    offer();
    if (mask !== state.selection) {
      mask = state.selection;
      if (view.road.plan) changed();
    }
  };
}

// A slider a codebook, of how fast it goes from A to B; none where there is only one.
function layBooks(root, codebooks, view, changed) {
  root.hidden = codebooks < 2;
  const box = root.querySelector("div");
  if (box.childElementCount !== codebooks) {
    delete view.settings.books;
    box.replaceChildren(...Array.from({ length: codebooks }, (_, k) => {
      const row = Object.assign(document.createElement("label"), { className: "actions-pair" });
      row.innerHTML = `<span></span><input type="range" min="0" max="${SPEEDS.length - 1}" value="${EVEN}"><output></output>`;
      row.querySelector("input").oninput = () => {
        view.settings.books = [...box.querySelectorAll("input")].map(({ value }) => SPEEDS[value]);
        tellBooks(box);
        changed();
      };
      row.dataset.book = k + 1;
      return row;
    }));
  }
  tellBooks(box);
}

function tellBooks(box) {
  for (const row of box.children) {
    row.querySelector("span").textContent = word("blend.book", { number: row.dataset.book });
    row.querySelector("output").textContent = word("blend.times", { n: SPEEDS[row.querySelector("input").value] });
  }
}
