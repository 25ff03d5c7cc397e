// How those who take part look and are called, everywhere on the page: codecs in colour, classical ones in ink.

import { word } from "../words.js";
import { bytesOf, MEASURES, rateOf, shownRate, shownValue, valueOf } from "./figures.js";
import { familyOf, race } from "./race.js";

const MARKS = ["square", "triangle", "diamond", "cross"]; // of classical ones, in their order

// {colour, mark} of a family.
export function lookOf(family) {
  const sort = familyOf(family)?.sort;
  const alike = race.families.filter((one) => (one.sort === "classic") === (sort === "classic"));
  const place = alike.findIndex((one) => one.family === family);
  return sort === "classic"
    ? { colour: `var(--classic-${place % 4})`, mark: MARKS[place % 4] }
    : { colour: `var(--series-${place % 8})`, mark: sort === "continuous" ? "ring" : "dot" };
}

const SHAPES = {
  dot: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  ring: (r) => SHAPES.dot(r),
  square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  triangle: (r) => `M0 ${-1.15 * r}L${1.1 * r} ${0.85 * r}H${-1.1 * r}z`,
  diamond: (r) => `M0 ${-1.35 * r}L${1.35 * r} 0L0 ${1.35 * r}L${-1.35 * r} 0z`,
  cross: (r) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`,
};
export const shapeOf = (mark, radius) => SHAPES[mark](radius);

export const PANES = ["original", "a", "b"]; // as words call them

const SVG = "http://www.w3.org/2000/svg";

// An SVG element with attributes, and a text if it has one.
export function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

// A small picture of a family's mark, for legends and heads.
export function swatch(family) {
  const { colour, mark } = lookOf(family);
  const picture = svg("svg", { viewBox: "-7 -7 14 14", class: "swatch", "aria-hidden": "true" });
  picture.append(svg("path", { d: shapeOf(mark, 4.4), class: `mark ${mark}`, style: `--series: ${colour}` }));
  return picture;
}

// --- words --------------------------------------------------------------------------------

export const titleOf = (family) => familyOf(family)?.title ?? family;

// What a point was made with: "3 of 8 codebooks", "quality 22".
export function settingOf({ family, setting, bits }) {
  const { sort, settings } = familyOf(family) ?? {};
  if (sort === "continuous") return word("compare.setting.continuous");
  const perBit = race.units.find(({ unit }) => unit === "kb/s")?.per_bit;
  if (sort === "classic" && perBit) return word("compare.setting.bitrate", { value: shownRate(bits * perBit) });
  if (sort === "classic") return word(`compare.setting.${race.kind}`, { value: setting });
  return word(settings > 1 ? "compare.setting.some" : "compare.setting.all", { count: setting, all: settings });
}

export const nameOf = (point) => `${titleOf(point.family)}, ${settingOf(point)}`;

export const unitName = ({ unit }) => word(`compare.unit.${unit.replace("/", "_")}`);

// "0.157 bits/pixel", by the bits that are counted now.
export function rateText(point, unit = race.units[race.unit]) {
  const rate = rateOf(point, unit, race.count);
  return rate === null ? word("compare.no_rate") : `${shownRate(rate)} ${unitName(unit)}`;
}

export const bytesText = (point) => (point.bits === null ? "" : word("compare.bytes", { count: bytesOf(point, race.count) }));

export function measureText(point, name) {
  const measure = MEASURES[race.kind][name];
  return shownValue(valueOf(point, name, measure), measure);
}

export const measureName = (name) => word(`compare.measure.${name}.name`);
