// The Train page: a small codec learns on the server, and everything it tells of itself is shown here.

import { PARTS } from "../masthead.js";
import { label, language, speak } from "../words.js";
import { mountCodes } from "./codes.js";
import { mountControls } from "./controls.js";
import { mountCurves } from "./curves.js";
import { mountSettings } from "./settings.js";
import { mountStrip } from "./strip.js";
import { mountTheatre } from "./theatre.js";
import { arrive } from "./training.js";

const FRAME = `
  <section class="card train-stage" aria-labelledby="train-stage">
    <div class="card-head"><h2 id="train-stage" data-word="train.stage"></h2><div class="deed-row" data-above></div></div>
    <div class="train-strip"><canvas role="img" data-word-label="train.strip"></canvas></div>
    <div data-below></div>
    <div data-curves="perplexity"></div>
  </section>
  <section class="card train-theatre"></section>
  <section class="card train-settings"></section>
  <section class="card train-codes"></section>
  <section class="card train-curves"><div data-curves="psnr loss"></div><p class="note" data-word="train.chart.note"></p></section>`;

export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await speak(language());
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  label(element);
  if (!(await arrive())) return;
  const root = element.querySelector("[data-train]");
  root.innerHTML = FRAME;
  const card = (name) => root.querySelector(`.train-${name}`);
  mountControls(root.querySelector("[data-above]"), root.querySelector("[data-below]"));
  mountStrip(root.querySelector(".train-strip canvas"));
  mountTheatre(card("theatre"));
  mountSettings(card("settings"));
  mountCodes(card("codes"));
  mountCurves(root);
  label(root);
  document.body.dataset.ready = "yes";
}
