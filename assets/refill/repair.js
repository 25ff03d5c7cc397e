// Repair by tokens: original, damaged, damaged through the codec, repaired; and the figures of each, as they came out.

import { commitLevels, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { leftOf, MEASURES, shown as shownValue, verdict } from "./made.js";

const NAMES = ["original", "damaged", "through", "repaired"];
const ROWS = ["damaged", "through", "repaired", "undamaged"];

export function mountRepair(view) {
  let held = { frames: {}, quality: null }; // frames of all but the repaired one
  let figures = [];

  function lay() {
    for (const frame of Object.values(held.frames)) view.medium.close?.(frame);
    held = { frames: {}, quality: null };
    const box = view.find(".refill-made");
    box.className = "refill-made";
    box.innerHTML = `<div class="refill-proposals"></div><p class="refill-verdict" role="status"></p>
      <div class="refill-table"></div>
      <div class="actions-row"><button type="button" class="button" data-place disabled data-word="refill.repair.place"
        data-word-title="refill.place_title"></button></div>`;
    figures = NAMES.map((name) => layFigure(box.firstChild, name));
    box.querySelector("[data-place]").onclick = () => place(view);
    label(box);
  }

  function layFigure(box, name) {
    const figure = box.appendChild(Object.assign(document.createElement("figure"), { className: "refill-figure" }));
    figure.dataset.name = name;
    figure.innerHTML = `<figcaption><strong data-word="refill.repair.${name}"></strong></figcaption><div class="stage"></div><div class="refill-deeds"></div>`;
    const [, stageBox, deeds] = figure.children;
    const { work } = view;
    return view.medium.figure(stageBox, () => ({
      frame: name === "repaired" ? work.frames[0] ?? held.frames.through : held.frames[name] ?? null, grid: work.plan?.grid,
      mask: name === "repaired" || name === "through" ? work.mask : null, left: name === "repaired" ? leftOf(work, 0) : null,
      window: name === "repaired" ? work.window : null, stride: work.stride, done: work.done, hint: name === "through",
    }), deeds);
  }

  const redraw = () => figures.forEach((figure) => figure.redraw());
  const tell = () => held.quality && view.way === "repair" && figures.length && show(view, held.quality);
  onLanguage(tell);
  return {
    lay, redraw, fresh: () => figures.at(-1)?.fresh?.(),
    async damaged({ data, quality }) {
      const frames = await Promise.all(Object.values(data).map((frame) => view.medium.unpack(frame)));
      held = { frames: Object.fromEntries(Object.keys(data).map((name, i) => [name, frames[i]])), quality };
      figures.forEach((figure) => figure.fresh?.());
      tell();
    },
    verdict({ quality }) {
      held.quality = { ...held.quality, ...quality };
      view.find("[data-place]").disabled = false;
      tell();
    },
  };
}

// The table of figures, and in one sentence what the repair did.
function show(view, quality) {
  const box = view.find(".refill-table");
  if (!box) return;
  const { kind } = view.medium;
  const measures = Object.entries(MEASURES[kind]).filter(([name]) => name in quality.through);
  const table = document.createElement("table");
  const names = measures.map(([name, { better }]) => cell("th", `${word(`refill.measure.${name}`)} ${better > 0 ? "↑" : "↓"}`));
  table.createTHead().insertRow().append(cell("th", word("refill.repair.against")), ...names);
  const body = table.createTBody();
  for (const name of ROWS) {
    const row = body.insertRow();
    row.dataset.row = name;
    const values = measures.map(([figure, measure]) => cell("td", shownValue(quality[name]?.[figure], measure)));
    row.append(cell("th", word(`refill.repair.${name}`)), ...values);
  }
  box.replaceChildren(table);
  const line = view.find(".refill-verdict");
  if (!quality.repaired) return void (line.textContent = "");
  const { key, values, measure } = verdict(kind, quality);
  line.dataset.outcome = key;
  line.textContent = word(`refill.repair.outcome.${key}`, { ...values, measure: word(`refill.measure.${measure}`) });
}

const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

// All tokens of the repaired signal in place of those on the bench, as one edit.
function place(view) {
  const { work } = view;
  if (!work.done || work.epoch !== state.epoch) return say(word("refill.gone"));
  const changed = commitLevels({ key: "refill.edit_repair" }, work.tokens[0]);
  say(word(changed ? "refill.placed" : "actions.unchanged", { n: changed }), "good");
}
