// Every word of the page, from one table per language. Elements carry data-word="key";
// data-word-title, data-word-label and data-word-placeholder fill attributes instead.

import { recall, remember } from "./memory.js";

let table = {};
const relabellers = new Set();

// Chosen on an earlier visit, or what the browser speaks; Node, where the modules are tested, speaks English.
let spoken = (recall("language") ?? globalThis.navigator?.language ?? "en").startsWith("zh") ? "zh" : "en";

// "en" or "zh". Not the document's own attribute, which Gradio writes too.
export const language = () => spoken;

export function word(key, values = {}) {
  const text = key.split(".").reduce((entry, part) => entry?.[part], table) ?? key;
  return fill(text, values);
}

export const fill = (text, values = {}) =>
  text.replace(COUNTED, (counted, name, noun, are = "") =>
    Number(values[name]) === 1 ? `{${name}} ${noun.slice(0, -1)}${are && " is"}` : counted)
    .replace(/\{(\w+)\}/g, (gap, name) => (name in values ? format(values[name]) : gap));

// What is counted in English: of one there is no plural.
const COUNTED =
  /\{(\w+)\} (characters|bytes|bits|cells|codes|codebooks|files|frames|pictures|samples|seconds|sounds|steps|texts|tokens)\b( are\b)?/g;

const format = (value) => (typeof value === "number" ? value.toLocaleString(language()) : value);

// A sentence from the server: the English template is its key.
export const sentence = (error) => fill(table.errors?.[error.template] ?? error.template, error.values);

export function label(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const [attribute, name] of [["title", "wordTitle"], ["aria-label", "wordLabel"], ["placeholder", "wordPlaceholder"]]) {
    const selector = `[data-${name.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase())}]`;
    for (const element of root.querySelectorAll(selector)) element.setAttribute(attribute, word(element.dataset[name]));
  }
}

// Calls `listener` now and after every change of language.
export function onLanguage(listener) {
  relabellers.add(listener);
  listener();
}

export async function speak(code) {
  const page = location.pathname.split("/").pop(); // of the words of other pages only their links are sent
  const answer = await fetch(new URL(`bench/words/${code}?page=${page}`, document.baseURI));
  table = await answer.json();
  spoken = document.documentElement.lang = code;
  remember("language", code);
  label();
  relabellers.forEach((listener) => listener());
}
