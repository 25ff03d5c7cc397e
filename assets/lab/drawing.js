// Points drawn by mouse, finger or keys, on any of the four panels.

import { addPoints } from "./race.js";
import { toPlane } from "./view.js";

const MOVE = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STRIDE = 0.1; // of an arrow key
const EDGE = 1.25; // the cursor stays within

export function drawByHand(lab, view) {
  const { canvas } = view;
  const drawing = () => lab.race.settings.shape === "drawing";
  const add = (x, y) => (addPoints(lab.race, x, y), lab.look());
  let down = false;
  canvas.addEventListener("pointerdown", (event) => {
    if (!drawing() || event.button !== 0) return;
    down = true;
    canvas.setPointerCapture(event.pointerId);
    add(...toPlane(view.frame, canvas.clientWidth, event.offsetX, event.offsetY));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down) return;
    for (const { offsetX, offsetY } of event.getCoalescedEvents?.() ?? [event])
      add(...toPlane(view.frame, canvas.clientWidth, offsetX, offsetY));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (down = false));
  canvas.addEventListener("keydown", (event) => {
    if (!drawing()) return;
    view.cursor ??= [0, 0];
    const by = MOVE[event.key];
    if (by) view.cursor = view.cursor.map((value, i) => Math.min(EDGE, Math.max(-EDGE, value + STRIDE * by[i])));
    else if (event.key === " " || event.key === "Enter") add(...view.cursor);
    else return;
    event.preventDefault();
    view.redraw();
  });
  canvas.addEventListener("blur", () => ((view.cursor = null), view.redraw()));
}
