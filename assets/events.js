// Answers that come bit by bit: server-sent events behind one POST.

import { post } from "./asking.js";
import { say } from "./store.js";
import { sentence, word } from "./words.js";

// Text as it comes in → {messages, rest}: what is complete, and the beginning of what is not.
export function split(text) {
  const parts = text.split("\n\n");
  const rest = parts.pop();
  return { messages: parts.map((part) => JSON.parse(part.replace(/^data: /, ""))), rest };
}

// Asks `path`, and calls take(message) with each part of the answer, one after the other, until it gives false.
// Resolves to whether all of it came; what went wrong the visitor has been told.
export async function follow(path, question, take) {
  const answer = await post(path, question);
  if (!answer) return false;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const part = await reader.read().catch(() => null);
    if (!part) return say(word("message.offline")), false;
    if (part.done) return true;
    const { messages, rest } = split(text + part.value);
    text = rest;
    for (const message of messages) {
      if (message.error) return say(sentence(message.error)), false;
      if ((await take(message)) === false) return reader.cancel().catch(() => {}), false; // the server stops too
    }
  }
}
