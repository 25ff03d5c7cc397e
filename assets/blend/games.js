// Codebook games: A with other codes than its own, there and back again, and with noise. Before | after | where.
// Generic in the medium, as blend.js is.

import { fromBase64, post, split } from "../asking.js";
import { commitLevels, on, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { follow } from "../events.js";
import { GAMES } from "./gamelist.js";
import { mountMap } from "./maps.js";

const REST = 200; // ms after a control rests

const FRAME = `
  <div class="card-head"><h2 data-word="blend.games.title"></h2>
    <div class="segmented" role="group" data-games data-word-label="blend.games.title"></div></div>
  <p class="blend-lead" data-lead></p>
  <div class="games-controls"></div>
  <div class="games-views">
    <figure class="blend-path" data-view="before"><figcaption><strong data-word="blend.games.before"></strong></figcaption><div class="stage"></div></figure>
    <figure class="blend-path" data-view="after"><figcaption><strong data-word="blend.games.after"></strong></figcaption><div class="stage"></div></figure>
    <figure class="blend-path" data-view="map"><figcaption><strong data-map></strong></figcaption><div class="stage"></div></figure>
    <figure class="blend-path" data-view="margins" hidden><figcaption><strong data-word="blend.games.margins"></strong></figcaption><div class="stage"></div></figure>
  </div>
  <div class="games-plot" hidden></div>
  <p class="blend-verdict" role="status"></p>
  <div class="actions-row"><button type="button" class="button" data-place data-word="blend.games.place" data-word-title="blend.take.place_title"></button></div>`;

export function gamesOf(medium) {
  return (root) => {
    root.innerHTML = FRAME;
    const view = {
      root, medium, find: (selector) => root.querySelector(selector), name: "palette", values: {}, asked: 0, seen: false,
      stale: true, result: null, change: () => later(view), redraw: () => redraw(view), show: () => show(view),
    };
    view.views = layViews(view);
    view.find("[data-place]").onclick = () => place(view);
    on("loaded", () => ((view.stale = true), offer(view), fresh(view)));
    for (const topic of ["hover", "level"]) on(topic, () => view.redraw());
    new IntersectionObserver((entries) => ((view.seen = entries.at(-1).isIntersecting), fresh(view))).observe(root);
    label(root);
    onLanguage(() => (offer(view), show(view)));
  };
}

// --- the choice of a game -----------------------------------------------------------------

function offer(view) {
  const names = Object.keys(GAMES).filter((name) => GAMES[name].able?.() ?? true);
  if (!names.includes(view.name)) view.name = "palette";
  view.find("[data-games]").replaceChildren(...names.map((name) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: word(`blend.games.${name}.name`) });
    button.dataset.game = name;
    button.setAttribute("aria-pressed", String(name === view.name));
    button.onclick = () => ((view.name = name), (view.result = null), offer(view), show(view), renew(view));
    return button;
  }));
  view.find("[data-lead]").textContent = word(`blend.games.${view.name}.lead`);
  const box = view.find(".games-controls");
  box.replaceChildren();
  view.values = GAMES[view.name].controls(box, view);
  label(box);
}

// --- asking -------------------------------------------------------------------------------

function fresh(view) {
  if (view.seen && view.stale && state.original && state.card?.num_codebooks) renew(view);
}

let resting = 0;

function later(view) {
  clearTimeout(resting);
  resting = setTimeout(() => renew(view), REST);
}

async function renew(view) {
  const game = GAMES[view.name];
  const values = view.values();
  if (!state.original || !values || !state.card?.num_codebooks) return;
  view.stale = false;
  const mine = ++view.asked;
  const question = { codec: state.codec, a: state.original, ...values };
  delete view.root.dataset.done;
  view.root.dataset.laying = "";
  if (game.follow) {
    await follow(game.path, question, async (message) => mine === view.asked && ((await game.follow(view, message)), mine === view.asked));
  } else {
    const answer = await post(game.path, question);
    const told = answer && (await answer.json());
    if (!told || mine !== view.asked) return;
    await take(view, told, game);
  }
  if (mine !== view.asked) return;
  view.root.dataset.done = view.name;
  delete view.root.dataset.laying;
}

async function take(view, told, game) {
  const [before, after] = await Promise.all([view.medium.unpack(told.before), view.medium.unpack(told.data)]);
  const codebooks = state.levels.length;
  const map = told.flipped ? fromBase64(told.flipped, Float32Array) : fromBase64(told.cells, Uint8Array);
  view.result = {
    before, after, map, told, codebooks, grid: told.grid, most: 1,
    margins: told.margins ? fromBase64(told.margins, Float32Array) : null,
    levels: game.placed === false ? null : split(fromBase64(told.indices, Uint16Array), codebooks),
  };
  show(view);
}

// --- what is shown ------------------------------------------------------------------------

function layViews(view) {
  const stageOf = (name) => view.find(`[data-view=${name}] .stage`);
  const now = (name) => () => {
    const { result } = view;
    const road = { frames: { signal: [result?.before] }, plan: { steps: 1 } };
    return { path: name, frame: result?.[name], grid: result?.grid, tokens: null, region: null, road, share: 0 };
  };
  const map = (name, most) => mountMap(stageOf(name), () => {
    const { result } = view;
    const values = name === "map" ? result?.map : result?.margins;
    return values ? { values, grid: result.grid, codebooks: result.codebooks, level: state.level } : null;
  }, most);
  const redraws = ["before", "after"].map((name) => view.medium.figure(stageOf(name), now(name), view).redraw);
  return [...redraws, map("map", 1), map("margins")];
}

const redraw = (view) => view.views.forEach((again) => again());

function show(view) {
  const { result, find } = view;
  const game = GAMES[view.name];
  find("[data-map]").textContent = word(`blend.games.map.${game.map ?? "changed"}`);
  find("[data-view=margins]").hidden = !result?.margins;
  find("[data-place]").hidden = !result?.levels;
  find(".blend-verdict").textContent = result ? game.verdict(result) : "";
  find(".games-plot").hidden = !game.plot;
  for (const name of ["map", "margins"]) {
    const stage = find(`[data-view=${name}] canvas`);
    if (result) stage.style.aspectRatio = result.grid.length > 1 ? `${result.grid[1]} / ${result.grid[0]}` : "auto";
  }
  redraw(view);
}

function place(view) {
  const { levels } = view.result;
  const nexts = levels.map((codes, k) => {
    const next = state.levels[k].slice();
    next.set(codes.subarray(0, next.length));
    return next;
  });
  const changed = commitLevels({ key: "blend.games.edit", values: { name: word(`blend.games.${view.name}.name`) } }, nexts);
  say(word(changed ? "blend.take.placed" : "actions.unchanged", { n: changed }), "good");
}
