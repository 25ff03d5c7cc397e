// The size of the packed file of tokens as they are (`Coding.RAW`): the format is told in playground/media/packed.py.

const LONG = 1000; // bytes from which on the check sum has 32 bits
const BLOCK = 2 ** 14; // indices that make one number
const FIXED = 3; // bytes before the shape

const body = (count, codebookSize) => {
  const bytes = (n) => Math.ceil((n * Math.log2(codebookSize)) / 8);
  return Math.floor(count / BLOCK) * bytes(BLOCK) + bytes(count % BLOCK);
};

// Of a signal of `size` (one axis or two), its number of codebooks among `all` that the codec has. Pure.
function shape(size, codebooks, all) {
  const [first, last] = size.length > 1 ? size.map((length) => length - 1) : [0, size[0] - 1];
  const pair = size.length < 2 ? last : first < last ? last ** 2 + first : first ** 2 + first + last;
  return pair * all + codebooks - 1;
}

// Bytes of the file; `cells` of one codebook.
export function packedBytes({ size, cells, codebooks, all, codebookSize }) {
  const number = shape(size, codebooks, all);
  const before = FIXED + (number < 2 ** 16 ? 2 : number < 2 ** 24 ? 3 : 8) + body(codebooks * cells, codebookSize);
  return before + (before + 2 < LONG ? 2 : 4);
}

// Of the first `depth` codebooks of what is on the bench, see store.js.
export const bytesOnBench = (state, depth = state.depth) =>
  packedBytes({
    size: state.size.slice(-state.rank),
    cells: state.grid[0] * state.grid[1],
    codebooks: depth,
    all: state.card?.num_codebooks || state.levels.length,
    codebookSize: state.codebookSize || 1024,
  });
