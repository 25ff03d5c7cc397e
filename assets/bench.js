// A bench: fills each part that Gradio laid out, loads the words, the codebook and the first sample.
// Each medium's page says what it is made of.

import { ask, fetchMedia, joined, message, post } from "./asking.js";
import { copy } from "./files.js";
import { tokenFile } from "./link.js";
import { PARTS as HEAD } from "./masthead.js";
import { arrive, describe, emit, on, onReopen, pick, pickMiddle, rememberReplacement, say, showLevel, snapshot, state } from "./store.js";
import { label, language, onLanguage, speak, word } from "./words.js";

const NEAR = "200px";
const AGAIN = 5000; // ms until what could not be fetched is tried again

// Gives the function that each gr.HTML of the page calls with its own element.
//   kind        of signals: "image", "audio"
//   widgets     name → mount(root)
//   later       name → promise of such a mount, fetched when the visitor comes near
//   openSample, openFile, openTokens   (name), (blob, name, at), (blob) → promise of whether it is on the bench
//   ending      of the file that holds a rebuilt signal without loss
//   link        what linkOf of ./link.js gives, null where nothing is kept in the address
//   tiles       whether codes have pictures of their own
//   card        (a codec's card) → key of the words that tell it
export function bench(made) {
  const spoken = speak(language());
  const parts = { ...HEAD, ...partsOf(made) };
  onReopen((wanted) => reopen(made, wanted));
  on("level", (level) => openBook(made, level, (book) => showLevel(level, book)));
  let mounted = 0;
  return async function mount(element) {
    for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
    await spoken;
    for (const part of element.querySelectorAll("[data-widget]")) {
      const { widget } = part.dataset;
      if (widget in made.later) mountWhenNear(part, made.later[widget]);
      else made.widgets[widget](part);
    }
    for (const part of element.querySelectorAll("[data-part]")) parts[part.dataset.part](part);
    label(element);
    mounted += 1;
    if (mounted === document.querySelectorAll(".mount").length) start(made);
  };
}

function mountWhenNear(part, fetchMount) {
  const look = async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    eye.disconnect();
    try {
      const mount = await fetchMount();
      arrive(() => (mount(part), label(part)));
    } catch {
      say(word("message.offline"));
      setTimeout(() => eye.observe(part), AGAIN);
    }
  };
  const eye = new IntersectionObserver(look, { rootMargin: NEAR });
  eye.observe(part);
}

const partsOf = (made) => ({
  codec(choice) {
    choice.onchange = () => openCodec(made, choice.value);
    on("catalogue", (codecs) => {
      choice.replaceChildren(...codecs.map(codecOption));
      choice.value = state.codec;
      choice.closest(".codec-choice").hidden = codecs.length < 2;
    });
  },
  share(button) {
    button.hidden = !made.link;
    button.onclick = async () => {
      if (await copy(made.link.shareLink())) say(word("page.copied"), "good");
    };
  },
  card(line) {
    const tell = () => state.card && (line.textContent = word(made.card(state.card), cardValues()));
    for (const topic of ["book", "card"]) on(topic, tell);
    onLanguage(tell);
  },
});

const codecOption = ({ title, name, num_codebooks, codebook_size }) =>
  new Option(num_codebooks ? `${title} · ${codebook_size} × ${num_codebooks}` : title, name);

const cardValues = () => {
  const { stride, codebook_size, num_codebooks, parameters, paper } = state.card;
  return { stride, size: codebook_size, count: num_codebooks, millions: (parameters / 1e6).toFixed(1), paper };
};

async function start(made) {
  const answer = await ask(`catalogue?kind=${made.kind}`);
  if (!answer) return;
  const { codecs, samples } = await answer.json();
  Object.assign(state, { codecs, samples });
  const own = made.link?.ownCodec();
  if (own) await takeOwn(own);
  if (!codecs.length) return say(word("message.noCodec"));
  const link = made.link?.readLink();
  state.codec = link?.codec ?? codecs[0].name;
  emit("catalogue", codecs);
  takeCard();
  const opening = async () => (link && (await made.link.openLink(link))) || made.openSample(samples[0].name);
  await Promise.all([openBook(made), opening()]);
  if (made.link && !link) made.link.sayBroken();
  if (link?.code == null) pickMiddle(); // again: now there is a codebook to tell of it
  made.link?.mountLink();
  document.body.dataset.ready = "yes";
}

async function takeOwn(name) {
  const answer = await ask(`card/${encodeURIComponent(name)}`);
  if (answer) state.codecs.push({ ...(await answer.json()), title: word("page.own_codec") });
}

function takeCard() {
  state.card = state.codecs.find((card) => card.name === state.codec);
  document.body.dataset.codes = state.card.num_codebooks ? "some" : "none"; // which cards there are
  Object.assign(state, { stride: state.card.stride, codebookSize: state.card.codebook_size });
}

// Fetches what is known of a codebook and hands it on, unless another one was chosen meanwhile.
async function openBook(made, level = 0, show = describe) {
  const mine = ++opening;
  const { codec, card } = state;
  if (!card.num_codebooks) {
    state.book = null;
    emit("card");
    return;
  }
  const answer = await ask(`codebook/${encodeURIComponent(codec)}?level=${level}`);
  const book = answer && (await answer.json());
  if (!book || mine !== opening) return;
  show(book);
  if (!made.tiles) return;
  const sheet = await ask(`sheet/${encodeURIComponent(codec)}/tiles.jpg?level=${level}`);
  const tiles = sheet && (await createImageBitmap(await sheet.blob()));
  if (tiles && mine === opening) emit("sheet", tiles);
}

let opening = 0;

// The same signal under another codec; undo brings back the codec, its tokens and their edits.
async function openCodec(made, name) {
  const before = snapshot();
  const title = (codec) => state.codecs.find((card) => card.name === codec)?.title ?? codec;
  const signal = await signalOf(made, before);
  if (!signal) return emit("catalogue", state.codecs);
  const wanted = { ...before, ...signal, codec: name, level: 0, levels: null };
  if (!(await reopen(made, wanted))) return undefined;
  rememberReplacement({ key: "edit.codec", values: { from: title(before.codec), to: title(name) } }, before);
  return undefined;
}

// What there is to encode: the file or sample on the bench or, for tokens that came alone, what they decode to.
async function signalOf(made, { from, original, levels }) {
  if (from?.sample || from?.blob || original || !levels[0]?.length) return { from, original };
  const answer = await post(`file?ending=${made.ending}`, message());
  const blob = answer && (await answer.blob().catch(() => null));
  if (blob) say(word("message.rebuiltIsOriginal"), "good");
  return blob && { from: { name: from?.name ?? "", blob } };
}

async function reopen(made, wanted) {
  const opened = await openAgain(made, wanted); // until then, tokens and codec are those of before
  if (opened) takeCard();
  emit("catalogue", state.codecs);
  if (!opened) return false;
  await openBook(made, state.level);
  if (wanted.levels) pick(wanted.code, wanted.cell);
  else if (state.indices[wanted.cell] >= 0) pick(state.indices[wanted.cell], wanted.cell);
  else pickMiddle(); // the code picked before is one of another codebook
  return true;
}

async function openAgain(made, wanted) {
  const { from, original } = wanted;
  if (from?.sample) return made.openSample(from.sample, { wanted });
  const { blob, name, at, ...more } = from ?? {};
  if (blob) return made.openFile(blob, name, at, { ...more, wanted });
  const kept = original && (await fetchMedia(original));
  if (kept) return made.openFile(kept, name, 0, { wanted });
  const { levels, codebookSize } = wanted;
  if (!levels?.[0]?.length) return made.openSample(state.samples[0].name);
  return made.openTokens(tokenFile({ ...wanted, codebookSize, codebooks: levels.length, indices: joined(levels) }), { wanted });
}
