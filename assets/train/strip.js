// The preview strip: a row of pictures the codec trains on, and below each what comes back of it.

import { stage } from "../stage.js";
import { on } from "../store.js";
import { chosenSet, shown, training } from "./training.js";

const [SEAM, GAP] = [2, 8]; // pixels between a picture and what comes back of it, and between pairs
const PREVIEW = 32; // pixels of a picture of a set that nothing was trained on yet
const PHONE = 620; // pixels: below, the pairs stand in two rows

// Unpacks a picture off the screen, so that what is drawn is drawn at once. Null when it is none.
export async function unpacked(address) {
  const picture = new Image();
  picture.src = address;
  return picture.decode().then(() => picture, () => null);
}

// Calls `show` with each newest picture; older ones that unpack late are dropped.
export function newest(show) {
  let wanted = null;
  return async (address) => {
    if (address === wanted) return;
    wanted = address;
    const picture = address ? await unpacked(address) : null;
    if (address === wanted) show(picture);
  };
}

// Where the pairs stand: [left, top] of each of `count` in `width` pixels, and the side of a picture.
export function pairs(count, width) {
  const columns = width < PHONE ? Math.ceil(count / 2) : count;
  const side = (width - GAP * (columns - 1)) / columns;
  const rows = Math.ceil(count / columns);
  const tall = 2 * side + SEAM + GAP;
  const corners = Array.from({ length: count }, (_, i) => [(i % columns) * (side + GAP), Math.floor(i / columns) * tall]);
  return { side, corners, height: rows * tall - GAP };
}

export function mountStrip(canvas) {
  const view = { canvas, originals: null, back: null, count: 8, side: PREVIEW };
  const redraw = stage(canvas, (pen, width) => draw(view, pen, width));
  const showOriginals = newest((picture) => ((view.originals = picture), redraw()));
  const showBack = newest((picture) => ((view.back = picture), redraw()));
  const fit = () => (canvas.style.height = `${pairs(view.count, canvas.clientWidth).height}px`);
  const look = () => {
    [view.count, view.side] = [training.told?.count ?? 8, training.told?.side ?? PREVIEW];
    fit();
    showOriginals(training.told?.originals ?? preview());
    showBack(shown()?.pictures ?? null);
  };
  for (const topic of ["told", "frames", "shown", "draft"]) on(topic, look);
  new ResizeObserver(fit).observe(canvas.parentElement);
  look();
}

// Before the first run: pictures of the set that would be taken.
const preview = () => (chosenSet() === "own" ? null : new URL(`bench/train/set/${chosenSet()}`, document.baseURI).href);

function draw(view, pen, width) {
  const { side, corners } = pairs(view.count, width);
  pen.imageSmoothingEnabled = false;
  const ground = getComputedStyle(view.canvas).getPropertyValue("--sunken");
  corners.forEach(([x, y], i) => {
    for (const [picture, top] of [[view.originals, y], [view.back, y + side + SEAM]]) {
      pen.fillStyle = ground;
      if (picture) pen.drawImage(picture, i * view.side, 0, view.side, view.side, x, top, side, side);
      else pen.fillRect(x, top, side, side);
    }
  });
}
