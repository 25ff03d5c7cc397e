// What the encoder made of the picture on the bench, before it was quantized: fetched when somebody first asks.

import { post } from "./lane.js";
import { state } from "./store.js";

let asked = { epoch: -1, latents: null };

// Resolves to a Float32Array (D · h · w), or to null when the server did not answer.
export function latents() {
  if (asked.epoch !== state.epoch) asked = { epoch: state.epoch, latents: fetchLatents() };
  return asked.latents;
}

async function fetchLatents() {
  const { epoch, codec, original } = state;
  const answer = await post("latents", { codec, original });
  if (answer) return new Float32Array(await answer.arrayBuffer());
  if (asked.epoch === epoch) asked.epoch = -1; // the next pick asks again
  return null;
}

// The latent of one cell: D numbers out of (D, h · w).
export function latentOf(latents, cell, cells) {
  return Array.from({ length: latents.length / cells }, (_, d) => latents[d * cells + cell]);
}
