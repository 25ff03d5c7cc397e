// Pointing at codes with a mouse, a finger or the arrow keys: the same in every view.

import { hover, on, pick, state } from "./store.js";
import { tip } from "./tip.js";

// Makes a canvas of codes answer. All places are in CSS pixels on the canvas.
//   codeAt(x, y)     the code there, or −1        next(code, key)  the code an arrow key leads to
//   spot(code)       [x, y], where it is drawn
export function pointable(canvas, name, { codeAt, next, spot }) {
  const label = tip(canvas.parentElement);
  const point = (code) => hover(code, -1, code < 0 ? "" : name);
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    return codeAt(event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener("pointermove", (event) => point(under(event)));
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("blur", () => point(-1));
  canvas.addEventListener("focus", () => state.book && canvas.matches(":focus-visible") && point(state.code));
  canvas.addEventListener("click", (event) => {
    const code = under(event);
    if (code >= 0) pick(code);
  });
  canvas.addEventListener("keydown", (event) => {
    if (!state.book || event.ctrlKey || event.metaKey || event.altKey) return;
    const code = state.hover.from === name ? state.hover.code : state.code;
    if (event.key === "Enter" || event.key === " ") pick(code);
    else if (event.key === "Escape") point(-1);
    else if (event.key.startsWith("Arrow")) point(next(code, event.key));
    else return;
    event.preventDefault();
  });
  on("hover", () => {
    const { code, from } = state.hover;
    if (from === name) label.show(code, ...spot(code));
    else label.hide();
  });
}

// The same for elements inside `root` that carry data-code: hover lights it, click picks it.
// With data-keep, the picked cell stays picked.
export function linked(root, name) {
  const point = (event) => {
    const code = Number(event.target.closest("[data-code]")?.dataset.code ?? -1);
    hover(code, -1, code < 0 ? "" : name);
  };
  const leave = () => hover(-1, -1, "");
  root.addEventListener("pointerover", point);
  root.addEventListener("pointerleave", leave);
  root.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && point(event));
  root.addEventListener("focusout", leave);
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-code]");
    if (!target) return;
    pick(Number(target.dataset.code), "keep" in target.dataset ? state.cell : -1);
    if (event.pointerType === "mouse") point(event); // by now another code may stand under the pointer
  });
}
