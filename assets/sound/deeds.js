// Edits of a sound, beside those of every signal in a row: it is stretched, and every edit can be heard.

import { levelsOf, move, rangeOf, repeated } from "../row/changes.js";
import { mountDeeds as mountCard, say } from "../row/deeds.js";
import { state } from "../store.js";
import { onLanguage } from "../words.js";
import { hearEdit, wishes } from "./audition.js";
import { clip, mark, RATE } from "./clip.js";
import { MIX, mountMix } from "./mix.js";
import * as timing from "../row/timing.js";

const FACTORS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]; // of the stretching slider

const seconds = (frame) => ((frame * state.stride) / RATE).toFixed(2);

function stretch(view) {
  const factor = FACTORS[view.root.querySelector("[data-stretch]").value];
  const rest = repeated(view, "stretch", levelsOf(view))?.values.rest ?? timing.quietest(clip.sound, state.stride);
  move(view, "stretch", timing.stretch(state.grid[1], rangeOf(view), factor, rest), { factor: String(factor), rest });
}

const MEDIUM = {
  words: "sound",
  held: clip,
  mark,
  deeds: { stretch },
  more: ({ button, slider }) => `<div class="actions-row">${slider("stretch", FACTORS.length - 1, 8)}${button("stretch")}</div>`,
  second: MIX,
  below: `<label class="sound-check"><input type="checkbox" data-hear checked><span data-word="sound.deeds.hear"></span></label>`,
  values: ([from, to]) => ({ from: seconds(from), to: seconds(to), n: to - from }),
  changed: (range) => hearEdit(...range),
};

export function mountDeeds(root) {
  const view = mountCard(root, MEDIUM, { books: "all" });
  const showFactor = () => say(root, "stretch", (place) => `× ${FACTORS[place]}`);
  root.querySelector("[data-stretch]").oninput = showFactor;
  root.querySelector("[data-hear]").onchange = ({ target }) => (wishes.edits = target.checked);
  mountMix(root.querySelector("section:last-of-type"), view);
  onLanguage(showFactor);
}
