// The plot of a race: rate across, quality upwards, a curve for everybody who takes part. A point that is
// chosen is shown in a pane below; arrow keys go from point to point.

import { apart, linear, logarithmic, ticks } from "../train/scales.js";
import { onLanguage, word } from "../words.js";
import { shownRate, valueOf } from "./figures.js";
import { bytesText, lookOf, measureName, measureText, nameOf, rateText, shapeOf, svg, titleOf, unitName } from "./looks.js";
import { choose, drawn, key, measureNow, onAny, race, unitNow } from "./race.js";

const EDGE = { left: 52, right: 84, top: 26, bottom: 44 };
const PILE = 44; // pixels from a pile of names to its points
const CLOSE = 40; // pixels across within which points share a pile
const NEAR = 26; // pixels from a point that still mean it
// What the plot shows at least, so that its scales stay while points come in: rates in the first unit of a medium.
const USUAL = { image: [0.11, 2], audio: [0.45, 45], text: [2.2, 14] };

export function mountPlot(root) {
  root.innerHTML = `<svg class="plot-canvas" role="group" data-word-label="compare.plot"></svg>
    <div class="plot-tip" aria-hidden="true" hidden></div>`;
  const view = { canvas: root.querySelector("svg"), tip: root.querySelector(".plot-tip"), placed: [], focused: "" };
  const redraw = later(() => draw(view));
  onAny(["points", "axes"], redraw);
  onAny(["chosen"], () => mark(view));
  new ResizeObserver(redraw).observe(view.canvas);
  onLanguage(redraw);
  view.canvas.addEventListener("pointermove", (event) => hover(view, under(view, event)));
  view.canvas.addEventListener("pointerleave", () => hover(view, null));
  view.canvas.addEventListener("click", (event) => take(view, under(view, event)));
  view.canvas.addEventListener("keydown", (event) => walk(view, event));
}

// Once a frame, however often it is asked for.
function later(deed) {
  let asked = false;
  return () => {
    if (!asked) requestAnimationFrame(() => ((asked = false), deed()));
    asked = true;
  };
}

// --- drawing --------------------------------------------------------------------------------

function draw(view) {
  const { canvas } = view;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !race.units.length) return canvas.replaceChildren();
  const area = { left: EDGE.left, right: width - EDGE.right, top: EDGE.top, bottom: height - EDGE.bottom };
  const [all, levels] = [drawn(), continuous()];
  const axes = axesOf(all, levels, area);
  view.placed = all.flatMap((curve) => curve.points.map((one) => ({ ...one, family: curve.family, x: axes.x(one.rate), y: axes.y(one.value) })));
  canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
  canvas.replaceChildren(rules(axes, area), ...levels.map((one) => level(one, axes, area)), ...all.map((one) => curve(one, axes)), names(all, axes, area), ...view.placed.map((one) => mount(view, one)));
  mark(view);
}

// Codecs without codes: no rate, so no place across; how good they are is a line.
const continuous = () =>
  race.points.filter(({ family, bits }) => bits === null && !race.hidden.has(family))
    .map((point) => ({ point, family: point.family, value: valueOf(point, race.measure, measureNow()) }))
    .filter(({ value }) => value !== null);

export function axesOf(all, levels, area) {
  const points = all.flatMap(({ points }) => points);
  const rates = points.map(({ rate }) => rate);
  const values = [...points, ...levels].map(({ value }) => value);
  const usual = USUAL[race.kind].map((rate) => (rate * unitNow().per_bit) / race.units[0].per_bit);
  const [least, most] = [Math.min(usual[0], ...rates) / 1.1, Math.max(usual[1], ...rates) * 1.1];
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const room = Math.max(0.06 * (high - low), 1e-3);
  const { better } = measureNow();
  const [bottom, top] = better > 0 ? [area.bottom, area.top] : [area.top, area.bottom]; // better is always upwards
  return {
    x: logarithmic(least, most, area.left, area.right),
    y: linear(low - room, high + room, bottom, top),
    across: marks(least, most),
    upwards: values.length ? ticks(low - room, high + room, 5) : [],
  };
}

// Round rates to read: 1, 2 and 5 times powers of ten.
function marks(least, most) {
  const found = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++)
    for (const factor of [1, 2, 5]) found.push(Number((factor * 10 ** power).toPrecision(3)));
  return found.filter((rate) => rate >= least && rate <= most);
}

function rules({ x, y, across, upwards }, { left, right, top, bottom }) {
  const group = svg("g", { class: "plot-rules" });
  for (const rate of across) {
    group.append(svg("line", { x1: x(rate), x2: x(rate), y1: top, y2: bottom }));
    group.append(svg("text", { x: x(rate), y: bottom + 17, "text-anchor": "middle" }, shownRate(rate)));
  }
  for (const value of upwards) {
    group.append(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value) }));
    group.append(svg("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, String(value).replace("-", "−")));
  }
  const measure = measureName(race.measure);
  const { unit, better } = measureNow();
  group.append(svg("text", { x: right, y: bottom + 36, "text-anchor": "end", class: "plot-axis" }, `${word(`compare.rate.${race.count}`)} · ${unitName(unitNow())}`));
  group.append(svg("text", { x: left + 8, y: top + 14, class: "plot-axis" }, `${better > 0 ? "↑" : "↓"} ${measure}${unit ? `, ${unit}` : ""} · ${word("compare.better")}`));
  return group;
}

function curve({ family, points }, { x, y }) {
  const { colour } = lookOf(family);
  const path = points.map((one, i) => `${i ? "L" : "M"}${x(one.rate).toFixed(1)} ${y(one.value).toFixed(1)}`).join("");
  const sort = race.families.find((one) => one.family === family).sort;
  return svg("path", { d: path, class: `plot-curve ${sort}`, style: `--series: ${colour}` });
}

function level({ family, value }, { y }, { left, right }) {
  const group = svg("g", { class: "plot-level", style: `--series: ${lookOf(family).colour}` });
  group.append(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value) }));
  group.append(svg("text", { x: right - 4, y: y(value) - 6, "text-anchor": "end" }, word("compare.level", { name: titleOf(family) })));
  return group;
}

// A name at the end of every curve. Those of a single point stand in a pile above it, since there, where little is
// spent and much is kept, nobody is.
function names(all, { x, y }, { top, bottom }) {
  const group = svg("g", { class: "plot-names" });
  const long = all.filter(({ points }) => points.length > 1);
  const ends = long.map(({ points }) => points.at(-1));
  const heights = apart(ends.map(({ value }) => y(value)), 15, bottom);
  long.forEach(({ family }, i) => group.append(name(family, x(ends[i].rate) + 11, heights[i] + 4, "start")));
  const single = all.filter(({ points }) => points.length === 1).map(({ family, points: [one] }) => ({ family, x: x(one.rate), y: y(one.value) }));
  for (const pile of piles(single)) {
    const highest = Math.min(...pile.map((one) => one.y)) - PILE;
    const lowest = Math.max(highest, top + 14 * pile.length + 22);
    if (pile.length > 1) group.append(svg("line", { x1: pile[0].x, x2: pile[0].x, y1: lowest + 6, y2: Math.max(...pile.map((one) => one.y)) }));
    pile.forEach(({ family, x: at }, i) => group.append(name(family, pile.length > 1 ? pile[0].x : at, (pile.length > 1 ? lowest : highest + PILE - 14) - 15 * (pile.length - 1 - i), "middle")));
  }
  return group;
}

const name = (family, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor, style: `--series: ${lookOf(family).colour}` }, titleOf(family));

// Points that stand nearly above each other, the best of each pile first.
export function piles(points) {
  const found = [];
  for (const point of [...points].sort((a, b) => a.y - b.y)) {
    const near = found.find((pile) => Math.abs(pile[0].x - point.x) < CLOSE);
    if (near) near.push(point);
    else found.push([point]);
  }
  return found;
}

// --- points ---------------------------------------------------------------------------------

function mount(view, one) {
  const { colour, mark } = lookOf(one.family);
  const place = `translate(${one.x.toFixed(1)} ${one.y.toFixed(1)})`;
  const group = svg("g", { class: "plot-point", transform: place, role: "button", tabindex: -1, style: `--series: ${colour}` });
  group.dataset.point = key(one.point);
  group.setAttribute("aria-label", word("compare.point", { name: nameOf(one.point), rate: rateText(one.point), measure: measureName(race.measure), value: measureText(one.point, race.measure) }));
  group.append(svg("circle", { r: 11, class: "plot-halo" }), svg("path", { d: shapeOf(mark, 4.6), class: `mark ${mark}` }), svg("text", { y: 26, "text-anchor": "middle", class: "plot-pane" }));
  group.addEventListener("focus", () => ((view.focused = key(one.point)), hover(view, one)));
  group.addEventListener("blur", () => hover(view, null));
  return group;
}

// Which points stand in the panes, and which one a Tab leads to.
function mark({ canvas, placed, focused }) {
  const chosen = race.panes.map((point) => point && key(point));
  const known = placed.map(({ point }) => key(point));
  const entry = [focused, ...chosen].find((name) => known.includes(name)) ?? known[0];
  for (const group of canvas.querySelectorAll("[data-point]")) {
    const panes = ["A", "B"].filter((_, pane) => chosen[pane] === group.dataset.point).join(" ");
    group.toggleAttribute("data-chosen", Boolean(panes));
    group.setAttribute("aria-pressed", String(Boolean(panes)));
    group.querySelector(".plot-pane").textContent = panes;
    group.setAttribute("tabindex", group.dataset.point === entry ? 0 : -1);
    if (panes) group.parentNode.append(group); // above the others
  }
}

function under({ canvas, placed }, event) {
  const { left, top } = canvas.getBoundingClientRect();
  const away = ({ x, y }) => Math.hypot(x - event.clientX + left, y - event.clientY + top);
  const near = placed.reduce((best, one) => (best && away(best) <= away(one) ? best : one), null);
  return near && away(near) <= NEAR ? near : null;
}

function hover({ canvas, tip }, one) {
  for (const group of canvas.querySelectorAll("[data-point]")) group.toggleAttribute("data-hovered", Boolean(one) && group.dataset.point === key(one.point));
  canvas.style.cursor = one ? "pointer" : "";
  tip.hidden = !one;
  if (!one) return;
  const lines = [nameOf(one.point), `${rateText(one.point)} · ${bytesText(one.point)}`, `${measureName(race.measure)} ${measureText(one.point, race.measure)}`];
  tip.replaceChildren(...lines.map((text, i) => Object.assign(document.createElement(i ? "span" : "b"), { textContent: text })));
  const half = tip.offsetWidth / 2;
  const left = Math.min(Math.max(one.x, half), canvas.clientWidth - half);
  const below = one.y < tip.offsetHeight + 30;
  tip.style.transform = `translate(${left - half}px, ${below ? one.y + 20 : one.y - tip.offsetHeight - 26}px)`;
}

function take(view, one) {
  if (!one) return;
  choose(one.point, race.next);
  view.focused = key(one.point);
}

// Left and right along a curve, up and down to the nearest point of another; Enter or a space chooses.
function walk(view, event) {
  const now = view.placed.find(({ point }) => key(point) === event.target.dataset?.point);
  if (!now) return;
  if (event.key === "Enter" || event.key === " ") take(view, now);
  else if (!/^Arrow/.test(event.key)) return;
  else view.canvas.querySelector(`[data-point="${CSS.escape(key(neighbour(view.placed, now, event.key).point))}"]`).focus();
  event.preventDefault();
}

export function neighbour(placed, now, way) {
  const own = placed.filter(({ family }) => family === now.family);
  const place = own.indexOf(now);
  if (way === "ArrowLeft" || way === "ArrowRight") return own[place + (way === "ArrowLeft" ? -1 : 1)] ?? now;
  const upwards = way === "ArrowUp" ? 1 : -1;
  const others = placed.filter((one) => one.family !== now.family && upwards * (now.y - one.y) > 0);
  const away = (one) => Math.hypot(2 * (one.x - now.x), one.y - now.y); // rather straight up than far aside
  return others.reduce((best, one) => (best && away(best) <= away(one) ? best : one), null) ?? now;
}
