// Laws of the text page: bytes as characters, lines, differences, contexts. Pure functions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { contextOf } from "../../assets/text/contexts.js";
import { diff, distance } from "../../assets/text/diff.js";
import { charactersOf, lettersIn, oneLine, partOn, shown, signOf, textOf } from "../../assets/text/glyphs.js";
import { brokenInto, GUTTER, rowsOf } from "../../assets/text/lines.js";
import { seeds } from "./random.mjs";

const bytesOf = (text) => new TextEncoder().encode(text);

// Bytes that are often nearly UTF-8.
const strange = (draw) => Uint8Array.from({ length: draw(24) }, () => {
  const lead = [0xc0, 0xc2, 0xdf, 0xe0, 0xe4, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
  return [draw(128), 0x80 + draw(64), 0x80 + draw(64), lead[draw(lead.length)], draw(256)][draw(5)];
});

test("characters are those that every decoder finds, and cover each byte once", () => {
  for (const draw of seeds(3000)) {
    const bytes = strange(draw);
    const characters = charactersOf(bytes);
    assert.equal(characters.map(({ text }) => text).join(""), textOf(bytes), String(bytes));
    let at = 0;
    for (const { from, to } of characters) {
      assert.equal(from, at);
      assert.ok(to > from && to - from <= 4);
      at = to;
    }
    assert.equal(at, bytes.length);
  }
});

test("a character spans as many bytes as UTF-8 gives it", () => {
  const spans = charactersOf(bytesOf("aé学👍")).map(({ from, to }) => to - from);
  assert.deepEqual(spans, [1, 2, 3, 4]);
});

test("nothing that acts is shown as it is", () => {
  const acting = "\0\x07\x1b\r\u202e\u2066\ufeff\u0085\u2028\u00ad\ue000";
  for (const character of acting) {
    assert.ok(!shown(`a${character}b`).includes(character), signOf(character).sign);
    assert.ok(shown(character).length > 0);
  }
  assert.equal(shown("a\u202eb"), "a⟨RLO⟩b");
  assert.equal(shown("👩‍🚀 学\n"), "👩‍🚀 学↵\n");
  assert.equal(oneLine("\u200d"), "ZWJ");
  assert.equal(oneLine("a b\nc"), "a·b↵c");
});

test("of a flood of marks only the first few are stacked", () => {
  const marked = shown(`e${"\u0300".repeat(50)}`);
  assert.equal(marked.match(/◌/g).length, 47);
  assert.equal(shown("e\u0301"), "e\u0301");
});

test("every character is to be read in exactly one of the cells it lies in", () => {
  for (const draw of seeds(300)) {
    const text = Array.from({ length: 1 + draw(20) }, () => ["a", "é", "学", "👍"][draw(4)]).join("");
    const bytes = bytesOf(text);
    for (const stride of [3, 4, 8]) {
      for (const character of charactersOf(bytes)) {
        const bearing = [];
        for (let start = 0; start < bytes.length; start += stride) {
          const span = [start, Math.min(start + stride, bytes.length)];
          if (character.to > span[0] && character.from < span[1] && partOn(character, span).bears) bearing.push(start);
        }
        assert.equal(bearing.length, 1, `${text} ${character.text} ${stride}`);
      }
    }
  }
  const bytes = bytesOf("我叫李");
  assert.deepEqual([[0, 4], [4, 8], [8, 9]].map((span) => lettersIn(bytes, span)), ["我", "叫李", "8e"]);
});

test("lines hold all cells in order, and fit the width", () => {
  for (const width of [280, 342, 700, 1400]) {
    for (const bytes of [1, 4, 5, 63, 1024]) {
      const { column, lines } = brokenInto(width, bytes, 4);
      assert.equal(lines[0][0], 0);
      assert.equal(lines.at(-1)[1], Math.ceil(bytes / 4));
      lines.slice(1).forEach(([from], i) => assert.equal(from, lines[i][1]));
      for (const [from, to] of lines) assert.ok(GUTTER + (to - from) * 4 * column <= width + 0.01);
      assert.ok(column >= 12 && column <= 17);
    }
  }
  assert.deepEqual(brokenInto(700, 0, 4).lines, []);
});

test("without an original its rows take no room", () => {
  const [full, bare] = [rowsOf(4, true), rowsOf(4, false)];
  assert.ok(bare.height < full.height && bare.chips < full.chips);
  assert.equal(full.resynthesis - full.chips, bare.resynthesis - bare.chips);
});

test("differences give back both texts with the fewest changes", () => {
  for (const draw of seeds(2000)) {
    const word = () => Array.from({ length: draw(9) }, () => "ab学"[draw(3)]).join("");
    const [a, b] = [word(), word()];
    const parts = diff(a, b);
    assert.equal(parts.filter(({ kind }) => kind !== "new").map(({ text }) => text).join(""), a);
    assert.equal(parts.filter(({ kind }) => kind !== "gone").map(({ text }) => text).join(""), b);
    assert.equal(distance(parts), levenshtein(a, b), `${a} ${b}`);
  }
  assert.deepEqual(diff("same", "same"), [{ kind: "same", text: "same" }]);
  assert.equal(distance(diff("kitten", "sitting")), 3);
});

function levenshtein(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}

test("a context holds whole characters of its line, the key in the middle", () => {
  const bytes = bytesOf("one line\n社会若要和平\nanother");
  const key = bytesOf("one line\n社会").length;
  assert.deepEqual(contextOf(bytes, [key, key + 4]), { before: "社会", key: "若要", after: "和平" });
  assert.deepEqual(contextOf(bytes, [0, 4]), { before: "", key: "one ", after: "line" });
  assert.deepEqual(contextOf(bytes, [bytes.length - 3, bytes.length]), { before: "anot", key: "her", after: "" });
});
