// Edits of a text: those of every signal in a row.

import { mountDeeds as mountCard } from "../row/deeds.js";
import { mark, passage } from "./passage.js";
import { mountSecond, SECOND } from "./second.js";

const MEDIUM = {
  words: "text",
  held: passage,
  mark,
  deeds: {},
  more: () => "",
  second: SECOND,
  below: "",
  values: ([from, to]) => ({ from: from + 1, to }),
  changed() {},
};

export function mountDeeds(root) {
  const view = mountCard(root, MEDIUM, { books: "one" });
  mountSecond(root.querySelector("section:last-of-type"), view);
}
