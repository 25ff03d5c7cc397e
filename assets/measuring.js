// How near what is on the bench comes to its original, measured once the visitor's hand rests.
// Topic "measured": state.quality is new.

import { message, post } from "./asking.js";
import { emit, on, state } from "./store.js";
import { word } from "./words.js";

let resting = 0;
on("loaded", () => clearTimeout(resting));

// Measures after `rest` ms, unless asked again by then. What comes while busy() is of tokens that are no more.
export function measureAfter(rest, busy) {
  clearTimeout(resting);
  if (!state.original) return;
  resting = setTimeout(async () => {
    const { epoch } = state;
    const answer = await post("measure", message({ original: state.original }));
    const quality = answer && (await answer.json().catch(() => null));
    if (!quality || epoch !== state.epoch || busy()) return;
    Object.assign(state, { quality, stale: false });
    emit("measured");
  }, rest);
}

// A figure of the tokens before the last edit is pale until the new one is measured.
export function markStale(chip, measured) {
  const stale = state.stale && measured.includes(chip.dataset.chip);
  chip.toggleAttribute("data-stale", stale);
  if (stale) chip.title = word("chip.stale");
}
