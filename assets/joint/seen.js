// What is seen: drawn with chalk on a small board, taken from a file, or chosen from what the model itself drew.

import { isReadable, isTooLarge, LARGEST } from "../files.js";
import { on, say } from "../store.js";
import { label, word } from "../words.js";
import { emojiOf, hasEmoji, painted } from "./emoji.js";
import { examples } from "./examples.js";
import { SEVEN } from "./figures.js";
import { sampleList, senseCard } from "./sense.js";
import { called, give, joint } from "./thought.js";

const SIDE = 256; // pixels of the board
const BOARD = "#000000";
const CHALK = "#ffffff";
const PEN = 21; // pixels: as thick beside the board as the strokes the model learned from
const DRAWN = "handwriting"; // the look of what is drawn here
const PACE = 90; // ms between two looks at a drawing under way
const STROKE = 650; // ms in which the first seven draws itself

const FRAME = `
  <div class="joint-seeing">
    <div class="joint-board"><canvas width="${SIDE}" height="${SIDE}" tabindex="0" role="img" data-word-label="joint.board"></canvas>
      <i class="joint-cross" hidden></i><p class="joint-hint"></p></div>
    <div class="joint-side">
      <figure class="joint-eye" hidden><img alt=""><figcaption data-word="joint.eye"></figcaption></figure>
      <div class="joint-ways"><button type="button" class="button" data-way="clear" data-word="joint.clear"></button>
        <button type="button" class="button" data-way="upload" data-word="joint.upload"></button>
        <input type="file" accept="image/*" hidden></div></div>
  </div>`;

export function mountSeen(root) {
  const body = senseCard(root, "pictures", { noise: true });
  body.innerHTML = FRAME;
  const [canvas, file] = [body.querySelector("canvas"), body.querySelector("input")];
  const board = boardOf(canvas, body.querySelector(".joint-board"));
  body.querySelector("[data-way=clear]").onclick = board.clear;
  body.querySelector("[data-way=upload]").onclick = () => file.click();
  file.onchange = async () => {
    if (file.files.length) await put(file.files[0], board);
    file.value = ""; // so that the same file can be chosen again
  };
  const list = sampleList(body.querySelector(".joint-ways"), (into) => fill(into, board, list));
  body.append(list.querySelector("div")); // the list stands below all buttons
  on("joint.model", () => {
    begin(board);
    list.open = !joint.model.drawn; // of things one picks, nobody draws a saxophone
    body.querySelector(".joint-hint").dataset.word = joint.model.drawn ? "joint.draw_here" : "joint.pick_here";
    label(body);
  });
  const eye = body.querySelector(".joint-eye");
  for (const topic of ["joint.thought", "joint.given"]) {
    on(topic, () => {
      const seen = joint.given.pictures && joint.thought?.senses?.pictures?.seen;
      if (seen) eye.firstElementChild.src = seen;
      eye.hidden = !seen;
    });
  }
  label(body);
}

// The first thing anybody sees: a seven that draws itself, or of things the first one there is.
function begin(board) {
  board.wipe();
  if (joint.model.drawn) return board.trace(SEVEN);
  const name = joint.model.meanings.find(hasEmoji);
  if (name) painted(name, SIDE).then((url) => board.show(url));
}

async function put(blob, board) {
  if (isTooLarge(blob)) return say(word("input.too_large", { size: Math.ceil(blob.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(blob))) return say(word("input.unreadable"));
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (!bitmap) return say(word("joint.no_picture"));
  board.take(bitmap);
}

// --- the board --------------------------------------------------------------------------------

function boardOf(canvas, frame) {
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const held = { last: null, sent: 0, timer: 0, tracing: 0, fresh: true, look: DRAWN };
  const send = () => {
    held.sent = performance.now();
    give("pictures", canvas.toDataURL("image/png"), held.look);
  };
  const sendSoon = () => {
    clearTimeout(held.timer);
    held.timer = setTimeout(send, Math.max(0, PACE - (performance.now() - held.sent)));
  };
  const wipe = () => {
    cancelAnimationFrame(held.tracing);
    held.tracing = 0;
    clearTimeout(held.timer);
    pen.fillStyle = BOARD;
    pen.fillRect(0, 0, SIDE, SIDE);
    frame.dataset.used = "";
    held.look = DRAWN;
  };
  const dab = (from, to) => {
    Object.assign(pen, { strokeStyle: CHALK, lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(to[0] + 0.01, to[1]); // a line of no length would leave no dot
    pen.stroke();
    return to;
  };
  const draw = (image, width, height, look) => {
    const side = Math.min(width, height);
    pen.drawImage(image, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    frame.dataset.used = "drawn";
    held.look = look;
    held.fresh = true; // whoever draws now begins anew
    send();
  };
  listen(canvas, held, { wipe, dab, send, sendSoon });
  return {
    wipe,
    clear: () => (wipe(), (held.fresh = false), give("pictures", null)),
    take: (bitmap) => (wipe(), draw(bitmap, bitmap.width, bitmap.height, "")),
    async show(url, look = "") {
      const image = Object.assign(new Image(), { src: url });
      await image.decode();
      wipe();
      pen.imageSmoothingEnabled = true;
      draw(image, image.naturalWidth, image.naturalHeight, look);
    },
    trace: (strokes) => trace(strokes, held, { dab, send }),
  };
}

function listen(canvas, held, { wipe, dab, send, sendSoon }) {
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * SIDE, ((event.clientY - frame.top) / frame.height) * SIDE];
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (held.fresh) wipe();
    held.fresh = false;
    canvas.parentElement.dataset.used = "drawn";
    held.last = dab(place(event), place(event));
  };
  canvas.onpointermove = (event) => {
    if (!held.last) return;
    for (const sample of event.getCoalescedEvents?.() ?? [event]) held.last = dab(held.last, place(sample));
    sendSoon();
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!held.last) return;
    held.last = null;
    clearTimeout(held.timer);
    send();
  };
  keys(canvas, held, { wipe, dab, sendSoon });
}

// With the arrows a cross moves, and with the space bar down it draws.
function keys(canvas, held, { wipe, dab, sendSoon }) {
  const STEPS = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] };
  const cross = canvas.nextElementSibling;
  let [at, down] = [[SIDE / 2, SIDE / 4], false];
  canvas.addEventListener("blur", () => (cross.hidden = true));
  canvas.onkeydown = (event) => {
    if (event.key === " ") down = true;
    else if (!STEPS[event.key]) return;
    event.preventDefault();
    if (down && held.fresh) wipe();
    if (down) {
      held.fresh = false;
      canvas.parentElement.dataset.used = "drawn";
    }
    const [dx, dy] = STEPS[event.key] ?? [0, 0];
    const to = [Math.min(SIDE, Math.max(0, at[0] + dx)), Math.min(SIDE, Math.max(0, at[1] + dy))];
    if (down) (dab(at, to), sendSoon());
    at = to;
    cross.hidden = false;
    Object.assign(cross.style, { left: `${(100 * at[0]) / SIDE}%`, top: `${(100 * at[1]) / SIDE}%` });
  };
  canvas.onkeyup = (event) => event.key === " " && (down = false);
}

function trace(strokes, held, { dab, send }) {
  const lines = strokes.flatMap((points) => points.slice(1).map((point, i) => [points[i], point]));
  const whole = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scaled = (point) => point.map((value) => value * SIDE);
  const began = performance.now();
  let drawn = 0;
  held.fresh = true;
  const step = () => {
    const until = whole ? lines.length : Math.min(lines.length, Math.ceil(((performance.now() - began) / STROKE) * lines.length));
    for (; drawn < until; drawn++) dab(...lines[drawn].map(scaled));
    held.tracing = drawn < lines.length ? requestAnimationFrame(step) : 0;
    if (!held.tracing) send();
  };
  step();
}

// --- what there is to begin with ----------------------------------------------------------------

async function fill(list, board, details) {
  list.className = "joint-samples-list joint-pictures-list";
  const pick = (url, look) => (board.show(url, look), joint.model.drawn && (details.open = false));
  list.append(...emojiButtons(pick));
  for (const { url, meaning, style } of await examples("pictures")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-thumb" });
    button.title = `${called(meaning)} · ${style}`;
    button.setAttribute("aria-label", button.title);
    button.append(Object.assign(new Image(), { src: url, alt: "" }));
    button.onclick = () => pick(url, style);
    list.append(button);
  }
  list.append(Object.assign(document.createElement("p"), { className: "note", textContent: word("joint.by_itself") }));
}

function emojiButtons(pick) {
  return joint.model.meanings.flatMap((name, meaning) => {
    if (!hasEmoji(name)) return [];
    const button = Object.assign(document.createElement("button"), { type: "button", className: "joint-thumb emoji" });
    button.append(emojiOf(name));
    button.title = called(meaning);
    button.setAttribute("aria-label", button.title);
    button.onclick = async () => pick(await painted(name, SIDE));
    return button;
  });
}
