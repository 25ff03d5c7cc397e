// Who takes part, each with a switch; and what the plot shows: which measure, which unit, which bits.

import { onLanguage, word } from "../words.js";
import { COUNTS, MEASURES } from "./figures.js";
import { measureName, swatch, titleOf, unitName } from "./looks.js";
import { look, onAny, race, toggle } from "./race.js";

export function mountLegend(families, axes) {
  const show = () => (showFamilies(families), showAxes(axes));
  onAny(["points", "axes", "input"], show);
  onLanguage(show);
}

function showFamilies(root) {
  const wanted = race.families.map(({ family }) => family).join();
  if (root.dataset.shown !== wanted) root.replaceChildren(...race.families.map(familyButton));
  root.dataset.shown = wanted;
  for (const button of root.children) {
    const { family } = button.dataset;
    button.setAttribute("aria-pressed", String(!race.hidden.has(family)));
    const [came, all] = [race.points.filter((point) => point.family === family).length, race.families.find((one) => one.family === family).settings];
    button.toggleAttribute("data-waiting", race.running && came < all);
    button.title = word(`compare.about.${family in KNOWN ? family : "codec"}`, { name: titleOf(family) });
  }
}

const KNOWN = Object.fromEntries(["jpeg", "webp", "avif", "mp3", "vorbis", "opus", "gzip", "zstd", "bzip2", "xz"].map((name) => [name, true]));

function familyButton({ family }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "compare-family" });
  button.dataset.family = family;
  button.append(swatch(family), Object.assign(document.createElement("span"), { textContent: titleOf(family) }));
  button.onclick = () => toggle(family);
  return button;
}

function showAxes(root) {
  const focus = root.contains(document.activeElement) ? document.activeElement.dataset.choice : "";
  const measures = Object.keys(MEASURES[race.kind]).filter((name) => !race.points.length || race.points.some((point) => name in point.quality));
  root.replaceChildren(
    choices("compare.measures", measures.map((name) => ({ choice: name, text: measureName(name), title: word(`compare.measure.${name}.about`), pressed: race.measure === name, take: () => look({ measure: name }) }))),
    choices("compare.bits", COUNTS.map((bits) => ({ choice: bits, text: word(`compare.count.${bits}.name`), title: word(`compare.count.${bits}.about`), pressed: race.count === bits, disabled: bits === "prior" && lacksPrior(), take: () => look({ count: bits }) }))),
  );
  if (race.units.length > 1) root.append(choices("compare.units", race.units.map((unit, i) => ({ choice: unit.unit, text: unitName(unit), title: "", pressed: race.unit === i, take: () => look({ unit: i }) }))));
  root.querySelector(`[data-choice="${CSS.escape(focus || "-")}"]`)?.focus();
}

const lacksPrior = () => race.families.length > 0 && !race.families.some(({ prior }) => prior);

function choices(name, entries) {
  const group = Object.assign(document.createElement("div"), { className: "segmented" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", word(name));
  for (const { choice, text, title, pressed, disabled = false, take } of entries) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title, disabled, onclick: take });
    button.dataset.choice = choice;
    button.setAttribute("aria-pressed", String(pressed));
    group.append(button);
  }
  return group;
}
