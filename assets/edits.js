// Edits: pure functions from one grid of indices to another, the same deeds as
// playground/edits/cells.py. `cells` is the list of cells an edit may touch.

const changed = (indices, cells, code) => {
  const next = indices.slice();
  for (const cell of cells) next[cell] = code(next[cell], cell);
  return next;
};

export const replace = (indices, cells, a, b) => changed(indices, cells, (code) => (code === a ? b : code));

export const exchange = (indices, cells, a, b) =>
  changed(indices, cells, (code) => (code === a ? b : code === b ? a : code));

export const fill = (indices, cells, code) => changed(indices, cells, () => code);

// Every token becomes its nearest allowed code, an allowed one stays; distance(a, b) compares two codes.
// Of codes equally near the lower number wins.
export function restrict(indices, cells, allowed, distance) {
  const list = [...allowed].sort((a, b) => a - b);
  const nearest = new Map(list.map((code) => [code, code]));
  return changed(indices, cells, (code) => {
    if (!nearest.has(code)) nearest.set(code, nearestOf(list, (other) => distance(code, other)));
    return nearest.get(code);
  });
}

function nearestOf(codes, distanceTo) {
  let best = codes[0];
  let least = Infinity;
  for (const code of codes) {
    const distance = distanceTo(code);
    if (distance < least) [best, least] = [code, distance];
  }
  return best;
}

// The n codes used most on these cells; ties go to the lower code.
export function mostUsed(indices, cells, n) {
  const counts = new Map();
  for (const cell of cells) counts.set(indices[cell], (counts.get(indices[cell]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, n).map(([code]) => code);
}

export function shuffle(indices, cells, random = Math.random) {
  const codes = cells.map((cell) => indices[cell]);
  for (let i = codes.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [codes[i], codes[j]] = [codes[j], codes[i]];
  }
  return placed(indices, cells, codes);
}

export function sort(indices, cells, rank) {
  const codes = cells.map((cell) => indices[cell]).sort((a, b) => rank[a] - rank[b] || a - b);
  return placed(indices, cells, codes);
}

function placed(indices, cells, codes) {
  const next = indices.slice();
  cells.forEach((cell, i) => (next[cell] = codes[i]));
  return next;
}

// Mirrors and shifts happen within the smallest rectangle around the cells: each of them takes
// what stood at its mirror place, or dy rows above and dx columns to the left, round the edge.
export const mirror = (indices, cells, width) =>
  moved(indices, cells, width, (row, column, h, w) => [row, w - 1 - column]);

export const flip = (indices, cells, width) =>
  moved(indices, cells, width, (row, column, h) => [h - 1 - row, column]);

export const shift = (indices, cells, width, dy, dx) =>
  moved(indices, cells, width, (row, column, h, w) => [wrap(row - dy, h), wrap(column - dx, w)]);

const wrap = (n, length) => ((n % length) + length) % length;

function moved(indices, cells, width, from) {
  if (!cells.length) return indices.slice();
  const [top, left, bottom, right] = box(cells, width);
  return changed(indices, cells, (_, cell) => {
    const [row, column] = from(Math.floor(cell / width) - top, (cell % width) - left, bottom - top, right - left);
    return indices[(top + row) * width + left + column];
  });
}

// Copies the rectangle [top, left, bottom, right] of a grid `width` wide.
export function cut(indices, width, [top, left, bottom, right]) {
  const codes = new Uint16Array((bottom - top) * (right - left));
  for (let row = top; row < bottom; row++) {
    codes.set(indices.subarray(row * width + left, row * width + right), (row - top) * (right - left));
  }
  return { rows: bottom - top, columns: right - left, codes };
}

// Pastes a copied rectangle {rows, columns, codes} with its corner at `cell`, as far as it fits.
export function paste(indices, [height, width], cell, copy) {
  const next = indices.slice();
  const top = Math.floor(cell / width);
  const left = cell % width;
  for (let row = 0; row < Math.min(copy.rows, height - top); row++) {
    for (let column = 0; column < Math.min(copy.columns, width - left); column++) {
      next[(top + row) * width + left + column] = copy.codes[row * copy.columns + column];
    }
  }
  return next;
}

// The smallest rectangle around the cells: [top, left, bottom, right], the last two just outside.
export function box(cells, width) {
  const rows = cells.map((cell) => Math.floor(cell / width));
  const columns = cells.map((cell) => cell % width);
  const least = (list) => list.reduce((a, b) => Math.min(a, b));
  const most = (list) => list.reduce((a, b) => Math.max(a, b));
  return [least(rows), least(columns), most(rows) + 1, most(columns) + 1];
}

// Cells on the straight line between two cells, both included (Bresenham 1965).
export function line(from, to, width) {
  let [x, y] = [from % width, Math.floor(from / width)];
  const [x1, y1] = [to % width, Math.floor(to / width)];
  const [dx, dy] = [Math.abs(x1 - x), -Math.abs(y1 - y)];
  const [sx, sy] = [x < x1 ? 1 : -1, y < y1 ? 1 : -1];
  const cells = [];
  for (let error = dx + dy; ; ) {
    cells.push(y * width + x);
    if (x === x1 && y === y1) return cells;
    const twice = 2 * error;
    if (twice >= dy) [error, x] = [error + dy, x + sx];
    if (twice <= dx) [error, y] = [error + dx, y + sy];
  }
}
