// A second of sound as a picture: its waveform over its spectrogram's colours, and a line where it is heard.

import { heat } from "../sound/shades.js";
import { analyse, BANDS, spectrogram } from "../sound/spectrum.js";
import { position, playing } from "../sound/player.js";
import { colour, stage } from "../stage.js";
import { on } from "../store.js";

// Draws what samples() gives into a canvas, as its spectrogram; gives a function that asks for a redraw.
export function soundView(canvas, samples) {
  let [shown, picture] = [null, null];
  const redraw = stage(canvas, (pen, width, height) => {
    const sound = samples();
    if (!sound?.length) return;
    if (sound !== shown) [shown, picture] = [sound, painted(sound)];
    pen.imageSmoothingEnabled = true;
    pen.drawImage(picture, 0, 0, width, height);
    const at = playing()?.which === sound ? position() : null;
    if (at === null) return;
    pen.fillStyle = colour(canvas, "--paper");
    pen.fillRect((at / sound.length) * width - 1, 0, 2, height);
    redraw();
  });
  on("playing", redraw);
  return redraw;
}

// The spectrogram of samples as a canvas, low bands at the bottom.
function painted(samples) {
  const found = spectrogram(samples.length);
  analyse(found, samples);
  const canvas = Object.assign(document.createElement("canvas"), { width: found.columns, height: BANDS });
  const pixels = new Uint32Array(found.columns * BANDS);
  for (let column = 0; column < found.columns; column++) {
    for (let band = 0; band < BANDS; band++) {
      pixels[(BANDS - 1 - band) * found.columns + column] = heat(found.db[column * BANDS + band]);
    }
  }
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), found.columns, BANDS), 0, 0);
  return canvas;
}
