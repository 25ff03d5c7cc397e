// The lanes: each a prior at work, its tokens and the picture they stand for.

import { download } from "../files.js";
import { emit, on } from "../store.js";
import { stage } from "../stage.js";
import { label, onLanguage, word } from "../words.js";
import { drawPictures, drawSample, drawTokens, lookIn, mosaic, pictured } from "./canvas.js";
import { cut, openCells, shapeOf } from "./frames.js";
import { askedOf, cellCount, change, begin, frameOf, making, pick, placeOf } from "./making.js";
import { called } from "./controls.js";
import { benchLink, tokenFile } from "./keep.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function mountLanes(root) {
  let views = [];
  on("lanes", () => {
    if (views.length !== making.lanes.length || views.some(({ lane }, i) => lane !== making.lanes[i])) {
      views = making.lanes.map(laneView);
      root.replaceChildren(...views.map(({ element }) => element));
      root.dataset.lanes = String(views.length);
    }
    views.forEach((view) => view.show());
  });
  for (const topic of ["frames", "progress", "look", "picked"]) on(topic, () => views.forEach((view) => view.show()));
  onLanguage(() => views.forEach((view) => (label(view.element), view.show())));
}

function laneView(lane) {
  const element = document.createElement("article");
  element.className = "gen-lane";
  element.dataset.kind = lane.kind;
  element.innerHTML = `
    <header><h3 data-word="generate.kind.${lane.kind}.name"></h3><span class="note" data-word="generate.kind.${lane.kind}.term"></span>
      <button type="button" class="button quiet gen-alone" data-alone></button></header>
    <div class="gen-squares">
      <figure><div class="gen-square"><canvas class="gen-tokens" tabindex="0" role="application"></canvas></div></figure>
      <figure><div class="gen-square"><canvas class="gen-picture" role="img"></canvas></div></figure>
    </div>
    <div class="gen-heard" hidden></div>
    <p class="gen-said" role="status"></p>
    <p class="note gen-how" data-word="generate.kind.${lane.kind}.how"></p>
    <div class="gen-deeds"></div>`;
  const [tokens, picture] = ["tokens", "picture"].map((name) => element.querySelector(`.gen-${name}`));
  const { rows, columns } = shapeOf(making.domain.grid);
  tokens.style.aspectRatio = `${columns} / ${Math.max(rows, columns / 8)}`;
  picture.style.aspectRatio = making.domain.kind === "image" ? `${making.domain.size[1]} / ${making.domain.size[0]}` : "";
  picture.closest("figure").hidden = making.domain.kind !== "image";
  const redraws = [
    stage(tokens, (pen, width, height) => drawTokens(pen, width, height, lane, tokens)),
    stage(picture, (pen, width, height) => drawPictures(pen, width, height, lane, picture)),
  ];
  listen(tokens, lane);
  picture.onclick = ({ offsetX, offsetY }) => choose(lane, offsetX / picture.clientWidth, offsetY / picture.clientHeight);
  mountDeeds(element.querySelector(".gen-deeds"), lane);
  const alone = element.querySelector("[data-alone]");
  alone.onclick = () => (change({ shown: making.shown === "all" ? lane.kind : "all" }), begin());
  label(element);
  const show = () => {
    redraws.forEach((redraw) => redraw());
    alone.textContent = word(making.shown === "all" ? "generate.deed.alone" : "generate.deed.together");
    const asked = askedOf(lane); // of a group, one in it
    element.querySelector(".gen-said").textContent = [asked === making.wanted ? "" : called(asked), said(lane)].filter(Boolean).join(" · ");
    tokens.setAttribute("aria-label", word("generate.canvas", { name: word(`generate.kind.${lane.kind}.name`), rows, columns }));
    picture.setAttribute("aria-label", word("generate.picture", { name: word(`generate.kind.${lane.kind}.name`), wanted: called(asked) || word("generate.anything") }));
    picture.style.cursor = lane.count > 1 ? "pointer" : "";
    element.querySelector(".gen-deeds").show();
    showHeard(element.querySelector(".gen-heard"), lane);
  };
  return { lane, element, show };
}

// What the lane is at: how many tokens there are, or where the flow is.
function said(lane) {
  const place = placeOf(lane);
  const values = { step: place, steps: lane.total };
  if (lane.kind === "flow") return word("generate.said.flow", { ...values, percent: Math.round((100 * place) / lane.total) });
  const cells = cellCount();
  const open = openCells(cut(frameOf(lane).filled, lane.chosen, cells));
  return word("generate.said.tokens", { ...values, filled: cells - open, cells });
}

function choose(lane, x, y) {
  const side = mosaic(lane.count);
  const sample = Math.floor(y * side) * side + Math.floor(x * side);
  if (lane.count < 2 || sample >= lane.count) return;
  lane.chosen = sample;
  emit("lanes");
  emit("picked");
}

// --- pointing -------------------------------------------------------------------------------

function listen(canvas, lane) {
  const { rows, columns } = shapeOf(making.domain.grid);
  const cellAt = ({ offsetX, offsetY }) => {
    const [row, column] = [Math.floor((offsetY / canvas.clientHeight) * rows), Math.floor((offsetX / canvas.clientWidth) * columns)];
    return row >= 0 && column >= 0 && row < rows && column < columns ? row * columns + column : -1;
  };
  const hover = (cell) => {
    if (making.hovered === cell) return;
    making.hovered = cell;
    emit("look");
  };
  canvas.onpointermove = (event) => event.pointerType !== "touch" && hover(cellAt(event));
  canvas.onpointerleave = () => hover(-1);
  canvas.onclick = (event) => pick(lane, cellAt(event));
  canvas.onkeydown = (event) => {
    if (event.key === "Escape") return pick(null);
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const cell = making.picked?.lane === lane ? making.picked.cell : 0;
    const [down, right] = STEPS[event.key];
    const [row, column] = [Math.floor(cell / columns) + down, (cell % columns) + right];
    pick(lane, making.picked?.lane !== lane ? 0 : Math.max(0, Math.min(rows - 1, row)) * columns + Math.max(0, Math.min(columns - 1, column)));
  };
}

// --- deeds ----------------------------------------------------------------------------------

function mountDeeds(root, lane) {
  const button = (name, deed) => {
    const element = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", onclick: deed });
    element.dataset.keep = name;
    root.append(element);
    return element;
  };
  const codes = button("codes", () => ((lane.codes = !lane.codes), emit("look")));
  const heading = button("heading", () => ((lane.heading = !lane.heading), emit("look")));
  const png = button("png", () => save(lane));
  const json = button("json", () => download(new Blob([tokenFile(making.domain, indicesOf(lane))], { type: "application/json" }), `${nameOf(lane)}.json`));
  const bench = root.appendChild(Object.assign(document.createElement("a"), { className: "button quiet", target: "_blank", rel: "noopener" }));
  bench.dataset.keep = "bench";
  root.show = () => {
    const flows = lane.kind === "flow";
    codes.hidden = heading.hidden = !flows;
    codes.textContent = word(lookIn(lane) === "latents" ? "generate.deed.codes" : "generate.deed.latents");
    codes.disabled = !["codes", "latents"].includes(lookIn(lane));
    heading.setAttribute("aria-pressed", String(Boolean(lane.heading)));
    heading.textContent = word(lane.heading ? "generate.deed.now" : "generate.deed.heading");
    heading.hidden ||= lane.count > 1;
    png.textContent = word("generate.deed.png");
    png.hidden = making.domain.kind !== "image";
    png.disabled = json.disabled = placeOf(lane) === 0;
    json.textContent = word("generate.deed.json");
    bench.textContent = word("generate.deed.bench");
    bench.hidden = lane.running || placeOf(lane) === 0 || placeOf(lane) < lane.frames.length - 1;
    if (!bench.hidden) bench.href = benchLink(making.domain, indicesOf(lane));
  };
}

export const indicesOf = (lane) => cut(frameOf(lane).indices, lane.chosen, cellCount());

const nameOf = (lane) => [making.domain.priors[lane.kind].name, making.wanted.replace(/[^\p{L}\p{N}]+/gu, "-"), making.seed].filter(String).join("-");

// The chosen sample at its own size, as a PNG.
async function save(lane) {
  const frame = pictured(lane);
  if (!frame) return;
  const [height, width] = making.domain.size;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  drawSample(canvas.getContext("2d"), lane, frame, lane.chosen, 0, 0, width, height);
  canvas.toBlob((blob) => download(blob, `${nameOf(lane)}.png`), "image/png");
}

// Sounds are played and texts read, where a domain makes such.
function showHeard(box, lane) {
  const { texts, sounds } = frameOf(lane);
  const shown = texts?.[lane.chosen] ?? sounds?.[lane.chosen] ?? "";
  box.hidden = making.domain.kind === "image";
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  if (!sounds) return void (box.textContent = shown);
  box.replaceChildren(Object.assign(document.createElement("audio"), { controls: true, src: shown }));
}

