// Scales of the curves: from steps and values to pixels, and the round numbers beside them.

// Runs from `from` at `start` to `to` at `end`; a scale without a length stays at `start`.
export const linear = (from, to, start, end) => (value) =>
  to > from ? start + ((end - start) * (value - from)) / (to - from) : start;

export function logarithmic(from, to, start, end) {
  const scale = linear(Math.log(from), Math.log(to), start, end);
  return (value) => scale(Math.log(Math.max(value, from)));
}

// About `count` round numbers from `low` to `high`: 1, 2 or 5 times a power of ten apart.
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / (count + 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const apart = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / apart - 1e-9);
  const last = Math.floor(high / apart + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * apart).toPrecision(6)));
}

// Round numbers for a scale by factors: 1, 2 or 5 times a power of ten, or the powers alone when these are enough.
export function powers(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const factor of [1, 2, 5]) found.push(Number((factor * 10 ** power).toPrecision(3)));
  const within = found.filter((value) => value >= low && value <= high);
  const round = within.filter((value) => /^[0.]*10*$/.test(String(value)));
  return round.length >= 2 ? round : within;
}

// The least and the greatest of all finite values, widened to `least` apart.
export function extent(values, least = 0) {
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return [0, Math.max(1, least)];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const lack = Math.max(0, least - (high - low)) / 2;
  return [low - lack, high + lack];
}

// The same places, from the first on at least `gap` apart and none beyond `most` where there is room for that.
export function apart(places, gap, most) {
  const order = [...places.keys()].sort((a, b) => places[a] - places[b]);
  const moved = [];
  let least = -Infinity;
  order.forEach((which, i) => {
    moved[which] = Math.max(least, Math.min(places[which], most - gap * (order.length - 1 - i)));
    least = moved[which] + gap;
  });
  return moved;
}
