// The text page: what its bench is made of.

import { bench } from "../bench.js";
import { linkOf } from "../link.js";
import { mountQuantized } from "../quantized.js";
import { state } from "../store.js";
import { mountCompare } from "./compare.js";
import { mountDeeds } from "./deeds.js";
import { mountInput } from "./input.js";
import { mountLetters } from "./letters.js";
import { openFile, openSample, openTokens } from "./passage.js";
import { mountPassport } from "./passport.js";
import { mountPeel } from "./peel.js";
import { mountPieces } from "./pieces.js";

state.rank = 1;
const link = linkOf({ openSample, openTokens });

export const mount = bench({
  kind: "text",
  widgets: {
    input: mountInput,
    letters: mountLetters,
    passport: mountPassport,
    compare: mountCompare,
    peel: mountPeel,
    pieces: mountPieces,
    deeds: mountDeeds,
    quantized: mountQuantized,
  },
  later: {
    refill: async () => (await import("../refill/texts.js")).mountRefill,
    blend: async () => (await import("../blend/texts.js")).mountBlend,
    games: async () => (await import("../blend/texts.js")).mountGames,
    codebook: async () => (await import("../codebook/codebook.js")).mountCodebook,
    output: async () => {
      const { outputOf } = await import("../output/output.js");
      return outputOf({ files: ["txt"], examples: "texts", ending: "txt", openTokens, link });
    },
  },
  openSample,
  openFile,
  openTokens,
  ending: "txt",
  link,
  tiles: false,
  card: () => "text.card",
});
