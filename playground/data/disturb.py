"""What the world does to pictures, sounds and words before anybody looks, listens or reads.

Data are tidier than a microphone or a mouse. So what is learned from is moved, worn and soiled, each
time otherwise. All chance comes from one generator.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.framing import END
from ..core.spectrogram import RATE
from .triples import PHOTOGRAPHS, STROKES, Shelf

LETTER_SHARE = 0.25  # of the words have a letter changed


def disturbed_pictures(pictures: Tensor, drawn: Tensor, mirrored: Tensor, *, generator: torch.Generator) -> Tensor:
    """(B, 3, S, S) in [−1, 1] → the same turned, sized, moved, thickened, lit and noisy.

    drawn     (B,) bool: those are strokes on black, whose pen may change; of the others the light
    mirrored  (B,) bool: those mean the same in a mirror
    """
    u = torch.rand(len(pictures), 16, generator=generator)
    pictures = torch.where(drawn[:, None, None, None], _penned(pictures, u[:, 0]), _lit(pictures, u[:, 1:5]))
    pictures = _moved(pictures, drawn, mirrored, u[:, 5:11])
    blurred = F.avg_pool2d(F.pad(pictures, [1] * 4, mode="replicate"), 3, stride=1)
    pictures = pictures.lerp(blurred, (u[:, 11] * (u[:, 12] < 0.3)).reshape(-1, 1, 1, 1))
    noise = torch.randn(pictures.shape, generator=generator)
    size = (1.5 * u[:, 13] ** 3 * (u[:, 14] < 0.6)).reshape(-1, 1, 1, 1)  # mostly faint; some of it drowns everything
    return (pictures + size * noise).clamp(-1, 1)


def _penned(pictures: Tensor, u: Tensor) -> Tensor:
    """Strokes thicker for u (B,) near 1, thinner for u near 0."""
    thick = F.max_pool2d(pictures, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-pictures, 2, stride=1)
    thin = F.pad(thin, [0, 1, 0, 1], value=-1.0)
    u = u.reshape(-1, 1, 1, 1)
    return torch.where(u > 0.6, pictures.lerp(thick, (u - 0.6) / 0.4), pictures.lerp(thin, (0.3 - u).clamp(min=0) * 2))


def _lit(pictures: Tensor, u: Tensor) -> Tensor:
    """Photographs brighter or darker (B, 4), each colour a little for itself."""
    gain = 0.7 + 0.6 * u[:, :1] + 0.2 * (u[:, 1:4] - 0.5)
    shade = 0.3 * (u[:, 3:4] - 0.5)
    return ((pictures + 1) * gain[..., None, None] - 1 + shade[..., None, None]).clamp(-1, 1)


def _moved(pictures: Tensor, drawn: Tensor, mirrored: Tensor, u: Tensor) -> Tensor:
    """Turned by up to 14°, a quarter larger or smaller, slanted, moved by a seventh."""
    angle, scale, slant = 0.5 * (u[:, 0] - 0.5), 0.8 + 0.5 * u[:, 1], 0.5 * (u[:, 2] - 0.5) * drawn
    side = torch.where((u[:, 3] < 0.5) & mirrored, -1.0, 1.0)
    move = torch.zeros(len(pictures), 2, 3)
    move[:, 0, 0], move[:, 0, 1] = scale * side * angle.cos(), -scale * angle.sin() + slant
    move[:, 1, 0], move[:, 1, 1] = scale * side * angle.sin(), scale * angle.cos()
    move[:, :, 2] = 0.28 * (u[:, 4:6] - 0.5)
    grid = F.affine_grid(move, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def disturbed_sounds(sounds: Tensor, *, generator: torch.Generator) -> Tensor:
    """(B, T) in [−1, 1] → the same earlier or later, faster or slower, through a poor line, in some noise."""
    count, length = sounds.shape
    u = torch.rand(count, 8, generator=generator)
    # Pitch and formants move with the speed: a voice becomes another's.
    places = (torch.arange(length) - length / 2) * (0.82 + 0.4 * u[:, :1]) + length / 2  # (B, T)
    places = places + 0.3 * length * (u[:, 1:2] - 0.5)
    left = places.floor()
    kept = (left >= 0) & (left < length - 1)
    index = left.clamp(0, length - 2).long()
    sounds = torch.lerp(sounds.gather(1, index), sounds.gather(1, index + 1), places - left) * kept
    sounds = _through_a_line(sounds, u[:, 2:5])
    return sounds + _noise(sounds, u[:, 5:8], generator=generator)


def _through_a_line(sounds: Tensor, u: Tensor) -> Tensor:
    """Cut above 2.5 to 8 kHz and below 20 to 300 Hz, and tilted by up to 6 dB an octave; u (B, 3)."""
    spectrum = torch.fft.rfft(sounds, _even_length(sounds))
    pitch = torch.linspace(0, RATE / 2, spectrum.shape[1])
    high, low = 2500 * 3.2 ** u[:, :1], 20 * 15 ** u[:, 1:2]
    tilt = (pitch.clamp(min=50) / 1000) ** (2 * (u[:, 2:] - 0.5))
    passed = torch.sigmoid((high - pitch) / 100) * torch.sigmoid((pitch - low) / 20) * tilt.clamp(max=4)
    return torch.fft.irfft(spectrum * passed)[:, : sounds.shape[1]]


def _noise(sounds: Tensor, u: Tensor, *, generator: torch.Generator) -> Tensor:
    """Noise from 5 dB above the sounds to 45 below, mostly far below, of some colour; u (B, 3)."""
    length = _even_length(sounds)
    spectrum = torch.fft.rfft(torch.randn(len(sounds), length, generator=generator))
    pitch = torch.linspace(0, RATE / 2, spectrum.shape[1])
    noise = torch.fft.irfft(spectrum * (pitch.clamp(min=60) / 1000) ** (-u[:, :1]))[:, : sounds.shape[1]]
    loud = sounds.square().mean(1, keepdim=True).sqrt() / noise.square().mean(1, keepdim=True).sqrt()
    return noise * loud * 10 ** (-(50 * u[:, 1:2].sqrt() - 5) / 20)


def _even_length(sounds: Tensor) -> int:
    """The power of two that holds (B, T): lengths with large prime factors take several times as long to transform."""
    return 2 ** (sounds.shape[1] - 1).bit_length()


def disturbed(part: str, shelf: Shelf, chosen: Tensor, *, generator: torch.Generator) -> Tensor:
    """(B, …) the items with these numbers (B,) of a shelf of "pictures", "sounds" or "words", as signals."""
    items = shelf.items[chosen]
    if part == "pictures":
        drawn, mirrored = shelf.styled(chosen, STROKES), shelf.styled(chosen, PHOTOGRAPHS)
        return disturbed_pictures(items.float() / 127.5 - 1, drawn, mirrored, generator=generator)
    if part == "sounds":
        return disturbed_sounds(items.float() / 32768, generator=generator)
    return disturbed_words(items.long(), end=END, generator=generator)


def disturbed_words(letters: Tensor, *, end: int, generator: torch.Generator) -> Tensor:
    """(B, L) int64 bytes → the same, some of them in capitals, some with one letter wrong or missing."""
    u = torch.rand(len(letters), 4, generator=generator)
    small = (letters >= ord("a")) & (letters <= ord("z"))
    letters = torch.where(small & (u[:, :1] < 0.15), letters - 32, letters)
    lengths = (letters != end).sum(1)
    place = (u[:, 1] * lengths).long()
    wrong = torch.randint(ord("a"), ord("z") + 1, (len(letters),), generator=generator)
    typed = letters.clone()
    typed[torch.arange(len(letters)), place] = wrong
    after = torch.arange(letters.shape[1]) >= place[:, None]
    missing = torch.where(after, torch.cat([letters[:, 1:], torch.full_like(letters[:, :1], end)], 1), letters)
    plain = (letters < 128).sum(1) > 3  # of a short word, or a Chinese one, nothing would be left
    typo = (u[:, 2] < LETTER_SHARE) & plain
    return torch.where((typo & (u[:, 3] < 0.5))[:, None], typed, torch.where(typo[:, None], missing, letters))
