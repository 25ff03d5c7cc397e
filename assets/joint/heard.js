// What is heard: said into the microphone, taken from a file, or chosen from what the model itself said.

import { isReadable, isTooLarge, LARGEST } from "../files.js";
import { play, playing, stop } from "../sound/player.js";
import { on, say } from "../store.js";
import { label, onLanguage, word } from "../words.js";
import { examples } from "./examples.js";
import { samplesOf } from "./pcm.js";
import { dataUrl, sampleList, senseCard } from "./sense.js";
import { called, give, joint } from "./thought.js";
import { soundView } from "./wave.js";

const FRAME = `
  <div class="joint-ear"><canvas role="img" data-word-label="joint.ear"></canvas>
    <p class="joint-hint" data-word="joint.say_here"></p><i class="joint-level"></i></div>
  <div class="joint-ways"><button type="button" class="button main" data-way="record"></button>
    <button type="button" class="button" data-way="hear" data-word="joint.hear" disabled></button>
    <button type="button" class="button" data-way="upload" data-word="joint.upload"></button>
    <input type="file" accept="audio/*,.wav,.flac,.ogg,.opus,.mp3" hidden></div>`;

export function mountHeard(root) {
  const body = senseCard(root, "sounds", { noise: true });
  body.innerHTML = FRAME;
  const [ear, file, hear] = [".joint-ear", "input", "[data-way=hear]"].map((part) => body.querySelector(part));
  const heard = { samples: null, plain: null, recording: false };
  const redraw = soundView(ear.querySelector("canvas"), () => heard.samples);
  const put = (url, name) => give("sounds", url, name); // what is in it the server says: it reads more than browsers do
  microphone(body.querySelector("[data-way=record]"), ear, heard, put);
  body.querySelector("[data-way=upload]").onclick = () => file.click();
  file.onchange = async () => {
    if (file.files.length) await upload(file.files[0], put);
    file.value = ""; // so that the same file can be chosen again
  };
  hear.onclick = () => (playing()?.which === heard.samples ? stop() : play(heard.samples));
  const list = sampleList(body.querySelector(".joint-ways"), (into) => fill(into, put, list));
  body.append(list.querySelector("div")); // the list stands below all buttons
  on("joint.thought", () => {
    const sound = joint.from === "given" ? joint.thought?.senses?.sounds?.heard : null;
    if (sound) heard.samples = samplesOf(sound);
    if (!joint.given.sounds) heard.samples = null;
    hear.disabled = !heard.samples;
    ear.dataset.used = heard.samples ? "yes" : "";
    redraw();
  });
  on("joint.model", () => ((heard.samples = null), (hear.disabled = true), (ear.dataset.used = ""), redraw()));
  label(body);
}

async function upload(blob, put) {
  if (isTooLarge(blob)) return say(word("joint.too_large", { size: Math.ceil(blob.size / 2 ** 20), limit: LARGEST }));
  if (!(await isReadable(blob))) return say(word("input.unreadable"));
  put(await dataUrl(blob), blob.name);
}

function microphone(button, ear, heard, put) {
  const show = () => {
    button.textContent = word(heard.recording ? "joint.stop" : "joint.record");
    button.classList.toggle("recording", heard.recording);
  };
  const start = async () => {
    if (heard.recording) return;
    heard.recording = true;
    stop();
    show();
    const { recordWord } = await import("./microphone.js");
    const level = ear.querySelector(".joint-level");
    const blob = await recordWord(button, (loud) => (level.style.transform = `scaleX(${loud})`));
    level.style.transform = "";
    heard.recording = false;
    button.onclick = start;
    show();
    if (blob) put(await dataUrl(blob), word("joint.recording"));
  };
  button.onclick = start;
  onLanguage(show);
}

async function fill(list, put, details) {
  list.className = "joint-samples-list joint-sounds-list";
  for (const { url, meaning, style } of await examples("sounds")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.textContent = called(meaning);
    button.title = style;
    button.onclick = () => (put(url, called(meaning)), (details.open = false));
    list.append(button);
  }
  list.append(Object.assign(document.createElement("p"), { className: "note", textContent: word("joint.said_itself") }));
}
