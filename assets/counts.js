// What the counts of a codebook say: how often each of V codes was chosen over some set of pictures.

const sum = (counts) => counts.reduce((total, count) => total + count, 0);

// exp of the entropy of code use: V when all codes are used equally often, 1 when one does it all,
// 0 when nothing was counted.
export function perplexity(counts) {
  const total = sum(counts);
  if (!total) return 0;
  let entropy = 0; // nats
  for (const count of counts) if (count) entropy -= (count / total) * Math.log(count / total);
  return Math.exp(entropy);
}

// The codes, the commonest first; equal counts in the order of their numbers.
export const ranking = (counts) => Array.from(counts, (_, code) => code).sort((a, b) => counts[b] - counts[a] || a - b);

// 1 for the commonest code; codes used equally often share a rank.
export const rankOf = (counts, code) => 1 + counts.filter((count) => count > counts[code]).length;

export const largest = (counts) => counts.reduce((a, b) => Math.max(a, b), 0);

// How many codes, the commonest first, are enough for `share` of all tokens.
export function busiest(counts, share) {
  const enough = share * sum(counts);
  let covered = 0;
  let codes = 0;
  for (const code of ranking(counts)) {
    if (covered >= enough) break;
    covered += counts[code];
    codes += 1;
  }
  return codes;
}

// Percent with as many digits as say something: 12, 1.3, 0.04.
export const percentOf = (part, whole) => (whole && part ? Number(((100 * part) / whole).toPrecision(2)) : 0);

export const deadCodes = (counts) => counts.reduce((dead, count) => dead + (count === 0), 0);

const MANY_DEAD = 0.05; // of the codebook
const FEW_AT_WORK = 0.25; // perplexity, as a share of the codebook

// The state of the codebook in plain words: [key, values] of one or two sentences.
export function health(counts) {
  if (!sum(counts)) return [["codebook.health.unknown", {}]];
  const size = counts.length;
  const dead = deadCodes(counts);
  const half = busiest(counts, 0.5);
  if (dead > MANY_DEAD * size) return [["codebook.health.dead", { dead, size }]];
  const work = perplexity(counts) < FEW_AT_WORK * size ? "few" : "good";
  const sentences = [[`codebook.health.${work}`, { half, size }]];
  if (dead) sentences.push([dead === 1 ? "codebook.health.one_dead" : "codebook.health.some_dead", { dead }]);
  return sentences;
}
