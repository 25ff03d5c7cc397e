// The player: one sound at a time, and a clock that tells where it really is.
//   playing  it started, stopped, or plays something else
//   hearing  what the visitor wants to hear changed

import { emit, on, state } from "../store.js";
import { clip, difference, RATE } from "./clip.js";
import { heard, soon, voice } from "./voice.js";

const LOUDEST = 0.6; // of previews, which come unasked
const SOURCES = { original: () => clip.original, resynthesis: () => clip.sound, difference };

// What the visitor wants to hear: which of the three, round and round or once, and from which sample on.
export const hearing = { which: "resynthesis", loop: false, cursor: 0 };

// --- playing --------------------------------------------------------------------------------

let now = null; // {which, from, to, loop, began, least, end}; `began` is the context's time of sample `from`
let preview = null; // ends the preview

const samplesOf = (which) => (typeof which === "string" ? SOURCES[which]() : which);

// Plays samples from … to of "original", "resynthesis", "difference", or of a Float32Array of the same length.
// `at` is the sample to begin with.
export function play(which, { from = 0, to = Infinity, loop = false, at = from } = {}) {
  begin(which, { from, to, loop }, at, soon());
}

// Plays something else, or another part of it, from the place that is heard: nobody notices the exchange.
export function goOn(which, part = now) {
  const when = soon();
  begin(which, part, now.from + turned(when - now.began), when, true);
}

function begin(which, { from, to, loop }, at, when, going = false) {
  const samples = samplesOf(which);
  const [start, end] = [Math.max(0, Math.round(from)), Math.min(Math.round(to), samples?.length ?? 0)];
  if (end - start < 2) return stop();
  const inside = at >= start && at < end - 1;
  const first = inside ? Math.round(at) : start;
  const since = (first - start) / RATE; // seconds of the part that are left out at first
  now?.end(when);
  preview?.(when);
  preview = null;
  const mine = { which, from: start, to: end, loop, began: when - since, least: going && inside ? -Infinity : since };
  mine.end = voice(samples, { from: start, to: end, at: first, loop, when, ended: () => now === mine && finish() });
  now = mine;
  emit("playing");
}

function finish() {
  now = null;
  hearing.cursor = part().from;
  emit("playing");
}

// Falls silent; the cursor stays at what was heard last.
export function stop() {
  if (now) hearing.cursor = Math.round(position());
  now?.end(soon());
  preview?.(soon());
  now = preview = null;
  emit("playing");
}

// {which, from, to, loop} of what plays, or null.
export const playing = () => now && { which: now.which, from: now.from, to: now.to, loop: now.loop };

// Samples after `from`, some seconds after it first sounded.
function turned(seconds) {
  const [since, length] = [seconds * RATE, now.to - now.from];
  return now.loop ? ((since % length) + length) % length : Math.min(Math.max(0, since), length);
}

// The sample that leaves the loudspeaker at this moment, by the player's own clock; null in silence.
export const position = () => now && now.from + turned(Math.max(heard() - now.began, now.least));

// What is heard while it is edited goes on with the new samples.
on("sound", () => typeof now?.which === "string" && now.which !== "original" && goOn(now.which));

// --- previews -------------------------------------------------------------------------------

// Plays some samples once, never louder than `loudest`, instead of the preview before.
export function playOnce(samples, loudest = LOUDEST) {
  if (!samples?.length) return;
  // Before the first click or key it would wait in the queue and then sound out of place.
  if (globalThis.navigator?.userActivation?.hasBeenActive === false) return;
  const when = soon();
  preview?.(when);
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-4);
  const mine = voice(samples, {
    from: 0, to: samples.length, at: 0, loop: false, when,
    loudness: Math.min(1, loudest / peak),
    ended: () => preview === mine && (preview = null),
  });
  preview = mine;
}

// --- what the visitor wants to hear -----------------------------------------------------------

// The marked range, or everything: {from, to, loop}, in samples.
export function part() {
  const [first, end] = clip.range ?? [0, state.grid[1]];
  return { from: first * state.stride, to: Math.min(end * state.stride, clip.sound.length), loop: hearing.loop };
}

// Plays from a sample on: within the marked range that, outside of it everything, once.
export function start(at) {
  const { from, to, loop } = part();
  play(hearing.which, at >= from && at < to ? { from, to, loop, at } : { at });
}

export function toggle() {
  if (now) return stop();
  const { from, to } = part();
  start(hearing.cursor >= from && hearing.cursor < to - 1 ? hearing.cursor : from);
}

// Another of the three from now on; what plays is exchanged for it at the same place.
export function hear(which) {
  hearing.which = which;
  emit("hearing");
  if (now) goOn(which);
}

export function goRound(loop) {
  hearing.loop = loop;
  emit("hearing");
  if (now) goOn(now.which, part());
}

export function moveTo(sample) {
  hearing.cursor = Math.round(Math.min(Math.max(sample, 0), clip.sound.length - 1));
  if (now) start(hearing.cursor);
  else emit("hearing");
}

// A marked range goes round; without one it is as the visitor had it before.
let [marked, before] = [false, false];

on("range", () => {
  const { from } = part();
  if (clip.range && !marked) before = hearing.loop;
  hearing.loop = clip.range ? true : before;
  marked = Boolean(clip.range);
  if (clip.range) hearing.cursor = from;
  emit("hearing");
  if (now) goOn(now.which, part());
});

on("loaded", () => {
  stop();
  if (marked) hearing.loop = before;
  marked = false;
  Object.assign(hearing, { cursor: 0, which: clip.original ? hearing.which : "resynthesis" });
  emit("hearing");
});
