// The Generate page: three priors that fill the same canvas, left to right, all at once, and out of noise.

import { PARTS } from "../masthead.js";
import { label, language, speak } from "../words.js";
import { openLink, mountLink } from "./address.js";
import { LOOKS } from "./canvas.js";
import { mountCell } from "./cell.js";
import { firstWanted, mountControls, mountLooks, mountShown } from "./controls.js";
import { mountCopies } from "./copies.js";
import { mountLanes } from "./lane.js";
import { begin, change, making, openMenu, takeDomain } from "./making.js";
import { mountNoise } from "./noise.js";
import { mountPlain } from "./plain.js";
import { mountPlayer } from "./player.js";
import { mountSettings } from "./settings.js";

const FRAME = `
  <section class="card gen-hero">
    <div class="gen-controls"></div>
    <div class="gen-bar"><div class="segmented gen-shown" role="group" data-word-label="generate.priors"></div>
      <div class="segmented gen-looks" role="group" data-word-label="generate.looks"></div></div>
    <div class="gen-lanes"></div>
    <div class="gen-player" role="group" data-word-label="generate.player"></div>
    <div class="gen-cell"></div>
  </section>
  <section class="card gen-settings"></section>
  <section class="card gen-copies"></section>
  <section class="card gen-noise"></section>
  <section class="card gen-noises" hidden></section>`;

export async function mount(element) {
  for (const prose of element.querySelectorAll(".prose")) prose.classList.remove("prose"); // Gradio's look for text
  await speak(language());
  for (const part of element.querySelectorAll("[data-part]")) PARTS[part.dataset.part](part);
  const root = element.querySelector("[data-generate]");
  if (!(await openMenu())) return;
  if (!making.domains.length) {
    root.innerHTML = `<p class="card" data-word="generate.none"></p>`;
    label(element);
    document.body.dataset.ready = "yes";
    return;
  }
  root.innerHTML = FRAME;
  const find = (part) => root.querySelector(part);
  mountControls(find(".gen-controls"));
  mountShown(find(".gen-shown"));
  mountLooks(find(".gen-looks"), LOOKS);
  mountLanes(find(".gen-lanes"));
  mountPlayer(find(".gen-player"));
  mountCell(find(".gen-cell"));
  mountSettings(find(".gen-settings"));
  mountCopies(find(".gen-copies"));
  mountNoise(find(".gen-noise"));
  mountPlain(find(".gen-noises"));
  label(element);
  arrive();
  document.body.dataset.ready = "yes";
}

// What a link says, or the first domain's first favourite, already at it.
function arrive() {
  if (!openLink()) {
    takeDomain(making.domains[0].name);
    change({ wanted: firstWanted() });
  }
  begin();
  mountLink();
}
