// One visitor's thought: what was given to the senses, what is believed of it, the shared codes, and what was made.
// Topics:
//   joint.models  which models there are     joint.given    something was given, taken away, muted or weighed
//   joint.model   another domain             joint.thought  what is believed changed
//   joint.book    what is known of its codes arrived
//   joint.made    pictures, sounds and words were made, or there is nothing to be made
//   joint.busy    making began or ended      joint.styles   another style or seed is wanted
//   joint.sample  another sample is looked at

import { ask, post } from "../asking.js";
import { emit, say } from "../store.js";
import { language, word } from "../words.js";
import { SENSES } from "./figures.js";

const REST = 220; // ms without news before anything is made
export const COUNT = 4; // samples of each

const each = (value) => Object.fromEntries(SENSES.map((sense) => [sense, value]));

export const joint = {
  models: [],
  model: null, // the card of the one in use
  book: null, // all that is known of its shared codes
  given: each(null), // a data URL of a picture or of a sound, or a word
  names: each(""), // where it is from, for the visitor
  muted: each(false),
  weights: each(1),
  noise: { pictures: 0, sounds: 0 },
  thought: null, // the server's last answer: belief, latents, concept, senses, problems
  from: "given", // "given", "edit", "between", "nothing"
  styles: each(""), // a look, a voice, a tongue; "" for any
  seed: 1,
  made: null,
  thinking: false,
  making: false,
};

// What a meaning is called in the visitor's language.
export const called = (number) => (language() === "zh" && joint.model.chinese[number]) || joint.model.meanings[number];

// A name as people say it: "fsdd_george" is George.
export function styleName(name) {
  const key = name.replaceAll(" ", "_");
  const said = word(`joint.style.${key}`);
  if (said !== `joint.style.${key}`) return said;
  const bare = name.replace(/^[a-z]+_/, "");
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

// --- the domain -----------------------------------------------------------------------------

export async function takeModel(name) {
  const card = joint.models.find((one) => one.name === name) ?? joint.models[0];
  if (!card) return;
  Object.assign(joint, {
    model: card, book: null, thought: null, made: null, from: "given",
    given: each(null), names: each(""), muted: each(false), styles: each(""), weights: each(1), noise: { pictures: 0, sounds: 0 },
  });
  emit("joint.model");
  const answer = await ask(`joint/model/${encodeURIComponent(card.name)}`);
  const book = answer && (await answer.json().catch(() => null));
  if (!book || joint.model !== card) return;
  joint.book = book;
  emit("joint.book");
}

// --- what is given --------------------------------------------------------------------------

export function give(sense, value, name = "") {
  joint.given[sense] = value || null;
  joint.names[sense] = name;
  if (value) joint.muted[sense] = false;
  changed();
}

export function mute(sense, flag) {
  joint.muted[sense] = flag;
  changed();
}

export function weigh(sense, weight) {
  joint.weights[sense] = weight;
  changed();
}

export function disturb(sense, share) {
  joint.noise[sense] = share;
  changed();
}

function changed() {
  emit("joint.given");
  think("given");
}

export const heeded = () => SENSES.filter((sense) => joint.given[sense] && !joint.muted[sense]);

// --- thinking: one question at a time, the last one counts ------------------------------------

let waiting = null;

// from "given": of the senses; "edit": of shared codes (more.concept); "between": of a point (more.latents);
// "nothing": of a picture that the model draws unasked (more.nothing, a seed).
export function think(from, more = {}) {
  waiting = { from, more };
  if (!joint.thinking) next();
}

async function next() {
  if (!waiting) return;
  const { from, more } = waiting;
  waiting = null;
  if (from === "given" && !heeded().length) {
    Object.assign(joint, { thought: null, from });
    emit("joint.thought");
    return unmake();
  }
  const { model } = joint;
  joint.thinking = true;
  const answer = await post("joint/think", question(from, more));
  const thought = answer && (await answer.json().catch(() => null));
  joint.thinking = false;
  if (thought && joint.model === model && !waiting) {
    Object.assign(joint, { thought, from });
    emit("joint.thought");
    if (thought.concept) makeSoon();
    else unmake(); // nothing of what was given could be understood
  }
  next();
}

function unmake() {
  joint.made = null;
  emit("joint.made");
}

function question(from, more) {
  const told = { model: joint.model.name, ...more };
  if (from !== "given") return told;
  const given = Object.fromEntries(heeded().map((sense) => [sense, joint.given[sense]]));
  return { ...told, given, weights: joint.weights, noise: joint.noise, look: joint.names.pictures };
}

// --- making -----------------------------------------------------------------------------------

let resting = 0;
let wish = ""; // what was made last, or is being made

const wished = () => {
  const { thought, styles, seed, model } = joint;
  if (!thought?.concept) return null;
  const told = Object.fromEntries(Object.entries(styles).filter(([, name]) => name));
  return { model: model.name, concept: thought.concept, styles: told, seed, count: COUNT };
};

export function makeSoon() {
  clearTimeout(resting);
  resting = setTimeout(make, REST);
}

export async function make() {
  clearTimeout(resting);
  const told = wished();
  const key = JSON.stringify(told);
  if (!told || joint.making || (key === wish && joint.made)) return;
  wish = key;
  joint.making = true;
  emit("joint.busy");
  const began = performance.now();
  const answer = await post("joint/make", told);
  const made = answer && (await answer.json().catch(() => say(word("message.offline"))));
  joint.making = false;
  emit("joint.busy");
  const now = wished();
  if (made && now && now.model === told.model) {
    joint.made = { ...made, seconds: (performance.now() - began) / 1000 };
    emit("joint.made");
  }
  if (made && JSON.stringify(now) !== key) make();
}

export function takeStyle(part, name) {
  joint.styles[part] = name;
  emit("joint.styles");
  make();
}

export function roll() {
  joint.seed = 1 + Math.floor(Math.random() * 9998);
  emit("joint.styles");
  make();
}

export function takeSeed(seed) {
  joint.seed = seed;
  emit("joint.styles");
  make();
}

// Another code for one of the shared codebooks.
export function edit(level, code) {
  const concept = joint.thought.concept.slice();
  concept[level] = code;
  think("edit", { concept });
}

export const undoEdits = () => think("given");
