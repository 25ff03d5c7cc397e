// What the passports of sounds and texts say of a code alike: how often it is used, and codes in a row.

import { percentOf, rankOf } from "./counts.js";
import { here } from "./present.js";
import { state } from "./store.js";
import { word } from "./words.js";

// How often the picked code is used, in the reference set and in what is on the bench.
export function usageLine() {
  const { book, code, indices } = state;
  const { counts, tokens, pictures } = book;
  const cells = here()[code] ?? 0;
  const values = { count: counts[code], tokens, pictures, percent: percentOf(counts[code], tokens), size: counts.length };
  const rank = counts[code] ? rankOf(counts, code) : 0;
  const key = !counts.length ? "passport.unknown" : rank ? "passport.usage" : "passport.dead";
  const inHand = { cells, percent: percentOf(cells, indices.length) };
  const amount = cells > 1 ? "many" : cells ? "one" : "none";
  return `${word(key, { ...values, rank })} ${word(`passport.cells.${amount}`, inHand)}`;
}

// A button a code, with its colour, its number and figureOf(i); a click picks it and calls chosen(code).
export function showCodes(box, codes, figureOf, chosen = () => {}) {
  box.replaceChildren(...codes.map((code, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.dataset.code = code;
    button.dataset.keep = "";
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = state.book.colours[code];
    const number = Object.assign(document.createElement("strong"), { textContent: code });
    const figure = Object.assign(document.createElement("span"), { className: "note", textContent: figureOf(i) });
    button.append(swatch, number, figure);
    button.addEventListener("click", () => chosen(code));
    return button;
  }));
}
