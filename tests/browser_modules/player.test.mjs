// Laws of the sound page's player: its clock tells the truth, and nothing jumps.
// Run with: node --test tests/browser_modules

import assert from "node:assert/strict";
import test from "node:test";

import { clip, mark, RATE } from "../../assets/sound/clip.js";
import { goRound, hear, hearing, play, playing, playOnce, position, start, stop, toggle } from "../../assets/sound/player.js";
import { heard, seamless } from "../../assets/sound/voice.js";
import { emit, load, on } from "../../assets/store.js";
import { random } from "./random.mjs";

const close = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const noise = (length, draw) => Float32Array.from({ length }, () => draw(2001) / 1000 - 1);

function bench(frames) {
  const original = noise(frames * 320, random(frames));
  Object.assign(clip, { original, sound: original.map((value) => value / 2), range: null });
  load({ rank: 1, grid: [1, frames], size: [1, original.length], stride: 320, indices: new Uint16Array(frames) });
}

// The part of Web Audio that the player uses, with a clock that is set by hand.
const device = { time: 0, nodes: [] };
const param = () => Object.fromEntries(
  ["setValueAtTime", "linearRampToValueAtTime", "setTargetAtTime", "cancelScheduledValues"].map((name) => [name, () => {}]),
);
globalThis.AudioContext = class {
  state = "running";
  outputLatency = 0.03;
  get currentTime() {
    return device.time;
  }
  createBuffer = (_, length) => ({ length, copyToChannel: (samples) => assert.equal(samples.length, length) });
};
globalThis.GainNode = class {
  gain = param();
  connect = () => {};
};
globalThis.AudioBufferSourceNode = class {
  constructor(_, options) {
    Object.assign(this, options);
    device.nodes.push(this);
  }
  connect = (to) => to;
  start = (when, offset) => Object.assign(this, { when, offset });
  stop = (until) => Object.assign(this, { until });
};
const later = (seconds) => (device.time += seconds);
const last = () => device.nodes.at(-1);

// The sample of `from` … that a node lets out of the loudspeaker now, told from when and where it was started.
const sounding = (from, { when, offset }) => from + (heard() - when + offset) * RATE;

test("the playhead is where the audio clock says, late by the way to the loudspeaker", () => {
  bench(100);
  assert.equal(position(), null);
  play("resynthesis");
  assert.equal(position(), 0);
  for (let i = 0; i < 20; i++) {
    later(0.017);
    close(position(), Math.max(0, sounding(0, last())), 1e-6);
  }
  play("original", { from: 3200, at: 6400 });
  assert.equal(position(), 6400); // and never before, though the sound is still on its way
  later(0.4);
  close(position(), sounding(3200, last()), 1e-6);
  stop();
  assert.equal(position(), null);
});

test("in a loop the playhead goes round within the marked range", () => {
  bench(100);
  play("resynthesis", { from: 3200, to: 6400, loop: true });
  for (let i = 0; i < 200; i++) {
    later(0.013);
    assert.ok(position() >= 3200 && position() < 6400);
  }
  const before = position();
  later(0.2);
  close(position(), before, 1e-6);
  stop();
});

test("changing what is heard goes on at the same place, without a jump or a gap", () => {
  bench(400);
  for (const loop of [false, true]) {
    play("resynthesis", { loop });
    later(1.234);
    for (const which of ["original", "difference", "resynthesis"]) {
      const [old, before] = [last(), position()];
      hear(which);
      close(position(), before, 1.01);
      const { when, offset } = last();
      close(old.offset + when - old.when, offset, 1.01 / RATE); // the samples change over at one and the same place
      assert.ok(old.until > when && old.until < when + 0.05);
      later(0.05);
      close(position(), before + 0.05 * RATE, 1.01);
      assert.equal(playing().which, which);
    }
    stop();
  }
});

test("an edit is heard from where the sound has come to, and of the original nothing changes", () => {
  bench(400);
  for (const [which, count] of [["resynthesis", 1], ["difference", 1], ["original", 0]]) {
    play(which);
    later(0.5);
    const [nodes, before] = [device.nodes.length, position()];
    emit("sound", { from: 0, to: 320 });
    assert.equal(device.nodes.length - nodes, count, which);
    close(position(), before, 1.01);
    stop();
  }
});

test("a marked range goes round, and unmarked it is as it was before", () => {
  bench(100);
  for (const loop of [false, true]) {
    goRound(loop);
    mark([10, 20]);
    assert.equal(hearing.loop, true);
    toggle();
    assert.deepEqual([playing().from, playing().to, playing().loop], [3200, 6400, true]);
    later(0.1);
    mark(null);
    assert.deepEqual([playing().from, playing().to, playing().loop], [0, 32000, loop]);
    toggle();
    assert.equal(playing(), null);
  }
  goRound(false);
});

test("a click in the marked range plays it from there, one outside plays everything, once", () => {
  bench(100);
  mark([10, 20]);
  start(4000);
  assert.deepEqual([position(), playing().to, playing().loop], [4000, 6400, true]);
  start(9000);
  assert.deepEqual([position(), playing().to, playing().loop], [9000, 32000, false]);
  stop();
  mark(null);
});

test("stopping leaves the cursor where the sound was; at the end it goes back to the beginning", () => {
  bench(100);
  toggle();
  later(0.5);
  const at = position();
  toggle();
  close(hearing.cursor, at, 1);
  toggle();
  close(position(), at, 1);
  last().onended();
  assert.deepEqual([playing(), hearing.cursor], [null, 0]);
});

test("another sound on the bench silences the one before, and without an original the resynthesis is heard", () => {
  bench(100);
  hear("original");
  toggle();
  clip.original = null;
  load({ grid: [1, 100], levels: [new Uint16Array(100)] });
  assert.deepEqual([playing(), hearing.which], [null, "resynthesis"]);
  play("original");
  assert.equal(playing(), null);
});

test("who listens hears of every change, and a preview leaves the playhead alone", () => {
  bench(100);
  let told = 0;
  const leave = on("playing", () => (told += 1));
  play("resynthesis");
  stop();
  assert.equal(told, 2);
  const nodes = device.nodes.length;
  playOnce(noise(800, random(1)));
  playOnce(noise(800, random(2)));
  assert.equal(device.nodes.length, nodes + 2);
  assert.ok(device.nodes.at(-2).until > 0); // one at a time
  assert.equal(position(), null);
  leave();
});

test("going round, the end leads into the beginning", () => {
  const samples = noise(1000, random(5));
  for (const [from, to] of [[0, 1000], [200, 700], [50, 60], [998, 1000]]) {
    const piece = seamless(samples, from, to, 128);
    assert.equal(piece.length, to - from);
    assert.equal(piece.at(-1), samples[from - 1] ?? 0);
    assert.deepEqual(piece.subarray(0, piece.length >> 1), samples.subarray(from, from + (piece.length >> 1)));
  }
});
