// A Python program of at most fifteen lines that makes the picture on the bench again.

const SHOWN_EDITS = 3;

// source: the file the bench came from, null for bare tokens; side: pixels of the square that is cut of a
// picture, 0 for what is taken whole.
// edits: sentences, oldest first. tokensFile, pictureFile: names of the downloads.
// words: {head, crop, edits, load} the comments, in the visitor's language.
export function recipe({ codec, source, side, edits, tokensFile, pictureFile, words }) {
  const square = [`square, _ = read_square(${quoted(source)}, ${side})  # ${words.crop}`, "tokens = pg.encode(codec, square)"];
  const encode = side ? square : [`tokens = pg.encode(codec, ${quoted(source)})`];
  const list = [`# ${words.edits}`, ...edits.slice(-SHOWN_EDITS).map((edit) => `#   ${oneLine(edit)}`)];
  const load = `tokens = pg.Tokens.load(${quoted(tokensFile)})  # ${words.load}`;
  return [
    `# ${words.head}`,
    "import playground as pg",
    ...(source && side ? ["from playground.media.pictures import read_square"] : []),
    "",
    `codec = ${quoted(codec)}`,
    ...(source ? encode : []),
    ...(edits.length ? list : []),
    ...(edits.length || !source ? [load] : []),
    "",
    `print(tokens.grid, tokens.bits, "bits,", tokens.indices.unique().numel(), "codes")`,
    `pg.decode(codec, tokens).save(${quoted(pictureFile)})`,
  ].join("\n");
}

// A JSON string is a Python string too.
const quoted = (text) => JSON.stringify(oneLine(text ?? ""));

// A line break in a file's name must not become a line of the program.
const oneLine = (text) => String(text).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
