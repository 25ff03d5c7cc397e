// Looking for a class among many, by its English or its Chinese name. Pure.

export const MOST_FOUND = 60;

// domain: {classes: [[name, level, group]], chinese: {name: 名}} → [{name, said, level, group}] that fit the text, those
// that begin with it first. Without a text the groups, and the classes below the one that is open.
export function found(domain, text, group = -1) {
  const all = domain.classes.map(([name, level, own], number) => ({ name, said: domain.chinese[name] ?? "", level, group: own, number }));
  const sought = text.trim().toLowerCase();
  if (!sought) {
    if (Math.max(...all.map(({ level }) => level)) === 0) return all;
    return all.filter((one) => (group < 0 ? one.level === 0 : one.group === group && one.number !== group)).slice(0, 400);
  }
  const rank = ({ name, said }) => {
    const lower = name.toLowerCase();
    if (lower === sought || said === sought) return 0;
    if (lower.startsWith(sought) || said.startsWith(sought)) return 1;
    if (lower.includes(` ${sought}`)) return 2;
    return lower.includes(sought) || said.includes(sought) ? 3 : -1;
  };
  return all
    .map((one) => ({ ...one, rank: rank(one) }))
    .filter((one) => one.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.name.length - b.name.length)
    .slice(0, MOST_FOUND);
}

// What the server calls what was typed: a Chinese name becomes the class it is the name of, anything else stays.
export function asked(domain, text) {
  const typed = text.trim();
  const known = domain.classes.find(([name]) => name.toLowerCase() === typed.toLowerCase());
  if (known) return known[0];
  return Object.keys(domain.chinese).find((name) => domain.chinese[name] === typed) ?? typed;
}

export const isClass = (domain, name) => !name || domain.classes.some(([one]) => one === name);
