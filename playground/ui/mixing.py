"""What blending does otherwise for one medium than for another: one table, as media.py is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.spectrogram import RATE
from ..edits import blends
from ..media.texts import at_character
from ..view import films
from . import media, samples, wire

LONGEST = 8 * RATE  # samples of sounds that are blended: seventeen steps of four paths are some megabytes


@dataclass(frozen=True)
class Mixing:
    """One medium between A and B.

    fit     two signals (1, C, *size) → the same, of one size
    signal  (ends, way, share) → what lies between the signals themselves, (1, C, *size)
    bits    of one place of a signal, all channels, as files hold it
    again   what a decoded signal is when a file of it is read: (1, C, *size) → the same
    films   ending → how all steps of a path, as the modality writes them, become one file
    """

    fit: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    signal: Callable[[blends.Ends, blends.Way, Tensor | float], Tensor]
    bits: int
    again: Callable[[Tensor], Tensor]
    films: dict[str, Callable[[Sequence[Any]], bytes]]


def original(given: object, kind: str) -> Tensor:
    """(1, C, *size), as much as fits the bench of a file as a data URL, or of the sample whose address is given."""
    if isinstance(given, str) and given.startswith(samples.ADDRESSES[kind]):
        return samples.opened(given.removeprefix(samples.ADDRESSES[kind]), kind).signal
    medium = media.of(kind)
    return medium.modality.fit(wire.from_data_url(given), medium.length, at=medium.begin).signal


def _as_they_are(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Both fill the bench already."""
    return a, b


def _cut(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """As much of both as the shorter has, from the beginning."""
    length = min(a.shape[-1], b.shape[-1], LONGEST)
    return a[..., :length], b[..., :length]


def _cut_texts(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """As many whole characters of both as the shorter has bytes; three spaces at most fill what is left."""
    length = min(a.shape[-1], b.shape[-1])
    return _beginning(a, length), _beginning(b, length)


def _beginning(text: Tensor, length: int) -> Tensor:
    end = length if length == text.shape[-1] else at_character(bytes(text[0].argmax(0).tolist()), length)
    spaces = F.one_hot(torch.full((1, length - end), ord(" ")), 256).mT  # (1, 256, 0 … 3)
    return torch.cat([text[..., :end], spaces.to(text.dtype)], -1)


def _in_eight_bits(signal: Tensor) -> Tensor:
    return ((signal.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1


def _in_sixteen_bits(signal: Tensor) -> Tensor:
    return (signal.clamp(-1, 1) * 32767).round() / 32768


def _likeliest(signal: Tensor) -> Tensor:
    return F.one_hot(signal.argmax(1), 256).mT.to(signal.dtype)


def _lines(texts: Sequence[str]) -> bytes:
    """Every step on a line of its own, behind where on the path it is."""
    last = max(1, len(texts) - 1)
    return "".join(f"{i / last:.3f}\t{' '.join(text.splitlines())}\n" for i, text in enumerate(texts)).encode()


MIXING = {
    "image": Mixing(
        fit=_as_they_are,
        signal=blends.signal_at,
        bits=24,
        again=_in_eight_bits,
        films={"gif": films.gif, "webp": films.webp, "mp4": films.mp4},
    ),
    "audio": Mixing(fit=_cut, signal=blends.signal_at, bits=16, again=_in_sixteen_bits, films={}),
    "text": Mixing(fit=_cut_texts, signal=blends.letters_at, bits=8, again=_likeliest, films={"txt": _lines}),
}
