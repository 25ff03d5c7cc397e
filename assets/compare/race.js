// The race of one visitor: what runs, its points as they come, what is looked at. Every part of the page reads it.
//   input   another medium or another original            points  a point came, or the race began or ended
//   axes    what the plot shows changed                   chosen  another point stands in a pane

import { ask } from "../asking.js";
import { follow } from "../events.js";
import { emit, on, say } from "../store.js";
import { word } from "../words.js";
import { countOf, curves, MEASURES, nearest } from "./figures.js";

export const race = {
  kind: "image",
  original: "", // a sample's address, or a data URL
  from: {}, // {sample}, {little, name}, {name} or {typed}
  samples: [], // of this medium
  littles: [], // pictures that are raced at their own size: {name, file, credit, licence}
  families: [], // {family, title, sort, settings}
  units: [], // {unit, per_bit}
  raw_bytes: 0, // of the original without any compression
  points: [],
  running: false,
  measure: "psnr_db",
  unit: 0, // number in `units`
  count: "raw", // how bits of codecs are counted, one of COUNTS
  hidden: new Set(), // families that are not drawn
  switched: new Set(), // those that the visitor has hidden or shown
  panes: [null, null], // the points in A and B
  next: 0, // the pane that the next choice goes into
};

const ADDRESSES = { image: "bench/square/", audio: "bench/sound/", text: "bench/text/" };
// What the panes hold at first: a codec, and the classical one that people know.
const FIRST = { image: ["image-vqgan", "jpeg"], audio: ["audio-rvq", "opus"], text: ["text-rvq", "zstd"] };

export const familyOf = (name) => race.families.find(({ family }) => family === name);
export const measureNow = () => MEASURES[race.kind][race.measure];
export const unitNow = () => race.units[race.unit];

// What is drawn: the curves of all families, or of those that are not hidden.
export const drawn = ({ all = false } = {}) =>
  curves(race.points, race.families.filter(({ family }) => all || !race.hidden.has(family)), {
    name: race.measure, measure: measureNow(), unit: unitNow(), count: race.count,
  });

// --- what runs ----------------------------------------------------------------------------

let asked = 0; // what comes of older questions is dropped

export async function takeKind(kind) {
  const mine = ++asked;
  Object.assign(race, { kind, original: "", from: {}, samples: [], families: [], units: [], raw_bytes: 0, points: [], running: true });
  Object.assign(race, { measure: Object.keys(MEASURES[kind])[0], unit: 0, hidden: new Set(), switched: new Set(), panes: [null, null], next: 0 });
  forget();
  for (const topic of ["input", "points", "axes", "chosen"]) emit(topic);
  const answer = await ask(`catalogue?kind=${kind}`);
  const catalogue = answer && (await answer.json().catch(() => say(word("message.offline"))));
  if (mine !== asked) return;
  if (!catalogue) return stand();
  race.samples = catalogue.samples;
  race.littles = kind === "image" ? await littles() : [];
  if (mine !== asked) return;
  takeSample(race.samples[0].name);
}

const LITTLE = "page/examples/little/";
const littles = () => fetch(`${LITTLE}credits.json`).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);

export const takeSample = (sample) => run(ADDRESSES[race.kind] + sample, { sample });

// A little picture as it is: what a bench would make of it is another picture.
export async function takeLittle({ name, file }) {
  const mine = ++asked;
  const answer = await fetch(LITTLE + file).catch(() => null);
  if (!answer?.ok) return say(word("message.offline"));
  const url = await dataUrl(await answer.blob());
  if (mine !== asked) return;
  race.panes = [null, null]; // the codec that is at home there comes first
  run(url, { little: name, name: file });
}

const dataUrl = (blob) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });

// Sends a file, or a text that was written; what fits a bench is raced.
export async function takeBody(body, from) {
  const mine = ++asked;
  emit("busy", true);
  const answer = await ask(`compare/open?kind=${race.kind}`, { method: "POST", body });
  const told = answer && (await answer.json().catch(() => say(word("message.offline"))));
  emit("busy", false);
  if (told && mine === asked) run(told.original, { ...from, source: told.source });
}

async function run(original, from) {
  const mine = ++asked;
  const panes = race.panes.map((point) => point && key(point));
  Object.assign(race, { original, from, points: [], running: true, panes: [null, null] });
  forget();
  emit("input");
  emit("points");
  const whole = await follow("compare", { kind: race.kind, original }, (message) => {
    if (mine !== asked) return false;
    if (message.begin) begin(message.begin);
    else take(message.point, panes);
    emit("points");
  });
  if (mine !== asked) return;
  if (whole || race.points.length) settle();
  stand();
}

// Who is made for far smaller pictures is not drawn at first: it would only press the others together.
function begin(told) {
  Object.assign(race, told);
  for (const { family, apart } of told.families)
    if (!race.switched.has(family)) race.hidden[apart ? "add" : "delete"](family);
}

function stand() {
  race.running = false;
  emit("points");
}

export const again = () => run(race.original, race.from);

export const key = ({ family, setting }) => `${family} ${setting}`;

// A point that stood in a pane of the race before comes back to it.
function take(point, panes) {
  race.points.push(point);
  panes.forEach((wanted, pane) => wanted === key(point) && choose(point, pane));
}

// Panes that nobody filled: the codec that a page begins with, and the classical one at the nearest size.
function settle() {
  const [first, second] = FIRST[race.kind];
  const all = drawn({ all: true });
  const find = (name, sort) =>
    all.find(({ family }) => family === name) ?? all.find(({ family }) => familyOf(family).sort === sort);
  const home = race.from.little && race.families.find((one) => one.home)?.family;
  const [codec, classic] = [find(home || first, "codec"), find(second, "classic")];
  if (!race.panes[0] && codec) choose(codec.points[(codec.points.length - 1) >> 1].point, 0);
  const size = race.panes[0] && all.flatMap(({ points }) => points).find(({ point }) => point === race.panes[0])?.rate;
  if (!race.panes[1] && classic && size) choose(nearest(classic.points, size).point, 1);
  race.next = 1;
  emit("chosen");
}

// Puts a point into a pane: the one that is next unless told.
export function choose(point, pane = race.next) {
  race.panes[pane] = point;
  race.next = pane;
  emit("chosen");
}

// --- what comes back ------------------------------------------------------------------------

let outputs = new Map(); // point → promise of its Blob

const forget = () => (outputs = new Map());

// The file of what a point gives back: a PNG, a WAV or a text; of `null` the original. Resolves to null after a sentence.
export function outputOf(point) {
  const name = point ? key(point) : "original";
  if (!outputs.has(name)) outputs.set(name, fetched(point, name));
  return outputs.get(name);
}

async function fetched(point, name) {
  const kept = outputs;
  const answer = await posted("compare/output", point);
  const blob = answer && (await answer.blob().catch(() => say(word("message.offline"))));
  if (!blob) kept.delete(name); // asked for again the next time
  return blob || null;
}

// The very file whose bytes are shown.
export const fileOf = (point) => posted("compare/file", point, { count: countOf(point, race.count) });

function posted(path, point, more = {}) {
  const { family, setting } = point ?? { family: "original", setting: 0 };
  const question = { kind: race.kind, original: race.original, family, setting, ...more };
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) });
}

// --- what is looked at ------------------------------------------------------------------------

export function look(change) {
  Object.assign(race, change);
  emit("axes");
}

export function toggle(family) {
  race.switched.add(family);
  if (!race.hidden.delete(family)) race.hidden.add(family);
  emit("axes");
}

// Calls `listener` whenever one of the topics is emitted.
export const onAny = (topics, listener) => topics.forEach((topic) => on(topic, listener));
