// What a causal prior saves: a sentence for each codec that has one, and who has none.

import { onLanguage, word } from "../words.js";
import { perToken } from "./figures.js";
import { titleOf } from "./looks.js";
import { onAny, race } from "./race.js";

export function mountPrior(root) {
  const show = () => (root.textContent = race.units.length ? [...saved(), ...missing()].join(" ") : "");
  onAny(["points", "axes", "input"], show);
  onLanguage(show);
}

const codecs = () => race.families.filter(({ family, sort }) => sort === "codec" && !race.hidden.has(family));

// Of each codec its first point that the prior can tell of: the codebooks beyond the prior's are not the prior's merit.
function saved() {
  return codecs().filter(({ prior }) => prior).flatMap(({ family, prior }) => {
    const point = race.points.filter((one) => one.family === family && one.prior_bits).sort((a, b) => a.setting - b.setting)[0];
    if (!point) return [];
    const [raw, coded, under] = perToken(point);
    const told = { name: titleOf(family), prior, raw: raw.toFixed(1), coded: coded.toFixed(1), under: under.toFixed(1) };
    return [word(`compare.under.${under < coded ? "saves" : "wrong"}`, told)];
  });
}

// Only said when the bits under a prior are asked for.
function missing() {
  const [all, none] = [codecs(), codecs().filter(({ prior }) => !prior)];
  if (race.count !== "prior" || !none.length) return [];
  return [none.length === all.length ? word("compare.under.nobody") : word("compare.under.without", { names: none.map(({ family }) => titleOf(family)).join(word("compare.verdict.and")) })];
}
