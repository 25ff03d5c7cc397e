// What the codebook on the bench is given of the picture, before it quantizes: fetched when somebody first asks.

import { post } from "./asking.js";
import { state } from "./store.js";

let asked = { epoch: -1, level: -1, latents: null };

// Resolves to a Float32Array (D · h · w), or to null when the server did not answer.
export function latents() {
  const { epoch, level } = state;
  if (asked.epoch !== epoch || asked.level !== level) asked = { epoch, level, latents: fetchLatents() };
  return asked.latents;
}

async function fetchLatents() {
  const { epoch, level, codec, original } = state;
  const answer = await post("latents", { codec, original, level });
  if (answer) return new Float32Array(await answer.arrayBuffer());
  if (asked.epoch === epoch && asked.level === level) asked.epoch = -1; // the next pick asks again
  return null;
}

// The latent of one cell: D numbers out of (D, h · w).
export function latentOf(latents, cell, cells) {
  return Array.from({ length: latents.length / cells }, (_, d) => latents[d * cells + cell]);
}
