// A number for every token as a map: of a picture its grid, of a sound or a text a row a codebook.

import { colour, stage } from "../stage.js";
import { hover, state } from "../store.js";

// The shape of such a map: [rows, columns] of the values of `level`, or of all levels of what has one axis.
export const shapeOf = (grid, codebooks) => (grid.length > 1 ? grid : [codebooks, grid[0]]);

// The values a map shows: of a picture those of one codebook, otherwise all.
export const shownOf = (values, grid, level) => {
  if (grid.length < 2) return values;
  const cells = grid[0] * grid[1];
  return values.subarray(level * cells, (level + 1) * cells);
};

// A canvas in `box`. now() gives {values (K · cells), grid, codebooks, level}, null where there is nothing; the
// largest value gets the full colour, `most` where that is given.
export function mountMap(box, now, most) {
  const canvas = box.appendChild(document.createElement("canvas"));
  canvas.setAttribute("role", "img");
  const redraw = stage(canvas, (pen, width, height) => {
    const map = now();
    if (map) draw(pen, canvas, map, most, width, height);
  });
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const map = now();
    if (!map) return;
    const [rows, columns] = shapeOf(map.grid, map.codebooks);
    const column = Math.min(columns - 1, Math.floor((offsetX / canvas.clientWidth) * columns));
    const row = Math.min(rows - 1, Math.floor((offsetY / canvas.clientHeight) * rows));
    hover(-1, map.grid.length > 1 ? row * columns + column : column, "games");
  });
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  return redraw;
}

function draw(pen, canvas, { values, grid, codebooks, level }, most, width, height) {
  const [rows, columns] = shapeOf(grid, codebooks);
  const shown = shownOf(values, grid, level);
  const full = most ?? Math.max(...shown, 1e-9);
  const [wide, tall] = [width / columns, height / rows];
  const [low, high] = ["--sunken", "--accent"].map((name) => colour(canvas, name));
  shown.forEach((value, i) => {
    pen.fillStyle = value ? `color-mix(in oklab, ${low}, ${high} ${Math.round((100 * Math.min(value, full)) / full)}%)` : low;
    pen.fillRect((i % columns) * wide, Math.floor(i / columns) * tall, wide + 0.5, tall + 0.5);
  });
  const { cell } = state.hover;
  if (cell < 0 || cell >= (grid.length > 1 ? shown.length : columns)) return;
  Object.assign(pen, { strokeStyle: colour(canvas, "--ink"), lineWidth: 2 });
  if (grid.length > 1) pen.strokeRect((cell % columns) * wide, Math.floor(cell / columns) * tall, wide, tall);
  else pen.strokeRect(cell * wide, 1, Math.max(wide, 3), height - 2);
}
