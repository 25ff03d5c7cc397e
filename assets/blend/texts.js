// Blending texts: a frame is bytes, shown as characters that are A's, B's, or neither's.

import { fromBase64 } from "../asking.js";
import { charactersOf, shown } from "../text/glyphs.js";
import { blendOf } from "./blend.js";
import { gamesOf } from "./games.js";

const TEXTS = {
  kind: "text",
  steps: 16,
  fine: 48,
  address: "bench/text/",
  second: "verse",
  accept: "text/*,.txt,.md",
  typed: true,
  films: ["txt"],
  still: "txt",
  thumbnails: null,
  unpack: (data) => fromBase64(data, Uint8Array),
  figure,
  thumbnail: null,
  line: (element, frame, ends) => element.replaceChildren(...spans(frame, ends)),
};

export const mountBlend = blendOf(TEXTS);
export const mountGames = gamesOf(TEXTS);

// Whose each character is, in runs: [{whose: "a" | "b" | "both" | "neither", text}].
export function runs(bytes, [a, b]) {
  const found = [];
  for (const { from, to, text } of charactersOf(bytes)) {
    const is = (other) => bytes.subarray(from, to).every((byte, i) => byte === other?.[from + i]);
    const whose = is(a) ? (is(b) ? "both" : "a") : is(b) ? "b" : "neither";
    if (found.at(-1)?.whose === whose) found.at(-1).text += text;
    else found.push({ whose, text });
  }
  return found;
}

const spans = (bytes, ends) => runs(bytes, ends).map(({ whose, text }) => {
  const span = Object.assign(document.createElement("span"), { textContent: shown(text) });
  span.dataset.whose = whose;
  return span;
});

function figure(box, now) {
  const text = box.appendChild(document.createElement("p"));
  text.className = "blend-text";
  text.dir = "auto";
  const redraw = () => {
    const { frame, road } = now();
    if (!frame) return;
    const { signal } = road.frames;
    text.replaceChildren(...spans(frame, [signal[0], signal[road.plan.steps]]));
  };
  return { redraw };
}
