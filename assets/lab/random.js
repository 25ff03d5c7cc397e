// Random numbers that are the same on every run: no experiment of the lab uses Math.random.

// Returns draw(): a number in [0, 1). Small, fast and good enough for pictures (a Weyl sequence, mixed).
export function seeded(seed) {
  let now = seed >>> 0;
  return () => {
    now = (now + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(now ^ (now >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

// One number of the normal distribution with mean 0 and variance 1 (Box and Muller 1958).
export function normal(draw) {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

// A whole number from 0 to n − 1.
export const below = (draw, n) => Math.floor(draw() * n);
