// The colours of spectrograms, as pixels (0xAABBGGRR).

export const QUIETEST = -90; // dB, the darkest
export const LOUDEST = -10; // dB, the palest
export const WIDEST = 20; // dB of difference that get the full colour

// Equal steps of lightness in OKLab, from a dark that is nearly black through the page's accent to paper.
const STOPS = ["#09080e", "#22152b", "#4a1b3d", "#74233c", "#9b3136", "#be452e", "#db622d", "#e78b46", "#ecb273", "#f2d5a6", "#fef5df"];

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

// 256 pixels along evenly spaced colours "#rrggbb".
export function ramp(stops) {
  const colours = stops.map(channels);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const place = (i / 255) * (colours.length - 1);
    const below = Math.min(Math.floor(place), colours.length - 2);
    return pixel(colours[below].map((value, c) => Math.round(value + (place - below) * (colours[below + 1][c] - value))));
  });
}

const HEAT = ramp(STOPS);

const step = (share) => Math.round(255 * Math.min(Math.max(share, 0), 1));

export const heat = (db) => HEAT[step((db - QUIETEST) / (LOUDEST - QUIETEST))];

// The place in a two-sided ramp of a difference in dB: 0 lies in the middle.
export const lean = (db) => step(0.5 + db / (2 * WIDEST));
