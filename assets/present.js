// Which codes the picture on the bench uses, and whether the codebook shows only those.
// Topic "present": the visitor asked for all codes, or for those of the picture alone.

import { emit, on, state } from "./store.js";

let counts = new Uint32Array(0);
let stale = true;
for (const topic of ["book", "loaded", "tokens"]) on(topic, () => (stale = true));

// (V) cells that hold each code.
export function here() {
  if (stale) {
    counts = new Uint32Array(state.codebookSize);
    for (const code of state.indices) if (code < counts.length) counts[code] += 1;
    stale = false;
  }
  return counts;
}

export const different = () => here().reduce((codes, count) => codes + (count > 0), 0);

let alone = false;

export const onlyPresent = () => alone;

export function showOnlyPresent(flag) {
  alone = flag;
  emit("present");
}
