// Emoji of the things that can be meant, the very drawings that the model learned from: Noto Emoji, © Google LLC,
// Apache-2.0. Those of a device would be others, or none.

const SHEET = new URL("emoji.webp", import.meta.url).href;
const COLUMNS = 6;
const NAMES = [
  "dog bark", "rain", "sea waves", "baby cry", "clock tick", "sneeze",
  "helicopter", "chainsaw", "rooster", "fire crackling", "bed", "bird",
  "cat", "dog", "happy", "house", "tree", "wow",
  "up", "down", "left", "right", "stop", "yes",
  "no", "on", "off", "go", "piano", "saxophone",
  "horn", "guitar", "strings", "singing", "drum", "coffee order",
];
const place = (name) => [NAMES.indexOf(name) % COLUMNS, Math.floor(NAMES.indexOf(name) / COLUMNS)];
let sheet = null; // read when the first emoji is painted

export const hasEmoji = (name) => NAMES.includes(name);

// The emoji of a meaning as an element, null where there is none.
export function emojiOf(name) {
  if (!hasEmoji(name)) return null;
  const element = Object.assign(document.createElement("i"), { className: "joint-emoji", ariaHidden: "true" });
  const [column, row] = place(name).map((index) => (100 * index) / (COLUMNS - 1));
  Object.assign(element.style, { backgroundImage: `url(${SHEET})`, backgroundPosition: `${column}% ${row}%` });
  return element;
}

// The emoji on white, as a picture of so many pixels a side: a data URL.
export async function painted(name, side) {
  sheet ??= Object.assign(new Image(), { src: SHEET });
  await sheet.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const [pen, cell] = [canvas.getContext("2d"), sheet.naturalWidth / COLUMNS];
  const [column, row] = place(name);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, side, side);
  pen.drawImage(sheet, column * cell, row * cell, cell, cell, 0, 0, side, side);
  return canvas.toDataURL("image/png");
}
