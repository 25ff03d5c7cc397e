// The Generate page's state, which every part of it reads: what is asked for, the priors at work, where playing is.
//   menu     another domain                         asked    the question changed
//   lanes    other lanes, or what they are of       frames   something came, or a picture was unpacked
//   progress another place of the way is shown      look     what the canvases show
//   picked   another cell is picked, or its state   near     classes near to an unknown one

import { ask, post, toBase64 } from "../asking.js";
import { follow } from "../events.js";
import { emit, say } from "../store.js";
import { word } from "../words.js";
import { asked, isClass } from "./classes.js";
import { blankFrame, cellsOf, frameFrom, knownOf, only, openCells, placeAt, withCell } from "./frames.js";

export const KINDS = ["causal", "masked", "flow"];
// What is null is as each prior does best.
export const USUAL = { temperature: null, top_k: null, top_p: null, guidance: null, choice_temperature: null, masked_steps: null, flow_steps: null };
export const LARGEST_SEED = 9999;
export const SEED = 22; // to begin with: one with which a smiling face smiles, in all three lanes

export const making = {
  domains: [],
  domain: null,
  book: null, // what is known of the codebook: {colours, columns, tile_pixels}
  tiles: null, // an image of all tiles
  wanted: "",
  seed: SEED,
  count: 1,
  shown: "all", // or one of KINDS
  settings: { ...USUAL },
  look: "codes",
  lanes: [],
  progress: 0,
  playing: false,
  speed: 1,
  picked: null, // {lane, cell}
  hovered: -1, // a cell under the pointer, in every lane
};

export const kindsHere = () => KINDS.filter((kind) => making.domain.priors[kind]);
const kindsShown = () => (making.shown === "all" ? kindsHere() : kindsHere().filter((kind) => kind === making.shown));
export const cellCount = () => cellsOf(making.domain.grid);

// --- domains ------------------------------------------------------------------------------

// The one to begin with: where all three are, and the one with most to ask for.
export async function openMenu() {
  const answer = await ask("generate/menu");
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (!told) return false;
  const worth = ({ priors, classes }) => 10_000 * Object.keys(priors).length + classes.length;
  making.domains = told.domains.sort((a, b) => worth(b) - worth(a));
  return true;
}

export function takeDomain(name) {
  making.domain = making.domains.find((one) => one.name === name) ?? making.domains[0];
  const { codec, priors } = making.domain;
  if (making.shown !== "all" && !priors[making.shown]) making.shown = "all";
  Object.assign(making, { book: null, tiles: null, picked: null, lanes: [] });
  fetchBook(codec);
  emit("menu");
}

async function fetchBook(codec) {
  const name = encodeURIComponent(codec);
  const answer = await ask(`codebook/${name}`);
  const book = answer && (await answer.json().catch(() => null));
  if (!book || making.domain.codec !== codec) return;
  making.book = book;
  emit("look");
  if (!book.tile_pixels) return; // codes of sounds and texts have colours only
  const tiles = new Image();
  tiles.src = new URL(`bench/sheet/${name}/tiles.jpg`, document.baseURI);
  await tiles.decode().catch(() => null);
  if (making.book === book && tiles.naturalWidth) making.tiles = tiles;
  emit("look");
}

// --- making -------------------------------------------------------------------------------

let turns = 0;

// Asks for something else: {wanted, seed, count, shown, settings}.
export function change(asks) {
  Object.assign(making, asks);
  emit("asked");
}

// Takes what was typed or pressed as what is wanted, if the priors know it, and begins.
export async function want(text) {
  const wanted = asked(making.domain, text);
  if (!(await isKnown(wanted))) return;
  change({ wanted });
  await begin();
}

// Who wants nothing to move is shown how it ends.
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// All priors that are shown begin anew.
export async function begin() {
  const { count } = making;
  emit("near", null);
  stopAll();
  making.lanes = kindsShown().map((kind) => newLane(kind, count));
  Object.assign(making, { picked: null, progress: isStill() ? 1 : 0, playing: !isStill() });
  emit("asked");
  emit("lanes");
  emit("picked");
  await runLanes(making.lanes);
}

function newLane(kind, count) {
  const steps = stepsOf(kind);
  return { kind, count, chosen: 0, names: [], frames: [blankFrame(cellCount(), count)], total: steps, past: [], running: false, turn: 0, codes: false };
}

export function stepsOf(kind) {
  return making.settings[`${kind}_steps`] ?? making.domain.priors[kind].steps;
}

export function stopAll() {
  for (const lane of making.lanes) Object.assign(lane, { running: false, turn: ++turns });
}

// What a run of one kind is told, but for the class, the seed and the number.
export function runOf(kind, more = {}) {
  const { temperature, top_k, top_p, guidance, choice_temperature } = making.settings;
  const run = { prior: making.domain.priors[kind].name, temperature, top_k, top_p, guidance, choice_temperature };
  if (kind !== "causal") run.steps = stepsOf(kind);
  return { ...run, ...more };
}

async function runLanes(lanes, more = [], { count = making.count, hands } = {}) {
  const turn = ++turns;
  for (const lane of lanes) Object.assign(lane, { running: true, turn });
  const question = { wanted: making.wanted, seed: making.seed, count, runs: lanes.map((lane, i) => runOf(lane.kind, more[i])) };
  await follow("generate", question, (message) => {
    if (lanes.every((lane) => lane.turn !== turn)) return false;
    if (message.begin) {
      message.begin.forEach(({ names }, i) => lanes[i].turn === turn && (lanes[i].names = names));
      return true;
    }
    take(lanes[message.lane], turn, message, hands);
    return true;
  });
  for (const lane of lanes.filter((one) => one.turn === turn)) {
    Object.assign(lane, { running: false, total: Math.max(1, lane.frames.length - 1) });
  }
  emit("frames");
}

function take(lane, turn, message, hands) {
  if (lane.turn !== turn) return;
  lane.frames.push(frameFrom(message, hands));
  unpack(lane.frames.at(-1));
  emit("frames");
}

// Unpacks a frame's picture off the screen, so that what is drawn is drawn at once.
export async function unpack(frame) {
  if (!frame.picture) return;
  const image = new Image();
  image.src = frame.picture;
  await image.decode().catch(() => null);
  if (image.naturalWidth) frame.image = image;
  emit("frames");
}

// Whether the first prior knows a class. What it does not know is answered by what is near.
async function isKnown(wanted) {
  if (isClass(making.domain, wanted)) return true;
  const answer = await post("generate/class", { prior: making.domain.priors[kindsHere()[0]].name, wanted });
  const told = answer && (await answer.json().catch(() => null));
  if (!told) return false;
  if (told.known) return true;
  emit("near", { wanted, near: told.near });
  return false;
}

// --- where playing is -----------------------------------------------------------------------

export const placeOf = (lane) => placeAt(making.progress, lane.total, lane.frames.length);
export const frameOf = (lane) => lane.frames[placeOf(lane)];

// What the chosen sample of a lane was asked for by: of a group, one in it.
export const askedOf = (lane) => lane.names[lane.chosen] ?? making.wanted;

// How far all lanes have come.
export const arrived = () =>
  Math.min(1, ...making.lanes.map((lane) => (lane.running ? (lane.frames.length - 1) / lane.total : 1)));

export function moveTo(progress, { playing = false } = {}) {
  Object.assign(making, { progress: Math.max(0, Math.min(1, progress)), playing });
  emit("progress");
}

// --- by hand --------------------------------------------------------------------------------

export function pick(lane, cell) {
  making.picked = lane && cell >= 0 ? { lane, cell } : null;
  if (making.playing) moveTo(making.progress);
  emit("picked");
}

// Puts a code into the picked cell of the frame that is shown, or, with `null`, empties it.
export async function setCell(code) {
  const { lane, cell } = making.picked;
  const place = placeOf(lane);
  const frame = withCell(only(lane.frames[place], lane.chosen, cellCount()), cell, code);
  remember(lane);
  lane.frames = lane.frames.slice(0, place + 1).map((one) => only(one, lane.chosen, cellCount()));
  lane.frames.push(frame);
  Object.assign(lane, { running: false, turn: ++turns, count: 1, chosen: 0, names: [askedOf(lane)], total: lane.frames.length - 1 });
  if (!frame.hands.has(cell) && lane.kind === "flow") frame.filled[cell] = 1;
  moveTo(1);
  emit("lanes");
  emit("picked");
  await draw(lane, frame);
}

// Asks for the picture of a frame that was changed by hand.
async function draw(lane, frame) {
  const answer = await post("generate/picture", { prior: making.domain.priors[lane.kind].name, indices: toBase64(frame.indices), known: toBase64(frame.filled) });
  const told = answer && (await answer.json().catch(() => null));
  if (!told) return;
  Object.assign(frame, { picture: told.picture ?? "", texts: told.texts ?? null, sounds: told.sounds ?? null });
  unpack(frame);
}

function remember(lane) {
  const { frames, count, chosen, total, names } = lane;
  lane.past.push({ frames, count, chosen, total, names, progress: making.progress });
}

export function undo(lane) {
  const { progress, ...before } = lane.past.pop() ?? {};
  if (!before.frames) return;
  Object.assign(lane, before, { running: false, turn: ++turns });
  moveTo(progress);
  emit("lanes");
  emit("picked");
}

// Whether a prior has anything left to do from the frame that is shown.
export function canGoOn(lane) {
  const frame = only(frameOf(lane), lane.chosen, cellCount());
  return lane.kind === "flow" ? frame.hands.size > 0 : openCells(frame.filled) > 0 && placeOf(lane) > 0;
}

// The prior goes on from the frame that is shown; a flow begins again, and leads to the cells that were set.
export async function goOn(lane) {
  const place = placeOf(lane);
  const frame = only(lane.frames[place], lane.chosen, cellCount());
  const known = knownOf(frame, lane.kind);
  remember(lane);
  const flows = lane.kind === "flow";
  lane.frames = flows ? [blankFrame(cellCount(), 1)] : lane.frames.slice(0, place + 1).map((one) => only(one, lane.chosen, cellCount()));
  const steps = { causal: openCells(known), masked: Math.max(1, Math.min(openCells(known), stepsOf("masked") - frame.step)), flow: stepsOf("flow") }[lane.kind];
  const from = lane.frames.length - 1;
  Object.assign(lane, { count: 1, chosen: 0, names: [askedOf(lane)], total: from + steps });
  const more = { wanted: askedOf(lane), given: { indices: toBase64(frame.indices), known: toBase64(known) } };
  if (lane.kind === "masked") more.steps = steps;
  Object.assign(making, { progress: isStill() ? 1 : from / lane.total, playing: !isStill() });
  emit("lanes");
  await runLanes([lane], [more], { count: 1, hands: frame.hands });
}
