// The bench of one visitor: tokens, what is picked, hovered and selected, and the history.
// Every canvas on the page reads this one store and listens to its topics:
//   loaded   another picture or grid is on the bench      tokens    some indices changed
//   book     the description of the codebook arrived      hover     the pointer is on another code or cell
//   picked   another code or cell was picked              selection the set of selected cells changed
//   tool     another tool was taken                       history   something to undo or redo changed
//   level    another codebook should be shown (detail: its number)
//   depth    the picture is made of more or fewer codebooks
//   picture  the resynthesis on screen changed            message   a sentence for the visitor

export const state = {
  codec: "image-vq",
  codebookSize: 0,
  rank: 2, // axes of a signal: 2 of pictures, 1 of sounds
  grid: [0, 0], // h, w; of a sound 1, frames
  size: [0, 0], // H, W in pixels; of a sound 1, samples
  stride: 8,
  reach: 0, // cells around an edit that the decoder may change
  levels: [], // one Uint16Array (h · w) a codebook, as edited: K of them, coarse to fine; none without codes
  level: 0, // which of them is shown and edited
  depth: 1, // how many of them, from the first, make the picture
  indices: new Uint16Array(0), // levels[level]
  encoded: new Uint16Array(0), // (h · w), as the encoder gave them
  margins: null, // Float32Array (h · w): distance to the second-best code minus distance to the best
  original: null, // the square on the bench, a data URL (PNG) or a sample's address; null for tokens without one
  quality: null, // {psnr_db, ssim} of the tokens on the bench
  stale: false, // whether `quality` is still that of the tokens before an edit
  facts: null, // the rest of the server's answer: png_bytes, jpeg_bytes, source, seconds
  book: null, // codebook.json
  code: 0, // the picked code: what the brush paints
  cell: -1, // the picked cell, −1 when a code was picked elsewhere
  hover: { code: -1, cell: -1, from: "" },
  selection: null, // Uint8Array (h · w) or null
  tool: "pick",
  epoch: 0, // one more with every load: answers to older questions are dropped
};

const listeners = new Map();

export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  newcomers?.push([topic, listener]);
  return () => listeners.get(topic).delete(listener);
}

const STANDING = { book: () => state.book, loaded: () => state.epoch, history: () => state.epoch };
let newcomers = null; // [topic, listener] of the widget that is arriving

// Runs `mount`, then tells the listeners it added how things stand: for widgets later than the picture.
export function arrive(mount) {
  newcomers = [];
  mount();
  const told = newcomers;
  newcomers = null;
  for (const [topic, listener] of told) if (STANDING[topic]?.()) listener();
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

// --- what is on the bench ---------------------------------------------------------------

const NONE = new Uint16Array(0); // the codes of a codec without codes
let given = { encoded: [], margins: null }; // of all levels, as the encoder gave them

// A codebook as the encoder gave it, and its margins, null where none are known.
export const encodedOf = (level) => given.encoded[level] ?? NONE;
export const marginsOf = (level) => given.margins?.[level] ?? null;

function turnTo(level) {
  const [encoded, margins] = [encodedOf(level), marginsOf(level)];
  Object.assign(state, { level, indices: state.levels[level] ?? NONE, encoded, margins });
}

// Shows and edits another codebook, of which `book` is the description.
export function showLevel(level, book) {
  turnTo(level);
  describe(book);
  pick(state.cell >= 0 ? state.indices[state.cell] : Math.min(state.code, book.codebook_size - 1), state.cell);
}

// Makes the picture of the first `depth` codebooks only.
export function takeDepth(depth) {
  state.depth = depth;
  state.stale = state.original !== null;
  emit("depth");
}

let past = [];
let future = [];
let stroke = null; // {label, before: Map(cell → code)} while the pointer is down

// item: what `state` holds, with `levels` or, for one codebook, `indices`; `allMargins` are those of all levels.
// wanted: a snapshot, where the same signal is opened again: its history stays, its selection and, where they
// are of this codec, its tokens come back.
export function load({ levels, allMargins, wanted, ...item }) {
  given = { encoded: [], margins: allMargins ?? null };
  Object.assign(state, item, { levels: levels ?? [item.indices], selection: null, cell: -1 });
  given.encoded = state.levels.map((indices) => indices.slice());
  state.depth = state.levels.length;
  if (wanted) restore(wanted);
  turnTo(Math.max(0, Math.min(state.level, state.depth - 1)));
  state.epoch += 1;
  state.stale = isEdited() && state.original !== null;
  if (!wanted) [past, future] = [[], []];
  stroke = null;
  emit("loaded");
  hover(-1, -1, "");
  emit("selection");
  emit("history");
}

function restore({ levels, level, depth, selection, grid }) {
  state.level = level;
  const isAlike = (list, other) => list?.length === other.length;
  if (selection && grid.every((length, axis) => length === state.grid[axis])) state.selection = selection;
  if (!isAlike(levels, state.levels) || !levels.every((indices, level) => isAlike(indices, state.levels[level]))) return;
  Object.assign(state, { levels: levels.map((indices) => indices.slice()), depth });
}

// Everything that a change of codec takes from the bench, so that it can be undone.
export function snapshot() {
  const { codec, codebookSize, grid, size, level, depth, selection, code, cell, original, facts } = state;
  const levels = state.levels.map((indices) => indices.slice());
  return { codec, codebookSize, grid, size, level, depth, selection, code, cell, original, from: facts?.from, levels };
}

export function describe(book) {
  state.book = book;
  state.codebookSize = book.codebook_size;
  emit("book");
}

// --- pointing ---------------------------------------------------------------------------

export function hover(code, cell, from) {
  const now = state.hover;
  if (now.code === code && now.cell === cell) return;
  state.hover = { code, cell, from };
  emit("hover");
}

export function pick(code, cell = -1) {
  state.code = code;
  state.cell = cell;
  emit("picked");
}

export function select(mask) {
  state.selection = mask && mask.some(Boolean) ? mask : null;
  emit("selection");
}

// The code in the middle of what is on the bench, so that what is told of one code is told of one that is there.
export function pickMiddle() {
  const cell = Math.floor(state.indices.length / 2 + (state.grid[0] > 1 ? state.grid[1] / 2 : 0));
  if (cell < state.indices.length) pick(state.indices[cell], cell);
}

export function takeTool(tool) {
  state.tool = tool;
  emit("tool");
}

export const countOf = (code) => state.indices.reduce((count, index) => count + (index === code), 0);

export const selectedCells = () => {
  const cells = [];
  for (let cell = 0; cell < state.indices.length; cell++) if (!state.selection || state.selection[cell]) cells.push(cell);
  return cells;
};

// --- editing ----------------------------------------------------------------------------

export function beginStroke(label) {
  stroke = { label, before: new Map() };
}

export function paint(cells, code) {
  const changed = [];
  for (const cell of cells) {
    if (state.indices[cell] === code) continue;
    if (!stroke.before.has(cell)) stroke.before.set(cell, state.indices[cell]);
    state.indices[cell] = code;
    changed.push(cell);
  }
  if (changed.length) tellChange(changed);
}

// Tokens of these cells are others now: so is the code under a pointer that rests there.
function tellChange(cells) {
  const { cell, from } = state.hover;
  state.stale = state.original !== null;
  if (cell >= 0) hover(state.indices[cell], cell, from);
  emit("tokens", cells);
}

export function endStroke() {
  if (!stroke) return;
  const cells = [...stroke.before.keys()].filter((cell) => stroke.before.get(cell) !== state.indices[cell]);
  if (cells.length) {
    const before = cells.map((cell) => stroke.before.get(cell));
    const after = cells.map((cell) => state.indices[cell]);
    remember({ label: stroke.label, cells, parts: [{ level: state.level, cells, before, after }] });
  }
  stroke = null;
}

// Puts whole new grids on the bench as one edit: `nexts[level]`, as edits in edits.js return them, with
// gaps for codebooks that stay. Gives the number of cells that changed.
export function commitLevels(label, nexts) {
  const parts = nexts.flatMap((next, level) => change(next, level));
  if (!parts.length) return 0;
  const edit = { label, parts, cells: [...new Set(parts.flatMap(({ cells }) => cells))] };
  apply(edit, "after");
  remember(edit);
  return edit.cells.length;
}

// The same for the codebook that is shown, alone.
export function commit(label, next) {
  const nexts = [];
  nexts[state.level] = next;
  return commitLevels(label, nexts);
}

// Moves cells with all their codes: residual codes mean nothing apart. `mapping[cell]` is the cell
// whose codes come to stand there.
export const commitMove = (label, mapping) =>
  commitLevels(label, state.levels.map((indices) => mapping.map((cell) => indices[cell])));

function change(next, level) {
  const now = state.levels[level];
  const cells = [];
  for (let cell = 0; cell < next.length; cell++) if (next[cell] !== now[cell]) cells.push(cell);
  if (!cells.length) return [];
  return [{ level, cells, before: cells.map((cell) => now[cell]), after: cells.map((cell) => next[cell]) }];
}

function remember(edit) {
  if (reopening) return; // of tokens that are about to go
  past.push(edit);
  if (past.length > 200) past.shift();
  future.length = 0;
  emit("history");
}

// What was loaded in place of the bench of the snapshot `before`, another codec or another length, is an edit too.
export const rememberReplacement = (label, before) => remember({ label, cells: [], parts: [], bench: { before } });

let reopening = false;
let reopen = async () => false;

// Says how the bench comes to be as a snapshot says: reopens(snapshot) → promise of whether it is.
export const onReopen = (reopens) => (reopen = reopens);

async function reopenFor(edit, side, from, to) {
  reopening = true;
  edit.bench[side === "before" ? "after" : "before"] = snapshot();
  const opened = await reopen(edit.bench[side]).catch(() => false);
  reopening = false;
  (opened ? to : from).push(edit);
  emit("history");
}

// side: "before" or "after"
function apply({ parts, cells }, side) {
  for (const part of parts) part.cells.forEach((cell, i) => (state.levels[part.level][cell] = part[side][i]));
  tellChange(cells);
  if (parts.every(({ level }) => level !== state.level)) emit("level", parts[0].level); // where it happened
}

// Both give a promise where the codec changes.
export const undo = () => step(past, future, "before");
export const redo = () => step(future, past, "after");

function step(from, to, side) {
  if (reopening) return undefined;
  endStroke();
  const edit = from.pop();
  if (!edit) return undefined;
  if (edit.bench) return reopenFor(edit, side, from, to);
  to.push(edit);
  apply(edit, side);
  emit("history");
  return undefined;
}

export const reset = () => commitLevels({ key: "edit.reset" }, given.encoded);

export const isEdited = () =>
  state.levels.some((indices, level) => indices.some((code, cell) => code !== given.encoded[level][cell]));

export const history = () => ({ past, future });

export const say = (text, kind = "error") => emit("message", { text, kind });
