"""What a visitor gives, of any size and kind, as the senses of a joint model take it."""

import unicodedata
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import SAMPLES, SIDE, framed, loudest, spelled
from ..core.spectrogram import RATE
from ..media.pictures import Picture, read_square, read_whole
from ..media.sounds import read_sound
from .mel import seen

FAINTEST = 0.12  # of white: ink fainter than this is paper
INSIDE, PEN = 20, 2.4  # pixels of a digit's longer side (LeCun et al. 1998, section III.A), and of its strokes
LARGEST = 160  # pixels to which a drawing is brought before its strokes are measured
QUIETEST = 10 ** (-45 / 20)  # root mean square of the loudest 20 ms; a room is quieter, a whisper is louder
MARGIN = 0.12  # seconds before the first and after the last that is heard
THRESHOLD = 0.08  # of the loudest 20 ms, below which nothing is said


def drawing(raw: Picture) -> Tensor:
    """(1, 3, 32, 32) in [−1, 1]: strokes as bright ink on black, in the middle, as large and as thick as those learned.

    Dark on light or light on dark: the border says which is paper. Raises InputError when nothing is drawn.
    """
    picture = read_whole(raw).convert("L")
    picture.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    pixels = torch.from_numpy(np.array(picture, np.float32) / 255)
    border = torch.cat([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ink = (pixels - border.median()).abs()
    if ink.max() < FAINTEST:
        raise InputError("There is nothing drawn in this picture. Draw something first.")
    ink = ((ink / ink.max() - FAINTEST) / (1 - FAINTEST)).clamp(min=0)
    rows, columns = (torch.nonzero(ink.amax(axis) > 0.3)[:, 0] for axis in (1, 0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _centred(_shrunk(ink)).expand(3, -1, -1)[None] * 2 - 1


def _shrunk(ink: Tensor) -> Tensor:
    """Ink (h, w) → the same with its longer side INSIDE pixels, its strokes PEN thick if they were thinner."""
    scale, ink = INSIDE / max(ink.shape), F.pad(ink, [1] * 4)
    edges = (ink[1:] - ink[:-1]).abs().sum() + (ink[:, 1:] - ink[:, :-1]).abs().sum()
    # A line of width w and length l has the area w · l and, along both axes, some 4 / π · 2 l of edges.
    width = ink.sum() / edges.clamp(min=1) * 8 / torch.pi
    wider = int(((PEN / scale - width) / 2).round().clamp(0, 40))
    ink = F.max_pool2d(F.pad(ink[None], [2 * wider] * 4), 2 * wider + 1, stride=1)[0]
    scale = INSIDE / max(ink.shape)
    size = [max(1, round(length * scale)) for length in ink.shape]
    small = F.interpolate(ink[None, None], size, mode="area")[0, 0]
    return small / small.max().clamp(min=1e-6)


def _centred(ink: Tensor) -> Tensor:
    """(h, w) → (1, 32, 32), its centre of mass in the middle, as far as it then fits."""
    framed_ink = torch.zeros(1, SIDE, SIDE)
    starts = []
    for axis, length in enumerate(ink.shape):
        mass = ink.sum(1 - axis)
        centre = (mass * torch.arange(length)).sum() / mass.sum()
        starts.append(int((SIDE / 2 - 0.5 - centre).round().clamp(0, SIDE - length)))
    top, left = starts
    framed_ink[:, top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return framed_ink


def photograph(raw: Picture) -> Tensor:
    """(1, 3, 32, 32) in [−1, 1]: the middle square of a picture, what is transparent being white.

    Raises InputError for what is no picture, or is of one colour all over.
    """
    square, _ = read_square(raw, 4 * SIDE)
    pixels = np.array(square.resize([SIDE] * 2, Image.Resampling.BOX), np.float32)
    if pixels.std((0, 1)).max() < 2:
        raise InputError("This picture is of one colour all over. Choose one that shows something.")
    return torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)[None]


def recording(raw: Any, length: int = SAMPLES) -> Tensor:
    """(1, 80, N) levels of what is heard in a recording, without the silence around it, on `length` samples.

    Of what is longer the loudest part is taken. Raises InputError for silence.
    """
    samples = read_sound(raw).samples
    samples = samples - samples.mean()
    if loudness(samples).max() < QUIETEST:
        raise InputError("There is only silence in this recording. Speak up, or move closer to the microphone.")
    return seen(framed(_heard(samples, length), length)[None].float() / 32768)


def loudness(samples: np.ndarray) -> np.ndarray:
    """(T,) → root mean square of each 20 ms; at least one."""
    step = RATE // 50
    padded = np.pad(samples, (0, -len(samples) % step))
    return np.sqrt(np.square(padded.reshape(-1, step)).mean(1))


def _heard(samples: np.ndarray, length: int) -> np.ndarray:
    loud = loudness(samples)
    audible = np.flatnonzero(loud > THRESHOLD * loud.max())
    step, margin = RATE // 50, round(MARGIN * RATE)
    samples = samples[max(0, audible[0] * step - margin) : (audible[-1] + 1) * step + margin]
    return loudest(samples, length)


def typed(text: str) -> Tensor:
    """(1, 16) int64, the letters of a word. Raises InputError when there is none."""
    word = plain_word(text)
    if not word:
        raise InputError("There is no word here. Type one.")
    return spelled([word]).long()


def plain_word(text: str) -> str:
    """A word as words are compared: small letters, full-width ones narrow, no space around it."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare_word(text: str) -> str:
    """The same without accents: "qī" as "qi"."""
    parts = unicodedata.normalize("NFKD", plain_word(text))
    return "".join(part for part in parts if not unicodedata.combining(part))
