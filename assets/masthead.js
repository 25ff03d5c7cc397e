// The buttons of every page's head, language and light or dark, and the line in which errors are said.

import { recall, remember } from "./memory.js";
import { emit, on, say } from "./store.js";
import { label, language, onLanguage, speak, word } from "./words.js";

export const PARTS = {
  language(button) {
    button.onclick = () => speak(language() === "zh" ? "en" : "zh").catch(() => say(word("message.offline")));
    onLanguage(() => (button.textContent = word("page.otherLanguage")));
  },
  theme(button) {
    const wear = (dark) => {
      document.body.classList.toggle("dark", dark);
      button.dataset.word = dark ? "page.light" : "page.dark";
      label(button.parentElement);
      emit("hover"); // canvases that dim with the paper colour draw again
    };
    const system = matchMedia("(prefers-color-scheme: dark)");
    wear(recall("theme") ? recall("theme") === "dark" : system.matches);
    button.onclick = () => {
      const dark = !document.body.classList.contains("dark");
      remember("theme", dark ? "dark" : "light");
      wear(dark);
    };
  },
  message(box) {
    let timer = 0;
    on("message", ({ text, kind }) => {
      if (kind === "gone") {
        box.hidden ||= box.dataset.kind === "error"; // a good one stays its time
        return;
      }
      box.textContent = text;
      box.dataset.kind = kind;
      box.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => (box.hidden = true), kind === "good" ? 2500 : 12000);
    });
    box.onclick = () => (box.hidden = true);
  },
};
