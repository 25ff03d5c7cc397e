// The passport of the picked code: how it sounds, where it is heard, who its relatives are.

import { ask, post } from "../asking.js";
import { showCodes, usageLine } from "../codelines.js";
import { linked } from "../pointing.js";
import { relativesOf } from "../relatives.js";
import { on, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { wish } from "./audition.js";
import { fromPcm, RATE } from "./clip.js";
import { playOnce } from "./player.js";

const NEAR = 6;
const SNIPPET = [0.14, 0.26]; // seconds before and after the moment that chose the code

export function mountPassport(root) {
  root.classList.add("passport");
  root.innerHTML = `
    <div class="card-head"><h2 data-word="passport.title"></h2>
      <button type="button" class="button" data-alone data-word="sound.passport.alone"></button></div>
    <div class="face"><span class="swatch"></span><strong></strong></div>
    <p class="note usage" aria-live="polite"></p>
    <section data-real><h3 data-word="sound.passport.real"></h3><div class="sound-snippets"></div>
      <p class="note" data-word="sound.passport.real_note"></p></section>
    <section><h3 data-word="passport.near"></h3><div class="sound-codes" data-near></div></section>
    <section data-follows><h3 data-word="sound.passport.follows"></h3><div class="sound-codes" data-after></div></section>
    <p class="note" data-word="sound.passport.alone_note"></p>`;
  root.querySelector("[data-alone]").onclick = () => hearAlone(state.code);
  for (const topic of ["book", "picked"]) on(topic, () => show(root));
  for (const topic of ["loaded", "tokens"]) on(topic, () => tellUsage(root));
  onLanguage(() => show(root));
  linked(root, "passport");
  label(root);
}

async function show(root) {
  const { book, code, codec, level } = state;
  if (!book || code >= book.codebook_size) return;
  root.querySelector(".face strong").textContent = word("sound.passport.which", { code: String(code), level: level + 1 });
  root.querySelector(".swatch").style.background = book.colours[code];
  tellUsage(root);
  const [found, moments] = await Promise.all([relativesOf(code), momentsOf(codec, level)]);
  if (book !== state.book || code !== state.code) return; // another code was picked meanwhile
  showCodes(root.querySelector("[data-near]"), (found?.neighbours ?? []).slice(0, NEAR), (i) => found.distances[i].toFixed(2), hearAlone);
  const after = found?.right ?? [];
  showCodes(root.querySelector("[data-after]"), after.map(([next]) => next), (i) => word("passport.times", { count: after[i][1] }), hearAlone);
  root.querySelector("[data-follows]").hidden = !after.length;
  showSnippets(root, codec, moments?.[code] ?? []);
}

function tellUsage(root) {
  if (state.book) root.querySelector(".usage").textContent = usageLine();
}

// --- hearing ------------------------------------------------------------------------------

const alone = new Map(); // "codec/level/code" → promise of its samples

// What the code adds to the mean codes of the codebooks before it.
export async function hearAlone(code) {
  const [{ codec, level }, isNewest] = [state, wish()];
  const key = `${codec}/${level}/${code}`;
  if (!alone.has(key)) alone.set(key, fetchAlone({ codec, level, code }));
  const samples = await alone.get(key);
  if (!samples) alone.delete(key); // the next who asks tries again
  else if (isNewest()) playOnce(samples);
}

async function fetchAlone(asked) {
  const answer = await post("alone", asked);
  return answer && fromPcm(new Int16Array(await answer.arrayBuffer()));
}

const moments = new Map(); // "codec/level" → promise of seconds in the reel, for every code
const reels = new Map(); // codec → promise of the samples of its reel

async function momentsOf(codec, level) {
  const key = `${encodeURIComponent(codec)}?level=${level}`;
  if (!moments.has(key)) moments.set(key, ask(`exemplars/${key}`).then((answer) => answer?.json()));
  return (await moments.get(key))?.places;
}

async function fetchReel(codec) {
  const answer = await ask(`reel/${encodeURIComponent(codec)}`);
  if (!answer) return null;
  const decoder = new OfflineAudioContext(1, RATE, RATE); // of this rate, so that it decodes to it
  return (await decoder.decodeAudioData(await answer.arrayBuffer())).getChannelData(0);
}

function showSnippets(root, codec, seconds) {
  root.querySelector("[data-real]").hidden = !seconds.length;
  root.querySelector(".sound-snippets").replaceChildren(...seconds.map((second, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: `▶ ${i + 1}` });
    button.setAttribute("aria-label", word("sound.passport.snippet", { number: i + 1 }));
    button.onclick = async () => {
      const isNewest = wish();
      if (!reels.has(codec)) reels.set(codec, fetchReel(codec));
      const reel = await reels.get(codec);
      if (!reel) return reels.delete(codec);
      if (isNewest()) playOnce(reel.slice(Math.max(0, (second - SNIPPET[0]) * RATE), (second + SNIPPET[1]) * RATE));
    };
    return button;
  }));
}
