// Why fuse at all: how many meanings are recognised while noise grows, by each way of putting senses together.

import { colour, stage } from "../stage.js";
import { on } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { percent } from "./figures.js";
import { joint } from "./thought.js";

const LEFT = 44; // pixels before the axis
const BOTTOM = 34;
const COLOURS = { shared: "--concept", both: "--concept", early: "--accent", late: "--soft", picture: "--pictures", pictures: "--pictures", sound: "--sounds", sounds: "--sounds" };
const APART = 16; // pixels between two names

const FRAME = `
  <div class="card-head"><h2 id="joint-lesson" data-word="joint.lesson.title"></h2>
    <div class="segmented" role="group" data-word-label="joint.lesson.corrupted"></div></div>
  <p class="note" data-word="joint.lesson.note"></p>
  <canvas class="joint-curves" role="img"></canvas>
  <div class="joint-lesson-table"></div>`;

let chosen = null; // which kind of corruption

export function mountLesson(root) {
  root.innerHTML = FRAME;
  const canvas = root.querySelector("canvas");
  const redraw = stage(canvas, (pen, width, height) => draw(pen, width, height));
  const show = () => {
    const kinds = kindsOf(joint.book?.lesson);
    root.hidden = !kinds.length;
    if (!kinds.includes(chosen)) chosen = kinds.includes("both") ? "both" : kinds[0];
    choose(root, kinds, show);
    table(root);
    canvas.setAttribute("aria-label", word("joint.lesson.title"));
    redraw();
  };
  on("joint.book", show);
  for (const topic of ["joint.given", "joint.thought"]) on(topic, redraw);
  label(root);
  onLanguage(show);
}

// --- pure -------------------------------------------------------------------------------------

const PLAIN = ["strength", "corrupted"];

// What noise was put on, as far as there is a curve of it: more than one strength.
export function kindsOf(lesson) {
  const kinds = (lesson ?? []).map((row) => row.corrupted);
  return [...new Set(kinds.filter((kind, i) => kinds.indexOf(kind) !== i))];
}

// The rows of which there is only one: a sense that is missing.
export const missingOf = (lesson) => {
  const kinds = kindsOf(lesson);
  return (lesson ?? []).filter(({ corrupted }) => !kinds.includes(corrupted));
};

// The curves of one kind: [{way, points: [{strength, share}]}].
export function curvesOf(lesson, kind) {
  const rows = lesson.filter((row) => row.corrupted === kind).sort((a, b) => a.strength - b.strength);
  const ways = Object.keys(rows[0] ?? {}).filter((name) => !PLAIN.includes(name) && typeof rows[0][name] === "number");
  return ways.map((way) => ({ way, points: rows.map((row) => ({ strength: row.strength, share: row[way] })) }));
}

// Heights of names beside a plot: as near as can be to where they belong, none on another.
export function spread(heights, apart) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const placed = [...heights];
  for (let i = 1; i < order.length; i++) placed[order[i]] = Math.max(placed[order[i]], placed[order[i - 1]] + apart);
  return placed;
}

// --- drawing ----------------------------------------------------------------------------------

function choose(root, kinds, show) {
  const row = root.querySelector(".segmented");
  row.hidden = kinds.length < 2;
  row.replaceChildren(...kinds.map((kind) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: word(`joint.lesson.what.${kind}`) });
    button.setAttribute("aria-pressed", String(kind === chosen));
    button.onclick = () => ((chosen = kind), show());
    return button;
  }));
}

const nameOf = (way) => {
  const key = `joint.lesson.way.${way}`;
  return word(key) === key ? way : word(key);
};

function draw(pen, width, height) {
  const lesson = joint.book?.lesson;
  if (!lesson?.length) return;
  const curves = curvesOf(lesson, chosen);
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ strength }) => strength)));
  const right = width < 520 ? 104 : 140;
  const x = (strength) => LEFT + (strength / most) * (width - LEFT - right);
  const y = (share) => 12 + (1 - share) * (height - 12 - BOTTOM);
  axes(pen, x, y, most);
  own(pen, x, y, most);
  const ends = spread(curves.map(({ points }) => y(points.at(-1).share)), APART);
  curves.forEach((curve, i) => line(pen, curve, { x, y, end: ends[i] }));
}

function axes(pen, x, y, most) {
  const { canvas } = pen;
  Object.assign(pen, { font: `13px ${colour(canvas, "--sans")}`, textAlign: "right", textBaseline: "middle", lineWidth: 1 });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    pen.fillStyle = colour(canvas, "--line");
    pen.fillRect(x(0), y(share), x(most) - x(0), 1);
    pen.fillStyle = colour(canvas, "--soft");
    pen.fillText(`${percent(share)} %`, LEFT - 8, y(share));
  }
  Object.assign(pen, { textAlign: "center", textBaseline: "top" });
  for (let strength = 0; strength <= most + 1e-9; strength += 0.5) pen.fillText(strength.toFixed(1), x(strength), y(0) + 6);
  pen.textAlign = "left";
  pen.fillText(word("joint.lesson.axis"), x(most) + 14, y(0) + 6);
}

// The visitor's own noise.
function own(pen, x, y, most) {
  const { canvas } = pen;
  for (const sense of ["pictures", "sounds"]) {
    const strength = joint.noise[sense];
    if (!strength || !joint.given[sense]) continue;
    Object.assign(pen, { strokeStyle: colour(canvas, `--${sense}`), lineWidth: 1.5 });
    pen.setLineDash([4, 4]);
    pen.beginPath();
    pen.moveTo(x(Math.min(strength, most)), y(1));
    pen.lineTo(x(Math.min(strength, most)), y(0));
    pen.stroke();
    pen.setLineDash([]);
  }
}

function line(pen, { way, points }, { x, y, end }) {
  const { canvas } = pen;
  const ink = colour(canvas, COLOURS[way] ?? "--ink");
  Object.assign(pen, { strokeStyle: ink, fillStyle: ink, lineWidth: COLOURS[way] === "--concept" ? 3.2 : 2, lineJoin: "round" });
  pen.beginPath();
  for (const { strength, share } of points) pen.lineTo(x(strength), y(share));
  pen.stroke();
  for (const { strength, share } of points) {
    pen.beginPath();
    pen.arc(x(strength), y(share), 3, 0, 2 * Math.PI);
    pen.fill();
  }
  Object.assign(pen, { textAlign: "left", textBaseline: "middle", font: `600 13px ${colour(canvas, "--sans")}` });
  pen.fillText(nameOf(way), x(points.at(-1).strength) + 10, end);
}

function table(root) {
  const lesson = joint.book?.lesson ?? [];
  const curves = lesson.length ? curvesOf(lesson, chosen) : [];
  const box = root.querySelector(".joint-lesson-table");
  if (!curves.length) return box.replaceChildren();
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const text of [word("joint.lesson.axis"), ...curves.map(({ way }) => nameOf(way))]) {
    head.append(Object.assign(document.createElement("th"), { textContent: text, scope: "col" }));
  }
  const body = made.createTBody();
  curves[0].points.forEach(({ strength }, i) => fill(body, String(strength), curves.map(({ points }) => points[i].share)));
  for (const row of missingOf(lesson)) {
    const what = row.corrupted.replaceAll(" ", "_");
    fill(body, word(`joint.lesson.what.${what}`), curves.map(({ way }) => row[way]));
  }
  box.replaceChildren(made);
}

function fill(body, name, shares) {
  const row = body.insertRow();
  row.append(Object.assign(document.createElement("th"), { textContent: name, scope: "row" }));
  for (const share of shares) row.insertCell().textContent = share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
}
