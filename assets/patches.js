// Exemplars: real patches of training photographs that the encoder turns into the picked code.

import { drawExemplar, exemplarSheet } from "./sheets.js";
import { on, state } from "./store.js";
import { onLanguage, word } from "./words.js";

export function mountPatches(root) {
  root.innerHTML = `
    <h3 data-word="passport.patches"></h3>
    <div class="patch-box"><div class="patch-row" role="img"></div>
      <button type="button" class="button" data-word="passport.patches_show"></button></div>
    <p class="note" data-word="passport.patches_note"></p>`;
  const view = { root, row: root.querySelector(".patch-row"), wanted: false, touched: false };
  const want = () => {
    view.wanted = true;
    show(view);
  };
  root.querySelector("button").addEventListener("click", want);
  // The sheet is large: it waits for a pick by the visitor's own hand, not for the page's first one.
  for (const touch of ["pointerdown", "keydown"]) {
    document.addEventListener(touch, () => (view.touched = true), { capture: true, once: true });
  }
  on("picked", () => (view.touched ? want() : show(view)));
  on("book", () => show(view));
  onLanguage(() => show(view));
}

async function show(view) {
  const { book, code } = state;
  if (!book) return;
  const count = book.exemplar_counts[code] ?? 0;
  view.root.hidden = !count;
  view.root.querySelector("button").hidden = view.wanted;
  view.row.setAttribute("aria-label", word("passport.patches_label", { count, code: String(code) }));
  const frames = framesFor(view.row, count);
  if (!view.wanted || !count) return;
  const sheet = await exemplarSheet();
  if (!sheet) return;
  if (book !== state.book || code !== state.code) return; // another code was picked meanwhile
  frames.forEach((frame, i) => drawExemplar(frame.firstChild, sheet, code, i));
  view.row.dataset.drawn = "";
}

// One frame a patch; its ::after rings the cell in the middle, the rest is what surrounds it.
function framesFor(row, count) {
  while (row.children.length > count) row.lastChild.remove();
  while (row.children.length < count) {
    const frame = Object.assign(document.createElement("div"), { className: "patch" });
    frame.append(document.createElement("canvas"));
    row.append(frame);
  }
  return [...row.children];
}
