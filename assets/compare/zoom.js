// The part of the picture, or of the time of a sound, that every pane shows: one for all of them.

import { emit, on } from "../store.js";

export const LARGEST = 12; // times

// zoom times; (x, y) the middle of what is shown and `at` the place pointed at, in shares of the whole; wipe: where
// the original ends and what came back begins, in shares of a pane
export const view = { zoom: 1, x: 0.5, y: 0.5, wipe: 0.5, at: null };

const inside = (middle, zoom) => Math.min(Math.max(middle, 0.5 / zoom), 1 - 0.5 / zoom);

// What is shown: {left, top, size}, in shares of the whole.
export const shown = ({ zoom, x, y } = view) => ({ left: x - 0.5 / zoom, top: y - 0.5 / zoom, size: 1 / zoom });

export function change(values) {
  Object.assign(view, values);
  view.zoom = Math.min(Math.max(view.zoom, 1), LARGEST);
  view.x = inside(view.x, view.zoom);
  view.y = inside(view.y, view.zoom);
  emit("zoomed");
}

// Zooms so that what lies at (u, v) of a pane stays there.
export function zoomAt(zoom, u = 0.5, v = 0.5) {
  const before = shown();
  const next = Math.min(Math.max(zoom, 1), LARGEST);
  change({ zoom: next, x: before.left + u * before.size + (0.5 - u) / next, y: before.top + v * before.size + (0.5 - v) / next });
}

// Moves what is shown by shares of a pane.
export const pan = (right, down) => change({ x: view.x + right / view.zoom, y: view.y + down / view.zoom });

on("input", () => change({ zoom: 1, x: 0.5, y: 0.5, at: null }));

// --- hands ----------------------------------------------------------------------------------

// Lets a canvas be dragged, pinched, zoomed with Ctrl and the wheel, and moved with arrow keys.
//   point(u, v)  is called while the pointer moves over it, or with nothing when it leaves
export function listen(canvas, { point, press = () => {} }) {
  const down = new Map(); // pointer → where it is
  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const apart = () => {
    const [a, b] = [...down.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    press(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = down.get(event.pointerId);
    if (before && down.size === 2) {
      const wide = apart();
      down.set(event.pointerId, now);
      zoomAt((view.zoom * apart()) / Math.max(wide, 1e-3), ...now);
    } else if (before && view.zoom > 1) {
      down.set(event.pointerId, now);
      pan(before[0] - now[0], before[1] - now[1]);
    }
    point(...now);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => down.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => point());
  canvas.addEventListener("wheel", (event) => wheel(event, place(event)), { passive: false });
  canvas.addEventListener("dblclick", (event) => zoomAt(view.zoom > 1 ? 1 : 4, ...place(event)));
  canvas.addEventListener("keydown", key);
}

function wheel(event, place) {
  if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
  event.preventDefault();
  zoomAt(view.zoom * Math.exp(-event.deltaY / 200), ...place);
}

const KEYS = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };

function key(event) {
  if (event.key === "+" || event.key === "=") zoomAt(view.zoom * 1.5);
  else if (event.key === "-") zoomAt(view.zoom / 1.5);
  else if (KEYS[event.key] && view.zoom > 1) pan(...KEYS[event.key]);
  else return;
  event.preventDefault();
}
