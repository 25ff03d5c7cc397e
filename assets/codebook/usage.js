// Usage: one bar a code, the commonest first, and what the whole of them says in numbers and words.

import { busiest, deadCodes, health, largest, perplexity, ranking } from "../counts.js";
import { pointable } from "../pointing.js";
import { different, here, onlyPresent } from "../present.js";
import { colour, stage } from "../stage.js";
import { on, state } from "../store.js";
import { onLanguage, word } from "../words.js";

const FLOOR = 18; // pixels below the bars, for the axis

// The bar under x on a chart `width` pixels wide with `bars` bars, or −1 beside it.
export const barAt = (x, width, bars) => (x >= 0 && x < width ? Math.floor((x / width) * bars) : -1);

// Height from 0 to 1 by square root: the common codes do not flatten the rare ones, and no use is no bar.
export const heightOf = (count, most) => (most ? Math.sqrt(count / most) : 0);

// Counts to draw lines at: powers of ten whose height differs from that of `equal`, of the floor and
// of the top by `apart` (a share of the height), so that their labels can be read.
export function lines(most, equal, apart) {
  const taken = [0, 1, heightOf(equal, most)];
  const powers = [];
  for (let power = 10; power < most; power *= 10) powers.push(power);
  return powers.filter((power) => taken.every((height) => Math.abs(heightOf(power, most) - height) > apart));
}

export function mountUsage(root) {
  root.innerHTML = `
    <h3 data-word="codebook.usage"></h3>
    <p class="health"></p>
    <dl class="figures"></dl>
    <div class="view">
      <canvas class="bars" tabindex="0" role="application" data-word-label="codebook.usage_label"></canvas></div>
    <p class="note" data-over></p>
    <p class="note" data-here></p>`;
  const canvas = root.querySelector("canvas");
  const view = { root, canvas, order: [], places: [], most: 0, half: 0, dead: 0 };
  const redraw = stage(canvas, (pen, width, height) => draw(view, pen, width, height));
  on("book", () => {
    arrange(view);
    tell(view);
    redraw();
  });
  for (const topic of ["loaded", "tokens", "hover", "picked", "present"]) on(topic, redraw);
  for (const topic of ["loaded", "tokens"]) on(topic, () => tellHere(view));
  onLanguage(() => {
    tell(view);
    redraw();
  });
  pointable(canvas, "usage", {
    codeAt: (x) => view.order[barAt(x, canvas.clientWidth, view.order.length)] ?? -1,
    next: (code, key) => view.order[view.places[code] + (key === "ArrowRight" || key === "ArrowDown" ? 1 : -1)] ?? code,
    spot: (code) => [
      ((view.places[code] + 0.5) / view.order.length) * canvas.clientWidth,
      topOf(view, state.book.counts[code], canvas.clientHeight - FLOOR),
    ],
  });
}

function arrange(view) {
  const { counts } = state.book;
  view.order = ranking(counts);
  view.places = [];
  view.order.forEach((code, place) => (view.places[code] = place));
  Object.assign(view, { most: largest(counts), half: busiest(counts, 0.5), dead: deadCodes(counts) });
}

// --- in words ---------------------------------------------------------------------------

function tell(view) {
  if (!state.book) return;
  const { counts, pictures, tokens } = state.book;
  const known = tokens > 0;
  for (const part of view.root.querySelectorAll(".figures, .view, [data-over]")) part.hidden = !known;
  const sentences = health(counts);
  const line = view.root.querySelector(".health");
  line.textContent = sentences.map(([key, values]) => word(key, values)).join(" ");
  line.dataset.state = sentences[0][0].split(".").at(-1);
  view.root.querySelector("[data-over]").textContent = word("codebook.over", { pictures, tokens });
  const { dead } = view;
  view.root.querySelector(".figures").replaceChildren(
    figure("perplexity", word("codebook.number", { value: Math.round(perplexity(counts)) })),
    figure("used", word("codebook.of", { part: counts.length - dead, whole: counts.length })),
    figure("dead", word("codebook.number", { value: dead })),
  );
  tellHere(view);
}

function figure(name, value) {
  const [box, term, number, note] = ["div", "dt", "dd", "dd"].map((tag) => document.createElement(tag));
  term.textContent = word(`codebook.${name}`);
  number.textContent = value;
  number.className = "figure";
  note.textContent = word(`codebook.${name}_note`);
  note.className = "note";
  box.append(term, number, note);
  return box;
}

function tellHere(view) {
  if (!state.book) return;
  view.root.querySelector("[data-here]").textContent = state.indices.length
    ? word("codebook.present", { here: different(), size: state.codebookSize })
    : "";
}

// --- drawing ----------------------------------------------------------------------------

const HEAD = 14; // pixels above the tallest bar, for its mark

// Where a bar of `count` uses ends, when the bars stand at `room`.
const topOf = (view, count, room) => room - (room - HEAD) * heightOf(count, view.most);

function draw(view, pen, width, height) {
  if (!view.order.length) return;
  const [room, bar] = [height - FLOOR, width / view.order.length];
  const { counts, colours } = state.book;
  const present = here();
  const { code: lit, from } = state.hover;
  drawLines(view, pen, width, room);
  view.order.forEach((code, place) => {
    const dim = (onlyPresent() && !present[code]) || (lit >= 0 && from !== "usage" && code !== lit);
    pen.globalAlpha = dim ? 0.2 : 1;
    pen.fillStyle = colours[code];
    const top = topOf(view, counts[code], room);
    pen.fillRect(place * bar, top, bar + 0.3, room - top); // a little wider: no seams between bars
  });
  pen.globalAlpha = 1;
  drawHalf(view, pen, bar, room);
  drawDead(view, pen, width, bar, room);
  const mark = (code, paint) =>
    drawMark(pen, (view.places[code] + 0.5) * bar, topOf(view, counts[code], room), room, paint);
  if (state.code in view.places) mark(state.code, colour(view.canvas, "--accent"));
  if (lit in view.places) mark(lit, colour(view.canvas, "--ink"));
}

// Thin lines at round counts; a dashed one where every bar would end if all codes were used equally.
function drawLines(view, pen, width, room) {
  const equal = Math.round(state.book.tokens / view.order.length);
  pen.font = `12px ${colour(view.canvas, "--sans")}`;
  pen.textAlign = "right";
  pen.fillStyle = colour(view.canvas, "--soft");
  const drawn = lines(view.most, equal, 16 / room).map((count) => [count, [], "codebook.line"]);
  for (const [count, dash, key] of [...drawn, [equal, [5, 4], "codebook.equal"]]) {
    const y = Math.round(topOf(view, count, room)) + 0.5;
    pen.strokeStyle = colour(view.canvas, dash.length ? "--soft" : "--line");
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(0, y);
    pen.lineTo(width, y);
    pen.stroke();
    pen.fillText(word(key, { count }), width - 2, y - 4);
  }
  pen.setLineDash([]);
}

// The commonest codes that together make half of all tokens.
function drawHalf(view, pen, bar, room) {
  const codes = view.half;
  pen.fillStyle = colour(view.canvas, "--ink");
  pen.fillRect(0, room + 3, codes * bar, 2);
  pen.textAlign = "left";
  pen.font = `12px ${colour(view.canvas, "--sans")}`;
  pen.fillText(word("codebook.half", { codes }), 0, room + 17);
}

function drawDead(view, pen, width, bar, room) {
  pen.fillStyle = colour(view.canvas, "--warn");
  pen.fillRect(width - view.dead * bar, room - 4, view.dead * bar, 4);
}

function drawMark(pen, x, top, room, paint) {
  pen.fillStyle = paint;
  pen.fillRect(x - 1, top, 2, room - top);
  pen.beginPath();
  pen.arc(x, top - 4, 4, 0, 2 * Math.PI);
  pen.fill();
}
