// Hands on the token canvas: pick, paint, fill, select, lasso and paste, by mouse, finger,
// pen or keyboard. The canvas itself is drawn in grid.js.

import { heldCopy } from "./actions.js";
import { box, fill, line, paste } from "./edits.js";
import { beginStroke, commit, commitLevels, endStroke, hover, paint, pick, select, state, takeTool } from "./store.js";

function cellAt(view, event) {
  const frame = view.canvas.getBoundingClientRect();
  const [height, width] = state.grid;
  const column = Math.floor(((event.clientX - frame.left) / frame.width) * width);
  const row = Math.floor(((event.clientY - frame.top) / frame.height) * height);
  return Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1);
}

export function listen(view, redraw) {
  const { canvas } = view;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.indices.length) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    view.cursor = cellAt(view, event);
    view.drag = begin(view, view.cursor, event.shiftKey ? "select" : event.altKey ? "pick" : state.tool, event);
    redraw();
  });
  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(view, event);
    hover(state.indices[cell] ?? -1, cell, "grid");
    if (!view.drag) return;
    for (const sample of event.getCoalescedEvents?.() ?? [event]) view.drag.move(cellAt(view, sample), sample);
    redraw();
  });
  const stop = (kept) => () => {
    if (!view.drag) return;
    view.drag.end(kept);
    view.drag = null;
    redraw();
  };
  canvas.addEventListener("pointerup", stop(true));
  canvas.addEventListener("pointercancel", stop(false));
  canvas.addEventListener("pointerleave", () => hover(-1, -1, ""));
  canvas.addEventListener("focus", redraw);
  canvas.addEventListener("blur", () => (hover(-1, -1, ""), redraw()));
  canvas.addEventListener("keydown", (event) => key(view, event));
}

// Each tool: what happens while the pointer moves, and when it lifts.
function begin(view, start, tool, event) {
  if (tool === "paint") return painting(start);
  if (tool === "rectangle" || tool === "select") return spanning(view, start, tool, event.shiftKey);
  if (tool === "lasso") return lassoing(view, event);
  pickOrPaste(start);
  return { move: (cell) => tool === "pick" && pick(state.indices[cell], cell), end: () => {} };
}

function pickOrPaste(cell) {
  if (state.tool === "paste" && heldCopy()) pasteAt(cell);
  else pick(state.indices[cell], cell);
}

// A copied rectangle brings its codes of every codebook.
function pasteAt(cell) {
  const { rows, columns, levels } = heldCopy();
  const pasted = state.levels.map((indices, k) => paste(indices, state.grid, cell, { rows, columns, codes: levels[k] }));
  commitLevels({ key: "edit.paste" }, pasted);
}

function painting(start) {
  let last = start;
  beginStroke({ key: "edit.paint", values: { code: state.code } });
  paint([start], state.code);
  return {
    move(cell) {
      paint(line(last, cell, state.grid[1]), state.code);
      last = cell;
    },
    end: endStroke,
  };
}

function spanning(view, start, tool, adding) {
  const width = state.grid[1];
  const before = adding && state.selection ? state.selection.slice() : null;
  const cellsTo = (cell) => {
    const [top, left, bottom, right] = box([start, cell], width);
    const cells = new Set();
    for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) cells.add(row * width + column);
    return cells;
  };
  const drag = {
    ghost: new Set([start]),
    move: (cell) => (drag.ghost = cellsTo(cell)),
    end(kept) {
      if (!kept) return;
      if (tool === "rectangle") {
        commit({ key: "edit.fill", values: { code: state.code } }, fill(state.indices, [...drag.ghost], state.code));
      } else if (drag.ghost.size === 1 && !before) select(null);
      else select(state.indices.map((_, cell) => Number(drag.ghost.has(cell) || before?.[cell] === 1)));
    },
  };
  return drag;
}

function lassoing(view, event) {
  const frame = view.canvas.getBoundingClientRect();
  const [height, width] = state.grid;
  const path = new Path2D();
  const point = (e) => [((e.clientX - frame.left) / frame.width) * width, ((e.clientY - frame.top) / frame.height) * height];
  const pen = view.canvas.getContext("2d");
  path.moveTo(...point(event));
  const inside = () => {
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const cells = new Set();
    for (let cell = 0; cell < height * width; cell++) {
      if (pen.isPointInPath(path, (cell % width) + 0.5, Math.floor(cell / width) + 0.5)) cells.add(cell);
    }
    pen.restore();
    return cells;
  };
  const drag = {
    ghost: new Set(),
    move: (_, sample) => (path.lineTo(...point(sample)), (drag.ghost = inside())),
    end: (kept) => kept && select(state.indices.map((_, cell) => Number(drag.ghost.has(cell)))),
  };
  return drag;
}

let typed = "";
let typing = 0;

function key(view, event) {
  const [height, width] = state.grid;
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (event.ctrlKey || event.metaKey) return;
  if (steps[event.key]) {
    const [dy, dx] = steps[event.key];
    const row = Math.min(Math.max(Math.floor(view.cursor / width) + dy, 0), height - 1);
    view.cursor = row * width + Math.min(Math.max((view.cursor % width) + dx, 0), width - 1);
    hover(state.indices[view.cursor], view.cursor, "grid");
    if (event.shiftKey) select((state.selection ?? new Uint8Array(height * width)).map((v, c) => Number(v || c === view.cursor)));
  } else if (event.key === "Enter") pickOrPaste(view.cursor);
  else if (event.key === " ") commit({ key: "edit.paint", values: { code: state.code } }, fill(state.indices, [view.cursor], state.code));
  else if (event.key === "Escape") (select(null), hover(-1, -1, ""), takeTool("pick"));
  else if (/^\d$/.test(event.key)) {
    clearTimeout(typing); // digits typed quickly make one code number
    typed = (typed + event.key).slice(-4);
    if (Number(typed) < state.codebookSize) pick(Number(typed));
    typing = setTimeout(() => (typed = ""), 900);
  } else return;
  event.preventDefault();
}
