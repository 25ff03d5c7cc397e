// The frames of a training, oldest first: what the page was told of the run, a few times a second.

export const MOST = 600; // frames in memory
const NEWEST = 200; // of them that are never thinned out

// The frames known so far and the fresh ones after them; a frame without an atlas has that of the one before.
export function joined(frames, fresh) {
  const all = frames.slice();
  for (const frame of fresh) {
    const last = all.at(-1);
    if (last && frame.n <= last.n) continue; // asked for twice
    all.push({ ...frame, atlas: frame.atlas ?? last?.atlas ?? null });
  }
  return all.length > MOST ? thinned(all) : all;
}

// Every second of the older frames goes. What was changed, and how things stood just before, stays.
export const thinned = (frames) =>
  frames.filter((frame, i) => i >= frames.length - NEWEST || i % 2 === 0 || frame.event || frames[i + 1].event);

// The place among the frames of the one numbered `n`, or of the last before it; the newest for −1.
export function placeOf(frames, n) {
  if (n < 0) return frames.length - 1;
  const after = frames.findIndex((frame) => frame.n > n);
  return after < 0 ? frames.length - 1 : Math.max(0, after - 1);
}

// The place of the frame whose step is nearest.
export function nearestTo(frames, step) {
  let best = 0;
  frames.forEach((frame, i) => {
    if (Math.abs(frame.step - step) < Math.abs(frames[best].step - step)) best = i;
  });
  return best;
}

// All codes of all codebooks of a frame, and how many of them are at work. Perplexity is their mean.
export function work({ codebook_size: size, counts, dead, perplexity }) {
  const all = size * counts.length;
  const mean = perplexity.reduce((sum, value) => sum + value, 0) / Math.max(1, perplexity.length);
  return { all, size, dead, alive: all - dead, perplexity: mean };
}
