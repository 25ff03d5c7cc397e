// Hearing single codes and codebooks: always as a difference, since every code, 0 too, says something.

import { joined, message, post, toBase64 } from "../asking.js";
import { on, state } from "../store.js";
import { bookOf } from "../row/books.js";
import { clip, fromPcm, isCurrent, RATE } from "./clip.js";
import { part, play, playing, playOnce, position, start, stop } from "./player.js";
import { soon } from "./voice.js";

const AROUND = 0.12; // seconds before and after a cell that is heard
const GAP = 0.25; // seconds of silence between with and without
const EDGE = 0.006; // seconds of fading at the ends of each part
const FIRST = 4; // seconds heard of a clip on which nothing is marked
const PEAK = 0.95; // largest value of a weak difference, when it is raised
const MOST = 40; // dB it is raised at most: beyond that one would hear rounding

// What the visitor wants: weak differences raised, every finished edit heard.
export const wishes = { raise: true, edits: true };

const inSamples = ([from, to]) => ({ from: from * state.stride, to: to * state.stride });

// Resolves to the samples of frames from … to of some codebooks, or to null.
async function rendered(levels, window) {
  const indices = toBase64(joined(levels));
  const answer = await post("decode", message({ codebooks: levels.length, indices, window }));
  const pcm = answer && (await answer.arrayBuffer().catch(() => null));
  return pcm && fromPcm(new Int16Array(pcm));
}

const energy = (samples) => samples.reduce((sum, value) => sum + value * value, 0);

// How many dB `part` lies below `whole`.
export const below = (part, whole) => Math.round(10 * Math.log10((energy(whole) + 1e-9) / (energy(part) + 1e-9)));

let wanted = 0; // the newest wish: answers to older ones are not played

// A wish to hear something: whether it is still the newest is what the function it gives says.
export function wish() {
  const mine = ++wanted;
  return () => mine === wanted;
}

// Plays the moment around a cell as it is, then with the mean code of its codebook in place of its own.
// Resolves to {mean, below}: that code, and how many dB the difference lies below the sound; null when not played.
export async function hearCell(level, frame) {
  soon(); // while the visitor's hand is still at it: some browsers let no sound begin later
  const isNewest = wish();
  const { epoch } = state;
  const book = await bookOf(level);
  if (!book || epoch !== state.epoch) return null;
  const reach = Math.round((AROUND * RATE) / state.stride);
  const window = [Math.max(0, frame - reach), Math.min(state.grid[1], frame + reach + 1)];
  const levels = state.levels.slice(0, Math.max(state.depth, level + 1));
  const without = levels.map((indices, k) => (k === level ? indices.with(frame, book.mean_code) : indices));
  const [kept, swapped] = await Promise.all([rendered(levels, window), rendered(without, window)]);
  if (!kept || !swapped || !isNewest() || epoch !== state.epoch) return null;
  stop();
  playOnce(inTurn(kept, swapped));
  return { mean: book.mean_code, below: below(kept.map((value, i) => value - swapped[i]), kept) };
}

function inTurn(first, second) {
  const gap = Math.round(GAP * RATE);
  const both = new Float32Array(first.length + gap + second.length);
  both.set(faded(first));
  both.set(faded(second), first.length + gap);
  return both;
}

function faded(samples) {
  const edge = Math.min(EDGE * RATE, samples.length / 2);
  return samples.map((value, i) => value * Math.min(1, (i + 1) / edge, (samples.length - i) / edge));
}

let added = null; // {level, samples}: what a codebook adds, as it was played last

// The codebook of which the player plays what it adds; −1 while it plays anything else.
export const addedLevel = () => (added && playing()?.which === added.samples ? added.level : -1);

// Plays what a codebook adds to those before it: the first level + 1 of them minus the first `level`, over the
// marked range, or else the first seconds. What is heard already goes on from where it is.
// Resolves to {below, raised}, both in dB; null when not played.
export async function hearAdded(level) {
  soon();
  const isNewest = wish();
  const { epoch } = state;
  const window = clip.range ?? [0, Math.min(state.grid[1], Math.round((FIRST * RATE) / state.stride))];
  const [whole, before] = await Promise.all([
    rendered(state.levels.slice(0, level + 1), window),
    level ? rendered(state.levels.slice(0, level), window) : [],
  ]);
  if (!whole || !before || !isNewest() || epoch !== state.epoch) return null;
  const part = whole.map((value, i) => value - (before[i] ?? 0));
  const weaker = below(part, whole);
  const raised = wishes.raise && level ? raiseFor(part, weaker) : 0;
  const { from, to } = inSamples(window);
  const samples = new Float32Array(clip.sound.length);
  samples.set(part.map((value) => value * 10 ** (raised / 20)).subarray(0, samples.length - from), from);
  const at = addedLevel() < 0 ? from : Math.round(position());
  added = { level, samples };
  play(samples, { from, to, loop: Boolean(clip.range), at });
  return { below: weaker, raised };
}

on("range", () => addedLevel() >= 0 && hearAdded(added.level));

// dB that bring a part to the loudness of the whole, as far as it stays within bounds.
function raiseFor(part, weaker) {
  const peak = part.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return Math.max(0, Math.min(weaker, MOST, Math.floor(20 * Math.log10(PEAK / peak))));
}

// Starts the marked range, which goes round, unless something is heard already.
export const hearMarked = () => playing() || start(part().from);

// Starts what is being listened to at a frame, or falls silent.
export const hearFrom = (frame) => (playing() ? stop() : start(frame * state.stride));

// --- hearing what was edited ----------------------------------------------------------------

let edited = null; // [from, to] frames to be heard as soon as they are decoded

// While something plays the player takes the new samples up by itself.
export function hearEdit(from, to) {
  if (!wishes.edits || playing()) return;
  soon();
  edited = [from, to];
  hearEdited(); // after a slow stroke it is decoded already
}

function hearEdited() {
  if (!edited || !isCurrent()) return;
  if (!playing()) play("resynthesis", inSamples(edited));
  edited = null;
}

on("loaded", () => ((wanted += 1), (edited = null)));
on("sound", hearEdited);
