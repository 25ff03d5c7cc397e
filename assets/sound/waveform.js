// Waveforms: the highest and the lowest sample of every stretch of the clip, kept up while somebody edits.

import { colour } from "../stage.js";
import { span } from "./axis.js";
import { clip } from "./clip.js";

const STRETCHES = 8000; // of a whole clip, at most: a few for every pixel of a screen
const INKS = { original: "--ink", resynthesis: "--accent", difference: "--soft" };
const VALUES = {
  original: (i) => clip.original[i] ?? 0,
  resynthesis: (i) => clip.sound[i] ?? 0,
  difference: (i) => (clip.original[i] ?? 0) - (clip.sound[i] ?? 0),
};

// --- pure ---------------------------------------------------------------------------------

// The outline of a silence of `length` samples: {grain, low, high}, `grain` samples a stretch.
export function outline(length) {
  const grain = Math.ceil(length / STRETCHES);
  const count = Math.ceil(length / grain);
  return { grain, low: new Float32Array(count), high: new Float32Array(count) };
}

// Looks again at the stretches that hold samples from … to − 1; value(i) is sample i.
export function follow({ grain, low, high }, value, from, to) {
  const end = Math.min(low.length, Math.ceil(to / grain));
  for (let stretch = Math.floor(from / grain); stretch < end; stretch++) {
    let [least, most] = [Infinity, -Infinity];
    for (let i = stretch * grain; i < (stretch + 1) * grain; i++) {
      const now = value(i);
      if (now < least) least = now;
      if (now > most) most = now;
    }
    low[stretch] = least;
    high[stretch] = most;
  }
}

// --- drawing ------------------------------------------------------------------------------

// Gives touched(from, to) in samples, and draw(which, pen, width, height).
export function waveforms() {
  const made = Object.fromEntries(Object.keys(VALUES).map((which) => [which, outline(span())]));
  const dirty = Object.fromEntries(Object.keys(VALUES).map((which) => [which, [0, span()]]));
  const fresh = (which) => {
    if (dirty[which]) follow(made[which], VALUES[which], ...dirty[which]);
    dirty[which] = null;
    return made[which];
  };
  return {
    touched(from, to) {
      for (const which of ["resynthesis", "difference"]) {
        const [first, end] = dirty[which] ?? [from, to];
        dirty[which] = [Math.min(first, from), Math.max(end, to)];
      }
    },
    draw(which, pen, width, height) {
      // One scale for all lanes, so that a small difference looks small.
      const both = clip.original ? [fresh("original"), fresh("resynthesis")] : [fresh("resynthesis")];
      const loudest = Math.max(0.01, ...both.map(peak));
      pen.fillStyle = colour(pen.canvas, "--line");
      pen.fillRect(0, height / 2 - 0.5, width, 1);
      pen.fillStyle = colour(pen.canvas, INKS[which]);
      fill(pen, fresh(which), width, height / 2, (0.47 * height) / loudest);
    },
  };
}

const peak = ({ low, high }) => low.reduce((most, value, i) => Math.max(most, -value, high[i]), 0);

// One shape: along the highest samples from left to right, back along the lowest.
function fill(pen, { low, high, grain }, width, middle, tall) {
  const columns = Math.round(width * devicePixelRatio);
  const each = span() / grain / columns; // stretches
  const [tops, bottoms] = [[], []];
  for (let column = 0; column < columns; column++) {
    const first = Math.min(Math.floor(column * each), low.length - 1);
    let [least, most] = [low[first], high[first]];
    for (let i = first + 1; i < (column + 1) * each && i < low.length; i++) {
      if (low[i] < least) least = low[i];
      if (high[i] > most) most = high[i];
    }
    tops.push(middle - most * tall - 0.3);
    bottoms.push(middle - least * tall + 0.3);
  }
  pen.beginPath();
  for (let i = 0; i < columns; i++) pen.lineTo(((i + 0.5) * width) / columns, tops[i]);
  for (let i = columns - 1; i >= 0; i--) pen.lineTo(((i + 0.5) * width) / columns, bottoms[i]);
  pen.fill();
}
