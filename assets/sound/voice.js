// One sound on its way to the loudspeaker, without a click at either end or where it goes round.

import { RATE } from "./clip.js";

const FADE = 0.008; // seconds of every beginning, end and exchange
const SOON = 0.02; // seconds from deciding to sounding: two voices can then change over at the same sample

let context = null; // made at the first wish to hear something: browsers allow none before

// When a voice that is wished for now can sound, in the context's time.
export function soon() {
  // At the rate of the sounds: the browser brings them to that of the device, better than a voice alone would.
  context ??= new AudioContext({ latencyHint: "interactive", sampleRate: RATE });
  if (context.state !== "running") context.resume();
  return context.currentTime + SOON;
}

// The context's time of what leaves the loudspeaker now.
export const heard = () => context.currentTime - (context.outputLatency || context.baseLatency || 0);

// Samples from … to − 1, the end blended into what stands before them: going round, it does not click.
export function seamless(samples, from, to, fade = Math.round(FADE * RATE)) {
  const piece = samples.slice(from, to);
  const length = Math.min(fade, piece.length >> 1);
  const start = piece.length - length;
  for (let i = 0; i < length; i++) {
    const share = (i + 1) / length;
    piece[start + i] = (1 - share) * piece[start + i] + share * (samples[from - length + i] ?? 0);
  }
  return piece;
}

// Plays samples from … to − 1 from time `when` on, beginning with sample `at`, once or round and round.
//   loudness  how many times as loud
//   ended     called when it has ended by itself
// Gives a function that ends it at a time.
export function voice(samples, { from, to, at, loop, when, loudness = 1, ended }) {
  const piece = loop ? seamless(samples, from, to) : samples.slice(from, to);
  const buffer = context.createBuffer(1, piece.length, RATE);
  buffer.copyToChannel(piece, 0);
  const node = new AudioBufferSourceNode(context, { buffer, loop });
  const level = new GainNode(context, { gain: 0 });
  node.connect(level).connect(context.destination);
  const { gain } = level;
  gain.setValueAtTime(0, when);
  gain.linearRampToValueAtTime(loudness, when + FADE);
  const end = when + (to - at) / RATE;
  if (!loop && end - when > 2 * FADE) {
    gain.setValueAtTime(loudness, end - FADE);
    gain.linearRampToValueAtTime(0, end);
  }
  node.onended = ended;
  node.start(when, (at - from) / RATE);
  return (time) => {
    node.onended = null;
    // Straight down while the next voice goes straight up: together they stay as loud as one.
    gain.cancelScheduledValues(time);
    gain.linearRampToValueAtTime(loudness * Math.min(Math.max((time - when) / FADE, 0), 1), time);
    gain.linearRampToValueAtTime(0, time + FADE);
    node.stop(time + FADE);
  };
}
