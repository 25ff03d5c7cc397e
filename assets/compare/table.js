// Every point as numbers, and as a file of them.

import { download, stem } from "../files.js";
import { label, onLanguage, word } from "../words.js";
import { bytesOf, COUNTS, csv, MEASURES, rateOf, shownRate } from "./figures.js";
import { measureName, measureText, settingOf, swatch, titleOf, unitName } from "./looks.js";
import { choose, key, onAny, race } from "./race.js";
import { milliseconds } from "./wall.js";

export function mountTable(root) {
  root.innerHTML = `
    <details><summary><h2 data-word="compare.table"></h2></summary>
      <div class="table-wrap" tabindex="0" role="region" data-word-label="compare.table"><table><thead></thead><tbody></tbody></table></div></details>
    <div class="table-foot"><button type="button" class="button" data-csv data-word="compare.csv"></button></div>
    <p class="note" data-word="compare.counted"></p>
    <p class="note" data-word="compare.decoder"></p>
    <p class="note" data-word="compare.lpips" data-lpips></p>
    <p class="note" data-word="compare.timed"></p>`;
  const details = root.querySelector("details");
  root.querySelector("[data-csv]").onclick = save;
  const show = () => {
    root.querySelector("[data-csv]").disabled = !race.points.length;
    root.querySelector("[data-lpips]").hidden = race.kind !== "image";
    if (details.open) fill(root);
  };
  onAny(["points", "axes", "chosen", "input"], show);
  details.ontoggle = show;
  label(root);
  onLanguage(show);
}

function save() {
  const name = race.from.sample ?? stem(race.from.name ?? "text");
  download(new Blob([csv(race.points, race.kind, race.units)], { type: "text/csv" }), `${name}-compared.csv`);
}

function fill(root) {
  const measures = Object.keys(MEASURES[race.kind]).filter((name) => race.points.some((point) => name in point.quality));
  const unit = race.units[race.unit];
  const counts = COUNTS.filter((count) => count !== "prior" || race.points.some(({ prior_bits }) => prior_bits));
  if (!unit) return root.querySelector("tbody").replaceChildren();
  const heads = [word("compare.column.who"), word("compare.column.setting"), word("compare.column.bytes"), unitName(unit), ...counts.slice(1).map((count) => word(`compare.column.${count}`, { unit: unitName(unit) })), ...measures.map(measureName), word("compare.encode_s"), word("compare.decode_s")];
  const row = document.createElement("tr");
  row.append(...heads.map((text) => Object.assign(document.createElement("th"), { textContent: text, scope: "col" })));
  root.querySelector("thead").replaceChildren(row);
  const order = race.families.map(({ family }) => family);
  const sorted = [...race.points].sort((a, b) => order.indexOf(a.family) - order.indexOf(b.family) || (a.bits ?? 0) - (b.bits ?? 0));
  root.querySelector("tbody").replaceChildren(...sorted.map((point) => rowOf(point, unit, measures, counts)));
}

function rowOf(point, unit, measures, counts) {
  const row = document.createElement("tr");
  const rates = counts.map((count) => (count === "prior" && point.prior_bits === null ? null : rateOf(point, unit, count)));
  const who = document.createElement("th");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "table-point", onclick: () => choose(point) });
  button.append(swatch(point.family), titleOf(point.family));
  who.append(button);
  const texts = [settingOf(point), rates[0] === null ? "–" : bytesOf(point, "raw").toLocaleString(), ...rates.map((rate) => (rate === null ? "–" : shownRate(rate))), ...measures.map((name) => measureText(point, name)), milliseconds(point.encode_s), milliseconds(point.decode_s)];
  row.append(who, ...texts.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  row.toggleAttribute("data-chosen", race.panes.some((one) => one && key(one) === key(point)));
  return row;
}
