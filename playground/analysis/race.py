"""A race: one signal through codecs, at every number of codebooks, and through classical codecs at many settings."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens
from ..media.modalities import MODALITIES, multiscale_ssim
from .classics import Classic
from .coding import file_rate
from .detail import kept_detail
from .rate import Rate

Measure = Callable[[Tensor, Tensor], dict[str, float]]
SMALLEST_MULTISCALE = 161  # pixels: of anything less, the coarsest of the five scales has no window left


@dataclass(frozen=True, eq=False)
class Point:
    """One signal at one setting of one who takes part.

    setting             how many codebooks, or what a classical encoder was told; 0 of a codec without codes
    rate                what it costs, side information or the whole file counted; None of a codec without codes
    quality             as the measure names it
    encode_s, decode_s  seconds on this machine, once. Nested codes are encoded once for all their prefixes
    """

    setting: float
    rate: Rate | None
    quality: dict[str, float]
    encode_s: float
    decode_s: float


def race_codec(
    codec: Codec,
    signal: Tensor,
    measure: Measure,
    known: list[Tensor] | None = None,
    under: Callable[[Tokens], tuple[int, int] | None] | None = None,
) -> Iterator[Point]:
    """A point for every encoding of (1, C, *size) that the codec has: all prefixes of nested codebooks, else one.

    known  how often its codes are used elsewhere, see coding.adaptive_bits
    under  sizes of its tokens' file under a causal prior, see coding.file_rate
    """
    if not codec.quantizer.num_codebooks:
        latents, encode_s = _timed(lambda: codec.quantizer.straight_through(codec.latents(signal)).latents)
        output, decode_s = _timed(lambda: codec.render(latents, signal.shape[2:]))
        yield Point(0, None, measure(signal, output), encode_s, decode_s)
        return
    tokens, encode_s = _timed(lambda: codec.encode(signal))
    for k in depths(codec):
        first = tokens.first(k)
        output, decode_s = _timed(lambda first=first: codec.decode(first))
        rate = file_rate(first, known, under, most=codec.quantizer.num_codebooks)
        yield Point(k, rate, measure(signal, output), encode_s, decode_s)


def race_classic(classic: Classic, signal: Tensor, measure: Measure) -> Iterator[Point]:
    """A point for every setting."""
    for setting in classic.settings:
        data, encode_s = _timed(lambda setting=setting: classic.encode(signal, setting))
        output, decode_s = _timed(lambda data=data: classic.decode(data))
        bits = 8.0 * len(data)
        rate = Rate(bits, bits, prod(signal.shape[2:]))
        yield Point(setting, rate, measure(signal, as_long(output, signal)), encode_s, decode_s)


def codec_output(codec: Codec, signal: Tensor, k: int) -> Tensor:
    """What a codec gives back of (1, C, *size) by its first k codebooks; without codes, whatever k is."""
    with torch.inference_mode():
        if not codec.quantizer.num_codebooks:
            return codec.reconstruct(signal)
        return codec.decode(codec.encode(signal).first(k))


def classic_output(classic: Classic, signal: Tensor, setting: float) -> Tensor:
    """What a classical codec gives back of (1, C, *size)."""
    return as_long(classic.decode(classic.encode(signal, setting)), signal)


def depths(codec: Codec) -> list[int]:
    """The numbers of codebooks that make an encoding on their own; [0] of a codec without codes."""
    count = codec.quantizer.num_codebooks
    return list(range(1, count + 1)) if getattr(codec.quantizer, "nested", False) else [count]


def as_long(output: Tensor, signal: Tensor) -> Tensor:
    """`output`, its end cut off or filled with zeros to the size of `signal`."""
    output = output[(..., *(slice(0, length) for length in signal.shape[2:]))]
    lack = [b - a for a, b in zip(output.shape[2:], signal.shape[2:], strict=True)]
    return F.pad(output, [side for missing in reversed(lack) for side in (0, missing)]) if any(lack) else output


def race_quality(kind: str) -> Measure:
    """All that is measured in a race of this medium: what its modality does, of pictures also what takes longer."""
    return {"image": _picture_quality}.get(kind, MODALITIES[kind].quality)


def _picture_quality(original: Tensor, output: Tensor) -> dict[str, float]:
    measured = MODALITIES["image"].quality(original, output)
    if min(original.shape[2:]) >= SMALLEST_MULTISCALE:
        measured["ms_ssim"] = multiscale_ssim(original, output)
    return measured | {"detail": kept_detail(original, output)}


def _timed(deed: Callable):
    begin = time.perf_counter()
    with torch.inference_mode():
        result = deed()
    return result, time.perf_counter() - begin
