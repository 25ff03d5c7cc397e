// Keys that act on the whole page, and when they must not.

const TEXT_FIELDS = `textarea, [contenteditable]:not([contenteditable="false"]),
  input:not([type="range"], [type="checkbox"], [type="radio"], [type="file"], [type="button"])`;

// Whether the visitor is writing: then Ctrl+Z and Ctrl+V belong to the field.
export const isTyping = (target) => Boolean(target?.closest?.(TEXT_FIELDS));

// What Ctrl+Z, Ctrl+Y and Ctrl+Shift+Z ask for (⌘ on a Mac): "undo", "redo" or "".
export function wish(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return "";
  const key = event.key.toLowerCase();
  if (key === "y") return "redo";
  return key === "z" ? (event.shiftKey ? "redo" : "undo") : "";
}
