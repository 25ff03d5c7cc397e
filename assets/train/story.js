// What a training says of itself in plain words. Everything here is read off the status and the frames.

import { work } from "./frames.js";

export const CURES = ["kmeans", "moving", "revive", "rotation", "fsq"];
const MOVABLE = ["vq", "rotation", "cosine", "rvq"]; // quantizers whose codes can be put somewhere

const COLLAPSED = 0.1; // of V: a perplexity below this
const UNEVEN = 0.25; // of V: a perplexity below this, though most codes are alive
const AILING = 0.05; // of all codes: more dead ones than this

// How the codebook of a frame is doing, as the end of a key.
export function verdict(frame) {
  if (!frame) return "unknown";
  const { all, size, dead, alive, perplexity } = work(frame);
  if (!all) return "codeless";
  if (alive <= 1) return "single";
  if (perplexity < Math.max(1.5, COLLAPSED * size)) return "collapsed";
  if (dead > AILING * all) return "ailing";
  return perplexity < UNEVEN * size ? "uneven" : "well";
}

// 41.3, but 1.04: near 1 the digits after the point are the news.
export const rounded = (value) => value.toFixed(value < 9.95 ? 2 : 1);

// The gaps of the sentences about a frame.
export function figures(frame) {
  if (!frame) return {};
  const { all, dead, alive, perplexity } = work(frame);
  return { step: frame.step, psnr: frame.psnr_db.toFixed(1), all, dead, alive, perplexity: rounded(perplexity) };
}

// Whether a cure can be given to a training with these settings: one that has codes it can move, or
// whose quantizer is another one.
export const canCure = (cure, { quantizer }) =>
  cure === "rotation" || cure === "fsq" ? quantizer !== cure : MOVABLE.includes(quantizer);

// Whether a cure is at work in a training of this status.
export const isTaken = (cure, { cures, settings }) =>
  settings.quantizer === cure || (cures.includes(cure) && MOVABLE.includes(settings.quantizer));

// What every cure has done so far: how things stood in the last frame before it, and in the last one
// that it alone accounts for.
export function cured(frames) {
  const places = [...frames.keys()].filter((i) => i > 0 && CURES.includes(frames[i].event));
  return places.map((i, which) => {
    const until = frames[(places[which + 1] ?? frames.length) - 1];
    return { cure: frames[i].event, step: frames[i - 1].step, before: frames[i - 1], after: until };
  });
}

// "training" of the status → the end of the key of its sentence.
export function situation({ status, frames, offline, forgotten }) {
  if (forgotten) return "forgotten";
  if (offline) return "offline";
  if (!status) return "fresh";
  const { state, ahead, wait_s: wait, why, step } = status;
  if (state === "waiting") return !ahead ? "next" : why === "turn" ? "turn" : wait ? "queue_time" : "queue";
  if (state === "paused") return why === "idle" || why === "end" ? why : step ? "paused" : "ready";
  if (state === "running") return frames.length ? "running" : "starting";
  return state; // stopped or failed
}

// Seconds as [key, values]: nobody needs more digits in a queue.
export const duration = (seconds) =>
  seconds < 90
    ? ["train.seconds", { count: Math.max(1, Math.round(seconds)) }]
    : ["train.minutes", { count: Math.round(seconds / 60) }];
