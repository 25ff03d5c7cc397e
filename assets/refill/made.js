// What a prior makes, as it comes in: proposals, the cells they have still open, figures and what these say. Pure.

import { fromBase64, split } from "../asking.js";

// Nothing yet.
export const emptyWork = () => ({
  plan: null, step: 0, steps: 0, window: null, left: [], frames: [], tokens: [], mask: null, changed: [], done: false,
});

// Takes a message of the stream but for its frames, which the medium unpacks.
export function take(work, message) {
  if (message.kind === "plan") {
    Object.assign(work, { plan: message, mask: fromBase64(message.mask, Uint8Array) });
    work.left = [work.mask];
  } else if (message.kind === "step") {
    const { step, steps, window } = message;
    Object.assign(work, { step, steps, window, left: message.left.map((cells) => fromBase64(cells, Uint8Array)) });
  } else if (message.kind === "done") {
    const { codebooks } = work.plan;
    const tokens = message.indices.map((codes) => split(fromBase64(codes, Uint16Array), codebooks));
    Object.assign(work, { tokens, changed: message.changed, left: tokens.map(() => null), window: null, done: true });
  }
}

// What is still open of a proposal: (cells) bytes, null where nothing is.
export const leftOf = (work, number) => work.left[number] ?? (work.done ? null : work.left[0] ?? null);

// Whole new grids: what stands now, with the proposal's codes in marked cells only, so that edits made meanwhile stay.
export const placed = (levels, proposal, mask) =>
  levels.map((indices, k) => indices.map((code, cell) => (mask[cell] ? proposal[k][cell] : code)));

// --- figures --------------------------------------------------------------------------------

// Measures of each medium, the first is the one that the verdict is about. better: 1 more is better, −1 less is.
export const MEASURES = {
  image: { psnr_db: { better: 1, digits: 2, unit: "dB" }, ssim: { better: 1, digits: 3 } },
  audio: { mel_db: { better: -1, digits: 2, unit: "dB" }, si_sdr_db: { better: 1, digits: 1, unit: "dB" }, stoi: { better: 1, digits: 3 } },
  text: {
    byte_accuracy: { better: 1, digits: 1, scale: 100, unit: "%" },
    edit_distance: { better: -1, digits: 1, scale: 100, unit: "%" },
    chrf: { better: 1, digits: 1 },
  },
};

// A value as it is shown: null, which is infinite, as ∞; what was not measured as –.
export function shown(value, { digits, scale = 1, unit }) {
  if (value === undefined) return "–";
  const text = value === null ? "∞" : (value * scale).toFixed(digits).replace("-", "−");
  return unit ? `${text}\u00a0${unit}` : text;
}

// What the repair did, {key, values}: "better", "worse" or "same" by the first measure, as far as its digits tell.
export function verdict(kind, { through, repaired }) {
  const [name, measure] = Object.entries(MEASURES[kind])[0];
  const [before, after] = [through[name], repaired[name]].map((value) => (value === null ? Infinity : value));
  const [was, is] = [shown(through[name], measure), shown(repaired[name], measure)];
  const gain = was === is ? 0 : measure.better * (after - before);
  return { key: gain > 0 ? "better" : gain < 0 ? "worse" : "same", values: { was, is }, measure: name };
}
