// The microphone for one word: it listens until the word is over, or for three seconds.

import { say } from "../store.js";
import { word } from "../words.js";
import { listen, wav } from "../sound/record.js";

const LONGEST = 3; // seconds
const LOUD = 0.08; // level from which on somebody speaks
const QUIET = 0.7; // seconds of silence after a word that end it
const PROBLEMS = { NotAllowedError: "denied", NotFoundError: "none", NotReadableError: "busy" };

// Listens until the word is over or `button` is pressed again. tell(level) hears how loud it is.
// Resolves to a WAV, or to null when there is no microphone.
export async function recordWord(button, tell) {
  if (!navigator.mediaDevices) return say(word("joint.mic.insecure")), null;
  let stream;
  try {
    // As it is: what a telephone would do to a voice is not the model's doing.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch ({ name }) {
    return say(word(`joint.mic.${PROBLEMS[name] ?? "denied"}`)), null;
  }
  const before = button.onclick;
  const isOver = wordEnd();
  let over = false; // what still comes from the microphone then must not press the button again
  const { samples, rate } = await listen(stream, button, (seconds, level) => {
    if (over) return;
    tell(level);
    over = isOver(seconds, level);
    if (over) button.onclick();
  });
  over = true;
  button.onclick = before;
  return new Blob([wav(samples, rate)], { type: "audio/wav" });
}

// A function of (seconds, level) that says when a word has been said and is over.
export function wordEnd() {
  let spoken = null; // when it was loud last
  return (seconds, level) => {
    if (level > LOUD) spoken = seconds;
    return seconds >= LONGEST || (spoken !== null && seconds - spoken > QUIET);
  };
}
