// The page in its address, so that a copied link shows the same again:
//   #d=emoji&w=smiling face&s=22&v=masked&n=16&l=order&guidance=3
// d domain, w what is wanted, s seed, v which prior alone, n samples, l look; settings by their own names.

import { on } from "../store.js";
import { KINDS, LARGEST_SEED, making, SEED, takeDomain, USUAL } from "./making.js";

const LOOKS = ["codes", "tiles", "order", "sure", "entropy"];

// {domain, wanted, seed, shown, count, look, settings} → the hash that says it; what is usual is left out.
export function writeHash({ domain, wanted, seed, shown, count, look, settings }) {
  const parts = { d: domain, w: wanted, s: String(seed) };
  if (shown !== "all") parts.v = shown;
  if (count !== 1) parts.n = String(count);
  if (look !== "codes") parts.l = look;
  for (const name of Object.keys(USUAL)) if (settings[name] !== USUAL[name]) parts[name] = String(settings[name]);
  return `#${new URLSearchParams(parts)}`;
}

// What a hash says, without what is not as `writeHash` writes it; null when it names no domain.
export function readHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  if (!fields.get("d")) return null;
  const [seed, count] = [Number(fields.get("s") || NaN), Number(fields.get("n"))];
  const settings = { ...USUAL };
  for (const name of Object.keys(USUAL)) {
    const value = Number(fields.get(name));
    if (fields.has(name) && fields.get(name) && Number.isFinite(value)) settings[name] = value;
  }
  return {
    domain: fields.get("d"),
    wanted: (fields.get("w") ?? "").slice(0, 80),
    seed: Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED ? seed : SEED,
    shown: KINDS.includes(fields.get("v")) ? fields.get("v") : "all",
    count: count === 16 ? 16 : 1,
    look: LOOKS.includes(fields.get("l")) ? fields.get("l") : "codes",
    settings,
  };
}

// Takes what the address says; false when that is nothing.
export function openLink() {
  const told = readHash(location.hash);
  if (!told || !making.domains.some(({ name }) => name === told.domain)) return false;
  const { domain, ...rest } = told;
  Object.assign(making, rest);
  takeDomain(domain);
  return true;
}

// Keeps the address as the page is.
export function mountLink() {
  let resting = 0;
  const write = () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const address = new URL(location.href); // a hash alone would be one of the base, which is another page
      address.hash = writeHash({ ...making, domain: making.domain.name });
      if (address.href !== location.href) history.replaceState(history.state, "", address.href);
    }, 300);
  };
  for (const topic of ["asked", "look", "menu"]) on(topic, write);
  write();
}
