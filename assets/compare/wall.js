// The wall: the original and two points of the plot side by side, to be seen, heard or read closely.

import { download, stem } from "../files.js";
import { label, onLanguage, word } from "../words.js";
import { MEASURES } from "./figures.js";
import { bytesText, measureName, measureText, nameOf, rateText, settingOf, swatch, titleOf } from "./looks.js";
import { mountPictures } from "./pictures.js";
import { choose, familyOf, fileOf, key, onAny, outputOf, race } from "./race.js";
import { mountSounds } from "./sounds.js";
import { mountTexts } from "./texts.js";

const MEDIA = { image: mountPictures, audio: mountSounds, text: mountTexts };
const LETTERS = ["A", "B"];

export function mountWall(root) {
  root.innerHTML = `
    <div class="card-head"><h2 data-word="compare.wall"></h2><div class="wall-tools"></div></div>
    <p class="note" data-lead></p>
    <div class="wall">
      <figure class="pane" data-pane="original"><figcaption class="pane-head"><b data-word="compare.original"></b></figcaption>
        <div class="pane-body"></div><p class="note pane-facts"></p></figure>
      ${LETTERS.map(pane).join("")}
    </div>`;
  const wall = { root, kind: "", shown: [], medium: null, asked: [0, 0, 0] };
  root.querySelectorAll("figure").forEach((figure, i) => i && mountPane(figure, i - 1));
  onAny(["input", "chosen"], () => show(wall));
  onAny(["points", "axes"], () => showHeads(wall));
  label(root);
  onLanguage(() => showHeads(wall));
}

const pane = (letter) => `
  <figure class="pane" data-pane="${letter}">
    <figcaption class="pane-head">
      <button type="button" class="pane-letter">${letter}</button>
      <select class="field"></select>
      <button type="button" class="button quiet pane-file" data-word="compare.file"></button>
    </figcaption>
    <div class="pane-body"></div>
    <div class="pane-facts"></div>
  </figure>`;

function mountPane(figure, number) {
  figure.querySelector(".pane-letter").onclick = () => choose(race.panes[number], number);
  const select = figure.querySelector("select");
  select.onchange = () => choose(race.points.find((point) => key(point) === select.value), number);
  figure.querySelector(".pane-file").onclick = () => save(race.panes[number]);
}

async function save(point) {
  const answer = point && (await fileOf(point));
  if (!answer) return;
  const name = race.from.sample ?? stem(race.from.name ?? "text");
  download(await answer.blob(), `${name}-${point.family}-${point.setting}${ENDINGS[point.family] ?? ".cbp"}`);
}

const ENDINGS = {
  jpeg: ".jpg", webp: ".webp", avif: ".avif", mp3: ".mp3", vorbis: ".ogg", opus: ".opus",
  gzip: ".txt.gz", zstd: ".txt.zst", bzip2: ".txt.bz2", xz: ".txt.xz",
};

// --- what is shown ----------------------------------------------------------------------------

function show(wall) {
  if (wall.kind !== race.kind) {
    wall.medium?.end();
    wall.kind = race.kind;
    const [tools, ...bodies] = [...wall.root.querySelectorAll(".wall-tools, .pane-body")].map(fresh);
    wall.medium = MEDIA[race.kind](bodies, tools);
    wall.shown = [];
    wall.root.dataset.kind = race.kind;
  }
  [null, ...race.panes].forEach((point, i) => fill(wall, i, point));
  showHeads(wall);
}

// A new element in place of all that is in `box`: what belonged to another medium may still know the old one.
function fresh(box) {
  const element = document.createElement("div");
  box.replaceChildren(element);
  return element;
}

// Fetches what belongs into a pane, unless it is there already.
async function fill(wall, i, point) {
  const wanted = i && !point ? "" : `${race.original} ${point ? key(point) : ""}`;
  if (wall.shown[i] === wanted) return;
  wall.shown[i] = wanted;
  const mine = ++wall.asked[i];
  const body = wall.root.querySelectorAll(".pane")[i];
  body.setAttribute("aria-busy", String(Boolean(wanted && race.original)));
  const blob = wanted && race.original ? await outputOf(point) : null;
  if (mine !== wall.asked[i]) return;
  await wall.medium.put(i, blob);
  body.setAttribute("aria-busy", "false");
}

function showHeads({ root }) {
  root.querySelector("[data-lead]").textContent = word(`compare.wall_lead.${race.kind}`);
  root.querySelector("[data-pane=original] .pane-facts").textContent = race.raw_bytes ? word("compare.raw_bytes", { count: race.raw_bytes }) : "";
  LETTERS.forEach((letter, number) => {
    const figure = root.querySelector(`[data-pane="${letter}"]`);
    const point = race.panes[number];
    figure.toggleAttribute("data-active", race.next === number);
    figure.querySelector(".pane-letter").setAttribute("aria-pressed", String(race.next === number));
    figure.querySelector(".pane-letter").title = word("compare.next", { letter });
    options(figure.querySelector("select"), point, letter);
    figure.querySelector(".pane-file").disabled = !point || familyOf(point.family)?.sort === "continuous";
    figure.querySelector(".pane-facts").replaceChildren(...(point ? facts(point) : []));
  });
}

// Every point, by family; built anew only when others came.
function options(select, point, letter) {
  select.setAttribute("aria-label", word("compare.choose", { letter }));
  const wanted = `${document.documentElement.lang} ${race.count} ${race.unit} ${race.points.map(key).join()}`;
  if (select.dataset.shown !== wanted && document.activeElement !== select) {
    const groups = race.families.map(({ family }) => {
      const group = Object.assign(document.createElement("optgroup"), { label: titleOf(family) });
      const own = race.points.filter((one) => one.family === family);
      group.append(...own.map((one) => new Option(`${titleOf(family)}, ${settingOf(one)} · ${rateText(one)}`, key(one))));
      return group;
    });
    select.replaceChildren(new Option(word("compare.nothing"), ""), ...groups.filter((group) => group.children.length));
    select.dataset.shown = wanted;
  }
  select.value = point ? key(point) : "";
}

function facts(point) {
  const list = Object.keys(MEASURES[race.kind]).filter((name) => name in point.quality).map((name) => [measureName(name), measureText(point, name)]);
  const times = [["encode_s", point.encode_s], ["decode_s", point.decode_s]].map(([name, seconds]) => [word(`compare.${name}`), milliseconds(seconds)]);
  const head = Object.assign(document.createElement("p"), { className: "pane-name" });
  head.append(swatch(point.family), Object.assign(document.createElement("span"), { textContent: nameOf(point) }));
  const size = Object.assign(document.createElement("p"), { className: "pane-size", textContent: point.bits === null ? word("compare.no_rate") : `${bytesText(point)} · ${rateText(point)}` });
  const table = document.createElement("dl");
  for (const [name, value] of [...list, ...times]) {
    const entry = document.createElement("div");
    entry.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }));
    table.append(entry);
  }
  return [head, size, table];
}

export const milliseconds = (seconds) => `${(1000 * seconds).toFixed(seconds < 0.0095 ? 1 : 0)} ms`;
