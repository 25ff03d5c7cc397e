// The sound page: what its bench is made of.

import { bench } from "../bench.js";
import { linkOf } from "../link.js";
import { mountQuantized } from "../quantized.js";
import { openFile, openSample, openTokens } from "./clip.js";
import { mountDeeds } from "./deeds.js";
import { hearWhatIsPointedAt } from "./hovering.js";
import { mountInput } from "./input.js";
import { mountPassport } from "./passport.js";
import { mountPeel } from "./peel.js";
import { mountTokens } from "./tokens.js";
import { mountWaves } from "./waves.js";
import { state } from "../store.js";

state.rank = 1;
const link = linkOf({ openSample, openTokens });

export const mount = bench({
  kind: "audio",
  widgets: {
    waves: mountWaves,
    tokens: mountTokens,
    peel: mountPeel,
    passport: mountPassport,
    input: mountInput,
    deeds: mountDeeds,
    quantized: mountQuantized,
  },
  later: {
    refill: async () => (await import("../refill/sounds.js")).mountRefill,
    blend: async () => (await import("../blend/sounds.js")).mountBlend,
    games: async () => (await import("../blend/sounds.js")).mountGames,
    codebook: async () => (await import("../codebook/codebook.js")).mountCodebook,
    output: async () => {
      const { outputOf } = await import("../output/output.js");
      return outputOf({ files: ["wav", "flac", "ogg"], examples: "sounds", ending: "opus", openTokens, link });
    },
  },
  openSample,
  openFile,
  openTokens,
  ending: "wav",
  link,
  tiles: false,
  card: () => "sound.card",
});

hearWhatIsPointedAt();
