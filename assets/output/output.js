// Taking the result away: the signal, its tokens, a link, and the Python that makes it again.

import { cellCount, sentenceOf } from "../editlist.js";
import { copy, download, isTooLarge, LARGEST, stem } from "../files.js";
import { message, post } from "../asking.js";
import { recipe } from "./recipe.js";
import { history, on, say, state } from "../store.js";
import { label, onLanguage, word } from "../words.js";

const frame = (files, link) => `
  <div class="card-head"><h2 data-word="output.title"></h2></div>
  <div class="output-row">
    <span class="output-what" data-word="output.picture"></span>
    ${files.map((ending, i) => `<button type="button" class="button ${i ? "" : "main"}" data-deed="${ending}">${ending.toUpperCase()}</button>`).join("")}
  </div>
  <div class="output-row">
    <span class="output-what" data-word="output.tokens"></span>
    <button type="button" class="button" data-deed="json" data-word-title="output.json_title">JSON</button>
    <button type="button" class="button" data-deed="npz" data-word-title="output.npz_title">NPZ</button>
    <button type="button" class="button" data-deed="cbp" data-word="output.packed" data-word-title="output.packed_title"></button>
    <button type="button" class="button quiet" data-deed="load" data-word="output.load"></button>
    <input type="file" accept=".json,.npz,.cbp" hidden>
  </div>
  <div class="output-row" ${link ? "" : "hidden"}>
    <span class="output-what" data-word="output.link"></span>
    <button type="button" class="button" data-deed="link" data-word="output.copy_link"></button>
    <span class="note" data-word="output.link_note"></span>
  </div>
  <div class="output-recipe">
    <div class="card-head"><h3 data-word="output.recipe"></h3>
      <button type="button" class="button quiet" data-deed="recipe" data-word="output.copy"></button></div>
    <pre tabindex="0" role="region" data-word-label="output.recipe"><code></code></pre>
  </div>
  <p class="visually-hidden" role="status"></p>`;

// Gives the function that mounts the card for one medium:
//   files       endings in which the signal is saved, the first the usual one
//   examples    folder of its samples below assets/examples/, "" for that itself; `ending` of their files
//   openTokens  (file) puts tokens on the bench
//   link        what linkOf of ../link.js gives, missing where nothing is kept in the address
export const outputOf = (medium) => (root) => {
  root.innerHTML = frame(medium.files, medium.link);
  const [code, file, status] = ["code", "input", "[role=status]"].map((selector) => root.querySelector(selector));
  const view = { code, file, status, medium };
  const deeds = {
    json: () => saveTokens(view, "json"),
    npz: () => saveTokens(view, "npz"),
    cbp: () => saveTokens(view, "cbp"),
    load: () => view.file.click(),
    link: (button) => (medium.link.writeLink(), copied(view, button, medium.link.shareLink())),
    recipe: (button) => copied(view, button, view.code.textContent),
  };
  for (const ending of medium.files) deeds[ending] = () => saveSignal(view, ending);
  for (const button of root.querySelectorAll("[data-deed]")) button.onclick = () => deeds[button.dataset.deed](button);
  view.file.onchange = () => {
    const [file] = view.file.files;
    if (file && isTooLarge(file)) say(word("output.too_large", { limit: LARGEST }));
    else if (file) medium.openTokens(file);
    view.file.value = ""; // so that the same file can be chosen again
  };
  const write = () => writeRecipe(view);
  for (const topic of ["loaded", "history"]) on(topic, write);
  label(root);
  onLanguage(write);
};

// --- files --------------------------------------------------------------------------------

const source = () => state.facts?.from ?? {};

const base = () => source().sample ?? stem(source().name ?? "").replace(/-tokens$/, "");

const tokensName = (ending) => `${base()}-tokens.${ending}`;

async function saveSignal(view, ending) {
  if (!state.indices.length) return;
  const name = `${base()}-${state.codec}.${ending}`;
  const answer = await post(`file?ending=${ending}`, message());
  if (answer) saved(view, await answer.blob(), name);
}

async function saveTokens(view, ending) {
  if (!state.indices.length) return;
  const name = tokensName(ending);
  const answer = await post(`tokens?ending=${ending}`, message());
  if (answer) saved(view, await answer.blob(), name);
}

function saved(view, blob, name) {
  download(blob, name);
  view.status.textContent = word("output.saved", { name });
}

// --- clipboard ----------------------------------------------------------------------------

async function copied(view, button, text) {
  const done = await copy(text);
  view.status.textContent = word(done ? "output.copied" : "output.not_copied");
  if (!done) return say(word("output.not_copied"));
  button.textContent = word("output.copied");
  setTimeout(() => (button.textContent = word(button.dataset.word)), 1800);
}

// --- the recipe ---------------------------------------------------------------------------

// Where Python finds what the bench came from, null for a drawing or bare tokens. A page cannot know
// the folder of a visitor's file.
function sourceFile({ examples, ending }) {
  if (source().sample) return `assets/examples/${examples ? `${examples}/` : ""}${source().sample}.${ending}`;
  return state.original && /\.\w+$/.test(source().name) ? source().name : null;
}

function writeRecipe(view) {
  const { past } = history();
  const comment = (name) => word(`output.comment.${name}`, { n: past.length });
  view.code.textContent = recipe({
    codec: state.codec,
    source: sourceFile(view.medium),
    side: state.rank === 2 ? state.size[0] : 0,
    edits: past.map((edit) => `${sentenceOf(edit)} (${cellCount(edit.cells.length)})`),
    tokensFile: tokensName("json"),
    pictureFile: `${base()}.${view.medium.files[0]}`,
    words: { head: comment("head"), crop: comment("crop"), edits: comment("edits"), load: comment("load") },
  });
}
