// Real places at which codes were chosen, each with what stands around it: keyword in context.

import { ask } from "../asking.js";
import { charactersOf } from "./glyphs.js";

const AROUND = 30; // characters before and after the cell, at most

const places = new Map(); // "codec/level" → promise of bytes in the reel at which a cell begins, for every code
const reels = new Map(); // codec → promise of the bytes of its reel

async function once(known, key, fetching) {
  if (!known.has(key)) known.set(key, fetching());
  const found = await known.get(key);
  if (!found) known.delete(key); // the next who asks tries again
  return found;
}

// Resolves to [{before, key, after}] of a code; [] where no examples are known.
export async function contextsOf(codec, level, code, stride) {
  const address = `${encodeURIComponent(codec)}?level=${level}`;
  const known = await once(places, address, async () => (await (await ask(`exemplars/${address}`))?.json())?.places);
  const starts = known?.[code] ?? [];
  if (!starts.length) return [];
  const reel = await once(reels, codec, async () => {
    const answer = await ask(`reel/${encodeURIComponent(codec)}`);
    return answer && new Uint8Array(await answer.arrayBuffer());
  });
  return reel ? starts.map((start) => contextOf(reel, [start, start + stride])) : [];
}

// The characters that the bytes from … to are of, and those around them on the same line. Pure.
export function contextOf(bytes, [from, to]) {
  const start = Math.max(0, from - 4 * AROUND);
  const characters = charactersOf(bytes.subarray(start, to + 4 * AROUND)).map((character) => ({
    text: character.text, from: character.from + start, to: character.to + start,
  }));
  const textOf = (part) => part.map(({ text }) => text).join("");
  const before = textOf(characters.filter((character) => character.to <= from).slice(-AROUND));
  const after = textOf(characters.filter((character) => character.from >= to).slice(0, AROUND));
  const key = textOf(characters.filter((character) => character.from < to && character.to > from));
  return { before: before.slice(before.lastIndexOf("\n") + 1), key, after: after.split("\n")[0] };
}
