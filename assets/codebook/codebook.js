// The codebook card: atlas, map, usage and table of one codebook. What is pointed at in one of
// them lights up in the others and on the bench.

import { mountAtlas } from "./atlas.js";
import { mountMap } from "./map.js";
import { here, onlyPresent, showOnlyPresent } from "../present.js";
import { on, state } from "../store.js";
import { mountTable } from "./table.js";
import { mountUsage } from "./usage.js";
import { word } from "../words.js";

export function mountCodebook(root) {
  root.classList.add("codebook");
  root.innerHTML = `
    <div class="card-head">
      <h2 data-word="codebook.title"></h2>
      <div class="segmented" role="group" data-word-label="codebook.which">
        <button type="button" data-word="codebook.all"></button>
        <button type="button" data-word="codebook.only"></button>
      </div>
    </div>
    <p class="note" data-word="codebook.lead"></p>
    <p class="visually-hidden" aria-live="polite"></p>
    <div class="codebook-views"><section></section><section></section></div>
    <section></section>
    <details class="codebook-table"></details>`;
  const [atlas, map, usage] = root.querySelectorAll("section");
  mountAtlas(atlas);
  mountMap(map);
  mountUsage(usage);
  mountTable(root.querySelector("details"));
  mountSwitch(root.querySelector(".segmented"));
  mountLiveLine(root);
}

function mountSwitch(group) {
  const [all, only] = group.children;
  all.addEventListener("click", () => showOnlyPresent(false));
  only.addEventListener("click", () => showOnlyPresent(true));
  const mark = () => {
    all.setAttribute("aria-pressed", String(!onlyPresent()));
    only.setAttribute("aria-pressed", String(onlyPresent()));
  };
  on("present", mark);
  mark();
}

// One polite line for all views. It speaks only while one of them has the keyboard.
function mountLiveLine(root) {
  const line = root.querySelector("[aria-live]");
  const tell = (key, code) => {
    if (code < 0 || !state.book || !root.querySelector("canvas:focus-visible")) return;
    const said = [word(key, { code: String(code) }), word("codebook.here", { here: here()[code] })];
    const count = state.book.counts[code]; // not there without reference pictures
    if (count !== undefined) said.push(word("codebook.uses", { count }));
    line.textContent = said.join(", ");
  };
  on("hover", () => tell("codebook.code", state.hover.code));
  on("picked", () => tell("codebook.picked", state.code));
}
