// The card in which a prior works on what is on the bench: it refills marked cells, goes on at the end, makes
// variations, repairs. Generic: what a frame is and how it is shown, each medium says itself:
//   kind, ways            of signals; names of WAYS
//   unpack(base64)        → a frame, or a promise of one       close?(frame)  when it is needed no more
//   figure(box, now)      shows now() = {frame, left, mask, window, grid, stride} in `box`: {redraw()}
//   middle()              marks something in the middle of the bench
//   openTokens, ending    puts a file of tokens on the bench; ending of files to keep

import { ask } from "../asking.js";
import { on, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { mountControls } from "./controls.js";
import { emptyWork } from "./made.js";
import { mountProposals } from "./proposals.js";
import { mountRepair } from "./repair.js";
import { stop, work } from "./working.js";

// Kinds of priors that can do it, the fittest first: for the rest a flow does not say what is probable.
const KINDS = { refill: ["masked", "flow", "causal"], extend: ["causal", "masked", "flow"], repair: ["masked", "causal"] };

const FRAME = `
  <div class="card-head"><h2 data-word="refill.title"></h2>
    <div class="segmented" role="group" data-ways data-word-label="refill.ways"></div></div>
  <p class="refill-lead" data-lead></p>
  <p class="note" data-none hidden></p>
  <div class="refill-open" hidden>
    <div class="refill-controls"></div>
    <p class="note" data-about></p>
    <div class="refill-run">
      <button type="button" class="button main" data-run></button>
      <progress max="1" value="0" hidden></progress>
      <span class="note" role="status" data-status></span>
    </div>
    <div class="refill-made"></div>
  </div>`;

export function refillOf(medium) {
  return (root) => {
    root.innerHTML = FRAME;
    const find = (selector) => root.querySelector(selector);
    const view = {
      root, medium, find, way: "refill", priors: null, prior: null, damages: [], work: emptyWork(), asked: 0, busy: false,
      tell: () => tell(view),
      shown: () => view.made[view.way === "repair" ? "repair" : "proposals"], // what shows results of the way that is chosen
    };
    view.controls = mountControls(find(".refill-controls"), view);
    view.made = { proposals: mountProposals(view), repair: mountRepair(view) };
    find("[data-run]").onclick = () => (view.busy ? stop(view) : work(view));
    on("loaded", () => (clear(view), offer(view)));
    on("selection", () => tell(view));
    label(root);
    onLanguage(() => (layWays(view), offer(view)));
    fetchPriors(view);
  };
}

async function fetchPriors(view) {
  const answer = await ask(`refill/${view.medium.kind}`);
  if (!answer) return;
  Object.assign(view, await answer.json());
  offer(view);
}

function layWays(view) {
  view.find("[data-ways]").replaceChildren(...view.medium.ways.map((way) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: word(`refill.way.${way}`) });
    button.dataset.way = way;
    button.setAttribute("aria-pressed", String(way === view.way));
    button.onclick = () => ((view.way = way), clear(view), layWays(view), view.controls.begin(), offer(view));
    return button;
  }));
}

function clear(view) {
  stop(view);
  for (const frame of view.work.frames) if (frame) view.medium.close?.(frame);
  view.work = emptyWork();
  view.find(".refill-made").replaceChildren();
  view.find("[data-status]").textContent = "";
}

// Which priors there are for the codec on the bench, and what can be set.
function offer(view) {
  if (!view.priors) return;
  const kinds = KINDS[view.way] ?? KINDS.refill;
  const able = kinds.flatMap((kind) => view.priors.filter((prior) => prior.kind === kind && prior.codec === state.codec));
  if (!able.includes(view.prior) || !view.chosen) view.prior = able[0] ?? null;
  view.find(".refill-open").hidden = !view.prior;
  const none = view.find("[data-none]");
  none.hidden = Boolean(view.prior);
  if (!view.prior) none.textContent = noneFor(view);
  view.able = able;
  view.controls();
  tell(view);
}

function noneFor({ priors }) {
  const others = [...new Set(priors.map(({ codec }) => codec))];
  const titles = others.map((name) => state.codecs?.find((card) => card.name === name)?.title ?? name);
  return titles.length ? word("refill.none", { codecs: titles.join(", ") }) : word("refill.none_at_all");
}

// What stands beside the button.
function tell(view) {
  view.find("[data-lead]").textContent = word(`refill.lead.${view.way}`);
  if (!view.prior) return;
  const { kind, grid } = view.prior;
  const [books, ...window] = grid;
  const about = [word(`refill.kind.${kind}`), word(window.length > 1 ? "refill.window2" : "refill.window", { n: window.join(" × ") })];
  if (books < state.levels.length) about.push(word("refill.books", { known: books, next: books + 1, all: state.levels.length }));
  if (view.way === "extend" && kind !== "causal") about.push(word("refill.not_causal"));
  view.find("[data-about]").textContent = about.join(" ");
  const run = view.find("[data-run]");
  run.textContent = word(view.busy ? "refill.stop" : `refill.run.${view.way}`);
  run.classList.toggle("main", !view.busy);
  const why = view.busy ? "" : whyNot(view);
  run.disabled = Boolean(why);
  if (why || !view.work.plan) view.find("[data-status]").textContent = why;
  view.controls.scope();
}

function whyNot(view) {
  if (view.way === "repair") return state.original ? "" : word("refill.no_original");
  if (view.way !== "refill") return "";
  const count = state.selection?.reduce((sum, cell) => sum + (cell > 0), 0) ?? 0;
  if (!count) return word(`refill.mark.${view.medium.kind}`);
  return count === state.selection.length ? word("refill.all") : "";
}
