// The microphone: what it hears becomes a WAV on the bench.

import { say } from "../store.js";
import { word } from "../words.js";

const LONGEST = 30; // seconds, as many as the bench holds
const SHORTEST = 0.1; // seconds in which something may be heard
const PROBLEMS = { NotAllowedError: "denied", NotFoundError: "none", NotReadableError: "busy" };

// Records until the visitor stops it, then calls take(blob).
export async function record(root, take) {
  const stream = await microphone();
  if (!stream) return;
  const box = root.querySelector(".sound-recording");
  const [meter, said, end] = ["i", "[data-said]", "[data-way=stop]"].map((part) => box.querySelector(part));
  box.hidden = false;
  end.focus();
  const heard = await listen(stream, end, (seconds, level) => {
    meter.style.transform = `scaleX(${level})`;
    said.textContent = word("sound.input.listening", { seconds: seconds.toFixed(1), most: LONGEST });
  });
  box.hidden = true;
  const blob = recording(heard);
  if (blob) take(blob);
}

// The stream of the microphone, or null once the visitor has been told why there is none.
export async function microphone() {
  if (!navigator.mediaDevices) return say(word("sound.input.mic_insecure")), null;
  try {
    // As it is: what a telephone would do to a voice is not the codec's doing.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch ({ name }) {
    return say(word(`sound.input.mic_${PROBLEMS[name] ?? "denied"}`)), null;
  }
}

// What was heard as a WAV, or null once the visitor has been told that it was stopped before there was anything.
export function recording({ samples, rate }) {
  if (samples.length < SHORTEST * rate) return say(word("sound.input.mic_short")), null;
  return new Blob([wav(samples, rate)], { type: "audio/wav" });
}

// Resolves to {samples, rate} once `end` is clicked or there are LONGEST seconds.
export async function listen(stream, end, tell) {
  let stop; // works at once: a press while the browser still gets ready is not lost
  const ended = new Promise((resolve) => (stop = end.onclick = resolve));
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  // A worklet of six lines: it hands on what it hears.
  const code = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([[channel]]) { if (channel) this.port.postMessage(channel.slice()); return true; } });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const ear = new AudioWorkletNode(context, "ear", { numberOfOutputs: 0 });
  const parts = [];
  let count = 0;
  ear.port.onmessage = ({ data }) => {
    parts.push(data);
    count += data.length;
    tell(count / context.sampleRate, Math.min(1, 3 * Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length)));
    if (count >= LONGEST * context.sampleRate) stop();
  };
  source.connect(ear);
  await ended;
  for (const track of stream.getTracks()) track.stop();
  const rate = context.sampleRate;
  context.close();
  const samples = new Float32Array(count);
  parts.reduce((at, part) => (samples.set(part, at), at + part.length), 0);
  return { samples, rate };
}

// A WAV file, 16 bits, one channel.
function wav(samples, rate) {
  const file = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, i) => file.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  file.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, rate, 4], [28, 2 * rate, 4], [32, 2, 2], [34, 16, 2]].forEach(
    ([at, value, bytes]) => (bytes === 4 ? file.setUint32(at, value, true) : file.setUint16(at, value, true)),
  );
  text(36, "data");
  file.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, i) => file.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, value)) * 32767, true));
  return file.buffer;
}
