// Edits of a sound, beside those of every signal in a row: it is stretched, and every edit can be heard.

import { joined } from "../asking.js";
import { tokenFile } from "../link.js";
import { levelsOf, move, numbers, rangeOf, repeated } from "../row/changes.js";
import { mountDeeds as mountCard, say } from "../row/deeds.js";
import { rememberReplacement, snapshot, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { hearEdit, wishes } from "./audition.js";
import { clip, mark, openTokens, RATE } from "./clip.js";
import { MIX, mountMix } from "./mix.js";
import * as timing from "../row/timing.js";

const FACTORS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]; // of the stretching slider

const seconds = (frame) => ((frame * state.stride) / RATE).toFixed(2);

// Of the whole clip and all codebooks the length changes; a range keeps it, and what is cut off is said.
function stretch(view) {
  const factor = FACTORS[view.root.querySelector("[data-stretch]").value];
  if (!clip.range && levelsOf(view).length === state.levels.length) return lengthen(view, factor);
  const rest = repeated(view, "stretch", levelsOf(view))?.values.rest ?? timing.quietest(clip.sound, state.stride);
  move(view, "stretch", timing.stretch(state.grid[1], rangeOf(view), factor, rest), { factor: String(factor), rest });
  const cut = timing.cutOff(rangeOf(view), factor);
  if (cut) view.told.textContent += ` ${word("sound.deeds.cut", { seconds: seconds(cut) })}`;
  return undefined;
}

async function lengthen(view, factor) {
  const before = snapshot();
  const mapping = timing.lengthen(state.grid[1], factor);
  const levels = state.levels.map((indices) => timing.moved(indices, mapping));
  const whole = { grid: [1, mapping.length], size: [1, mapping.length * state.stride], codebooks: levels.length };
  const file = tokenFile({ ...before, ...whole, indices: joined(levels) });
  const name = before.from?.sample ?? before.from?.name ?? "";
  if (!(await openTokens(file, { name, wanted: { codec: before.codec, level: before.level } }))) return;
  const said = { factor: String(factor), levels: numbers(levelsOf(view)) };
  rememberReplacement({ key: "sound.deeds.edit.stretch", values: said }, before);
  view.told.textContent = word("sound.deeds.length", { before: seconds(before.grid[1]), after: seconds(mapping.length) });
  hearEdit(0, mapping.length);
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
