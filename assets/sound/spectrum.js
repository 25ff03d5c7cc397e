// Log-mel spectrograms with the scale of core/spectrogram.py, fast enough to follow a hand that edits.

const RATE = 16000; // samples a second
const WINDOW = 640; // samples, 40 ms: long enough for the harmonics of a voice, short enough for its consonants
const SIZE = 1024; // of the Fourier transform; the rest is zeros, so that low bands have bins of their own
const FINEST = 1400; // columns of a whole clip, at most about this many: no screen shows more
export const BANDS = 80;
export const SILENCE = -100; // dB

// --- Fourier ------------------------------------------------------------------------------

const TURNS = Array.from({ length: SIZE }, (_, i) => i);
const COS = Float64Array.from(TURNS, (i) => Math.cos((2 * Math.PI * i) / SIZE));
const SIN = Float64Array.from(TURNS, (i) => Math.sin((2 * Math.PI * i) / SIZE));

// Σ x[n] e^(−2πi kn/N) in place, for N a power of two up to SIZE (Cooley and Tukey 1965).
export function fourier(re, im) {
  const length = re.length;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit; // i with its bits in reverse
    if (i < j) (swap(re, i, j), swap(im, i, j));
  }
  for (let half = 1; half < length; half *= 2) {
    const stride = SIZE / (2 * half);
    for (let start = 0; start < length; start += 2 * half) butterflies(re, im, start, half, stride);
  }
}

function swap(values, i, j) {
  const kept = values[i];
  values[i] = values[j];
  values[j] = kept;
}

function butterflies(re, im, start, half, stride) {
  for (let i = 0; i < half; i++) {
    const a = start + i;
    const b = a + half;
    const c = COS[i * stride];
    const s = -SIN[i * stride];
    const x = re[b] * c - im[b] * s;
    const y = re[b] * s + im[b] * c;
    re[b] = re[a] - x;
    im[b] = im[a] - y;
    re[a] += x;
    im[a] += y;
  }
}

// --- mel ----------------------------------------------------------------------------------

const hertz = (mel) => 700 * (10 ** (mel / 2595) - 1);
const mel = (f) => 2595 * Math.log10(1 + f / 700);
const BIN = RATE / SIZE; // Hz

// Hz at a height of the picture: 0 below, 1 above.
export const pitchAt = (share) => hertz(share * mel(RATE / 2));
export const heightOf = (pitch) => mel(pitch) / mel(RATE / 2);

// (BANDS) of {first, weights}: triangles evenly spaced on the mel scale, each with weights of sum 1; one
// narrower than a bin takes the bin nearest to its middle.
export const FILTERS = Array.from({ length: BANDS }, (_, band) => {
  const [low, middle, high] = [0, 1, 2].map((side) => pitchAt((band + side) / (BANDS + 1)));
  const bins = Array.from({ length: SIZE / 2 + 1 }, (_, bin) => bin * BIN);
  const heights = bins.map((f) => Math.max(0, Math.min((f - low) / (middle - low), (high - f) / (high - middle))));
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (total <= 0.5) return { first: Math.round(middle / BIN), weights: [1] };
  const first = heights.findIndex((height) => height > 0);
  return { first, weights: heights.filter((height) => height > 0).map((height) => height / total) };
});

// --- spectrograms -------------------------------------------------------------------------

const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
const SCALE = 2 / (WINDOW / 2); // a full-scale sine has the amplitude 1; Hann windows sum to half their length

// An empty one of `length` samples: {hop, columns, db (columns × BANDS)}. Column c is centred on (c + ½) hop.
export function spectrogram(length) {
  const hop = [80, 160, 320].find((samples) => length / samples <= FINEST) ?? 320;
  const columns = Math.ceil(length / hop);
  return { hop, columns, db: new Float32Array(columns * BANDS).fill(SILENCE) };
}

// Computes again what samples from … to − 1 can touch. Gives the columns [first, end) that were.
export function analyse({ hop, columns, db }, samples, from = 0, to = samples.length) {
  const first = Math.max(0, Math.floor((from - WINDOW / 2) / hop - 0.5) + 1);
  const end = Math.min(columns, Math.ceil((to + WINDOW / 2) / hop - 0.5));
  const [re, im] = [new Float64Array(SIZE), new Float64Array(SIZE)];
  for (let column = first; column < end; column += 2) {
    // Two columns in one transform: one as the real part, one as the imaginary.
    frame(re, samples, column * hop);
    frame(im, samples, (column + 1) * hop);
    fourier(re, im);
    bands(db, column, amplitudes(re, im, 1));
    if (column + 1 < end) bands(db, column + 1, amplitudes(re, im, -1));
  }
  return [first, Math.max(first, end)];

  function frame(into, sound, start) {
    const begin = Math.round(start + hop / 2 - WINDOW / 2);
    const [from, to] = [Math.max(0, -begin), Math.min(WINDOW, sound.length - begin)]; // beyond the ends is silence
    into.fill(0);
    for (let i = from; i < to; i++) into[i] = HANN[i] * sound[begin + i];
  }
}

const HALF = new Float64Array(SIZE / 2 + 1);

// |X| of the real sound (sign 1) or the imaginary one (−1): X[k] ± conj X[−k], halved.
function amplitudes(re, im, sign) {
  for (let k = 0; k <= SIZE / 2; k++) {
    const mirror = (SIZE - k) % SIZE;
    const x = re[k] + sign * re[mirror];
    const y = im[k] - sign * im[mirror];
    HALF[k] = (SCALE / 2) * Math.sqrt(x * x + y * y);
  }
  return HALF;
}

function bands(db, column, amplitude) {
  for (let band = 0; band < BANDS; band++) {
    const { first, weights } = FILTERS[band];
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i] * amplitude[first + i];
    db[column * BANDS + band] = 20 * Math.log10(Math.max(sum, 1e-5));
  }
}
