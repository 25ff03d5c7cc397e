// What the sound costs as tokens, how near it comes to the original, and where it is from.

import { markStale } from "../measuring.js";
import { bytesOnBench } from "../packed.js";
import { on, state } from "../store.js";
import { onLanguage, word } from "../words.js";
import { clip, openFile, RATE } from "./clip.js";

export function mountFigures(chips, source) {
  for (const topic of ["loaded", "measured", "book", "depth", "tokens"]) on(topic, () => showChips(chips));
  on("loaded", () => showSource(source));
  onLanguage(() => (showChips(chips), showSource(source)));
}

function entries() {
  const { si_sdr_db, mel_db, stoi } = state.quality ?? {};
  const { wav_bytes, flac_bytes } = state.facts ?? {};
  const bits = state.depth * Math.log2(state.codebookSize || 1024); // of one frame
  const bytes = bytesOnBench(state); // of the file that the output card gives
  const times = (file) => file > bytes && { value: Math.round(file / bytes) }; // a silent FLAC is the smaller one
  return {
    rate: { value: Number(((bits * RATE) / state.stride / 1000).toFixed(2)), bytes: bytes.toLocaleString("en") },
    wav: times(wav_bytes),
    flac: times(flac_bytes),
    si_sdr: known(si_sdr_db) && { value: signed(si_sdr_db, 1) },
    mel: known(mel_db) && { value: mel_db.toFixed(1) },
    stoi: known(stoi) && { value: stoi.toFixed(2) },
  };
}

const known = (number) => Number.isFinite(number);
const signed = (number, digits) => number.toFixed(digits).replace("-", "−");

function showChips(box) {
  box.replaceChildren();
  if (!state.grid[1]) return;
  for (const [name, values] of Object.entries(entries())) {
    if (!values) continue;
    const chip = Object.assign(document.createElement("span"), { className: "chip" });
    chip.dataset.chip = name;
    chip.title = word(`sound.waves.chip.${name}.hint`, values);
    const value = Object.assign(document.createElement("b"), { textContent: word(`sound.waves.chip.${name}.value`, values) });
    chip.append(value, " ", word(`sound.waves.chip.${name}.unit`));
    markStale(chip, ["si_sdr", "mel", "stoi"]);
    box.append(chip);
  }
}

// --- where it is from ---------------------------------------------------------------------

const form = ({ rate_hz, channels, channel }) => {
  if (channel !== undefined) return "loudest";
  if (channels > 1) return channels === 2 ? "stereo" : "many";
  return rate_hz === RATE ? "same" : "mono";
};

function showSource(box) {
  const { source, from } = state.facts ?? {};
  box.hidden = !source?.rate_hz;
  if (box.hidden) return;
  box.replaceChildren(document.createElement("p"));
  const line = box.firstChild;
  line.className = "note";
  const values = { rate: Number((source.rate_hz / 1000).toFixed(3)), count: source.channels, channel: source.channel + 1 };
  line.textContent = word(`sound.waves.source.${form(source)}`, values);
  const here = clip.sound.length / RATE;
  if (source.seconds < here + 0.05) return;
  const told = (start) => ({ all: clock(source.seconds), from: clock(start), to: clock(start + here) });
  if (from?.blob) box.append(chooser(source, here, from, told));
  else line.append(" ", word("sound.waves.window", told(source.start_s)));
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// A slider over a long sound: the seconds that are on the bench.
function chooser({ seconds, start_s }, here, { blob, name }, told) {
  const label = Object.assign(document.createElement("label"), { className: "window" });
  const text = document.createElement("span");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 0.5 });
  slider.max = seconds - here;
  slider.value = start_s;
  const say = () => (text.textContent = word("sound.waves.choose", told(Number(slider.value))));
  slider.addEventListener("input", say);
  slider.addEventListener("change", () => openFile(blob, name, Number(slider.value) / (seconds - here)));
  say();
  label.append(text, slider);
  return label;
}
