// The training of one visitor as the server tells it: it runs there, and here is only what was heard.
// Topics of the store: told (another run, or none), status, frames, shown (another frame is looked at),
// draft (settings chosen for the next run).

import { ask, post } from "../asking.js";
import { recall, remember } from "../memory.js";
import { emit, say } from "../store.js";
import { word } from "../words.js";
import { joined, placeOf } from "./frames.js";

const PACE = 300; // ms between an answer and the next question
const LINGER = 3000; // ms to go on asking after a deed
const SLOWEST = 8000; // ms, while the server does not answer
const EARLIER = 4; // runs one can return to
const GONE = [404, 422]; // answers to a question about a run that is no more
const LIVE = ["learning_rate", "commitment"]; // settings that act on a training under way

export const training = {
  menu: null, // what can be chosen
  id: "", // of the run on the page, "" before the first
  told: null, // the run's set, settings and original pictures
  status: null,
  frames: [],
  at: -1, // the number of the frame that is looked at, −1 for the newest
  draft: {}, // choices that differ from the run's
  basket: { id: "", pictures: 0 }, // own pictures on the server
  earlier: [], // [{id, set, quantizer, step}] of this browser, newest first
  busy: false, // a run is being set up
  offline: false,
  forgotten: false, // the server knows the run no more
};

const isIn = (...states) => Boolean(training.status) && !training.forgotten && states.includes(training.status.state);
export const isActive = () => isIn("running", "waiting");
export const isAlive = () => isActive() || isIn("paused");

// The frame that is looked at, or undefined before the first.
export const shown = () => training.frames[placeOf(training.frames, training.at)];

// What the form shows: the visitor's choices, else the run's, else the usual.
export const chosen = () => ({
  ...training.menu.defaults,
  ...known(training.status?.settings ?? training.told?.settings ?? {}),
  ...known(training.draft),
});
export const chosenSet = () => training.draft.set ?? training.told?.set ?? training.menu.sets[0].name;

const known = (settings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => name in training.menu.defaults));

// Whether the form asks for another run than the one on the page.
export function differs() {
  const now = { ...training.status?.settings, set: training.told?.set };
  return Object.keys(training.draft).some((name) => training.draft[name] !== now[name] && !LIVE.includes(name));
}

// --- what the visitor does ----------------------------------------------------------------

export function choose(changes) {
  Object.assign(training.draft, changes);
  emit("draft");
  for (const name of LIVE) if (name in changes && isAlive()) tune(name);
}

export function look(n) {
  training.at = n === training.frames.at(-1)?.n ? -1 : n;
  emit("shown");
}

// Sets up a run with what the form shows, and does the first deed; a scene runs by itself. What runs already is left paused, not lost.
export async function begin({ scene = null, deed = "run" } = {}) {
  if (training.busy) return;
  [training.busy, training.at] = [true, -1];
  emit("status");
  const [before, wasActive] = [training.id, isActive()];
  const basket = chosenSet() === "own" ? { basket: training.basket.id } : {};
  const answer = await post("train/new", { set: chosenSet(), settings: chosen(), scene, visitor: visitor(), ...basket });
  training.busy = false;
  emit("status");
  if (!answer) return;
  const { id } = await answer.json();
  if (wasActive) post(`train/${before}/do`, { deed: "pause" });
  if ((await open(id)) && !scene) await act(deed);
}

// Who begins a training, since an address may be that of a whole class. Says nothing else about them.
const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(36)).join("");

function visitor() {
  if (!recall("train.visitor")) remember("train.visitor", page);
  return recall("train.visitor") ?? page;
}

// The visitor's own pictures on the server; a reload finds them again.
export function keepBasket(basket) {
  training.basket = basket;
  remember("train.basket", JSON.stringify(basket));
}

let deeds = 0; // answers to older questions say what is no longer so

export async function act(deed) {
  const { id } = training;
  deeds += 1;
  const answer = await post(`train/${id}/do`, { deed });
  listen();
  const status = answer && (await answer.json().catch(() => null));
  if (!status || id !== training.id) return false;
  deeds += 1;
  take(status);
  return true;
}

// Sends a live setting: of many in a row the first, and then the last.
const sending = new Set();
async function tune(name) {
  if (sending.has(name)) return;
  const { id } = training;
  const value = training.draft[name];
  sending.add(name);
  const answer = await post(`train/${id}/settings`, { [name]: value });
  const status = answer && (await answer.json().catch(() => null));
  sending.delete(name);
  if (!status || id !== training.id) return;
  deeds += 1;
  if (training.draft[name] !== value) return tune(name);
  delete training.draft[name]; // it is the run's own now
  take(status);
  listen();
}

// --- which run ------------------------------------------------------------------------------

export async function arrive() {
  training.earlier = JSON.parse(recall("train.earlier") ?? "[]");
  training.basket = JSON.parse(recall("train.basket") ?? "null") ?? training.basket;
  addEventListener("visibilitychange", () => document.hidden || (training.id && listen())); // it slept meanwhile
  const answer = await ask("train/menu");
  if (!answer) return false;
  training.menu = await answer.json();
  const id = recall("train.id");
  if (id) await open(id);
  return true;
}

let turns = 0;

// Turns the page to a run; what it showed stays among the earlier ones. False when the server has forgotten it, or
// when it was turned to another meanwhile.
export async function open(id) {
  const mine = ++turns;
  const { status, value } = await quietly(`train/${id}`);
  if (mine !== turns) return false;
  if (status !== 200) {
    if (GONE.includes(status)) forget(id);
    else say(word("message.offline"));
    return false;
  }
  keep(training);
  forget(id);
  Object.assign(training, { id, told: value, status: value.status, frames: [], at: -1, draft: {} });
  [training.offline, training.forgotten] = [false, false];
  remember("train.id", id);
  for (const topic of ["told", "frames", "status", "draft"]) emit(topic);
  listen();
  return true;
}

function keep({ id, told, status, earlier }) {
  if (!id || training.forgotten || !status?.step) return;
  const entry = { id, set: told.set, quantizer: status.settings.quantizer, step: status.step };
  training.earlier = [entry, ...earlier.filter((other) => other.id !== id)].slice(0, EARLIER);
  remember("train.earlier", JSON.stringify(training.earlier));
}

function forget(id) {
  if (recall("train.id") === id) remember("train.id", "");
  training.earlier = training.earlier.filter((other) => other.id !== id);
  remember("train.earlier", JSON.stringify(training.earlier));
  emit("draft");
}

// --- listening ------------------------------------------------------------------------------

let [timer, round, asking, again] = [0, 0, "", false];
let [until, pause] = [0, PACE];

// Asks for news from now on, as long as there may be any.
export function listen() {
  until = performance.now() + LINGER;
  if (asking === training.id) again = true; // a question is under way, and may be too early
  else hear();
}

async function hear() {
  clearTimeout(timer);
  const { id, frames } = training;
  const [mine, deedsBefore] = [++round, deeds];
  [asking, again] = [id, false];
  const { status, value } = await quietly(`train/${id}/news?after=${frames.at(-1)?.n ?? -1}`);
  if (mine !== round) return; // the page has turned to another run
  asking = "";
  training.forgotten = GONE.includes(status);
  training.offline = !training.forgotten && status !== 200;
  pause = training.offline ? Math.min(2 * pause, SLOWEST) : PACE;
  if (value) learn(value, deeds === deedsBefore);
  else emit("status");
  const wanted = again || isActive() || training.offline || performance.now() < until;
  if (wanted && !training.forgotten) timer = setTimeout(hear, pause);
}

function learn({ status, frames }, isNew) {
  if (frames.length) {
    training.frames = joined(training.frames, frames);
    emit("frames");
  }
  take(isNew ? status : training.status);
}

function take(status) {
  training.status = status;
  emit("status");
}

// An answer without a message on the page: {status: 0 when there was none, value: its JSON or null}.
async function quietly(path) {
  try {
    const answer = await fetch(new URL(`bench/${path}`, document.baseURI));
    return { status: answer.status, value: answer.ok ? await answer.json() : null };
  } catch {
    return { status: 0, value: null };
  }
}
