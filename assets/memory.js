// What a browser remembers of a visitor's choices. Within another website's frame it may refuse to,
// by throwing: then the page works, and remembers nothing.

export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // nothing to be done, and nothing lost
  }
}
