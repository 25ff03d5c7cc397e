// Laws of the sound page: spectrograms, waveforms, the time axis, the blind test.
// Run with: node --test tests/browser_modules

import assert from "node:assert/strict";
import test from "node:test";

import { frameAt, markEvery, sampleAt, span, xOf, xOfFrame } from "../../assets/sound/axis.js";
import { levelled, luck } from "../../assets/sound/blind.js";
import { RATE } from "../../assets/sound/clip.js";
import { heat, lean, LOUDEST, QUIETEST, ramp, WIDEST } from "../../assets/sound/shades.js";
import { analyse, BANDS, FILTERS, fourier, heightOf, pitchAt, SILENCE, spectrogram } from "../../assets/sound/spectrum.js";
import { follow, outline } from "../../assets/sound/waveform.js";
import { load } from "../../assets/store.js";
import { random, seeds } from "./random.mjs";

const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const noise = (length, draw) => Float32Array.from({ length }, () => draw(2001) / 1000 - 1);
const sine = (hertz, length = RATE) => Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / RATE));
const whole = (samples) => {
  const made = spectrogram(samples.length);
  analyse(made, samples);
  return made;
};
const column = ({ db }, c) => [...db.subarray(c * BANDS, (c + 1) * BANDS)];

// --- spectrograms -------------------------------------------------------------------------

test("the fast Fourier transform is the Fourier transform", () => {
  for (const [seed, length] of [[1, 2], [2, 8], [3, 64], [4, 1024]]) {
    const [re, im] = [noise(length, random(seed)), noise(length, random(seed + 9))].map((part) => Float64Array.from(part));
    const [x, y] = [re.slice(), im.slice()];
    fourier(re, im);
    for (const k of [0, 1, length >> 1, length - 1]) {
      let [sumX, sumY] = [0, 0];
      for (let n = 0; n < length; n++) {
        const turn = (-2 * Math.PI * k * n) / length;
        sumX += x[n] * Math.cos(turn) - y[n] * Math.sin(turn);
        sumY += x[n] * Math.sin(turn) + y[n] * Math.cos(turn);
      }
      close(re[k], sumX, 1e-8);
      close(im[k], sumY, 1e-8);
    }
  }
});

test("every band is a mean of bins, and bands rise evenly on the mel scale up to 8 kHz", () => {
  assert.equal(FILTERS.length, BANDS);
  for (const { first, weights } of FILTERS) {
    close(weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-9);
    assert.ok(first >= 0 && first + weights.length <= 513);
  }
  close(pitchAt(1), RATE / 2, 1e-6);
  for (const share of [0, 0.2, 0.5, 1]) close(heightOf(pitchAt(share)), share);
});

test("a tone is loudest in the band of its pitch, a full-scale one near 0 dB where bands are narrow", () => {
  for (const pitch of [150, 440, 1000, 3000, 6500]) {
    const middle = column(whole(sine(pitch)), 100);
    const loudest = middle.indexOf(Math.max(...middle));
    close(loudest, heightOf(pitch) * (BANDS + 1) - 1, 1.01);
  }
  close(Math.max(...column(whole(sine(437.5)), 100)), 0, 4);
});

test("silence is −100 dB, and twice as loud is 6.02 dB more", () => {
  assert.ok(whole(new Float32Array(4000)).db.every((value) => value === SILENCE));
  const sound = noise(4000, random(3));
  const [soft, loud] = [whole(sound.map((value) => value / 2)), whole(sound)];
  soft.db.forEach((value, i) => close(loud.db[i] - value, 20 * Math.log10(2), 1e-3));
});

test("what an edit touches, analysed again, makes the spectrogram of the whole", () => {
  for (const [i, draw] of seeds(12).entries()) {
    const length = 3000 + draw(9000);
    const sound = noise(length, draw);
    const made = whole(sound);
    const from = draw(length - 1);
    const to = from + 1 + draw(i % 3 ? 900 : length - from);
    for (let n = from; n < Math.min(to, length); n++) sound[n] = draw(2001) / 1000 - 1;
    const [first, end] = analyse(made, sound, from, Math.min(to, length));
    assert.ok(first >= 0 && end <= made.columns);
    whole(sound).db.forEach((value, place) => close(made.db[place], value, 1e-4));
  }
});

test("a spectrogram covers its clip and stays small enough for a screen", () => {
  for (const seconds of [0.001, 0.5, 3.7, 7, 10, 30]) {
    const { hop, columns } = spectrogram(seconds * RATE);
    assert.ok(hop * columns >= seconds * RATE && hop * (columns - 1) < seconds * RATE);
    assert.ok(columns <= 1500 && 320 % hop === 0);
  }
});

test("no sample of a waveform sticks out of its outline, also after an edit", () => {
  for (const [i, draw] of seeds(8).entries()) {
    const length = 10 ** (i % 4) * 300 + draw(300);
    const sound = noise(length, draw);
    const value = (n) => sound[n] ?? 0;
    const made = outline(length);
    follow(made, value, 0, length);
    const from = draw(length - 1);
    const to = Math.min(length, from + 1 + draw(500));
    for (let n = from; n < to; n++) sound[n] = 2 * value(n);
    follow(made, value, from, to);
    const { grain, low, high } = made;
    assert.ok(low.length <= 8000 && low.length * grain >= length);
    sound.forEach((sample, n) => assert.ok(sample >= low[Math.floor(n / grain)] && sample <= high[Math.floor(n / grain)]));
    const again = outline(length);
    follow(again, value, 0, length);
    assert.deepEqual(made, again);
  }
});

// --- colours ------------------------------------------------------------------------------

const light = (pixel) => 0.2126 * (pixel & 255) + 0.7152 * ((pixel >> 8) & 255) + 0.0722 * ((pixel >> 16) & 255);

test("louder is lighter, step by step, and beyond the ends of the scale nothing changes", () => {
  for (let db = QUIETEST; db < LOUDEST; db += 1) assert.ok(light(heat(db + 1)) > light(heat(db)), String(db));
  assert.equal(heat(QUIETEST - 30), heat(QUIETEST));
  assert.equal(heat(LOUDEST + 30), heat(LOUDEST));
});

test("a difference of nothing is the middle colour, and both sides lean alike", () => {
  const shades = ramp(["#0000ff", "#ffffff", "#ff0000"]);
  assert.ok([127, 128].includes(lean(0)));
  assert.deepEqual([shades[lean(-WIDEST)], shades[lean(WIDEST)]], [0xffff0000, 0xff0000ff]);
  for (const db of [1, 7, 19]) close(lean(db) + lean(-db), 255, 1);
});

// --- the axis -----------------------------------------------------------------------------

const bench = (frames) => load({ rank: 1, grid: [1, frames], size: [1, frames * 320], stride: 320, indices: new Uint16Array(frames) });

test("every frame spans its own stretch of the axis, which is full from edge to edge", () => {
  for (const frames of [1, 3, 475, 1500]) {
    bench(frames);
    for (const width of [310.5, 1346]) {
      assert.equal(xOfFrame(0, width), 0);
      close(xOfFrame(frames, width), width);
      for (let frame = 0; frame < frames; frame += 7) {
        assert.equal(frameAt((xOfFrame(frame, width) + xOfFrame(frame + 1, width)) / 2, width), frame);
        close(xOf(sampleAt(xOfFrame(frame, width), width), width), xOfFrame(frame, width), 1e-6);
      }
      assert.deepEqual([frameAt(-5, width), frameAt(width + 5, width)], [0, frames - 1]);
      assert.deepEqual([sampleAt(-5, width), sampleAt(width + 5, width)], [0, span()]);
    }
  }
});

test("marks of the ruler keep their distance", () => {
  for (const seconds of [0.5, 3.7, 12, 30]) {
    for (const width of [310, 1346]) assert.ok((markEvery(seconds, width, 60) / seconds) * width >= 60);
  }
});

// --- the blind test -----------------------------------------------------------------------

test("luck is the tail of the binomial distribution of fair coins", () => {
  close(luck(7, 10), 176 / 1024);
  for (const trials of [1, 2, 9, 10, 40]) {
    assert.equal(luck(0, trials), 1);
    close(luck(trials, trials), 2 ** -trials);
    for (let right = 1; right <= trials; right++) {
      assert.ok(luck(right, trials) < luck(right - 1, trials));
      close(luck(right, trials) + luck(trials - right + 1, trials), 1);
    }
  }
});

test("all sides of a blind test are equally loud where they are compared, and never clip", () => {
  const rms = (samples) => Math.sqrt(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length);
  for (const [i, draw] of seeds(8).entries()) {
    const sounds = [1, 3, 5].map((power) => noise(2000, draw).map((value) => value ** power / (i + 1)));
    const sides = levelled(sounds, [300, 900]).map((samples) => samples.subarray(300, 900));
    for (const side of sides) close(rms(sides[0]), rms(side), 1e-5);
    for (const side of sides) assert.ok(side.every((value) => Math.abs(value) <= 1.0001));
  }
  const quiet = new Float32Array(100);
  assert.deepEqual(levelled([quiet, quiet], [0, 100]), [quiet, quiet]);
});
