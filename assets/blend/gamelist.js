// The games: what each needs of the visitor, what it asks, and what it says of the answer.
//   path              of the question        controls(box, view)  → () => its values, or null while they are not there
//   verdict(result)   a sentence             able()               whether the codec on the bench can play it
//   map               what the map shows     placed               false where its tokens are none for the bench
//   follow, plot      of those whose answer comes bit by bit

import { state } from "../store.js";
import { word } from "../words.js";
import { drift } from "./drift.js";

const ADDRESSES = { image: "bench/square/", audio: "bench/sound/", text: "bench/text/" };

const percent = (share) => Math.round(100 * share);

function select(box, key, options, view) {
  const pair = Object.assign(document.createElement("label"), { className: "actions-pair" });
  pair.innerHTML = `<span data-word="${key}"></span> <select class="field"></select>`;
  const field = pair.querySelector("select");
  field.append(...options.map(([text, value]) => new Option(text, value)));
  field.onchange = view.change;
  box.append(pair);
  return field;
}

function slider(box, key, { least, most, step, value, text }, view) {
  const pair = Object.assign(document.createElement("label"), { className: "actions-pair" });
  pair.innerHTML = `<span data-word="${key}"></span> <input type="range" min="${least}" max="${most}" step="${step}" value="${value}"><output></output>`;
  const [field, output] = [pair.querySelector("input"), pair.querySelector("output")];
  const tell = () => (output.textContent = text(Number(field.value)));
  field.oninput = () => (tell(), view.change());
  tell();
  box.append(pair);
  return field;
}

function button(box, key, deed) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", onclick: deed });
  made.dataset.word = key;
  box.append(made);
}

const others = () => state.codecs.filter(({ name, codebook_size: size, num_codebooks: count, stride }) =>
  name !== state.codec && size === state.card.codebook_size && count === state.card.num_codebooks && stride === state.card.stride);

export const GAMES = {
  palette: {
    path: "game/palette",
    controls(box, view) {
      const samples = state.samples?.filter(({ name }) => name !== state.facts?.from?.sample) ?? [];
      const field = select(box, "blend.games.palette.of", samples.map(({ name }) => [word(`samples.${name}`), name]), view);
      return () => field.value && { b: ADDRESSES[view.medium.kind] + field.value };
    },
    verdict: ({ told }) => word("blend.games.palette.said", { others: told.others, count: told.count, percent: percent(told.others / told.count) }),
  },
  permute: {
    path: "game/permute",
    controls(box, view) {
      let seed = 1;
      button(box, "blend.games.permute.again", () => ((seed += 1), view.change()));
      return () => ({ seed });
    },
    verdict: ({ told }) => word("blend.games.permute.said", { others: told.others, count: told.count }),
  },
  read: {
    path: "game/read",
    able: () => others().length > 0,
    placed: false,
    controls(box, view) {
      const field = select(box, "blend.games.read.by", others().map(({ title, name }) => [title, name]), view);
      return () => ({ other: field.value });
    },
    verdict: ({ told }) => word("blend.games.read.said", { count: told.count }),
  },
  levels: {
    path: "game/levels",
    able: () => state.levels.length > 1,
    controls(box, view) {
      const numbers = state.levels.map((_, k) => [String(k + 1), k]);
      const [i, j] = ["blend.games.levels.first", "blend.games.levels.second"].map((key) => select(box, key, numbers, view));
      j.value = "1";
      return () => ({ i: Number(i.value), j: Number(j.value) });
    },
    verdict: ({ told }) => word("blend.games.levels.said", { others: told.others, count: told.count }),
  },
  drift,
  wobble: {
    path: "wobble",
    map: "flipped",
    controls(box, view) {
      const text = (value) => word("blend.games.wobble.sigma", { percent: percent(value) });
      const field = slider(box, "blend.games.wobble.noise", { least: 0, most: 1, step: 0.01, value: 0.15, text }, view);
      return () => ({ sigma: Number(field.value), trials: 8, seed: 1 });
    },
    verdict({ map, told }) {
      const flipped = map.reduce((sum, value) => sum + value, 0) / map.length;
      const agreement = told.agreement[Math.min(state.level, told.agreement.length - 1)];
      return word("blend.games.wobble.said", { percent: percent(flipped), agreement: agreement.toFixed(2) });
    },
  },
};
