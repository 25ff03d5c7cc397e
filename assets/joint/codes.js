// What is known of the shared codes: their colours, who uses them, and what they stand for.

import { SENSES } from "./figures.js";

export const NO_COLOUR = "#8d887f";

export const colourOf = (book, part, level, code) => book?.colours?.[part]?.[level]?.[code] ?? NO_COLOUR;

// How often each sense chose a code of a codebook: {pictures, sounds, words}, shares of all that it chose there.
export function uses(usage, level, code) {
  return Object.fromEntries(SENSES.map((sense) => {
    const all = usage?.[sense]?.[level] ?? [];
    const total = all.flat().reduce((sum, count) => sum + count, 0);
    return [sense, total ? sum(all[code]) / total : 0];
  }));
}

const sum = (values) => (values ?? []).reduce((total, value) => total + value, 0);

// What a code was chosen for, the commonest first: [{meaning, share}], each sense counting alike.
export function standsFor(usage, level, code) {
  const shares = [];
  for (const sense of SENSES) {
    const row = usage?.[sense]?.[level]?.[code] ?? [];
    const total = usage?.[sense]?.[level]?.flat().reduce((a, b) => a + b, 0) || 1;
    row.forEach((count, meaning) => (shares[meaning] = (shares[meaning] ?? 0) + count / total));
  }
  const total = sum(shares) || 1;
  return shares.map((share, meaning) => ({ meaning, share: share / total })).filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

const LEAST = 0.002; // of what a sense chose: less is an accident

// How many of a model's codes all three senses use, and how many none does: {shared, none, all}.
export function sharing(usage, levels, codes) {
  const told = { shared: 0, none: 0, all: levels * codes };
  for (let level = 0; level < levels; level++) {
    for (let code = 0; code < codes; code++) {
      const shares = Object.values(uses(usage, level, code)).filter((share) => share > LEAST);
      if (shares.length === SENSES.length) told.shared += 1;
      if (!shares.length) told.none += 1;
    }
  }
  return told;
}

// The letters of a word's bytes, one text a place: a character stands at its first byte, "·" at its others, "" behind
// the end.
export function letters(bytes) {
  const end = bytes.indexOf(256) < 0 ? bytes.length : bytes.indexOf(256);
  const found = Array(bytes.length).fill("");
  for (let i = 0; i < end; ) {
    const size = bytes[i] >= 0xf0 ? 4 : bytes[i] >= 0xe0 ? 3 : bytes[i] >= 0xc0 ? 2 : 1;
    found[i] = new TextDecoder().decode(Uint8Array.from(bytes.slice(i, Math.min(end, i + size))));
    for (let j = i + 1; j < Math.min(end, i + size); j++) found[j] = "·";
    i += size;
  }
  return found;
}
