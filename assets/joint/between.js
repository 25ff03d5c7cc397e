// From one meaning to another: a straight line between two fused points, and what is believed on the way.

import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { colourOf } from "./codes.js";
import { between, percent } from "./figures.js";
import { called, joint, think } from "./thought.js";

const PACE = 1100; // ms of each of the steps of a walk
const STEPS = 8;
const GIVEN = "given";

const FRAME = `
  <div class="card-head"><h2 id="joint-between" data-word="joint.between.title"></h2></div>
  <p class="note" data-word="joint.between.note"></p>
  <div class="joint-road">
    <label><span data-word="joint.between.from"></span> <select class="field" data-end="a"></select></label>
    <input type="range" min="0" max="1" step="0.02" value="0" data-word-label="joint.between.share">
    <label><span data-word="joint.between.to"></span> <select class="field" data-end="b"></select></label>
    <button type="button" class="button" data-walk></button></div>
  <p class="joint-step" role="status"></p>`;

export function mountBetween(root) {
  root.innerHTML = FRAME;
  const [a, b, slider, walk] = ["[data-end=a]", "[data-end=b]", "[type=range]", "[data-walk]"].map((part) => root.querySelector(part));
  const road = { own: null, timer: 0 };
  on("joint.thought", () => {
    if (joint.from === "given" && joint.thought?.latents) road.own = joint.thought.latents;
    tell(root, slider);
  });
  const fill = () => joint.book && fillEnds(a, b);
  const go = () => {
    const ends = [a, b].map((end) => (end.value === GIVEN ? road.own : null) ?? joint.book.centres[Number(end.value) || 0]);
    think("between", { latents: between(...ends, Number(slider.value)) });
  };
  const stop = () => {
    clearInterval(road.timer);
    road.timer = 0;
    walk.textContent = word("joint.between.go");
  };
  slider.oninput = () => (stop(), go());
  a.onchange = b.onchange = () => (stop(), go());
  walk.onclick = () => {
    if (road.timer) return stop();
    slider.value = 0;
    go();
    walk.textContent = word("joint.between.stop");
    road.timer = setInterval(() => {
      if (joint.making || joint.thinking) return; // so that every step is seen
      slider.value = Number(slider.value) + 1 / STEPS;
      go();
      if (Number(slider.value) >= 1) stop();
    }, PACE);
  };
  for (const topic of ["joint.book", "joint.given"]) on(topic, fill);
  on("joint.model", () => ((road.own = null), stop(), (slider.value = 0)));
  if (joint.from === "given") road.own = joint.thought?.latents ?? null;
  label(root);
  onLanguage(() => (fill(), stop()));
}

function fillEnds(a, b) {
  const last = joint.model.meanings.length - 1;
  const given = Object.values(joint.given).some(Boolean);
  const wanted = [[a, given ? GIVEN : "0"], [b, String(Math.min(3, last))]];
  for (const [select, usual] of wanted) {
    const now = select.value;
    const options = joint.model.meanings.map((_, meaning) => new Option(called(meaning), meaning));
    select.replaceChildren(...(given ? [new Option(word("joint.between.given"), GIVEN)] : []), ...options);
    select.value = [...select.options].some(({ value }) => value === now) && now ? now : usual;
  }
}

function tell(root, slider) {
  const line = root.querySelector(".joint-step");
  if (joint.from !== "between" || !joint.thought) return line.replaceChildren();
  const { belief, concept } = joint.thought;
  const chips = concept.map((code, level) => {
    const chip = Object.assign(document.createElement("span"), { className: "joint-chip", textContent: code });
    chip.style.setProperty("--code", colourOf(joint.book, "concept", level, code));
    return chip;
  });
  const best = belief.indexOf(Math.max(...belief));
  line.replaceChildren(`${percent(Number(slider.value))} % `, ...chips, ` ${called(best)} ${percent(belief[best])} %`);
}
