// Codes that are pointed at in the atlas or on the map are heard, once the pointer rests.

import { on, state } from "../store.js";
import { hearAlone } from "./passport.js";

const REST = 180; // ms

let timer = 0;

export function hearWhatIsPointedAt() {
  on("hover", () => {
    clearTimeout(timer);
    const { code, from } = state.hover;
    if (code >= 0 && (from === "atlas" || from === "map")) timer = setTimeout(() => hearAlone(code), REST);
  });
}
