// Files that come to the bench and leave it.

export const LARGEST = 24; // MB of one upload; the server holds the same limit

export const isTooLarge = (file) => file.size > LARGEST * 2 ** 20;

// By the ending of the name only: what is really inside, the server finds out.
export const kindOf = (name) => (/\.(json|npz|cbp)$/i.test(name) ? "tokens" : "picture");

// What the centre square leaves out of a picture: {percent, where: "sides" | "ends" | "nowhere"}.
export function cropLoss({ width, height }) {
  const percent = Math.min(99, Math.round(100 * (1 - Math.min(width, height) / Math.max(width, height))));
  return { percent, where: percent === 0 ? "nowhere" : width > height ? "sides" : "ends" };
}

// The name of a file without folder and ending, fit to be part of another file's name.
export function stem(name) {
  const bare = name.split(/[/\\]/).pop().replace(/\.[^.]*$/, "");
  return bare.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "picture";
}

// Whether the bytes can be read at all: a folder, or a file that is gone, cannot.
export const isReadable = (file) =>
  file.slice(0, 1).arrayBuffer().then(() => true, () => false);

export function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link); // Firefox follows only links that are in the page
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Puts a text on the clipboard; false when the browser refuses.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // a page without https has no navigator.clipboard
  }
}

function copyBySelection(text) {
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

// Calls `take` with files that are dropped anywhere on the page; `overlay` is shown while they hover.
export function onDrop(overlay, take) {
  let ours = false; // a picture of this page that is being dragged about
  const brings = (event) => !ours && event.dataTransfer?.types.includes("Files");
  addEventListener("dragstart", () => (ours = true));
  addEventListener("dragend", () => (ours = false));
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault(); // otherwise the browser leaves the page and opens the file
    event.dataTransfer.dropEffect = "copy";
    overlay.hidden = false;
  });
  // Moving from one element to the next "leaves" too; only outside the window there is no next one.
  addEventListener("dragleave", (event) => event.relatedTarget || (overlay.hidden = true));
  addEventListener("drop", (event) => {
    overlay.hidden = true;
    if (!brings(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
