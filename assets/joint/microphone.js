// The microphone for one word: it listens until the word is over, or for three seconds.

import { listen, microphone, recording } from "../sound/record.js";

const LONGEST = 3; // seconds
const LOUD = 0.08; // level from which on somebody speaks
const QUIET = 0.7; // seconds of silence after a word that end it

// Listens until the word is over or `button` is pressed again. tell(level) hears how loud it is.
// Resolves to a WAV, or to null when nothing was heard.
export async function recordWord(button, tell) {
  const stream = await microphone();
  if (!stream) return null;
  const before = button.onclick;
  const isOver = wordEnd();
  let over = false; // what still comes from the microphone then must not press the button again
  const heard = await listen(stream, button, (seconds, level) => {
    if (over) return;
    tell(level);
    over = isOver(seconds, level);
    if (over) button.onclick();
  });
  over = true;
  button.onclick = before;
  return recording(heard);
}

// A function of (seconds, level) that says when a word has been said and is over.
export function wordEnd() {
  let spoken = null; // when it was loud last
  return (seconds, level) => {
    if (level > LOUD) spoken = seconds;
    return seconds >= LONGEST || (spoken !== null && seconds - spoken > QUIET);
  };
}
