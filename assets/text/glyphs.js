// Bytes as characters, each with its place, and a sign for every character that one could not see or that would
// do something to the page. Pure.

// Code point that a UTF-8 sequence of 2, 3 or 4 bytes must reach at least, by its length.
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

// The characters of some bytes: [{from, to, text, broken}], `text` "�" where the bytes are no UTF-8.
export function charactersOf(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const { length, point } = characterAt(bytes, at);
    const broken = point < 0;
    found.push({ from: at, to: at + length, text: broken ? "\ufffd" : String.fromCodePoint(point), broken });
    at += length;
  }
  return found;
}

// {length, point}; point −1 where no character begins: then `length` bytes are replaced by one sign, as decoders
// everywhere do it (Unicode 15, section 3.9: maximal subparts).
function characterAt(bytes, at) {
  const lead = bytes[at];
  if (lead < 0x80) return { length: 1, point: lead };
  const needed = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  let point = lead & (0x7f >> needed);
  for (let i = 1; i < needed; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return { length: i, point: -1 };
    point = (point << 6) | (next & 0x3f);
    if (i === 1 && !isPossible(point << (6 * (needed - 2)), needed)) return { length: 1, point: -1 };
  }
  return needed ? { length: needed, point } : { length: 1, point: -1 };
}

// Whether a character can begin with the first two bytes of which `first` is made: not too small for its length,
// no half of a surrogate pair, not beyond Unicode.
function isPossible(first, needed) {
  const last = first | ((1 << (6 * (needed - 2))) - 1);
  return last >= LEAST[needed] && first <= 0x10ffff && !(first >= 0xd800 && first <= 0xdfff);
}

// Of a character that is cut by the ends of a span of bytes: the part [from, to] that lies in it, and whether the sign
// stands there: where most of it lies, in the first part where both are equal.
export function partOn({ from, to }, [start, end]) {
  const part = [Math.max(from, start), Math.min(to, end)];
  const here = part[1] - part[0];
  const before = Math.max(0, start - from);
  const after = Math.max(0, to - end);
  return { part, bears: here > before && here >= after };
}

// The characters that are to be read in a span of bytes, each in one span only; the bytes themselves where there is none.
export function lettersIn(bytes, span) {
  const around = bytes.subarray(0, span[1] + 3);
  const borne = charactersOf(around).filter((character) => character.to > span[0] && partOn(character, span).bears);
  if (borne.length) return borne.map(({ text }) => text).join("");
  return Array.from(bytes.subarray(...span), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

// --- what is shown ------------------------------------------------------------------------

const NAMES = {
  0x200b: "ZWSP", 0x200c: "ZWNJ", 0x200d: "ZWJ", 0x200e: "LRM", 0x200f: "RLM", 0xfeff: "BOM", 0xad: "SHY", 0xa0: "NBSP",
  0x202a: "LRE", 0x202b: "RLE", 0x202c: "PDF", 0x202d: "LRO", 0x202e: "RLO",
  0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xfe0e: "VS15", 0xfe0f: "VS16",
};

// How a character is drawn alone: {sign, kind}, kind "plain", "control" (a picture of one), "name" (of something that
// has no picture) or "mark" (on a dotted circle).
export function signOf(text) {
  const point = text.codePointAt(0);
  if (text === "\n") return { sign: "↵", kind: "control" };
  if (text === "\t") return { sign: "⇥", kind: "control" };
  if (text === " ") return { sign: "·", kind: "control" };
  if (point < 0x20) return { sign: String.fromCodePoint(0x2400 + point), kind: "control" };
  if (point === 0x7f) return { sign: "␡", kind: "control" };
  if (/[\p{C}\p{Z}\ufe00-\ufe0f]/u.test(text)) return { sign: NAMES[point] ?? hexOf(point), kind: "name" };
  if (/\p{M}/u.test(text)) return { sign: `◌${text}`, kind: "mark" };
  return { sign: text, kind: "plain" };
}

export const hexOf = (point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;

const JOINERS = new Set(["\u200c", "\u200d", "\ufe0e", "\ufe0f"]); // they only join emoji and letters
const MANY_MARKS = 3; // combining marks one above the other that are still drawn as such

// A text in which nothing is hidden and nothing acts: for a line of the page. Spaces and line breaks stay.
export function shown(text) {
  let marks = 0;
  return Array.from(text, (character) => {
    const { sign, kind } = signOf(character);
    marks = kind === "mark" ? marks + 1 : 0;
    if (kind === "plain" || character === " ") return character;
    if (character === "\n") return "↵\n";
    if (kind === "mark") return marks <= MANY_MARKS ? character : sign;
    if (kind === "control" || JOINERS.has(character)) return kind === "control" ? sign : character;
    return `⟨${sign}⟩`;
  }).join("");
}

// The same on one line, spaces seen, and what only joins seen where it stands alone.
export const oneLine = (text) => (JOINERS.has(text) ? signOf(text).sign : shown(text).replaceAll(" ", "·").replaceAll("\n", ""));

export const textOf = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
