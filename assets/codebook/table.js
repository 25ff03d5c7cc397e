// The table: every code with its numbers, a page at a time. It can be searched and sorted.

import { largest, percentOf } from "../counts.js";
import { linked } from "../pointing.js";
import { here, onlyPresent } from "../present.js";
import { showTile, tileCanvas } from "../sheets.js";
import { on, state } from "../store.js";
import { onLanguage, word } from "../words.js";

const ROWS = 12;
const COLUMNS = ["code", "count", "here"]; // that can be sorted

// The codes to list: those whose number begins with `search`, only those of the picture if `only`,
// sorted by "code", "count" or "here"; equal ones in the order of their numbers.
export function listed({ counts, present, search = "", only = false, by = "code", descending = false }) {
  const value = { code: (code) => code, count: (code) => counts[code] ?? 0, here: (code) => present[code] }[by];
  return [...present.keys()]
    .filter((code) => String(code).startsWith(search) && (!only || present[code] > 0))
    .sort((a, b) => (descending ? value(b) - value(a) : value(a) - value(b)) || a - b);
}

export function mountTable(root) {
  root.innerHTML = `
    <summary data-word="codebook.table"></summary>
    <div class="table-tools">
      <input class="field" type="search" inputmode="numeric" maxlength="6"
        data-word-placeholder="codebook.search" data-word-label="codebook.search">
      <span class="note" aria-live="polite"></span>
      <button type="button" class="button quiet" data-page="-1" data-word="codebook.before"></button>
      <button type="button" class="button quiet" data-page="1" data-word="codebook.after"></button>
    </div>
    <table><thead><tr>
      <th><span class="visually-hidden" data-word="codebook.tile"></span></th>${COLUMNS.map(head).join("")}
      <th data-word="codebook.nearest"></th></tr></thead><tbody></tbody></table>`;
  const view = { root, search: "", by: "code", descending: false, page: 0, codes: [] };
  const rows = Array.from({ length: ROWS }, () => row(root.querySelector("tbody")));
  const refresh = () => root.open && show(view, rows);
  listen(view, refresh);
  for (const topic of ["book", "loaded", "tokens", "present"]) on(topic, refresh);
  for (const topic of ["picked", "hover"]) on(topic, () => rows.forEach(mark));
  onLanguage(refresh);
  linked(root.querySelector("tbody"), "table");
}

const head = (column) =>
  `<th data-column="${column}"><button type="button" data-word="codebook.column.${column}"></button></th>`;

function listen(view, refresh) {
  const { root } = view;
  const change = (values) => {
    Object.assign(view, values);
    refresh();
  };
  root.addEventListener("toggle", refresh);
  root.querySelector("input").addEventListener("input", (event) => {
    change({ search: event.target.value.replace(/\D/g, "").replace(/^0+(?=\d)/, ""), page: 0 });
  });
  for (const button of root.querySelectorAll("[data-page]")) {
    button.addEventListener("click", () => change({ page: view.page + Number(button.dataset.page) }));
  }
  for (const column of root.querySelectorAll("[data-column]")) {
    const by = column.dataset.column;
    // Counts are read from the largest down, numbers from 0 up.
    column.firstChild.addEventListener("click", () => {
      change({ by, descending: view.by === by ? !view.descending : by !== "code", page: 0 });
    });
  }
}

// One row, made once and told another code on every page.
function row(body) {
  const element = body.insertRow();
  const tile = element.insertCell().appendChild(tileCanvas());
  const [code, count, present, near] = Array.from({ length: 4 }, () => element.insertCell());
  const add = (parent, tag, values) => parent.appendChild(Object.assign(document.createElement(tag), values));
  const swatch = add(code, "span", { className: "swatch" });
  const number = add(code, "button", { className: "number", type: "button" });
  const bar = add(count, "span", { className: "bar" });
  const uses = add(count, "span");
  const other = add(near, "button", { className: "near", type: "button" });
  const otherTile = other.appendChild(tileCanvas());
  const otherNumber = add(other, "span");
  return { element, tile, swatch, number, bar, uses, present, other, otherTile, otherNumber };
}

function show(view, rows) {
  if (!state.book) return;
  const { root } = view;
  const codes = listed({ counts: state.book.counts, present: here(), only: onlyPresent(), ...view });
  const pages = Math.max(1, Math.ceil(codes.length / ROWS));
  view.page = Math.min(Math.max(view.page, 0), pages - 1);
  const first = view.page * ROWS;
  const most = largest(state.book.counts);
  rows.forEach((parts, i) => fillRow(parts, codes[first + i], most));
  const values = { first: first + 1, last: Math.min(first + ROWS, codes.length), all: codes.length };
  const range = word(codes.length ? "codebook.range" : "codebook.none", values);
  root.querySelector(".table-tools .note").textContent = range;
  const [back, on] = root.querySelectorAll("[data-page]");
  back.disabled = view.page === 0;
  on.disabled = view.page === pages - 1;
  for (const column of root.querySelectorAll("[data-column]")) {
    const sorted = column.dataset.column === view.by;
    column.setAttribute("aria-sort", sorted ? (view.descending ? "descending" : "ascending") : "none");
  }
}

function mark({ element }) {
  element.toggleAttribute("data-picked", Number(element.dataset.code) === state.code);
  element.toggleAttribute("data-lit", Number(element.dataset.code) === state.hover.code);
}

function fillRow(parts, code, most) {
  parts.element.hidden = code === undefined;
  if (code === undefined) return;
  const { counts, tokens, colours, nearest } = state.book;
  parts.element.dataset.code = code;
  mark(parts);
  showTile(parts.tile, code);
  parts.swatch.style.background = colours[code];
  parts.number.textContent = code;
  parts.bar.style.width = most ? `${(56 * counts[code]) / most}px` : "0";
  const share = { count: counts[code], percent: percentOf(counts[code], tokens) };
  parts.uses.textContent = counts.length ? word("codebook.share", share) : "–";
  parts.present.textContent = here()[code];
  const near = nearest[code];
  parts.other.hidden = near < 0;
  if (near < 0) return;
  parts.other.dataset.code = near;
  showTile(parts.otherTile, near);
  parts.otherNumber.textContent = near;
}
