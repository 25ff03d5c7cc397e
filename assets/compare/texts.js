// The panes of texts: what came back, with what is gone struck out and what is new underlined.

import { diff, distance } from "../text/diff.js";
import { label, onLanguage, word } from "../words.js";

const TAGS = { same: "span", gone: "del", new: "ins" };

// Fills the bodies of the panes and the row of tools. Gives put(pane, blob), pane 0 the original.
export function mountTexts(bodies, tools) {
  const texts = [null, null, null];
  const show = () => bodies.forEach((body, pane) => fill(body, texts[0], texts[pane], pane));
  tools.innerHTML = '<span class="note" data-word="compare.spelled"></span>';
  label(tools);
  onLanguage(show);
  return {
    async put(pane, blob) {
      texts[pane] = blob && (await blob.text());
      show();
    },
    end() {},
  };
}

function fill(body, original, text, pane) {
  const parts = text === null ? [] : pane && original !== null ? diff(original, text) : [{ kind: "same", text }];
  const line = Object.assign(document.createElement("p"), { className: "pane-text", dir: "auto" });
  line.append(...parts.map(({ kind, text }) => Object.assign(document.createElement(TAGS[kind]), { textContent: text })));
  const count = distance(parts);
  const note = Object.assign(document.createElement("p"), { className: "note", textContent: pane && text !== null ? word(count ? "compare.off" : "compare.equal", { count }) : "" });
  body.replaceChildren(line, note);
}
