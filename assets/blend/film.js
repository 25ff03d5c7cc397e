// The film strip: every path as a row of its steps, the one that is shown framed. Of texts, one path as a list.

import { colour, stage } from "../stage.js";
import { label, onLanguage, word } from "../words.js";
import { nameOf } from "./road.js";

const GAP = 3; // pixels
const LEAST = 62; // pixels a thumbnail is wide at least

// Gives fresh(), which looks again at the frames that are there; sets view.moved, called with every move.
export function mountFilm(root, view) {
  return view.medium.thumbnail ? mountStrip(root, view) : mountList(root, view);
}

// --- a strip ------------------------------------------------------------------------------

function mountStrip(root, view) {
  root.innerHTML = `<details open><summary data-word="blend.film"></summary><canvas role="img" data-word-label="blend.film"></canvas></details>`;
  const canvas = root.querySelector("canvas");
  const redraw = stage(canvas, (pen, width) => draw(view, canvas, pen, width));
  canvas.addEventListener("click", ({ offsetX }) => {
    const steps = shown(view, canvas.clientWidth);
    const place = Math.min(steps.length - 1, Math.floor((offsetX / canvas.clientWidth) * steps.length));
    view.moveTo(steps[place] / view.road.plan.steps);
  });
  view.moved = redraw;
  label(root);
  onLanguage(redraw);
  return () => {
    const size = sizeOf(view, canvas.clientWidth);
    if (size.wide > 0) canvas.style.height = `${Object.keys(view.figures).length * (size.tall + GAP) - GAP}px`;
    redraw();
  };
}

// The steps there is room for: all of them, or every second, fourth …
function shown({ road }, width) {
  const { steps } = road.plan;
  let every = 1;
  while ((width + GAP) / (steps / every + 1) < LEAST && every < steps) every *= 2;
  return Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
}

function sizeOf(view, width) {
  const wide = (width + GAP) / shown(view, width).length - GAP;
  return { wide, tall: Math.min(wide, view.medium.tall ?? wide) };
}

function draw(view, canvas, pen, width) {
  const { road, medium } = view;
  if (!road.plan) return;
  const steps = shown(view, width);
  const { wide, tall } = sizeOf(view, width);
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = colour(canvas, "--sunken");
  const paths = Object.keys(view.figures);
  paths.forEach((path, row) => steps.forEach((step, i) => {
    const [x, y] = [i * (wide + GAP), row * (tall + GAP)];
    const frame = road.frames[path][step];
    if (frame) medium.thumbnail(pen, frame, x, y, wide, tall);
    else pen.fillRect(x, y, wide, tall);
  }));
  paths.forEach((path, row) => name(pen, canvas, nameOf(road, path, medium.kind), row * (tall + GAP) + tall));
  const now = steps.reduce((best, step, i) => (Math.abs(step - view.step) < Math.abs(steps[best] - view.step) ? i : best), 0);
  Object.assign(pen, { strokeStyle: colour(canvas, "--accent"), lineWidth: 3 });
  pen.strokeRect(now * (wide + GAP) + (now ? -0.5 : 1.5), 1.5, wide + (now ? 1 : -1), paths.length * (tall + GAP) - GAP - 3);
}

// The name of a path at the foot of its row.
function name(pen, canvas, path, bottom) {
  pen.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  const text = word(`blend.path.${path}`);
  pen.fillStyle = "rgb(0 0 0 / 0.62)";
  pen.fillRect(0, bottom - 19, pen.measureText(text).width + 12, 19);
  pen.fillStyle = "#fff";
  pen.fillText(text, 6, bottom - 6);
}

// --- a list -------------------------------------------------------------------------------

function mountList(root, view) {
  root.innerHTML = `<details open><summary data-word="blend.film"></summary>
    <div class="segmented" role="group"></div><ol class="blend-list"></ol></details>`;
  const [group, list] = [root.querySelector(".segmented"), root.querySelector("ol")];
  let path = "snapped";
  const fill = () => {
    const { road, medium } = view;
    if (!road.plan) return;
    if (!road.plan.paths.includes(path)) [path] = road.plan.paths;
    const { signal } = road.frames;
    const ends = [signal[0], signal[road.plan.steps]];
    list.replaceChildren(...Array.from({ length: road.plan.steps + 1 }, (_, step) => {
      const row = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${Math.round((100 * step) / road.plan.steps)} %` });
      button.onclick = () => view.moveTo(step / road.plan.steps);
      const text = Object.assign(document.createElement("span"), { dir: "auto" });
      if (road.frames[path][step]) medium.line(text, road.frames[path][step], ends);
      row.append(button, text);
      return row;
    }));
    mark();
  };
  const mark = () => [...list.children].forEach((row, step) => row.toggleAttribute("aria-current", step === view.step));
  const offer = () => {
    const paths = view.road.plan?.paths ?? [];
    group.replaceChildren(...paths.map((name) => {
      const text = word(`blend.path.${nameOf(view.road, name, view.medium.kind)}`);
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      button.setAttribute("aria-pressed", String(name === path));
      button.onclick = () => ((path = name), offer(), fill());
      return button;
    }));
  };
  view.moved = mark;
  label(root);
  onLanguage(offer);
  let waiting = false;
  return () => {
    if (!waiting) requestAnimationFrame(() => ((waiting = false), offer(), fill()));
    waiting = true;
  };
}
