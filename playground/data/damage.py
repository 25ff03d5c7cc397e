"""Damage done to a picture, a sound or a text on purpose, so that something can be asked to repair it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.errors import InputError
from ..core.spectrogram import RATE

BLOCK = 32  # pixels of a side of what is missing of a picture
SPACE, UNDERSCORE = 32, 95  # bytes


@dataclass(frozen=True, eq=False)
class Damaged:
    """A signal after the damage.

    signal  (1, C, *size)
    where   (*size) bool, the samples that are lost; None where all of them suffered
    """

    signal: Tensor
    where: Tensor | None


def damage(kind: str, name: str, signal: Tensor, amount: float, *, seed: int = 0) -> Damaged:
    """A signal (1, C, *size) of a medium, damaged in one of the ways of DAMAGES, a little (0) or much (1).

    Raises InputError for a way there is not, or another amount.
    """
    if name not in DAMAGES.get(kind, {}):
        names = ", ".join(DAMAGES.get(kind, {})) or "–"
        raise InputError("There is no such damage. There are: {names}.", names=names)
    if isinstance(amount, bool) or not isinstance(amount, (int, float)) or not 0 <= amount <= 1:
        raise InputError("How much damage is a number from 0 to 1.")
    return DAMAGES[kind][name](signal, float(amount), torch.Generator().manual_seed(seed))


def damaged_cells(where: Tensor, stride: int) -> Tensor:
    """(*size) bool → (*grid) bool: the cells of which a sample is lost."""
    cells = where[None, None].float()
    pool = {1: F.max_pool1d, 2: F.max_pool2d}[where.ndim]
    return pool(cells, stride, ceil_mode=True)[0, 0] > 0


# Pictures.


def _blurred(picture: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """Through a Gaussian of 1 to 5 pixels."""
    sigma = 1 + 4 * amount
    reach = int(3 * sigma)
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    line = (line / line.sum()).expand(3, 1, -1)
    reach = min(reach, min(picture.shape[2:]) - 1)
    line = line[..., line.shape[-1] // 2 - reach : line.shape[-1] // 2 + reach + 1]
    wide = F.pad(picture, [reach] * 4, mode="reflect")
    across = F.conv2d(wide, line[:, :, None] / line[0].sum(), groups=3)
    return Damaged(F.conv2d(across, line[..., None] / line[0].sum(), groups=3), None)


def _speckled(picture: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With noise of a deviation of 0.06 to 0.6, of black to white 2."""
    noise = torch.randn(picture.shape, generator=generator)
    return Damaged((picture + (0.06 + 0.54 * amount) * noise).clamp(-1, 1), None)


def _holed(picture: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With 5 to 50 % of its blocks grey."""
    height, width = picture.shape[2:]
    side = max(1, min(BLOCK, height // 4, width // 4))
    rows, columns = -(-height // side), -(-width // side)
    count = max(1, round((0.05 + 0.45 * amount) * rows * columns))
    blocks = torch.zeros(rows * columns, dtype=torch.bool)
    blocks[torch.randperm(rows * columns, generator=generator)[:count]] = True
    where = blocks.reshape(rows, columns).repeat_interleave(side, 0).repeat_interleave(side, 1)[:height, :width]
    return Damaged(torch.where(where, 0.0, picture), where)


def _coarse(factor: int) -> Callable[[Tensor, float, torch.Generator], Damaged]:
    def coarsened(picture: Tensor, amount: float, generator: torch.Generator) -> Damaged:
        """With one pixel of `factor` × `factor`, and brought back to its size by bicubic interpolation."""
        size = picture.shape[2:]
        small = F.interpolate(picture, size=[max(1, length // factor) for length in size], mode="area")
        return Damaged(F.interpolate(small, size=size, mode="bicubic", antialias=False).clamp(-1, 1), None)

    return coarsened


# Sounds.


def _hissing(sound: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With white noise, 20 dB softer than the sound to 5 dB louder."""
    loudness = sound.square().mean().sqrt() * 10 ** ((25 * amount - 20) / 20)
    return Damaged((sound + loudness * torch.randn(sound.shape, generator=generator)).clamp(-1, 1), None)


def _interrupted(sound: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With silence of 0.06 to 0.5 seconds somewhere in every two seconds."""
    length = sound.shape[-1]
    gap = min(round((0.06 + 0.44 * amount) * RATE), max(1, length // 2))
    where = torch.zeros(length, dtype=torch.bool)
    for start in range(0, length, 2 * RATE):
        room = min(2 * RATE, length - start) - gap
        if room > 0:
            begin = start + int(torch.randint(room, (), generator=generator))
            where[begin : begin + gap] = True
    return Damaged(torch.where(where, 0.0, sound), where)


def _muffled(sound: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """Without what lies above 4000 to 800 Hz."""
    spectrum = torch.fft.rfft(sound)
    pitch = torch.linspace(0, RATE / 2, spectrum.shape[-1])
    highest = 4000 * 0.2**amount
    return Damaged(torch.fft.irfft(spectrum * torch.sigmoid((highest - pitch) / 60), sound.shape[-1]), None)


# Texts.


def _lost(text: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With an underscore for every byte of 5 to 50 % of its characters that are no spaces."""
    data, starts = _characters(text)
    letters = [i for i in range(len(starts) - 1) if data[starts[i]] > SPACE]
    count = max(1, round((0.05 + 0.45 * amount) * len(letters))) if letters else 0
    where = torch.zeros(len(data), dtype=torch.bool)
    for i in torch.randperm(len(letters), generator=generator)[:count].tolist():
        where[starts[letters[i]] : starts[letters[i] + 1]] = True
    changed = torch.where(where, UNDERSCORE, torch.tensor(list(data)))
    return Damaged(F.one_hot(changed, 256).mT[None].to(text.dtype), where)


def _misspelled(text: Tensor, amount: float, generator: torch.Generator) -> Damaged:
    """With 5 to 50 % of its letters a to z exchanged for others; nobody is told which."""
    data = torch.tensor(list(_characters(text)[0]))
    lower = (data >= ord("a")) & (data <= ord("z"))
    chosen = lower & (torch.rand(data.shape, generator=generator) < 0.05 + 0.45 * amount)
    turned = (data - ord("a") + torch.randint(1, 26, data.shape, generator=generator)) % 26 + ord("a")
    return Damaged(F.one_hot(torch.where(chosen, turned, data), 256).mT[None].to(text.dtype), None)


def _characters(text: Tensor) -> tuple[bytes, list[int]]:
    """The bytes of (1, 256, T), and where each character begins; the end of the last is the last of them."""
    data = bytes(text[0].argmax(0).tolist())
    starts = [i for i, byte in enumerate(data) if byte & 0xC0 != 0x80]
    return data, [*starts, len(data)]


DAMAGES: dict[str, dict[str, Callable[[Tensor, float, torch.Generator], Damaged]]] = {
    "image": {"blocks": _holed, "low2": _coarse(2), "low4": _coarse(4), "blur": _blurred, "noise": _speckled},
    "audio": {"gap": _interrupted, "noise": _hissing, "low": _muffled},
    "text": {"lost": _lost, "wrong": _misspelled},
}
