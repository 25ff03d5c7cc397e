// The camera: a square preview in a dialog, and one picture of what it sees.

import { label, word } from "../words.js";

const LARGEST_SIDE = 1024; // pixels of the picture taken; the bench needs fewer

const FRAME = `
  <div class="card-head"><h2 data-word="input.camera"></h2></div>
  <video class="camera-view" autoplay muted playsinline data-word-label="input.camera_view"></video>
  <p class="camera-problem" role="alert" hidden></p>
  <div class="dialog-foot">
    <button type="button" class="button quiet" data-close data-word="input.close"></button>
    <button type="button" class="button main" data-capture data-word="input.capture" disabled></button>
  </div>`;

// Opens the dialog inside `root`; take(blob) gets the picture, should the visitor take one.
export function openCamera(root, take) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog", innerHTML: FRAME });
  root.append(dialog);
  label(dialog);
  const [video, capture] = [dialog.querySelector("video"), dialog.querySelector("[data-capture]")];
  const view = { dialog, video, capture, stream: null };
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  view.capture.onclick = async () => {
    const picture = await photograph(view.video);
    dialog.close();
    take(picture);
  };
  dialog.addEventListener("close", () => {
    stop(view.stream);
    dialog.remove();
  });
  dialog.showModal();
  return start(view);
}

async function start(view) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } } });
    if (!view.dialog.open) return stop(stream); // closed while the browser was still asking
    view.stream = stream;
    view.video.srcObject = stream;
    await view.video.play();
    view.capture.disabled = false;
    view.capture.focus();
  } catch (error) {
    if (!view.dialog.open) return;
    const problem = view.dialog.querySelector(".camera-problem");
    problem.textContent = word(reason(error));
    problem.hidden = false;
    view.video.hidden = true;
    view.capture.hidden = true;
  }
}

// Browsers offer no camera at all (no mediaDevices) to a page that came without https.
export function reason(error) {
  if (!globalThis.navigator?.mediaDevices) return "input.camera_insecure";
  if (error.name === "NotAllowedError") return "input.camera_denied";
  if (error.name === "NotReadableError") return "input.camera_busy";
  return "input.camera_none";
}

const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

// The centre square of what the video shows, as the preview crops it.
function photograph(video) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(side, LARGEST_SIDE);
  const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  canvas.getContext("2d").drawImage(video, left, top, side, side, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
