// Asking a prior, and taking in what it makes while it makes it.

import { joined, toBase64 } from "../asking.js";
import { follow } from "../events.js";
import { state } from "../store.js";
import { word } from "../words.js";
import { emptyWork, take } from "./made.js";

// What the server needs to know of all tokens on the bench, whatever the depth at which they are decoded.
const tokens = () => ({
  codec: state.codec, grid: state.grid.slice(-state.rank), size: state.size.slice(-state.rank),
  codebooks: state.levels.length, indices: toBase64(joined(state.levels)),
});

const QUESTIONS = {
  refill: () => ({ ...tokens(), cells: toBase64(Uint8Array.from(state.selection ?? new Uint8Array(state.indices.length))) }),
  extend: tokens,
  variations: tokens,
  repair: () => ({ codec: state.codec, original: state.original }),
};

export async function work(view) {
  const mine = ++view.asked;
  for (const frame of view.work.frames) if (frame) view.medium.close?.(frame);
  const { way } = view;
  const made = (view.work = { ...emptyWork(), way, epoch: state.epoch, stride: state.stride });
  const shown = view.shown();
  view.busy = true;
  delete view.root.dataset.done;
  shown.lay();
  view.tell();
  busyBar(view, 0);
  view.find("[data-status]").textContent = word("refill.thinking");
  const question = { ...QUESTIONS[way](), ...view.controls.values() };
  const whole = await follow(way === "repair" ? "repair" : `refill/${way}`, question, async (message) => {
    if (mine !== view.asked) return false;
    await takeIn(view, made, message, mine);
    return mine === view.asked;
  });
  if (mine !== view.asked) return;
  view.busy = false;
  busyBar(view, null);
  if (whole) view.root.dataset.done = way;
  else if (!made.done) view.find("[data-status]").textContent = "";
  view.tell();
  shown.redraw();
}

async function takeIn(view, made, message, mine) {
  take(made, message);
  const shown = view.shown();
  if (message.kind === "damaged") await shown.damaged(message);
  if (message.kind === "verdict") shown.verdict(message);
  if (message.data && message.kind !== "damaged") {
    const frames = await Promise.all(message.data.map((data) => view.medium.unpack(data)));
    if (mine !== view.asked) return frames.forEach((frame) => view.medium.close?.(frame));
    for (const frame of made.frames) if (frame) view.medium.close?.(frame);
    made.frames = frames;
    shown.fresh?.();
  }
  if (message.kind === "step") {
    busyBar(view, message.step / message.steps);
    view.find("[data-status]").textContent = word("refill.step", { step: message.step, steps: message.steps });
  }
  if (message.kind === "done") {
    const { marked, cells } = made.plan;
    view.find("[data-status]").textContent = word("refill.done", { marked, cells, seconds: Number(message.seconds.toFixed(1)) });
    shown.done?.();
  }
  shown.redraw();
}

// The prior is asked no further: the server hears of it with its next answer.
export function stop(view) {
  if (!view.busy) return;
  view.asked += 1;
  view.busy = false;
  busyBar(view, null);
  view.find("[data-status]").textContent = word("refill.stopped");
  view.tell();
}

function busyBar(view, share) {
  const bar = view.find("progress");
  bar.hidden = share === null;
  bar.value = share ?? 0;
}
