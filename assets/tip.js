// The label beside the pointer: a code's tile enlarged, its number, its uses.

import { here } from "./present.js";
import { showTile, tileCanvas } from "./sheets.js";
import { state } from "./store.js";
import { word } from "./words.js";

// Puts a hidden label into `root`, which must be positioned. show(code, x, y) points it at a place.
export function tip(root) {
  const element = document.createElement("div");
  element.className = "tip";
  element.hidden = true;
  element.setAttribute("aria-hidden", "true"); // the live line says it
  const tile = tileCanvas();
  const text = document.createElement("div");
  const [number, uses, cells] = ["strong", "span", "span"].map((tag) => text.appendChild(document.createElement(tag)));
  element.append(tile, text);
  root.append(element);

  function show(code, x, y) {
    showTile(tile, code);
    const count = state.book.counts[code];
    number.textContent = word("codebook.code", { code: String(code) });
    uses.textContent = count === undefined ? "" : word("codebook.uses", { count });
    cells.textContent = word("codebook.here", { here: here()[code] });
    element.hidden = false;
    const half = element.offsetWidth / 2;
    const left = Math.min(Math.max(x, half), Math.max(root.clientWidth - half, half));
    const below = y < element.offsetHeight + 24;
    element.style.transform = `translate(${left - half}px, ${below ? y + 20 : y - element.offsetHeight - 20}px)`;
  }

  return { show, hide: () => (element.hidden = true) };
}
