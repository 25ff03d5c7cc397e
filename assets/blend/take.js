// What can be taken away from a blend: a path as a film, a step of it, or its tokens onto the bench.

import { post } from "../asking.js";
import { download, stem } from "../files.js";
import { commitLevels, say, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { nameOf, tokensAt } from "./road.js";

const CODED = ["snapped", "tokens"];

export function mountTake(root, view) {
  const { films, still } = view.medium;
  const button = (name, ending) => `<button type="button" class="button" data-${name}="${ending}">${ending === "txt" && name === "film" ? "" : ending.toUpperCase()}</button>`;
  root.innerHTML = `
    <div class="actions-row"><label class="actions-pair"><span data-word="blend.take.path"></span> <select class="field"></select></label>
      ${films.length ? `<span class="note" data-word="blend.take.film"></span>${films.map((ending) => button("film", ending)).join("")}` : ""}
      <span class="note" data-word="blend.take.step"></span>${button("step", still)}
      <span class="note" data-word="blend.take.across_${view.medium.kind}"></span>${button("across", still)}
    </div>
    <div class="actions-row"><button type="button" class="button main" data-place data-word="blend.take.place" data-word-title="blend.take.place_title"></button></div>`;
  const choice = root.querySelector("select");
  const fill = () => {
    const before = choice.value || "snapped";
    if (!view.road.plan) return;
    const { paths } = view.road.plan;
    choice.replaceChildren(...paths.map((path) => new Option(word(`blend.path.${nameOf(view.road, path, view.medium.kind)}`), path)));
    choice.value = paths.includes(before) ? before : paths[0];
    root.querySelector("[data-place]").disabled = !CODED.includes(choice.value);
    root.querySelector("[data-place]").hidden = !view.road.plan.codebooks;
    for (const list of root.querySelectorAll("[data-film=txt]")) list.textContent = word("blend.take.list");
  };
  choice.onchange = fill;
  for (const film of root.querySelectorAll("[data-film]")) {
    film.onclick = () => save(view, film, "film", film.dataset.film, { path: choice.value });
  }
  root.querySelector("[data-step]").onclick = ({ target }) => save(view, target, "step", still, { path: choice.value, share: view.share });
  root.querySelector("[data-across]").onclick = ({ target }) => save(view, target, "step", still, { path: choice.value, across: true });
  root.querySelector("[data-place]").onclick = () => place(view, choice.value);
  onLanguage(fill);
  return fill;
}

async function save(view, button, what, ending, more) {
  button.disabled = true;
  const answer = await post(`blend/${what}?ending=${ending}`, view.question(more));
  const blob = answer && (await answer.blob().catch(() => say(word("message.offline"))));
  button.disabled = false;
  if (!blob) return;
  const from = state.facts?.from?.sample || state.facts?.from?.name || "a";
  download(blob, `${stem(from)}-${stem(view.b.sample || view.b.name())}-${more.path}.${ending}`);
}

// The tokens of this step in place of those on the bench, as one edit; what lies beyond the path stays.
function place(view, path) {
  const { road, share } = view;
  const levels = tokensAt(road, path, share);
  if (!levels || road.plan.codec !== state.codec) return say(word("blend.take.not_yet"));
  const nexts = levels.map((codes, k) => {
    const next = state.levels[k].slice();
    next.set(codes.subarray(0, next.length));
    return next;
  });
  const values = { percent: Math.round(100 * share), name: view.b.name() };
  const changed = commitLevels({ key: "blend.edit", values }, nexts);
  say(word(changed ? "blend.take.placed" : "actions.unchanged", { n: changed }), "good");
}
