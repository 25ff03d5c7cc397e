// The Blend card: four ways from A to B, and the continuous twin, on one slider. Generic: what a frame is and how it
// is shown, each medium says itself:
//   kind, steps, fine   of signals; steps of a path at first, and when the visitor wants more
//   address, second     what stands before a sample's name, and the sample that is B at first
//   accept, typed       files that may be B; whether B may be written
//   films, still        endings of files of a whole path, and of one step
//   unpack(base64)      → a frame, or a promise of one       close?(frame)  when it is needed no more
//   figure(box, now, view)  shows now().frame in `box`: {redraw()}
//   thumbnail, tall?    (pen, frame, x, y, wide, tall), tall at most; null where a frame has none: then line(element, frame, ends)
//   thumbnails          (button, place, count): a sample's picture on its button, null for its name

import { follow } from "../events.js";
import { emptyRoad, isWhole, nameOf, nearestStep, takeFlips, takePlan, tokensAt } from "./road.js";
import { mountChoice } from "./choice.js";
import { mountFilm } from "./film.js";
import { mountSettings } from "./settings.js";
import { show, tellCell } from "./said.js";
import { mountStrip } from "./strip.js";
import { mountTake } from "./take.js";
import { on, state } from "../store.js";
import { label, onLanguage } from "../words.js";

const PATHS = ["signal", "latents", "snapped", "tokens", "twin"];
const LAP = 4500; // ms from A to B
const REST = 250; // ms after a slider of the settings rests

const FRAME = `
  <div class="card-head"><h2 data-word="blend.title"></h2></div>
  <p class="blend-lead" data-lead></p>
  <div class="blend-choice"></div>
  <p class="note" data-rule data-word="blend.rule.{kind}"></p>
  <p class="note" data-none hidden data-word="blend.no_original"></p>
  <div class="blend-open" hidden>
    <div class="blend-paths"></div>
    <div class="blend-road">
      <button type="button" class="button main" data-play></button>
      <span class="blend-letter" data-end="a">A</span><span class="blend-name" data-name="a"></span>
      <output></output>
      <span class="blend-name" data-name="b"></span><span class="blend-letter" data-end="b">B</span>
      <input type="range" min="0" step="1" data-word-label="blend.slider">
    </div>
    <p class="blend-verdict" role="status"></p>
    <div class="blend-strip"></div>
    <p class="readout" data-cell></p>
    <div class="blend-settings"></div>
    <div class="blend-film"></div>
    <div class="blend-take"></div>
  </div>`;

export function blendOf(medium) {
  return (root) => {
    root.innerHTML = FRAME.replace("{kind}", medium.kind);
    const find = (selector) => root.querySelector(selector);
    const view = {
      root, medium, find, slider: find("[type=range]"), road: emptyRoad(), b: null, step: 0, steps: medium.steps,
      settings: {}, asked: 0, stale: true, seen: false, figures: {}, playing: 0,
      level: () => (state.level < (view.road.plan?.codebooks ?? 0) ? state.level : 0),
      get share() { return view.step / (view.road.plan?.steps ?? view.steps); },
      moveTo: (share) => move(view, Math.round(share * (view.road.plan?.steps ?? view.steps))),
      question: (more = {}) => question(view, more),
    };
    const choice = mountChoice(find(".blend-choice"), medium, (b) => ((view.b = b), renew(view)));
    view.settle = mountSettings(find(".blend-settings"), view, (paths) => later(view, paths));
    view.strip = mountStrip(find(".blend-strip"), view);
    view.film = mountFilm(find(".blend-film"), view);
    view.take = mountTake(find(".blend-take"), view);
    view.slider.oninput = () => (stop(view), move(view, Number(view.slider.value)));
    find("[data-play]").onclick = () => (view.playing ? stop(view) : play(view));
    on("loaded", () => ((view.stale = true), fresh(view, choice)));
    for (const topic of ["hover", "picked"]) on(topic, () => tellCell(view));
    on("hover", () => redraw(view));
    on("selection", () => view.settle());
    on("level", () => requestAnimationFrame(() => show(view)));
    new IntersectionObserver((entries) => {
      view.seen = entries.at(-1).isIntersecting;
      fresh(view, choice);
    }).observe(root);
    label(root);
    onLanguage(() => show(view));
  };
}

// --- asking -------------------------------------------------------------------------------

// A road is laid only while somebody looks: it takes the server a second or two.
function fresh(view, choice) {
  const able = Boolean(state.original);
  view.find("[data-none]").hidden = able || !state.epoch;
  if (!able) view.find(".blend-open").hidden = true;
  if (!view.seen || !view.stale || !able) return;
  if (!view.b) choice.begin();
  else renew(view);
}

let resting = 0;

function later(view, paths) {
  clearTimeout(resting);
  resting = setTimeout(() => (paths && isWhole(view.road) ? renewSome(view, paths) : renew(view)), REST);
}

const question = (view, more) => ({
  codec: state.codec, a: state.original, b: view.b.original, steps: view.steps, ...view.settings, ...more,
});

async function renew(view) {
  if (!state.original || !view.b) return;
  view.stale = false;
  const mine = ++view.asked;
  const road = emptyRoad();
  view.find(".blend-open").hidden = false;
  view.root.dataset.laying = "";
  const whole = await follow("blend", question(view, {}), (message) => mine === view.asked && take(view, road, message));
  if (mine !== view.asked) return;
  delete view.root.dataset.laying;
  if (!whole) view.stale = true;
}

// The same road but for some of its paths.
async function renewSome(view, paths) {
  const mine = ++view.asked;
  const { road } = view;
  view.root.dataset.laying = "";
  await follow("blend", question(view, { paths }), (message) => {
    if (mine !== view.asked) return false;
    if (message.kind === "plan") {
      const { plan, frames } = road;
      takePlan(road, message);
      Object.assign(road, { plan: { ...plan, bits: { ...plan.bits, ...message.bits } }, frames: { ...frames, ...Object.fromEntries(paths.map((p) => [p, frames[p]])) } });
      view.strip();
    } else if (message.kind === "frame") keep(view, road, message, mine);
    return true;
  });
  if (mine !== view.asked) return;
  delete view.root.dataset.laying;
}

function take(view, road, message) {
  if (message.kind === "plan") begin(view, road, message);
  else if (message.kind === "frame") keep(view, road, message, view.asked);
  else if (message.kind === "flips") {
    takeFlips(road, message);
    view.strip();
    show(view);
  } else if (message.kind === "done") view.root.dataset.seconds = message.seconds.toFixed(2);
  return true;
}

function begin(view, road, plan) {
  const share = view.road.plan ? view.share : 0.5;
  for (const frames of Object.values(view.road.frames)) for (const frame of frames) if (frame) view.medium.close?.(frame);
  takePlan(road, plan);
  view.road = road;
  view.slider.max = plan.steps;
  layFigures(view);
  view.strip();
  view.settle();
  view.take();
  move(view, Math.round(share * plan.steps));
}

async function keep(view, road, { path, step, data }, mine) {
  const frame = await view.medium.unpack(data);
  if (road !== view.road || mine !== view.asked) return view.medium.close?.(frame);
  const frames = road.frames[path];
  if (frames[step]) view.medium.close?.(frames[step]);
  frames[step] = frame;
  view.film();
  view.figures[path]?.fresh();
  if (isWhole(road)) view.root.dataset.whole = String(road.plan.steps);
}

// --- the figures --------------------------------------------------------------------------

function layFigures(view) {
  const wanted = PATHS.filter((path) => view.road.plan.paths.includes(path));
  delete view.root.dataset.whole;
  const key = [...wanted, view.road.plan.codebooks > 0].join();
  if (key === view.laid) return;
  view.laid = key;
  const box = view.find(".blend-paths");
  box.replaceChildren();
  box.style.setProperty("--paths", wanted.length);
  view.figures = Object.fromEntries(wanted.map((path) => [path, layFigure(view, box, path)]));
  label(box);
}

function layFigure(view, box, path) {
  const figure = Object.assign(document.createElement("figure"), { className: "blend-path" });
  figure.dataset.path = path;
  const names = nameOf(view.road, path, view.medium.kind);
  figure.innerHTML = `<figcaption><strong data-word="blend.path.${names}"></strong>
      <span class="note" data-bits data-word-title="blend.bits.${path}"></span></figcaption>
    <div class="stage"></div>
    <div class="blend-tally" hidden><i data-of="a"></i><i data-of="both"></i><i data-of="neither"></i><i data-of="b"></i></div>
    <p class="note" data-word="blend.what.${names}"></p>`;
  box.append(figure);
  const shown = view.medium.figure(figure.querySelector(".stage"), () => now(view, path), view);
  return { figure, redraw: shown.redraw, fresh: () => (shown.fresh?.(), shown.redraw()) };
}

function now(view, path) {
  const { road, step } = view;
  const frames = road.frames[path] ?? [];
  const tokens = path === "snapped" || path === "tokens" ? tokensAt(road, path, view.share)?.[view.level()] : null;
  return {
    path, frame: frames[nearestStep(frames, step)], grid: road.plan?.grid, tokens, region: view.region, road, share: view.share,
  };
}

const redraw = (view) => Object.values(view.figures).forEach((figure) => figure.redraw());

// --- moving -------------------------------------------------------------------------------

function move(view, step) {
  const { plan } = view.road;
  if (!plan) return;
  view.step = Math.min(Math.max(step, 0), plan.steps);
  view.slider.value = view.step;
  for (const figure of Object.values(view.figures)) figure.redraw();
  view.moved?.();
  show(view);
}

function play(view) {
  const began = performance.now() - LAP * (view.share >= 1 ? 0 : view.share);
  const turn = (time) => {
    const laps = Math.max(0, time - began) / LAP;
    const share = laps % 2 > 1 ? 2 - (laps % 2) : laps % 2; // to B and back
    const step = Math.round(share * view.road.plan.steps);
    if (step !== view.step) move(view, step);
    view.playing = requestAnimationFrame(turn);
  };
  view.playing = requestAnimationFrame(turn);
  show(view);
}

function stop(view) {
  cancelAnimationFrame(view.playing);
  view.playing = 0;
  show(view);
}
