// The page: fills each part Gradio laid out, loads the words, the codebook and the first picture.

import { mountActions } from "./actions.js";
import { copy } from "./files.js";
import { mountGrid } from "./grid.js";
import { mountInput } from "./input.js";
import { ask, openSample } from "./lane.js";
import { mountLink, openLink, ownCodec, readLink, sayBroken, shareLink } from "./link.js";
import { PARTS as HEAD } from "./masthead.js";
import { mountPassport } from "./passport.js";
import { mountPicture } from "./picture.js";
import { mountQuantized } from "./quantized.js";
import { arrive, describe, emit, on, pick, say, showLevel, state } from "./store.js";
import { label, language, onLanguage, speak, word } from "./words.js";

const WIDGETS = {
  input: mountInput,
  picture: mountPicture,
  grid: mountGrid,
  actions: mountActions,
  passport: mountPassport,
  quantized: mountQuantized,
};

// Below the first screen: fetched when the visitor comes near.
const LATER = {
  codebook: async () => (await import("./codebook/codebook.js")).mountCodebook,
  output: async () => (await import("./output/output.js")).mountOutput,
  continuous: async () => (await import("./continuous/continuous.js")).mountContinuous,
};
const NEAR = "200px";
const AGAIN = 5000; // ms until what could not be fetched is tried again

const spoken = speak(language());

// Called by each gr.HTML of the page with its own element.
export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await spoken;
  for (const part of element.querySelectorAll("[data-widget]")) {
    const { widget } = part.dataset;
    if (widget in LATER) mountWhenNear(part, LATER[widget]);
    else WIDGETS[widget](part);
  }
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  label(element);
  mounted += 1;
  if (mounted === document.querySelectorAll(".mount").length) start();
}

let mounted = 0;

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

const PARTS = {
  ...HEAD,
  codec(choice) {
    choice.onchange = () => openCodec(choice.value);
    on("catalogue", (codecs) => {
      choice.replaceChildren(...codecs.map((card) => new Option(card.num_codebooks ? `${card.title} · ${card.codebook_size} × ${card.num_codebooks}` : card.title, card.name)));
      choice.value = state.codec;
      choice.closest(".codec-choice").hidden = codecs.length < 2;
    });
  },
  share(button) {
    button.onclick = async () => {
      if (await copy(shareLink())) say(word("page.copied"), "good");
    };
  },
  card(line) {
    const tell = () => {
      if (!state.card) return;
      const { stride, codebook_size, num_codebooks, parameters, paper } = state.card;
      const values = { stride, size: codebook_size, count: num_codebooks, millions: (parameters / 1e6).toFixed(1), paper };
      line.textContent = word(["page.card_none", "page.card"][num_codebooks] ?? "page.card_many", values);
    };
    for (const topic of ["book", "card"]) on(topic, tell);
    onLanguage(tell);
  },
};

async function start() {
  const answer = await ask("catalogue");
  if (!answer) return;
  const { codecs, samples } = await answer.json();
  Object.assign(state, { codecs, samples });
  if (ownCodec()) await takeOwn(ownCodec());
  if (!codecs.length) return say(word("message.noCodec"));
  const link = readLink();
  if (!link) sayBroken();
  state.codec = link?.codec ?? codecs[0].name;
  emit("catalogue", codecs);
  takeCard();
  const opening = async () => (link && (await openLink(link))) || openSample(samples[0].name);
  await Promise.all([openBook(), opening()]);
  if (link?.code == null) greet();
  mountLink();
  document.body.dataset.ready = "yes";
}

async function takeOwn(name) {
  const answer = await ask(`card/${encodeURIComponent(name)}`);
  if (answer) state.codecs.push({ ...(await answer.json()), title: word("page.own_codec") });
}

// The visitor arrives to something picked, so that the passport is not an empty card.
function greet() {
  if (!state.indices.length) return;
  const cell = Math.floor(state.indices.length / 2 + state.grid[1] / 2);
  pick(state.indices[cell], cell);
}

function takeCard() {
  state.card = state.codecs.find((card) => card.name === state.codec);
  document.body.dataset.codes = state.card.num_codebooks ? "some" : "none"; // which cards there are
  Object.assign(state, { stride: state.card.stride, codebookSize: state.card.codebook_size });
}

// Fetches what is known of a codebook and hands it on, unless another one was chosen meanwhile.
async function openBook(level = 0, show = describe) {
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
  const sheet = await ask(`sheet/${encodeURIComponent(codec)}/tiles.jpg?level=${level}`);
  const tiles = sheet && (await createImageBitmap(await sheet.blob()));
  if (tiles && mine === opening) emit("sheet", tiles);
}

let opening = 0;

on("level", (level) => openBook(level, (book) => showLevel(level, book)));

async function openCodec(name) {
  const before = { codec: state.codec, level: state.level };
  Object.assign(state, { codec: name, level: 0 });
  takeCard();
  const again = state.facts?.from?.sample ?? state.samples[0].name;
  const [opened] = await Promise.all([openSample(again), openBook()]);
  if (opened) return greet(); // the code picked before is one of another codebook
  Object.assign(state, before);
  takeCard();
  emit("catalogue", state.codecs);
  await openBook(state.level);
}
