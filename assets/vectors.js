// Distances between codes, from the code vectors themselves: fetched when an edit first asks.

import { ask } from "./asking.js";
import { state } from "./store.js";

const asked = new Map(); // address → promise of its distance, or of null when the server did not answer

// Resolves to distance(a, b) between two codes of a codebook of the codec on the bench (squared
// Euclidean, which puts codes in the same order as the distance itself), or to null.
export function distances(level = state.level) {
  const path = `vectors/${encodeURIComponent(state.codec)}?level=${level}`;
  if (!asked.has(path)) {
    asked.set(path, fetchVectors(path).then((distance) => {
      if (!distance) asked.delete(path); // the next edit asks again
      return distance;
    }));
  }
  return asked.get(path);
}

async function fetchVectors(path) {
  const { codebookSize } = state;
  const answer = await ask(path);
  if (!answer) return null;
  const vectors = new Float32Array(await answer.arrayBuffer());
  return distanceIn(vectors, vectors.length / codebookSize);
}

// vectors: V rows of `dim` numbers.
export const distanceIn = (vectors, dim) => (a, b) => {
  let sum = 0;
  for (let i = a * dim, j = b * dim, end = i + dim; i < end; i++, j++) sum += (vectors[i] - vectors[j]) ** 2;
  return sum;
};
