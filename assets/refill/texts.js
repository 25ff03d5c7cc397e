// A prior on texts: what it made is marked, what is still open is a grey block for every byte.

import { fromBase64 } from "../asking.js";
import { state } from "../store.js";
import { charactersOf, shown } from "../text/glyphs.js";
import { mark, openTokens } from "../text/passage.js";
import { word } from "../words.js";
import { refillOf } from "./refill.js";

const OPEN = "▒";

export const mountRefill = refillOf({
  kind: "text",
  ways: ["refill", "extend", "variations", "repair"],
  ending: "txt",
  openTokens,
  unpack: (data) => fromBase64(data, Uint8Array),
  middle: () => mark([Math.floor(state.grid[1] * 0.35), Math.max(Math.floor(state.grid[1] * 0.35) + 1, Math.ceil(state.grid[1] * 0.65))]),
  nothing: () => mark(null),
  long: (cells) => word("refill.bytes", { n: cells * state.stride }),
  figure,
});

// Characters in runs: [{sort: "given" | "made" | "open", text}], each character of the sort of its first byte's cell.
export function runs(bytes, stride, mask, left) {
  const found = [];
  for (const { from, text } of charactersOf(bytes)) {
    const cell = Math.floor(from / stride);
    const sort = left?.[cell] ? "open" : mask?.[cell] ? "made" : "given";
    const piece = sort === "open" ? OPEN : shown(text);
    if (found.at(-1)?.sort === sort) found.at(-1).text += piece;
    else found.push({ sort, text: piece });
  }
  return found;
}

function figure(box, now) {
  const text = box.appendChild(Object.assign(document.createElement("p"), { className: "refill-text", dir: "auto" }));
  const redraw = () => {
    const { frame, stride, mask, left } = now();
    if (!frame) return void text.replaceChildren();
    text.replaceChildren(...runs(frame, stride, mask, left).map(({ sort, text: letters }) => {
      const span = Object.assign(document.createElement("span"), { textContent: letters });
      span.dataset.sort = sort;
      return span;
    }));
  };
  return { redraw, fresh: redraw };
}
