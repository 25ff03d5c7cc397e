// What is asked for: domain, class, seed, which priors, and the settings.

import { emit, on } from "../store.js";
import { label, language, onLanguage, word } from "../words.js";
import { found } from "./classes.js";
import { begin, change, kindsHere, LARGEST_SEED, making, takeDomain, USUAL, want } from "./making.js";

const FAVOURITES = ["smiling face", "cat face", "red heart", "sun", "rocket", "pizza", "frog", "ghost", "red apple", "octopus"];

export const wordOr = (key, otherwise) => (word(key) === key ? otherwise : word(key));
export const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");

// What a class is called in the language that is spoken.
export function called(name) {
  if (language() !== "zh") return name;
  return making.domain.chinese[name] ?? wordOr(`generate.group.${slug(name)}`, name);
}

export function mountControls(root) {
  root.innerHTML = `
    <div class="gen-ask">
      <div class="segmented gen-domains" role="group" data-word-label="generate.domains"></div>
      <div class="gen-what"><label class="visually-hidden" for="gen-what" data-word="generate.what"></label>
        <input id="gen-what" class="field" type="text" role="combobox" autocomplete="off" spellcheck="false" maxlength="80"
          aria-expanded="false" aria-controls="gen-classes" aria-autocomplete="list" data-word-placeholder="generate.what_hint">
        <ul id="gen-classes" class="gen-classes" role="listbox" data-word-label="generate.what" hidden></ul></div>
      <label class="gen-seed"><span data-word="generate.seed"></span><input class="field" type="number" min="0" max="${LARGEST_SEED}" step="1"></label>
      <button type="button" class="button gen-die" data-deed="die" data-word-label="generate.deed.die" data-word-title="generate.deed.die">${DIE}</button>
      <button type="button" class="button main gen-begin" data-deed="begin" data-word="generate.deed.begin"></button>
    </div>
    <div class="gen-near" role="status" hidden></div>
    <div class="gen-favourites" role="group" data-word-label="generate.favourites"></div>`;
  const find = (part) => root.querySelector(part);
  const seed = find(".gen-seed input");
  seed.onchange = () => (change({ seed: Math.max(0, Math.min(LARGEST_SEED, Math.round(Number(seed.value)) || 0)) }), begin());
  find("[data-deed=die]").onclick = () => (change({ seed: Math.floor(Math.random() * (LARGEST_SEED + 1)) }), begin());
  find("[data-deed=begin]").onclick = () => want(find("#gen-what").value === called(making.wanted) ? making.wanted : find("#gen-what").value);
  mountDomains(find(".gen-domains"));
  mountClasses(find(".gen-what"));
  mountFavourites(find(".gen-favourites"));
  on("near", (told) => showNear(find(".gen-near"), told));
  on("asked", () => (seed.value = making.seed));
  on("menu", () => {
    for (const part of [".gen-what", ".gen-favourites"]) find(part).hidden = !making.domain.classes.length;
  });
  label(root);
}

const DIE = `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.7"><rect x="3.5" y="3.5" width="17" height="17" rx="4"/><g fill="currentColor" stroke="none"><circle cx="8.3" cy="8.3" r="1.5"/><circle cx="15.7" cy="15.7" r="1.5"/><circle cx="12" cy="12" r="1.5"/><circle cx="15.7" cy="8.3" r="1.5"/><circle cx="8.3" cy="15.7" r="1.5"/></g></svg>`;

function buttonOf(text, press, pressed) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick: press });
  if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
  return button;
}

const domainName = (name) => wordOr(`generate.domain.${slug(name)}`, name);

function mountDomains(group) {
  const show = () => {
    group.hidden = making.domains.length < 2;
    group.replaceChildren(...making.domains.map(({ name }) => buttonOf(domainName(name), () => enter(name), name === making.domain?.name)));
  };
  on("menu", show);
  onLanguage(() => making.domain && show());
}

function enter(name) {
  takeDomain(name);
  change({ wanted: firstWanted(), settings: { ...USUAL } });
  begin();
}

// What a domain begins with: the first of the favourites that it has, or its first class.
export function firstWanted() {
  const names = new Set(making.domain.classes.map(([name]) => name));
  const [first = ""] = FAVOURITES.filter((name) => names.has(name));
  return first || making.domain.classes.at(7)?.[0] || making.domain.classes.at(0)?.[0] || "";
}

// A handful of classes: all there are, or the favourites among them.
export function chosenFew() {
  const names = making.domain.classes.map(([name]) => name);
  return names.length <= 16 ? names : FAVOURITES.filter((name) => names.includes(name));
}

function mountFavourites(group) {
  const show = () => {
    group.replaceChildren(
      ...chosenFew().map((name) => favourite(name, called(name))),
      favourite("", word("generate.anything")),
    );
  };
  const favourite = (name, text) => {
    const button = buttonOf(text, () => want(name), making.wanted === name);
    button.className = "chip";
    return button;
  };
  for (const topic of ["menu", "asked"]) on(topic, show);
  onLanguage(() => making.domain && show());
}

// --- the list of classes -------------------------------------------------------------------

function mountClasses(root) {
  const [field, list] = [root.querySelector("input"), root.querySelector("ul")];
  const view = { group: -1, at: -1 };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    Object.assign(view, { group: -1, at: -1 });
  };
  const take = (name) => {
    close();
    field.value = called(name);
    want(name);
  };
  const fill = (text) => {
    const all = found(making.domain, text, view.group);
    const rows = all.map((one) => rowOf(one, making.domain, () => {
      const opens = one.level === 0 && view.group < 0 && !text && making.domain.classes.some(([, , group], i) => group === one.number && i !== one.number);
      if (!opens) return take(one.name);
      view.group = one.number;
      fill("");
    }));
    if (view.group >= 0) {
      const name = making.domain.classes[view.group][0];
      const whole = rowOf({ name, said: "", level: 0, all: true }, making.domain, () => take(name));
      rows.unshift(backRow(() => ((view.group = -1), fill(""))), whole);
    }
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    list.scrollTop = 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    view.at = -1;
  };
  field.onfocus = () => (field.select(), fill(""));
  field.oninput = () => ((view.group = -1), fill(field.value));
  field.onblur = () => setTimeout(() => !root.contains(document.activeElement) && close(), 120);
  list.onmousedown = (event) => event.preventDefault(); // the field keeps the focus
  field.onkeydown = (event) => keys(event, { view, field, list, take, close });
  on("asked", () => document.activeElement !== field && (field.value = called(making.wanted)));
  on("asked", () => list.hidden && (field.value = called(making.wanted)));
  onLanguage(() => making.domain && (field.value = called(making.wanted)));
}

function keys(event, { view, field, list, take, close }) {
  if (event.key === "Escape") return close();
  if (event.key === "Enter") {
    const chosen = list.children[view.at];
    return chosen ? chosen.click() : take(field.value);
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const count = list.children.length;
  if (!count) return;
  list.children[view.at]?.removeAttribute("aria-selected");
  view.at = (view.at + (event.key === "ArrowDown" ? 1 : count - 1) + (view.at < 0 && event.key === "ArrowUp" ? 1 : 0)) % count;
  const row = list.children[view.at];
  row.setAttribute("aria-selected", "true");
  row.id = "gen-class-now";
  for (const other of list.children) if (other !== row) other.removeAttribute("id");
  field.setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
}

function rowOf({ name, level, group, all }, domain, press) {
  const row = Object.assign(document.createElement("li"), { onclick: press });
  row.setAttribute("role", "option");
  row.append(Object.assign(document.createElement("span"), { textContent: all ? word("generate.whole", { name: called(name) }) : called(name) }));
  const above = group >= 0 && domain.classes[group][0] !== name ? domain.classes[group][0] : "";
  if (above) row.append(Object.assign(document.createElement("small"), { textContent: called(above) }));
  row.dataset.level = level;
  return row;
}

function backRow(press) {
  const row = Object.assign(document.createElement("li"), { textContent: `‹ ${word("generate.groups")}`, onclick: press });
  row.setAttribute("role", "option");
  return row;
}

function showNear(box, told) {
  box.hidden = !told;
  if (!told) return;
  box.replaceChildren(Object.assign(document.createElement("span"), { textContent: word("generate.near", { wanted: told.wanted }) }));
  for (const name of told.near) {
    const button = buttonOf(called(name), () => want(name));
    button.className = "chip";
    box.append(button);
  }
}

// --- which priors, how many, and how --------------------------------------------------------

export function mountShown(root) {
  const show = () => {
    const button = (kind) => buttonOf(word(kind === "all" ? "generate.all" : `generate.kind.${kind}.name`), () => (change({ shown: kind }), begin()), making.shown === kind);
    const here = kindsHere();
    root.replaceChildren(...(here.length > 1 ? ["all", ...here] : here).map(button));
  };
  for (const topic of ["menu", "asked"]) on(topic, show);
  onLanguage(() => making.domain && show());
}

export function mountLooks(root, looks) {
  const show = () =>
    root.replaceChildren(...looks.map((look) => {
      const button = buttonOf(word(`generate.look.${look}.name`), () => ((making.look = look), show(), emit("look")), making.look === look);
      button.title = word(`generate.look.${look}.about`);
      return button;
    }));
  on("menu", show);
  onLanguage(show);
}

