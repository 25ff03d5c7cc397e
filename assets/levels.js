// Several codebooks: which of them is shown and edited, and how many of them make the picture.

import { emit, on, state, takeDepth } from "./store.js";
import { label, onLanguage, word } from "./words.js";

export function mountLevels(root) {
  root.innerHTML = `
    <div class="segmented" role="group" data-word-label="levels.which"></div>
    <label class="levels-depth"><input type="range" min="1"><span></span></label>`;
  const [group, slider, said] = [".segmented", "input", "span"].map((part) => root.querySelector(part));
  slider.addEventListener("input", () => takeDepth(Number(slider.value)));
  const mark = () => {
    root.hidden = state.levels.length < 2;
    if (root.hidden) return;
    fit(group, state.levels.length);
    slider.max = state.levels.length;
    slider.value = state.depth;
    said.textContent = word("levels.depth", { depth: state.depth, count: state.levels.length });
    [...group.children].forEach((button, level) => {
      button.setAttribute("aria-pressed", String(level === state.level));
      button.toggleAttribute("data-silent", level >= state.depth); // it does not sound in the picture
    });
  };
  for (const topic of ["loaded", "book", "depth"]) on(topic, mark);
  onLanguage(mark);
  label(root);
  mark();
}

// One button a codebook.
function fit(group, count) {
  while (group.children.length > count) group.lastChild.remove();
  while (group.children.length < count) {
    const level = group.children.length;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: level + 1 });
    button.addEventListener("click", () => emit("level", level));
    group.append(button);
  }
}
