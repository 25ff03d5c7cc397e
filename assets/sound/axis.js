// The one time axis of the page: the clip fills the whole width of every canvas that shows time.

import { state } from "../store.js";

const within = (value, least, most) => Math.min(Math.max(value, least), most);

// Samples from one edge of a canvas to the other: whole frames, so that lanes stand exactly over tokens.
export const span = () => Math.max(1, state.grid[1] * state.stride);

// Where a sample, or the beginning of a frame, lies on a canvas of that width.
export const xOf = (sample, width) => (sample / span()) * width;
export const xOfFrame = (frame, width) => xOf(frame * state.stride, width);

// What lies at x; beyond the edges, what is nearest.
export const sampleAt = (x, width) => within(x / width, 0, 1) * span();
export const frameAt = (x, width) => within(Math.floor(sampleAt(x, width) / state.stride), 0, Math.max(0, state.grid[1] - 1));

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

// Seconds between two marks of a ruler, so that marks are at least `apart` pixels apart.
export const markEvery = (seconds, width, apart) => STEPS.find((step) => (step / seconds) * width >= apart) ?? 30;
