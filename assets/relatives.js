// The relatives of one code: those nearest to it, and those that follow it in pictures. They are
// asked for code by code, since all of them together are most of what is known of a codebook.

import { ask } from "./asking.js";
import { state } from "./store.js";

const known = new Map(); // address → promise of {neighbours, distances, right, below}, or of null

export function relativesOf(code) {
  const key = `${encodeURIComponent(state.codec)}/${code}?level=${state.level}`;
  if (!known.has(key)) {
    known.set(key, fetchRelatives(key).then((found) => {
      if (!found) known.delete(key); // the next pick asks again
      return found;
    }));
  }
  return known.get(key);
}

async function fetchRelatives(key) {
  const answer = await ask(`code/${key}`);
  return answer && answer.json();
}
