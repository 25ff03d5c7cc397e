// The visitor's own pictures: chosen or dropped, sent one by one. What cannot be read is named and left out.

import { isReadable, isTooLarge, LARGEST, onDrop } from "../files.js";
import { on, say } from "../store.js";
import { label, onLanguage, sentence, word } from "../words.js";
import { choose, chosenSet, keepBasket, training } from "./training.js";

const THUMBS = 12; // of the first pictures
const THUMB = 32; // pixels

const BUTTON = `
  <canvas width="${THUMBS * THUMB}" height="${THUMB}" aria-hidden="true"></canvas><b data-word="train.set.own"></b><small></small>`;

const LINE = `
  <p class="note" data-line></p>
  <p class="train-own-deeds"><button type="button" class="button" data-add data-word="train.own.add"></button>
    <button type="button" class="button quiet" data-clear data-word="train.own.clear"></button></p>
  <details hidden><summary></summary><ul></ul></details>
  <input type="file" accept="image/*" multiple hidden>
  <div class="train-drop" hidden><p data-word="train.own.drop"></p></div>`;

// root holds the list; `sets` the choice the button joins.
export function mountOwn(root, sets) {
  root.innerHTML = LINE;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "train-set" });
  button.innerHTML = BUTTON;
  button.dataset.set = "own";
  sets.append(button);
  const input = root.querySelector("input");
  const view = { root, button, skipped: [], waiting: [], sent: 0, of: 0 };
  button.onclick = () => (training.basket.pictures ? choose({ set: "own" }) : input.click());
  root.querySelector("[data-add]").onclick = () => input.click();
  root.querySelector("[data-clear]").onclick = () => clear(view);
  input.onchange = () => {
    add(view, [...input.files]);
    input.value = ""; // so that the same files can be chosen again
  };
  onDrop(root.querySelector(".train-drop"), (files) => add(view, files));
  label(root);
  for (const topic of ["draft", "told"]) on(topic, () => tell(view));
  onLanguage(() => tell(view));
}

function clear(view) {
  keepBasket({ id: "", pictures: 0 });
  view.skipped = [];
  view.button.querySelector("canvas").getContext("2d").clearRect(0, 0, THUMBS * THUMB, THUMB);
  choose({ set: training.menu.sets[0].name });
}

// --- sending ------------------------------------------------------------------------------

// One after the other: the first tells the basket that the others go into.
async function add(view, files) {
  if (!files.length) return say(word("train.own.no_file"));
  const isFirst = !view.waiting.length;
  view.waiting.push(...files);
  view.of += files.length;
  if (!isFirst) return; // they join the queue
  while (view.waiting.length) {
    tell(view);
    const trouble = await put(view, view.waiting[0]);
    if (trouble) view.skipped.push({ name: view.waiting[0].name, trouble });
    view.waiting.shift();
    view.sent += 1;
  }
  [view.sent, view.of] = [0, 0];
  choose(training.basket.pictures >= training.menu.least_pictures ? { set: "own" } : {});
}

// Sends one file; resolves to why it was left out, as [key, values] or an error of the server, or to null.
async function put(view, file) {
  const { basket, menu } = training;
  if (basket.pictures >= menu.most_pictures) return ["train.own.too_many", { most: menu.most_pictures }];
  if (isTooLarge(file)) return ["train.own.too_large", { limit: LARGEST }];
  if (!(await isReadable(file))) return ["train.own.unreadable", {}];
  const address = new URL(`bench/train/picture?basket=${encodeURIComponent(basket.id)}`, document.baseURI);
  const answer = await fetch(address, { method: "POST", body: file }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer) return ["message.offline", {}];
  if (!answer.ok) return told?.error ?? ["message.failed", { status: answer.status }];
  keepBasket({ id: told.basket, pictures: told.pictures });
  if (told.pictures <= THUMBS) await thumb(view, file, told.pictures - 1);
  return null;
}

// The centre square, small, in its place beside the others; a kind that the browser cannot read stays blank.
async function thumb({ button }, file, place) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return;
  const side = Math.min(picture.width, picture.height);
  const pen = button.querySelector("canvas").getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, place * THUMB, 0, THUMB, THUMB);
  picture.close();
}

// --- in words -----------------------------------------------------------------------------

function tell({ root, button, skipped, waiting, sent, of }) {
  const { pictures } = training.basket;
  const { least_pictures: least, most_pictures: most } = training.menu;
  button.setAttribute("aria-pressed", chosenSet() === "own");
  const small = pictures ? word("train.count", { count: pictures }) : word("train.own.least", { least });
  button.querySelector("small").textContent = small;
  const key = waiting.length ? "sending" : pictures === 0 ? "none" : pictures < least ? "few" : "enough";
  const values = { sent, of, pictures, least, most, lack: least - pictures };
  root.querySelector("[data-line]").textContent = word(`train.own.${key}`, values);
  root.querySelector(".train-own-deeds").hidden = !pictures || waiting.length > 0;
  button.toggleAttribute("data-empty", !pictures);
  const details = root.querySelector("details");
  details.hidden = !skipped.length;
  const several = skipped.length === 1 ? "skipped_one" : "skipped";
  details.querySelector("summary").textContent = word(`train.own.${several}`, { count: skipped.length });
  details.querySelector("ul").replaceChildren(...skipped.map(skippedLine));
}

function skippedLine({ name, trouble }) {
  const line = document.createElement("li");
  const reason = Array.isArray(trouble) ? word(...trouble) : sentence(trouble);
  line.append(Object.assign(document.createElement("b"), { textContent: name }), ` ${reason}`);
  return line;
}
