// Proposals side by side: seen while they fill, then taken onto the bench with a click, or kept as files.

import { joined, post, toBase64 } from "../asking.js";
import { download, stem } from "../files.js";
import { commitLevels, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { leftOf, placed } from "./made.js";

const COUNT = 4;

export function mountProposals(view) {
  let figures = [];
  const lay = () => {
    const box = view.find(".refill-made");
    box.replaceChildren();
    box.className = "refill-made refill-proposals";
    figures = Array.from({ length: COUNT }, (_, number) => layFigure(view, box, number));
    label(box);
    name();
  };
  const name = () => {
    for (const { figure, number } of figures) {
      const { done, changed, plan } = view.work;
      figure.querySelector("strong").textContent = word("refill.proposal", { n: number + 1 });
      figure.querySelector("[data-changed]").textContent = done && plan.codebooks === 1 ? word("refill.changed", { n: changed[number], all: plan.marked }) : "";
      figure.toggleAttribute("data-ready", done);
      for (const button of figure.querySelectorAll("button:not([data-hear])")) button.disabled = !done;
    }
  };
  onLanguage(() => figures.length && figures[0].figure.isConnected && name());
  const each = (deed) => () => figures.forEach(({ shown }) => shown[deed]?.());
  return { lay, redraw: each("redraw"), fresh: each("fresh"), done: name };
}

function layFigure(view, box, number) {
  const figure = Object.assign(document.createElement("figure"), { className: "refill-figure" });
  figure.innerHTML = `<figcaption><strong></strong><span class="note" data-changed></span></figcaption>
    <div class="stage"></div><div class="refill-deeds"></div>`;
  box.append(figure);
  const deeds = figure.querySelector(".refill-deeds");
  const { way } = view.work;
  const kept = way === "extend" ? ["open", "save"] : ["place"];
  for (const deed of kept) {
    const button = deeds.appendChild(Object.assign(document.createElement("button"), { type: "button", className: "button" }));
    Object.assign(button.dataset, { deed, word: `refill.${deed}`, wordTitle: `refill.${deed}_title` });
    button.onclick = () => DEEDS[deed](view, number, figure);
  }
  const stageBox = figure.querySelector(".stage");
  const shown = view.medium.figure(stageBox, () => now(view, number), deeds);
  if (way !== "extend" && view.medium.kind === "image") {
    stageBox.onclick = () => view.work.done && place(view, number, figure);
  }
  return { figure, number, shown };
}

const now = ({ work }, number) => ({
  frame: work.frames[number] ?? work.frames[0] ?? null, grid: work.plan?.grid, mask: work.mask, left: leftOf(work, number),
  window: work.window, stride: work.stride, done: work.done,
});

// --- what can be done with a proposal -----------------------------------------------------------

const DEEDS = { place, open, save };

// Its tokens in place of those on the bench, as one edit.
function place(view, number, figure) {
  const { work } = view;
  if (!work.done || work.epoch !== state.epoch) return say(word("refill.gone"));
  const label = { key: "refill.edit", values: { name: word(`refill.way.${work.way}`), n: number + 1 } };
  const cells = commitLevels(label, placed(state.levels, work.tokens[number], work.mask));
  for (const other of view.root.querySelectorAll(".refill-figure")) other.toggleAttribute("data-taken", other === figure);
  say(word(cells ? "refill.placed" : "actions.unchanged", { n: cells }), "good");
}

const message = ({ work }, number) => ({
  codec: state.codec, grid: work.plan.grid, size: work.plan.size, codebooks: work.plan.codebooks,
  indices: toBase64(joined(work.tokens[number])),
});

const nameOf = (view, number) => `${stem(state.facts?.from?.sample || state.facts?.from?.name || view.medium.kind)}-${view.work.way}-${number + 1}`;

// A longer one is another item: its tokens go onto the bench as a file of tokens would.
async function open(view, number) {
  const name = `${nameOf(view, number)}.json`;
  const answer = await post("tokens?ending=json", message(view, number));
  const blob = answer && (await answer.blob().catch(() => say(word("message.offline"))));
  if (blob && (await view.medium.openTokens(new File([blob], name)))) say(word("refill.opened"), "good");
}

async function save(view, number) {
  const { ending } = view.medium;
  const answer = await post(`file?ending=${ending}`, message(view, number));
  const blob = answer && (await answer.blob().catch(() => say(word("message.offline"))));
  if (blob) download(blob, `${nameOf(view, number)}.${ending}`);
}
