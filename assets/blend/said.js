// What the Blend card says of the place the slider is at: numbers, the verdict, and the cell that is pointed at.

import { state } from "../store.js";
import { word } from "../words.js";
import { strayAt, tally, tokensAt } from "./road.js";
import { flipsOf } from "./strip.js";

const FAR = 1.15; // times as far from the codes as at the ends: as much as one may speak of

export function show(view) {
  const { road, root, share } = view;
  view.find("[data-lead]").textContent = word(state.card?.num_codebooks === 0 ? "blend.lead_none" : "blend.lead");
  view.find("[data-play]").textContent = word(view.playing ? "blend.stop" : "blend.play");
  if (!road.plan) return;
  const percent = Math.round(100 * share);
  root.querySelector(".blend-road output").textContent = `${percent} %`;
  view.slider.setAttribute("aria-valuetext", word("blend.at", { percent }));
  root.querySelector("[data-name=a]").textContent = nameOfA();
  root.querySelector("[data-name=b]").textContent = view.b?.name() ?? "";
  for (const [path, { figure }] of Object.entries(view.figures)) {
    figure.querySelector("[data-bits]").textContent = kilobits(road.plan.bits[path]);
    showTally(figure, road, path, share);
  }
  verdict(view, percent);
  tellCell(view);
}

function nameOfA() {
  const { sample, name } = state.facts?.from ?? {};
  return sample ? word(`samples.${sample}`) : (name ?? "");
}

const kilobits = (bits) => word("blend.kbit", { value: bits >= 99_500 ? Math.round(bits / 1000) : Number((bits / 1000).toPrecision(3)) });

function showTally(figure, road, path, share) {
  const levels = tokensAt(road, path, share);
  const bar = figure.querySelector(".blend-tally");
  bar.hidden = !levels;
  if (!levels) return;
  const found = tally(road.ends, levels);
  for (const part of bar.children) part.style.flexGrow = found[part.dataset.of];
  bar.title = word("blend.tally", { a: found.a + found.both, b: found.b + found.both, neither: found.neither });
}

// The answer to "why quantize at all?" at this place of the path.
function verdict(view, percent) {
  const { road, share } = view;
  const line = view.find(".blend-verdict");
  const levels = tokensAt(road, "snapped", share);
  if (!levels) return void (line.textContent = road.plan.codebooks ? "" : word("blend.verdict.continuous", { percent }));
  const { a, b, both, neither } = tally(road.ends, levels);
  const stray = strayAt(road, share);
  const times = Math.round(road.plan.bits.latents / road.plan.bits.snapped);
  const values = { percent, times, neither, all: a + b + both + neither, stray: stray.toFixed(1) };
  const where = share === 0 ? "a" : share === 1 ? "b" : stray > FAR ? "far" : "near";
  line.textContent = word(`blend.verdict.${where}`, values);
}

export function tellCell(view) {
  const { road } = view;
  const line = view.find("[data-cell]");
  const { cell } = state.hover;
  if (!road.ends.length || !road.flips) return void (line.textContent = "");
  if (cell < 0 || cell >= road.ends[0][0].length) return void (line.textContent = word("blend.strip.hint"));
  const { times, first, last, token } = flipsOf(road, cell, view.level());
  const [from, to, at] = [first, last, token].map((share) => Math.round(100 * (share ?? 0)));
  const place = { cell: cell + 1, times, from, to, at };
  const key = times === 0 ? "never" : times === 1 ? "once" : "often";
  line.textContent = `${word(`blend.cell.${key}`, place)} ${token === undefined ? "" : word("blend.cell.token", place)}`;
}
