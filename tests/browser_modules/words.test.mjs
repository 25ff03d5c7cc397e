// How the gaps of a sentence are filled.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fill } from "../../assets/words.js";

test("one of something is not spoken of as several", () => {
  const text = "{characters} characters, {bytes} bytes.";
  assert.equal(fill(text, { characters: 1, bytes: 3 }), "1 character, 3 bytes.");
  assert.equal(fill(text, { characters: 0, bytes: 1 }), "0 characters, 1 byte.");
  assert.equal(fill("{dead} codes are dead.", { dead: 1 }), "1 code is dead.");
  assert.equal(fill("{dead} codes are dead.", { dead: 11 }), "11 codes are dead.");
});

test("a gap for which there is no value stays, and what a value says is not filled again", () => {
  assert.equal(fill("{n} cells of {name}", { name: "{n}" }), "{n} cells of {n}");
});
