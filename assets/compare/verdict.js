// One sentence that answers the question of the page: is it better than the file that everybody knows?

import { onLanguage, word } from "../words.js";
import { aheadFrom, shownRate, shownValue, standing, standings } from "./figures.js";
import { familyOf, drawn, measureNow, onAny, race, unitNow } from "./race.js";
import { measureName, titleOf, unitName } from "./looks.js";

// The classical codec that the sentence is about, unless it is hidden; then the first that is not.
const RIVALS = { image: "jpeg", audio: "opus", text: "zstd" };

export function mountVerdict(root) {
  const [main, others] = ["p", "p"].map((tag) => root.appendChild(document.createElement(tag)));
  others.className = "note";
  const show = () => {
    main.textContent = verdict();
    others.textContent = rest();
  };
  onAny(["points", "axes", "input"], show);
  onLanguage(show);
}

function verdict() {
  if (!race.original) return "";
  if (race.running && !race.points.length) return word("compare.verdict.waiting");
  const { ours, rival } = sides();
  if (!ours.length || !rival) return word(race.running ? "compare.verdict.waiting" : "compare.verdict.nobody");
  if (race.kind === "text") return lossless(ours, rival);
  if (measureNow().fidelity === false) return word("compare.verdict.no_winner", { measure: measureName(race.measure) });
  return [duel(ours, rival), trained(), range(rival)].filter(Boolean).join(" ");
}

function sides() {
  const all = drawn();
  const [ours, classics] = ["codec", "classic"].map((sort) => all.filter(({ family }) => familyOf(family).sort === sort));
  return { ours, classics, rival: classics.find(({ family }) => family === RIVALS[race.kind]) ?? classics[0] };
}

// How every classical codec stands over all rates; those of which the same is to be said share a sentence.
function rest() {
  const { ours, classics } = sides();
  if (race.running || race.kind === "text" || !ours.length || measureNow().fidelity === false) return "";
  const said = new Map(); // sentence and its rate → names
  for (const classic of classics) {
    const about = outcome(ours, classic);
    said.set(about, [...(said.get(about) ?? []), titleOf(classic.family)]);
  }
  return [...said].map(([about, names]) => {
    const [key, rate] = about.split(" from ");
    return word(`compare.verdict.${key}`, { other: names.join(word("compare.verdict.and")), rate: rate && `${rate} ${unitName(unitNow())}` });
  }).join(" ");
}

// "larger", "never", "always" or "from from 0.52", the rate from which on it is ahead.
function outcome(ours, classic) {
  const first = classic.points[0].rate;
  if (first > Math.max(...ours.map(({ points }) => points.at(-1).rate))) return "larger";
  const from = aheadFrom(ours, classic, measureNow().better);
  if (from === null) return "never";
  const least = Math.max(first, Math.min(...ours.map(({ points }) => points[0].rate)));
  return from <= least ? "always" : `from from ${shownRate(from)}`;
}

const trained = () => measureNow().trained && word("compare.verdict.trained", { measure: measureName(race.measure) });

// One measure is not the truth: what the others say, so that the best case is not taken for every case.
function range(rival) {
  const how = { kind: race.kind, unit: unitNow(), count: race.count };
  const shown = race.families.filter(({ family }) => !race.hidden.has(family));
  const found = standings(race.points, shown, rival.family, how);
  const said = found.map(({ name, ahead, times, apart }) => {
    const key = apart ? "apart" : ahead ? (times ? "times" : "ahead") : "behind";
    return word(`compare.verdict.by.${key}`, { measure: measureName(name), times: times?.toFixed(1) ?? "" });
  });
  const other = titleOf(rival.family);
  return found.length > 1 && word("compare.verdict.range", { other, said: said.join(word("compare.verdict.and")) });
}

function duel(ours, rival) {
  const measure = measureNow();
  const found = standing(ours, rival, measure.better);
  if (!found) return word("compare.verdict.apart", { other: titleOf(rival.family) });
  const values = {
    name: titleOf(found.family), other: titleOf(rival.family), measure: measureName(race.measure),
    rate: `${shownRate(found.rate)} ${unitName(unitNow())}`, value: shownValue(found.value, measure),
    othervalue: found.other === null ? "" : shownValue(found.other, measure),
    times: found.times ? found.times.toFixed(1) : "",
  };
  if (found.other === null) return word("compare.verdict.smaller", values);
  if (found.lead <= 0) return word("compare.verdict.behind", values);
  return word(found.times ? "compare.verdict.ahead_times" : "compare.verdict.ahead", values);
}

// Texts come back from classical codecs as they were: the question is whether codes need less.
function lossless(ours, rival) {
  const measure = measureNow();
  const most = ours.flatMap(({ family, points }) => points.map((one) => ({ ...one, family })));
  const cheaper = most.filter(({ rate }) => rate < rival.points[0].rate);
  const best = (cheaper.length ? cheaper : most).reduce((a, b) => (measure.better * (b.value - a.value) > 0 ? b : a));
  const values = {
    name: titleOf(best.family), other: titleOf(rival.family), measure: measureName(race.measure),
    rate: `${shownRate(best.rate)} ${unitName(unitNow())}`, value: shownValue(best.value, measure),
    otherrate: `${shownRate(rival.points[0].rate)} ${unitName(unitNow())}`,
  };
  return word(cheaper.length ? "compare.verdict.lossy" : "compare.verdict.dearer", values);
}
