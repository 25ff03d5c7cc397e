// The numbers of a training that can be set by sliders: their places, their texts, and what each brings about.

const VECTORS = ["codebook_size", "dim", "commitment"];

// What each quantizer listens to.
export const TAKES = {
  vq: VECTORS,
  rotation: VECTORS,
  cosine: VECTORS,
  simvq: VECTORS,
  gumbel: ["codebook_size", "dim"],
  rvq: [...VECTORS, "num_codebooks"],
  fsq: ["codebook_size"],
  lfq: ["codebook_size", "commitment"],
  bsq: ["codebook_size", "commitment"],
  none: ["dim"],
};
export const STARTS = ["kmeans", "moving", "revive"]; // cures a run may begin with
const STARTABLE = ["vq", "rotation", "cosine", "rvq"];

export const takes = (quantizer, name) => {
  if (name === "learning_rate") return true;
  return STARTS.includes(name) ? STARTABLE.includes(quantizer) : TAKES[quantizer].includes(name);
};

const logarithmic = ["codebook_size", "learning_rate"]; // sliders that run evenly over factors, not over sums

// {min, max, step} of a slider over `range`, in its own places.
export function places(name, [low, high]) {
  if (name === "codebook_size") return { min: Math.ceil(Math.log2(low)), max: Math.floor(Math.log2(high)), step: 1 };
  if (name === "learning_rate") return { min: 0, max: 60, step: 1 };
  return { min: low, max: high, step: name === "commitment" ? 0.05 : 1 };
}

export function placeOf(name, value, [low, high]) {
  if (!logarithmic.includes(name)) return value;
  return name === "codebook_size" ? Math.log2(value) : (60 * Math.log(value / low)) / Math.log(high / low);
}

export function valueAt(name, place, [low, high]) {
  if (name === "codebook_size") return 2 ** place;
  if (name === "learning_rate") return Math.min(high, Number((low * (high / low) ** (place / 60)).toPrecision(2)));
  return Number(place.toFixed(2));
}

// What a setting brings about at its present value: [key, values].
export const MEANS = {
  codebook_size({ quantizer, codebook_size: size }) {
    const own = { fsq: "fsq", lfq: "binary", bsq: "binary", rvq: "each" }[quantizer] ?? "one";
    return [`train.codebook_size.${own}`, { bits: Number(Math.log2(size).toFixed(1)) }];
  },
  num_codebooks: ({ codebook_size: size, num_codebooks: count }) => [
    `train.num_codebooks.${count > 1 ? "several" : "one"}`,
    { count, bits: Number((count * Math.log2(size)).toFixed(1)) },
  ],
  dim: ({ dim }) => [`train.dim.${dim < 4 ? "narrow" : dim > 16 ? "wide" : "middle"}`, { dim }],
  commitment: ({ commitment }) => [`train.commitment.${commitment === 0 ? "none" : commitment > 1 ? "strong" : "weak"}`, {}],
  learning_rate: ({ learning_rate: rate }) => [`train.learning_rate.${rate < 3e-4 ? "slow" : rate > 6e-3 ? "high" : "middle"}`, {}],
};
