// The Joint page: one codebook for what is seen, heard and written. Three senses go in above, what they share stands
// in the middle, and below comes out what it would draw, say and write.

import { ask } from "../asking.js";
import { PARTS } from "../masthead.js";
import { emit, on } from "../store.js";
import { label, language, onLanguage, speak, word } from "../words.js";
import { mountBelief } from "./belief.js";
import { mountHeard } from "./heard.js";
import { mountOutputs } from "./outputs.js";
import { mountSeen } from "./seen.js";
import { mountStrip } from "./strip.js";
import { joint, takeModel } from "./thought.js";
import { mountWritten } from "./written.js";

const FRAME = `
  <nav class="joint-domains segmented" data-word-label="joint.domains" hidden></nav>
  <p class="card joint-none" data-word="joint.none" hidden></p>
  <div class="joint-whole" hidden>
    <div class="joint-tabs segmented" role="group" data-word-label="joint.senses"></div>
    <div class="joint-senses"></div>
    <section class="card joint-middle" aria-labelledby="joint-belief"></section>
    <section class="joint-outputs" data-word-label="joint.out.title"></section>
    <section class="card joint-between" aria-labelledby="joint-between"></section>
    <section class="card joint-inspector" aria-labelledby="joint-inspector"></section>
    <div class="joint-pair">
      <section class="card joint-map" aria-labelledby="joint-map"></section>
      <section class="card joint-lesson" aria-labelledby="joint-lesson"></section>
    </div>
  </div>`;

const LATER = {
  between: async () => (await import("./between.js")).mountBetween,
  inspector: async () => (await import("./inspector.js")).mountInspector,
  map: async () => (await import("./map.js")).mountMap,
  lesson: async () => (await import("./lesson.js")).mountLesson,
};

export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await speak(language());
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  const root = element.querySelector("[data-joint]");
  root.innerHTML = FRAME;
  const find = (part) => root.querySelector(`.joint-${part}`);
  const whole = find("whole");
  mountSenses(find("senses"), find("tabs"), whole);
  mountMiddle(find("middle"));
  mountOutputs(find("outputs"));
  mountDomains(find("domains"));
  on("joint.model", () => (whole.hidden = false));
  label(element);
  const answer = await ask("joint/models");
  joint.models = answer ? (await answer.json()).models : [];
  find("none").hidden = joint.models.length > 0;
  emit("joint.models");
  await takeModel(decodeURIComponent(location.hash.slice(1)));
  for (const [name, fetch] of Object.entries(LATER)) whenNear(find(name), fetch);
  document.body.dataset.ready = "yes";
}

function mountSenses(root, tabs, whole) {
  const mounts = { pictures: mountSeen, sounds: mountHeard, words: mountWritten };
  const open = (sense) => {
    whole.dataset.open = sense;
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.tab === sense));
  };
  for (const [sense, mountSense] of Object.entries(mounts)) {
    const card = Object.assign(document.createElement("section"), { className: "card joint-sense" });
    card.dataset.sense = sense;
    root.append(card);
    const tab = Object.assign(document.createElement("button"), { type: "button", onclick: () => open(sense) });
    [tab.dataset.tab, tab.dataset.word] = [sense, `joint.sense.${sense}`];
    tabs.append(tab);
    mountSense(card);
  }
  open("pictures");
}

function mountMiddle(root) {
  root.innerHTML = `<div class="joint-belief"></div><div class="joint-strip"></div>`;
  mountBelief(root.firstElementChild);
  mountStrip(root.lastElementChild);
}

function mountDomains(nav) {
  const show = () => {
    nav.hidden = joint.models.length < 2;
    nav.replaceChildren(...joint.models.map(({ name, domain, title }) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      const [key, said] = [`joint.domain.${domain}`, word(`joint.domain.${domain}`)];
      button.textContent = said === key ? title : said;
      button.setAttribute("aria-pressed", String(name === joint.model?.name));
      button.onclick = () => {
        history.replaceState(null, "", `#${name}`);
        takeModel(name);
      };
      return button;
    }));
  };
  for (const topic of ["joint.models", "joint.model"]) on(topic, show);
  onLanguage(show);
}

// Fetches a card's module when the visitor comes near it; what was said meanwhile, the module reads from `joint`.
function whenNear(root, fetch) {
  const watcher = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    watcher.disconnect();
    (await fetch())(root);
    label(root);
  }, { rootMargin: "600px" });
  watcher.observe(root);
}
