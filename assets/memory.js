// What a browser remembers of a visitor's choices. Within another website's frame it may refuse to,
// by throwing: then the page works, and remembers nothing.

export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

// The same for this tab alone, until it is closed: null where nothing is kept, or the browser refuses.
export function recallForTab(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

const MOST_FOR_TAB = 2_000_000; // characters of one value: browsers keep some five million of a site

export function rememberForTab(name, value) {
  try {
    const text = JSON.stringify(value);
    if (text.length <= MOST_FOR_TAB) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // as below
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // nothing to be done, and nothing lost
  }
}
