// What is taken from the page: token files, and links to the bench. Pure.

import { pack } from "../link.js";

// A file as `Tokens.save` writes it, of one sample's cells (K · grid).
export function tokenFile({ codec, codebook_size, size, grid }, indices) {
  const nest = (list, lengths) => {
    if (lengths.length === 1) return [...list];
    const each = list.length / lengths[0];
    return Array.from({ length: lengths[0] }, (_, i) => nest(list.subarray(i * each, (i + 1) * each), lengths.slice(1)));
  };
  return JSON.stringify({ format: "codebook-playground-tokens", version: 1, codec, codebook_size, size, indices: [nest(indices, grid)] });
}

const BENCHES = { image: "./", audio: "./sound", text: "./text" };

// The address of the bench with these tokens on it.
export function benchLink({ kind, codec, codebook_size, size, grid }, indices) {
  const [books, ...places] = grid;
  const parts = { c: encodeURIComponent(codec), g: places.join("x"), s: size.join("x"), v: codebook_size };
  if (books > 1) parts.k = books;
  return `${BENCHES[kind]}#${Object.entries({ ...parts, t: pack(indices, codebook_size) }).map((pair) => pair.join("=")).join("&")}`;
}
