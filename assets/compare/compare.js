// The Compare page: one picture, sound or text through every codec, and through those that everybody knows.

import { PARTS } from "../masthead.js";
import { label, language, speak } from "../words.js";
import { mountBlind } from "./blind.js";
import { mountInput } from "./input.js";
import { mountLegend } from "./legend.js";
import { mountPlot } from "./plot.js";
import { onAny, race, takeKind } from "./race.js";
import { mountPrior } from "./prior.js";
import { mountTable } from "./table.js";
import { mountVerdict } from "./verdict.js";
import { mountWall } from "./wall.js";

const FRAME = `
  <section class="card compare-input"></section>
  <section class="card compare-plot" aria-labelledby="compare-plot">
    <div class="card-head"><h2 id="compare-plot" data-word="compare.plot"></h2><div class="compare-axes"></div></div>
    <p class="compare-verdict" role="status"></p>
    <p class="note compare-prior" role="status"></p>
    <div class="compare-legend" role="group" data-word-label="compare.legend"></div>
    <div class="plot"></div>
  </section>
  <section class="card compare-wall"></section>
  <section class="card compare-blind"></section>
  <section class="card compare-table"></section>`;

export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await speak(language());
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  const root = element.querySelector("[data-compare]");
  root.innerHTML = FRAME;
  const find = (part) => root.querySelector(part);
  mountInput(find(".compare-input"));
  mountLegend(find(".compare-legend"), find(".compare-axes"));
  mountVerdict(find(".compare-verdict"));
  mountPrior(find(".compare-prior"));
  mountPlot(find(".plot"));
  mountWall(find(".compare-wall"));
  mountBlind(find(".compare-blind"));
  mountTable(find(".compare-table"));
  onAny(["points"], () => find(".compare-plot").setAttribute("aria-busy", String(race.running)));
  label(element);
  const kind = location.hash.slice(1);
  takeKind(["image", "audio", "text"].includes(kind) ? kind : "image");
  document.body.dataset.ready = "yes";
}
