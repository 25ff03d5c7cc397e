// The picture page: what its bench is made of.

import { mountActions } from "./actions.js";
import { bench } from "./bench.js";
import { mountGrid } from "./grid.js";
import { mountInput } from "./input.js";
import { openFile, openSample, openTokens } from "./lane.js";
import { linkOf } from "./link.js";
import { mountPassport } from "./passport.js";
import { mountPicture } from "./picture.js";
import { mountQuantized } from "./quantized.js";

const link = linkOf({ openSample, openTokens });

export const mount = bench({
  kind: "image",
  widgets: {
    input: mountInput,
    picture: mountPicture,
    grid: mountGrid,
    actions: mountActions,
    passport: mountPassport,
    quantized: mountQuantized,
  },
  later: {
    codebook: async () => (await import("./codebook/codebook.js")).mountCodebook,
    output: async () => {
      const { outputOf } = await import("./output/output.js");
      return outputOf({ files: ["png"], examples: "", ending: "webp", openTokens, link });
    },
    refill: async () => (await import("./refill/pictures.js")).mountRefill,
    blend: async () => (await import("./blend/pictures.js")).mountBlend,
    games: async () => (await import("./blend/pictures.js")).mountGames,
    continuous: async () => (await import("./continuous/continuous.js")).mountContinuous,
  },
  openSample,
  openFile,
  openTokens,
  ending: "png",
  link,
  tiles: true,
  card: ({ num_codebooks }) => ["page.card_none", "page.card"][num_codebooks] ?? "page.card_many",
});
