// What must be changed in one text to get another: the fewest characters deleted, inserted and exchanged
// (Levenshtein 1966). Pure.

// [{kind: "same" | "gone" | "new", text}]: an exchanged character is gone, and another one new.
export function diff(a, b) {
  const [from, to] = [Array.from(a), Array.from(b)];
  let head = 0;
  while (head < Math.min(from.length, to.length) && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(from.length, to.length) - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  const middle = steps(from.slice(head, from.length - tail), to.slice(head, to.length - tail));
  const same = (characters) => characters.map((text) => ({ kind: "same", text }));
  return joined([...same(from.slice(0, head)), ...middle, ...same(from.slice(from.length - tail))]);
}

// How many characters that are.
export const distance = (parts) => parts.reduce((sum, { kind, text }, i) => {
  if (kind === "same") return sum;
  const length = Array.from(text).length;
  const before = kind === "new" && parts[i - 1]?.kind === "gone" ? Array.from(parts[i - 1].text).length : 0;
  return sum + Math.max(0, length - before);
}, 0);

function steps(a, b) {
  const wide = b.length + 1;
  const costs = costsOf(a, b);
  const found = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const cost = costs[i * wide + j];
    if (i < a.length && j < b.length && a[i] === b[j] && cost === costs[(i + 1) * wide + j + 1]) {
      found.push({ kind: "same", text: a[i] });
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && j < b.length && cost === 1 + costs[(i + 1) * wide + j + 1]) {
      found.push({ kind: "gone", text: a[i] }, { kind: "new", text: b[j] });
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && cost === 1 + costs[(i + 1) * wide + j]) found.push({ kind: "gone", text: a[i++] });
    else found.push({ kind: "new", text: b[j++] });
  }
  return found;
}

// costs[i · (|b| + 1) + j]: the changes from a without its first i to b without its first j characters.
function costsOf(a, b) {
  const wide = b.length + 1;
  const costs = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      const at = i * wide + j;
      if (i === a.length) costs[at] = b.length - j;
      else if (j === b.length) costs[at] = a.length - i;
      else costs[at] = Math.min(costs[at + wide + 1] + Number(a[i] !== b[j]), costs[at + wide] + 1, costs[at + 1] + 1);
    }
  }
  return costs;
}

// Runs of one kind together; within a change, what is gone before what is new.
function joined(parts) {
  const runs = [];
  let [gone, fresh] = ["", ""];
  const close = () => {
    if (gone) runs.push({ kind: "gone", text: gone });
    if (fresh) runs.push({ kind: "new", text: fresh });
    [gone, fresh] = ["", ""];
  };
  for (const { kind, text } of parts) {
    if (kind === "gone") gone += text;
    else if (kind === "new") fresh += text;
    else {
      close();
      if (runs.at(-1)?.kind === "same") runs.at(-1).text += text;
      else runs.push({ kind, text });
    }
  }
  close();
  return runs;
}
