// Seeded random numbers, so that a failing test fails again.

// Returns draw(n): a whole number from 0 to n − 1 (a linear congruential generator, upper bits).
export function random(seed) {
  let now = (seed * 2654435761) >>> 0;
  return (n) => {
    now = (Math.imul(now, 1664525) + 1013904223) >>> 0;
    return Math.floor((now / 2 ** 32) * n);
  };
}

export const seeds = (count) => Array.from({ length: count }, (_, i) => random(i + 1));
