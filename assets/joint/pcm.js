// Samples as the server sends them: 16 bits in base64.

import { fromBase64 } from "../asking.js";
import { fromPcm } from "../sound/clip.js";

export const samplesOf = (text) => fromPcm(fromBase64(text, Int16Array));
