// The plane lab: puts the race on the page and runs it, one batch a frame.

import { PARTS } from "../masthead.js";
import { stage } from "../stage.js";
import { label, language, onLanguage, speak, word } from "../words.js";
import { mountControls, verdict } from "./controls.js";
import { drawByHand } from "./drawing.js";
import { measure, newRace, RACERS, remember, step } from "./race.js";
import { drawCurve, drawRacer, ease, frameFor } from "./view.js";

const PACE = { slow: 1000 / 4, fast: 1000 / 60 }; // ms a batch, on faster screens too
const READING = 150; // ms between two changes of the numbers
const NUMBERS = ["error", "perplexity", "dead", "bits"];

export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await speak(language());
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  const lab = newLab(element.querySelector("[data-lab]"));
  mountControls(lab);
  label(element);
  onLanguage(() => lab.read());
  lab.run(!lab.still);
  document.body.dataset.ready = "yes";
}

// What the controls and the hands work with.
function newLab(root) {
  root.innerHTML = `
    <section class="card lab-deeds"></section>
    <div class="racers">${RACERS.map(racer).join("")}</div>
    <div class="lab-below"><section class="card lab-settings"></section>
      <section class="card lab-curve"><h2 data-word="plane.curve.title"></h2>
        <canvas role="img" data-word-label="plane.curve.label"></canvas>
        <p class="note" data-word="plane.curve.note"></p></section>
      <section class="card lab-arrows"></section></div>`;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const lab = { root, still, race: newRace(), running: false, arrows: false, speed: "fast", shownAt: 0, asked: 0, last: 0 };
  lab.views = RACERS.map((name) => newView(lab, name));
  const canvas = root.querySelector(".lab-curve canvas");
  const names = Object.fromEntries(RACERS.map((name) => [name, name.toUpperCase()]));
  lab.redrawCurve = stage(canvas, (pen, width, height) => drawCurve(pen, width, height, { canvas, race: lab.race, names }));
  lab.step = () => (step(lab.race), lab.look(), remember(lab.race, lab.views.map((view) => view.measured)));
  lab.look = () => look(lab);
  lab.read = () => read(lab);
  lab.run = (on) => run(lab, on);
  lab.look();
  for (const view of lab.views) drawByHand(lab, view);
  return lab;
}

const racer = (name) => `
  <section class="card racer" data-racer="${name}" aria-labelledby="racer-${name}">
    <div class="racer-head"><h2 id="racer-${name}">${name.toUpperCase()}</h2>
      <span class="note" data-word="plane.racer.${name}.rule"></span>
      <span class="chip" data-leader data-word="plane.leader" hidden></span></div>
    <canvas role="img"></canvas>
    <dl>${NUMBERS.map((number) => `<div><dt data-word="plane.number.${number}"></dt><dd data-number="${number}"></dd></div>`).join("")}</dl>
    <p class="note" data-word="plane.racer.${name}.learned"></p>
  </section>`;

function newView(lab, name) {
  const panel = lab.root.querySelector(`[data-racer=${name}]`);
  const canvas = panel.querySelector("canvas");
  const view = { name, panel, canvas, frame: null, cursor: null, measured: null };
  Object.defineProperties(view, {
    race: { get: () => lab.race },
    arrows: { get: () => lab.arrows && name === "vq" },
  });
  view.redraw = stage(canvas, (pen, width) => {
    const goal = frameFor(view);
    view.frame ??= [...goal];
    const arrived = ease(view.frame, goal, lab.still ? 1 : 0.12);
    drawRacer(pen, width, view);
    if (!arrived) view.redraw();
  });
  return view;
}

// --- running ----------------------------------------------------------------------------

function run(lab, on) {
  lab.running = on;
  cancelAnimationFrame(lab.asked);
  if (on) lab.asked = requestAnimationFrame((now) => frame(lab, now));
  lab.read();
  lab.tellRunning?.();
}

function frame(lab, now) {
  lab.asked = requestAnimationFrame((next) => frame(lab, next));
  if (now - lab.last < PACE[lab.speed] - 4) return;
  lab.last = now;
  lab.step();
}

// --- showing ----------------------------------------------------------------------------

function look(lab) {
  for (const view of lab.views) {
    view.measured = measure(lab.race, view.name);
    view.redraw();
  }
  lab.redrawCurve();
  if (!lab.running || performance.now() - lab.shownAt > READING) lab.read();
}

function read(lab) {
  lab.shownAt = performance.now();
  const least = Math.min(...lab.views.map(({ measured }) => measured.error));
  for (const { name, panel, canvas, measured } of lab.views) {
    const texts = {
      error: measured.error.toFixed(4),
      perplexity: word("plane.number.of", { value: measured.perplexity.toFixed(1), all: measured.counts.length }),
      dead: String(measured.dead),
      bits: String(Number(measured.bits.toFixed(2))),
    };
    if (!measured.chosen.length) texts.error = texts.perplexity = texts.dead = "–";
    for (const number of NUMBERS) write(panel.querySelector(`[data-number=${number}]`), texts[number]);
    panel.querySelector("[data-leader]").hidden = measured.error > least || !measured.chosen.length;
    canvas.setAttribute("aria-label", word("plane.canvas", { name: name.toUpperCase(), ...texts }));
  }
  write(lab.root.querySelector("[data-verdict]"), word(`plane.verdict.${verdict(lab.race, lab.views[0].measured)}`));
}

// Only what changed: a reader of the screen says a status whenever it is written.
const write = (element, text) => element && element.textContent !== text && (element.textContent = text);
