// What the points of a race say: rates, curves, who is ahead at the same size. Pure.

// Measures of each medium, the first shown first. better: 1 more is better, −1 less is; digits; scale, what is shown
// of 1; unit; trained: our codecs' losses are close to it; fidelity: false where more is not nearer to the original
const percent = { digits: 1, scale: 100, unit: "%" };
export const MEASURES = {
  image: {
    psnr_db: { better: 1, digits: 2, unit: "dB", trained: true },
    ssim: { better: 1, digits: 3 },
    ms_ssim: { better: 1, digits: 3 },
    detail: { better: 1, digits: 2, fidelity: false },
  },
  audio: {
    mel_db: { better: -1, digits: 2, unit: "dB", trained: true },
    stoi: { better: 1, digits: 3 },
    si_sdr_db: { better: 1, digits: 1, unit: "dB" },
  },
  text: {
    byte_accuracy: { better: 1, ...percent },
    edit_distance: { better: -1, ...percent },
    chrf: { better: 1, digits: 1 },
  },
};

export const scaleOf = ({ scale = 1 }) => scale;

// The value of a measure as it is shown, a number, or null where there is none.
export function valueOf({ quality }, name, measure) {
  const value = quality[name];
  return Number.isFinite(value) ? value * scaleOf(measure) : null;
}

export const shownValue = (value, { digits, unit }) =>
  value === null ? "–" : `${value.toFixed(digits).replace("-", "−")}${unit ? ` ${unit}` : ""}`;

// --- rates --------------------------------------------------------------------------------

// How the bits of codecs are counted: indices as they are, entropy-coded, or coded under a causal prior.
export const COUNTS = ["raw", "coded", "prior"];

// Of a point whose codec has no prior, under a prior as entropy-coded.
export const countOf = (point, count) => (count === "prior" && !point.prior_bits ? "coded" : count);
const FIELDS = { raw: "bits", coded: "coded_bits", prior: "prior_bits" };
export const bitsOf = (point, count) => point[FIELDS[countOf(point, count)]];

// In a unit of the race, {unit, per_bit}; null of a codec without codes.
export const rateOf = (point, unit, count) => (point.bits === null ? null : bitsOf(point, count) * unit.per_bit);

export const bytesOf = (point, count) => Math.ceil(bitsOf(point, count) / 8);

// What a token takes in each of COUNTS, without what says what they are; only of points that a prior can tell of.
export const perToken = (point) => COUNTS.map((count, i) => (bitsOf(point, count) - point.side_bits[i]) / point.tokens);

// Three digits that mean something: 0.157, 4, 12.8, 108.
export const shownRate = (rate) => String(Number(rate.toPrecision(3)));

// --- curves -------------------------------------------------------------------------------

// Points that have a rate and a value → [{family, points: [{point, rate, value}]}], each by rate; in the families' order.
export function curves(points, families, { name, measure, unit, count }) {
  return families.flatMap(({ family }) => {
    const own = points.filter((point) => point.family === family && point.bits !== null);
    const placed = own.map((point) => ({ point, rate: rateOf(point, unit, count), value: valueOf(point, name, measure) }));
    const known = placed.filter(({ value }) => value !== null).sort((a, b) => a.rate - b.rate);
    return known.length ? [{ family, points: known }] : [];
  });
}

// The value of a curve at a rate between its points, straight over the logarithm of the rate; null beyond its ends.
export function valueAt({ points }, rate) {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (rate < a.rate || rate > b.rate) continue;
    const share = a.rate === b.rate ? 1 : Math.log(rate / a.rate) / Math.log(b.rate / a.rate);
    return a.value + share * (b.value - a.value);
  }
  return points.length === 1 && points[0].rate === rate ? points[0].value : null;
}

// The least rate at which a curve is as good as `value`; null where it never is, or is so from its first point on.
export function rateFor({ points }, value, better) {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (better * (b.value - value) < 0 || better * (a.value - value) >= 0) continue;
    const share = (value - a.value) / (b.value - a.value);
    return Math.exp(Math.log(a.rate) + share * Math.log(b.rate / a.rate));
  }
  return null;
}

// The point whose rate is nearest, by factors.
export const nearest = (points, rate) =>
  points.reduce((best, one) => (best && apart(best, rate) <= apart(one, rate) ? best : one), null);

const apart = (one, rate) => Math.abs(Math.log(one.rate / rate));

// --- the answer ---------------------------------------------------------------------------

// How codecs stand against one classical curve: {family, rate, value, other, times} of the codec's point that is
// farthest ahead, or least behind. `other` is the value of the classical one at the same rate (null: it has no file
// that small, or that large) and `times` how many times the bits it needs for the same value (null: unknown).
export function standing(codecCurves, classic, better) {
  const duels = codecCurves.flatMap(({ family, points }) =>
    points.map(({ point, rate, value }) => {
      const other = valueAt(classic, rate);
      const needed = rateFor(classic, value, better);
      return { family, point, rate, value, other, lead: other === null ? null : better * (value - other), times: needed && needed / rate };
    }),
  );
  const met = duels.filter(({ lead }) => lead !== null);
  if (met.length) return met.reduce((best, duel) => (duel.lead > best.lead ? duel : best));
  return duels.filter(({ times }) => times).reduce((best, duel) => (best && best.times >= duel.times ? best : duel), null);
}

// How codecs stand against one classical family by every measure of fidelity: [{name, ahead, times, apart?}], `times` how many
// times the bits the classical one needs, null where that is unknown or it is the one ahead; apart: the curves do not meet. How: {kind, unit, count}.
export function standings(points, families, rival, { kind, unit, count }) {
  const measures = Object.entries(MEASURES[kind]).filter(([, { fidelity = true }]) => fidelity);
  return measures.flatMap(([name, measure]) => {
    const all = curves(points, families, { name, measure, unit, count });
    const classic = all.find(({ family }) => family === rival);
    const codecs = all.filter(({ family }) => families.find((one) => one.family === family).sort === "codec");
    if (!classic || !codecs.length) return [];
    const found = standing(codecs, classic, measure.better);
    if (!found) return [{ name, ahead: false, times: null, apart: true }];
    const ahead = found.other === null || found.lead > 0;
    return [{ name, ahead, times: ahead ? found.times : null }];
  });
}

// From which rate on a classical curve is ahead of all codecs for good: null if it never is, its first rate if it
// always is. Only where both exist.
export function aheadFrom(codecCurves, classic, better) {
  const [first, last] = [classic.points[0].rate, classic.points.at(-1).rate];
  const least = Math.max(first, Math.min(...codecCurves.map(({ points }) => points[0].rate)));
  const most = Math.min(last, Math.max(...codecCurves.map(({ points }) => points.at(-1).rate)));
  const known = codecCurves.flatMap(({ points }) => points.map(({ rate }) => rate)).filter((rate) => rate >= least && rate <= most);
  const rates = [...known, ...Array.from({ length: STEPS + 1 }, (_, i) => least * (most / least) ** (i / STEPS))].sort((a, b) => b - a);
  let from = null;
  for (const rate of rates) {
    if (!(most >= least)) return null;
    const best = Math.max(...codecCurves.map((curve) => valueAt(curve, rate)).filter((value) => value !== null).map((value) => better * value));
    if (best >= better * valueAt(classic, rate)) return from;
    if (Number.isFinite(best)) from = rate;
  }
  return from;
}

const STEPS = 200; // that a range of rates is searched in

// Pairs of points of two families whose rates differ by a factor of `within` at most, for blind trials.
export function pairs(all, within = 1.3) {
  const found = [];
  const points = all.flatMap(({ family, points }) => points.map((one) => ({ ...one, family })));
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) {
      if (a.family !== b.family && Math.abs(Math.log(a.rate / b.rate)) <= Math.log(within)) found.push([a.point, b.point]);
    }
  });
  return found;
}

// --- a file of numbers --------------------------------------------------------------------

const SPECIAL = /[",\n]/;
const cell = (value) => (SPECIAL.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));

// All points as CSV; rates in every unit of the race.
export function csv(points, kind, units) {
  const measures = Object.keys(MEASURES[kind]);
  const names = units.flatMap(({ unit }) => [unit, `${unit} coded`, `${unit} prior`]);
  const head = ["family", "setting", "bytes", "bytes_coded", "bytes_prior", ...names, ...measures, "encode_s", "decode_s"];
  const rows = points.map((point) => {
    const known = (count) => point.bits !== null && (count !== "prior" || point.prior_bits !== null);
    const sizes = COUNTS.map((count) => (known(count) ? bytesOf(point, count) : ""));
    const rates = units.flatMap((unit) => COUNTS.map((count) => (known(count) ? rateOf(point, unit, count) : "")));
    return [point.family, point.setting, ...sizes, ...rates, ...measures.map((name) => point.quality[name] ?? ""), point.encode_s, point.decode_s];
  });
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
