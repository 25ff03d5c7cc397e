// The token canvas: every cell a code, in its colour, as its tile, or over the picture.
// Whatever is hovered anywhere on the page lights up here.

import { listen } from "./hands.js";
import { mountLevels } from "./levels.js";
import { countOf, on, state, takeTool } from "./store.js";
import { onLanguage, word } from "./words.js";

export const TOOLS = ["pick", "paint", "rectangle", "select", "lasso"];
const ICONS = {
  pick: "M4 20l1-4L16 5l3 3L8 19l-4 1z M14 7l3 3",
  paint: "M9 14L19 4l1 1L10 15 M9 14c-3 0-3 3-5 5 3 1 7 0 6-4z",
  rectangle: "M5 5h14v14H5z",
  select: "M5 5h3 M11 5h2 M16 5h3v3 M19 11v2 M19 16v3h-3 M13 19h-2 M8 19H5v-3 M5 13v-2 M5 8V5",
  lasso: "M12 5c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5z M7 14c-2 1-2 4 0 5",
};

export function mountGrid(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="grid.title"></h2>
      <div class="segmented" data-views role="group" data-word-label="grid.view"></div></div>
    <div class="levels" hidden></div>
    <div class="stage"><canvas tabindex="0" role="application" data-word-label="grid.canvas"></canvas></div>
    <p class="readout" aria-live="polite"></p>
    <div class="tools" role="toolbar" data-word-label="grid.tools"></div>`;
  const canvas = root.querySelector("canvas");
  const view = { canvas, root, look: "colours", drag: null, picture: null, tiles: null, cursor: 0 };
  mountViews(view);
  mountLevels(root.querySelector(".levels"));
  mountTools(view);
  const redraw = scheduler(() => draw(view));
  for (const topic of ["loaded", "tokens", "book", "hover", "picked", "selection", "tiles"]) on(topic, redraw);
  on("picture", ({ bitmap, top, left }) => keepPicture(view, bitmap, top, left, redraw));
  on("sheet", (tiles) => ((view.tiles = tiles), redraw()));
  for (const topic of ["hover", "tokens", "picked", "loaded", "book"]) on(topic, () => readOut(view));
  onLanguage(() => readOut(view));
  new ResizeObserver(redraw).observe(canvas);
  listen(view, redraw);
  view.redraw = redraw;
}

function mountViews(view) {
  const group = view.root.querySelector("[data-views]");
  for (const look of ["colours", "tiles", "overlay"]) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.word = `grid.look.${look}`;
    button.setAttribute("aria-pressed", String(look === view.look));
    button.onclick = () => {
      view.look = look;
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
      view.redraw();
    };
    group.append(button);
  }
}

function mountTools(view) {
  const bar = view.root.querySelector(".tools");
  for (const [i, tool] of TOOLS.entries()) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "tool" });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[tool]}"/></svg><span data-word="grid.tool.${tool}"></span>`;
    button.dataset.wordTitle = `grid.hint.${tool}`;
    button.dataset.tool = tool;
    button.accessKey = String(i + 1);
    button.onclick = () => takeTool(tool);
    bar.append(button);
  }
  const mark = () => {
    for (const button of bar.children) button.setAttribute("aria-pressed", String(button.dataset.tool === state.tool));
    view.canvas.dataset.tool = state.tool;
  };
  on("tool", mark);
  mark();
}

const scheduler = (task) => {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => ((waiting = false), task()));
  };
};

// --- drawing ----------------------------------------------------------------------------

function keepPicture(view, bitmap, top, left, redraw) {
  const [height, width] = state.size;
  if (!view.picture || view.picture.width !== width || view.picture.height !== height) {
    view.picture = new OffscreenCanvas(width, height);
  }
  view.picture.getContext("2d").drawImage(bitmap, left, top);
  if (view.look === "overlay") redraw();
}

function draw(view) {
  const { canvas } = view;
  const [height, width] = state.grid;
  if (!height || !state.book) return;
  canvas.style.aspectRatio = `${width} / ${height}`;
  const scale = Math.max(1, Math.round((canvas.clientWidth * devicePixelRatio) / width));
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale;
    canvas.height = height * scale;
  }
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  if (view.look === "overlay" && view.picture) {
    pen.drawImage(view.picture, 0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 0.55;
    pen.drawImage(colourCells(), 0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 1;
  } else if (view.look === "tiles" && view.tiles) drawTiles(pen, view.tiles, scale);
  else pen.drawImage(colourCells(), 0, 0, canvas.width, canvas.height);
  drawMarks(pen, view, scale);
  canvas.dataset.draws = String(Number(canvas.dataset.draws ?? 0) + 1);
}

function colourCells() {
  const [height, width] = state.grid;
  const cells = new ImageData(width, height);
  const words = new Uint32Array(cells.data.buffer);
  state.indices.forEach((code, cell) => (words[cell] = rgba(code)));
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d").putImageData(cells, 0, 0);
  return small;
}

let packed = { book: null, words: null };

function rgba(code) {
  if (packed.book !== state.book) {
    const words = state.book.colours.map((hex) => {
      const n = parseInt(hex.slice(1), 16);
      return (0xff000000 | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
    });
    packed = { book: state.book, words };
  }
  return packed.words[code];
}

function drawTiles(pen, tiles, scale) {
  const { tile_pixels: side, columns } = state.book;
  const width = state.grid[1];
  state.indices.forEach((code, cell) => {
    const [x, y] = [(code % columns) * side, Math.floor(code / columns) * side];
    pen.drawImage(tiles, x, y, side, side, (cell % width) * scale, Math.floor(cell / width) * scale, scale, scale);
  });
}

function drawMarks(pen, view, scale) {
  const width = state.grid[1];
  const at = (cell) => [(cell % width) * scale, Math.floor(cell / width) * scale];
  const lit = state.hover.code >= 0 ? state.hover.code : -1;
  if (lit >= 0) dimOthers(pen, (cell) => state.indices[cell] === lit, scale);
  if (state.selection) outline(pen, (cell) => state.selection[cell], scale);
  if (view.drag?.ghost) outline(pen, (cell) => view.drag.ghost.has(cell), scale);
  const ring = (cell, inner, outer) => {
    const [x, y] = at(cell);
    for (const [colour, wide] of [[outer, 4], [inner, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide * devicePixelRatio * 0.6;
      pen.strokeRect(x, y, scale, scale);
    }
  };
  if (state.cell >= 0) ring(state.cell, "#fff", "#000");
  const pointed = state.hover.cell >= 0 ? state.hover.cell : view.canvas === document.activeElement ? view.cursor : -1;
  if (pointed >= 0) ring(pointed, "#000", "#fff");
}

function dimOthers(pen, keep, scale) {
  const width = state.grid[1];
  pen.fillStyle = document.body.classList.contains("dark") ? "rgba(10,11,15,.72)" : "rgba(250,249,246,.76)";
  for (let cell = 0; cell < state.indices.length; cell++) {
    if (!keep(cell)) pen.fillRect((cell % width) * scale, Math.floor(cell / width) * scale, scale, scale);
  }
}

function outline(pen, inside, scale) {
  const [height, width] = state.grid;
  const path = new Path2D();
  const has = (row, column) => row >= 0 && column >= 0 && row < height && column < width && inside(row * width + column);
  for (let row = 0; row <= height; row++) {
    for (let column = 0; column <= width; column++) {
      if (has(row, column) !== has(row - 1, column)) path.rect(column * scale, row * scale, scale, 0);
      if (has(row, column) !== has(row, column - 1)) path.rect(column * scale, row * scale, 0, scale);
    }
  }
  for (const [colour, wide, dash] of [["#000", 3, []], ["#fff", 1.5, [4, 4]]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide * devicePixelRatio;
    pen.setLineDash(dash.map((n) => n * devicePixelRatio));
    pen.stroke(path);
  }
  pen.setLineDash([]);
}

// --- words ------------------------------------------------------------------------------

function readOut(view) {
  const line = view.root.querySelector(".readout");
  const cell = state.hover.cell >= 0 ? state.hover.cell : state.cell;
  if (cell < 0 || cell >= state.indices.length) {
    line.textContent = word(`grid.hint.${state.tool}`);
    return;
  }
  const code = state.indices[cell];
  const edited = state.margins && state.encoded[cell] !== code;
  line.textContent = word(edited ? "grid.read.edited" : state.margins ? "grid.read.margin" : "grid.read.plain", {
    row: Math.floor(cell / state.grid[1]) + 1,
    column: (cell % state.grid[1]) + 1,
    code: String(code), // a name, not a quantity: no thousands mark
    count: countOf(code),
    margin: state.margins ? state.margins[cell].toFixed(2) : "",
    was: String(state.encoded[cell]),
  });
}
