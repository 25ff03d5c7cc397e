// What the text costs as tokens, how near it comes to the original, and which part of a longer one it is.

import { markStale } from "../measuring.js";
import { bytesOnBench } from "../packed.js";
import { on, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { textOf } from "./glyphs.js";
import { openFile, passage } from "./passage.js";

export function mountFigures(chips, source) {
  for (const topic of ["loaded", "measured", "book", "depth", "tokens"]) on(topic, () => showChips(chips));
  on("loaded", () => showSource(source));
  onLanguage(() => (showChips(chips), showSource(source)));
}

export const charactersIn = (bytes) => Array.from(textOf(bytes)).length;

// Bits of the first `depth` codebooks.
export const bitsOf = (depth) => depth * Math.log2(state.codebookSize || 1024) * state.grid[1];

const percent = (share) => (Math.floor(share * 1000) / 10).toLocaleString("en"); // never 100 while a letter is wrong

function entries() {
  const { byte_accuracy, edit_distance, chrf, bleu, rouge_l } = state.quality ?? {};
  const { txt_bytes } = state.facts ?? {};
  const [bits, bytes] = [bitsOf(state.depth), bytesOnBench(state)];
  const characters = charactersIn(passage.original ?? passage.bytes);
  return {
    rate: { value: Number((bits / characters).toFixed(1)), bytes: bytes.toLocaleString("en") },
    times: txt_bytes && { value: Math.round((100 * bytes) / txt_bytes), bytes: txt_bytes },
    bytes: known(byte_accuracy) && { value: percent(byte_accuracy) },
    edits: known(edit_distance) && { value: percent(edit_distance) },
    chrf: known(chrf) && { value: chrf.toFixed(1) },
    bleu: known(bleu) && { value: bleu.toFixed(1) },
    rouge: known(rouge_l) && { value: rouge_l.toFixed(2) },
  };
}

const known = (number) => Number.isFinite(number);

function showChips(box) {
  box.replaceChildren();
  if (!state.levels.length) return;
  for (const [name, values] of Object.entries(entries())) {
    if (!values) continue;
    const chip = Object.assign(document.createElement("span"), { className: "chip" });
    chip.dataset.chip = name;
    chip.title = word(`text.chip.${name}.hint`, values);
    const value = Object.assign(document.createElement("b"), { textContent: word(`text.chip.${name}.value`, values) });
    chip.append(value, " ", word(`text.chip.${name}.unit`));
    markStale(chip, ["bytes", "edits", "chrf", "bleu", "rouge"]);
    box.append(chip);
  }
}

// --- which part of a longer text ----------------------------------------------------------

// A slider over a long text: the bytes that are on the bench.
function showSource(box) {
  const { source, from } = state.facts ?? {};
  const here = state.size[1];
  box.hidden = !source || !from?.blob || source.bytes <= here;
  if (box.hidden) return;
  const { bytes, start_byte: start } = source;
  const label = Object.assign(document.createElement("label"), { className: "window" });
  const text = document.createElement("span");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: bytes - here, value: start });
  const told = (at) => ({ all: bytes, from: at, to: at + here });
  const say = () => (text.textContent = word("text.window", told(Number(slider.value))));
  slider.addEventListener("input", say);
  slider.addEventListener("change", () => openFile(from.blob, from.name, Number(slider.value) / (bytes - here), { kept: true }));
  say();
  label.append(text, slider);
  box.replaceChildren(label);
}
