// Blind listening (ABX): A is the original, B the resynthesis, X one of the two by chance. Can one hear which?

import { on, say } from "../store.js";
import { onLanguage, word } from "../words.js";
import { clip, RATE } from "./clip.js";
import { goOn, part, play, playing, stop } from "./player.js";

const LONGEST = 8; // seconds of what is compared: nobody keeps more in the ear
const SILENT = 3e-5; // root mean square: nothing can be told apart there
const NAMES = ["A", "B", "X"];

// --- pure ---------------------------------------------------------------------------------

// How likely somebody who only guesses is right at least `right` times of `trials`.
export function luck(right, trials) {
  let [sum, ways] = [0, 1]; // ways: trials over k
  for (let k = 0; k <= trials; k++) {
    if (k >= right) sum += ways;
    ways = (ways * (trials - k)) / (k + 1);
  }
  return sum / 2 ** trials;
}

const rms = (samples) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

// Sounds, equally loud over samples from … to: all as loud as the first, and all softer where one would clip.
export function levelled(sounds, [from, to]) {
  const parts = sounds.map((samples) => samples.subarray(from, to));
  const [first, ...others] = parts.map(rms);
  const gains = [1, ...others.map((loud) => (first > 0 && loud > 0 ? first / loud : 1))];
  const soften = 1 / Math.max(1, ...parts.map((part, i) => gains[i] * part.reduce(larger, 0)));
  return sounds.map((samples, i) => samples.map((value) => value * gains[i] * soften));
}

const larger = (most, value) => Math.max(most, Math.abs(value));

// --- the card -----------------------------------------------------------------------------

const coin = () => crypto.getRandomValues(new Uint8Array(1))[0] % 2;

export function mountBlind(root) {
  root.innerHTML = `
    <summary data-word="sound.blind.title"></summary>
    <p class="note" data-word="sound.blind.lead"></p>
    <div class="blind-row" role="group" data-word-label="sound.blind.listen">${NAMES.map(
      (name) => `<button type="button" class="tool" data-name="${name}" aria-pressed="false"></button>`,
    ).join("")}</div>
    <div class="blind-row" role="group" data-word-label="sound.blind.answer">
      <button type="button" class="button" data-answer="0" data-word="sound.blind.is_a"></button>
      <button type="button" class="button" data-answer="1" data-word="sound.blind.is_b"></button>
      <button type="button" class="button main" data-next data-word="sound.blind.next" hidden></button>
    </div>
    <p class="readout" role="status"></p>`;
  const test = { root, right: 0, trials: 0, x: coin(), heard: false, answer: -1, sounds: null };
  for (const button of root.querySelectorAll("[data-name]")) button.onclick = () => listen(test, button.dataset.name);
  for (const button of root.querySelectorAll("[data-answer]")) button.onclick = () => reply(test, Number(button.dataset.answer));
  root.querySelector("[data-next]").onclick = () => (stop(), anew(test), show(test));
  on("playing", () => light(test));
  on("range", () => (test.sounds = null)); // they are made equally loud over what is compared
  // Another sound is another question.
  for (const topic of ["loaded", "sound"]) on(topic, () => (Object.assign(test, { right: 0, trials: 0 }), anew(test), show(test)));
  onLanguage(() => show(test));
}

const anew = (test) => Object.assign(test, { x: coin(), heard: false, answer: -1, sounds: null });

// The marked range, or the beginning: [from, to] in samples.
function compared() {
  const { from, to } = part();
  return [from, Math.min(to, from + LONGEST * RATE)];
}

// Plays A, B or X; the one that plays already is stopped, another one takes over at the same place.
function listen(test, name) {
  const [from, to] = compared();
  if (!clip.original || rms(clip.original.subarray(from, to)) < SILENT) return say(word("sound.blind.silent"));
  if (heardNow(test) === name) return stop();
  test.sounds ??= named(test, levelled([clip.original, clip.sound], [from, to]));
  if (heardNow(test)) goOn(test.sounds[name]);
  else play(test.sounds[name], { from, to, loop: true });
  if (name !== "X") return;
  test.heard = true;
  show(test);
}

// X is a copy: what plays must not tell by being the same.
const named = ({ x }, [a, b]) => ({ A: a, B: b, X: [a, b][x].slice() });

const heardNow = ({ sounds }) => NAMES.find((name) => sounds && playing()?.which === sounds[name]) ?? "";

function reply(test, answer) {
  test.answer = answer;
  test.trials += 1;
  test.right += Number(answer === test.x);
  show(test);
}

// --- what is shown ------------------------------------------------------------------------

function light(test) {
  const now = heardNow(test);
  for (const button of test.root.querySelectorAll("[data-name]")) button.setAttribute("aria-pressed", String(button.dataset.name === now));
}

function show(test) {
  const { root, answer } = test;
  root.hidden = !clip.original;
  for (const button of root.querySelectorAll("[data-name]")) button.textContent = word(`sound.blind.hear.${button.dataset.name}`);
  for (const button of root.querySelectorAll("[data-answer]")) {
    button.hidden = answer >= 0;
    button.disabled = !test.heard;
  }
  root.querySelector("[data-next]").hidden = answer < 0;
  root.querySelector(".readout").textContent = [verdict(test), score(test)].filter(Boolean).join(" ");
  light(test);
}

function verdict({ answer, x, heard }) {
  if (answer < 0) return word(heard ? "sound.blind.decide" : "sound.blind.first");
  const truth = word(`sound.blind.was.${"ab"[x]}`);
  return word(answer === x ? "sound.blind.right" : "sound.blind.wrong", { truth });
}

function score({ right, trials }) {
  if (!trials) return "";
  const percent = 100 * luck(right, trials);
  const values = { right, trials, percent: percent >= 1 ? Math.round(percent) : Number(percent.toPrecision(1)) };
  return word("sound.blind.score", values);
}
