// Geometry of the plane: which part of it belongs to which code, and what reaches the encoder through it.

// The square [left, top, side] that holds all these points, with some air around them.
export function frameOf(...clouds) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (const cloud of clouds)
    for (let i = 0; i < cloud.length; i++) {
      low[i % 2] = Math.min(low[i % 2], cloud[i]);
      high[i % 2] = Math.max(high[i % 2], cloud[i]);
    }
  const side = Math.max(high[0] - low[0], high[1] - low[1]) * 1.1;
  if (!(side > 0.5)) return [-1.3, -1.3, 2.6]; // nothing there, or next to nothing
  return [(low[0] + high[0] - side) / 2, (low[1] + high[1] - side) / 2, side];
}

// The part of a convex polygon [[x, y], …] where a x + b y ≤ c (Sutherland and Hodgman 1974).
export function clip(polygon, a, b, c) {
  const kept = [];
  for (let i = 0; i < polygon.length; i++) {
    const [from, to] = [polygon[i], polygon[(i + 1) % polygon.length]];
    const [over, next] = [a * from[0] + b * from[1] - c, a * to[0] + b * to[1] - c];
    if (over <= 0) kept.push(from);
    if (over < 0 !== next < 0 && over !== next) {
      const part = over / (over - next);
      kept.push([from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]);
    }
  }
  return kept;
}

const corners = ([left, top, side]) => [[left, top], [left + side, top], [left + side, top + side], [left, top + side]];

// The Voronoi cell of each code within a polygon: what lies on the near side of every bisector.
function voronoi(codes, polygon, at = [0, 0]) {
  const cells = [];
  for (let own = 0; own < codes.length; own += 2) {
    let cell = polygon;
    const [x, y] = [codes[own] + at[0], codes[own + 1] + at[1]];
    for (let other = 0; other < codes.length && cell.length; other += 2) {
      if (other === own) continue;
      const [dx, dy] = [codes[other] + at[0] - x, codes[other + 1] + at[1] - y];
      if (dx === 0 && dy === 0) cell = other < own ? [] : cell; // of two codes in one place the first is taken
      else cell = clip(cell, dx, dy, dx * (x + dx / 2) + dy * (y + dy / 2));
    }
    cells.push(cell);
  }
  return cells;
}

export const cellsOfCodes = (codes, frame) => voronoi(codes, corners(frame));

// Within each cell of a coarse code, those of the fine codes around it.
export const cellsOfSums = (coarse, fine, frame) =>
  voronoi(coarse, corners(frame)).flatMap((cell, i) => voronoi(fine, cell, [coarse[2 * i], coarse[2 * i + 1]]));

// The cells between the borders of a lattice: strips across strips, slanted as the encoder is.
export function cellsOfLattice({ axes, encoder }, frame) {
  const strips = (polygon, axis, rows) =>
    Array.from({ length: axis.levels }, (_, level) => {
      const [a, b, c] = rows;
      const [low, high] = [axis.borders[level - 1], axis.borders[level]];
      const above = low === undefined ? polygon : clip(polygon, -a, -b, c - low);
      return high === undefined ? above : clip(above, a, b, high - c);
    });
  return strips(corners(frame), axes[0], encoder.slice(0, 3)).flatMap((strip) => strips(strip, axes[1], encoder.slice(3)));
}

// The numbers of a few points, each as far as can be from those before it.
export function farApart(points, count) {
  const chosen = [0];
  const far = new Float64Array(points.length / 2).fill(Infinity);
  while (chosen.length < Math.min(count, far.length)) {
    const last = 2 * chosen.at(-1);
    for (let i = 0; i < far.length; i++)
      far[i] = Math.min(far[i], (points[2 * i] - points[last]) ** 2 + (points[2 * i + 1] - points[last + 1]) ** 2);
    chosen.push(far.indexOf(Math.max(...far)));
  }
  return far.length ? chosen : [];
}

// --- gradients --------------------------------------------------------------------------

// Straight-through: what the decoder asks of the code is asked of the point, as it is.
export const copied = (gradient) => gradient;

// The rotation trick (Fifty et al. 2024): the code is λ R z, with λ = |e| / |z| and R turning z towards e,
// so that the gradient reaches the point as λ Rᵀ g.
export function rotated([gx, gy], [zx, zy], [ex, ey]) {
  const length = Math.hypot(zx, zy);
  if (length === 0) return [gx, gy];
  const scale = Math.hypot(ex, ey) / length;
  const angle = Math.atan2(zy, zx) - Math.atan2(ey, ex); // back: Rᵀ
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [scale * (cos * gx - sin * gy), scale * (sin * gx + cos * gy)];
}
