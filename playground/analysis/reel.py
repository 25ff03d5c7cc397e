"""A reel: short pieces of many sounds or texts in one, and where in it each code occurs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.spectrogram import RATE

PIECE = 1.28  # seconds of each sound
FADE = 0.01  # seconds, at both ends of a piece


@dataclass(frozen=True, eq=False)
class Reel:
    """signal (1, C, T); `sources[i]` is the number of the signal that piece i is from, each of `piece` samples."""

    signal: Tensor
    sources: tuple[int, ...]
    piece: int


def cut_reel(sounds: list[Tensor], *, stride: int, pieces: int, seed: int = 0) -> Reel:
    """A piece from each of some sounds (1, 1, T), chosen at random; of a sound the loudest piece.

    stride  a piece is a whole number of cells, so that the reel's grid is that of its pieces

    Raises ValueError when no sound is as long as a piece.
    """
    length = round(PIECE * RATE / stride) * stride
    long_enough = [i for i, sound in enumerate(sounds) if sound.shape[-1] >= length]
    if not long_enough:
        raise ValueError(f"no sound has {length} samples")
    order = torch.randperm(len(long_enough), generator=torch.Generator().manual_seed(seed))
    sources = tuple(long_enough[i] for i in order[:pieces].tolist())
    ramp = (torch.arange(length) / (FADE * RATE)).clamp(max=1)
    parts = [_loudest(sounds[i], length, stride) * ramp * ramp.flip(0) for i in sources]
    return Reel(torch.cat(parts, -1), sources, length)


def _loudest(sound: Tensor, length: int, stride: int) -> Tensor:
    energy = sound[0, 0].square().unfold(0, length, stride).sum(1)  # of each window that begins with a cell
    start = int(energy.argmax()) * stride
    return sound[..., start : start + length]


def join_reel(texts: list[Tensor], *, pieces: int, seed: int = 0) -> Reel:
    """Some of many equally long texts (1, 256, T), chosen at random, one after the other."""
    order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(seed))
    sources = tuple(order[:pieces].tolist())
    return Reel(torch.cat([texts[i] for i in sources], -1), sources, texts[0].shape[-1])


@torch.inference_mode()
def places_apart(codec: Codec, reel: Reel, *, k: int, per_code: int, seed: int = 0) -> list[list[int]]:
    """As `places`, each piece encoded by itself: where attention reaches everywhere, the next one would have a say."""
    pieces = torch.cat(reel.signal.split(reel.piece, -1))  # (N, C, piece)
    indices = torch.cat([codec.encode(some).indices[:, k] for some in pieces.split(32)]).flatten()
    return _spread(indices, reel.piece // codec.stride, codec.quantizer.codebook_size, per_code, seed)


@torch.inference_mode()
def places(codec: Codec, reel: Reel, *, k: int, per_code: int, seed: int = 0) -> list[list[int]]:
    """For each code of codebook k, up to `per_code` cells of the reel that chose it, from as many pieces as can be."""
    indices = codec.encode(reel.signal).indices[0, k]  # (t,)
    return _spread(indices, reel.piece // codec.stride, codec.quantizer.codebook_size, per_code, seed)


def _spread(indices: Tensor, width: int, codebook_size: int, per_code: int, seed: int) -> list[list[int]]:
    """For each code some of the cells that hold it, (t,), from as many pieces of `width` cells as can be."""
    cells = torch.randperm(len(indices), generator=torch.Generator().manual_seed(seed)).tolist()
    found: list[list[int]] = [[] for _ in range(codebook_size)]
    later = []
    for cell in cells:
        chosen = found[indices[cell]]
        if len(chosen) < per_code and all(cell // width != other // width for other in chosen):
            chosen.append(cell)
        else:
            later.append(cell)
    for cell in later:
        if len(found[indices[cell]]) < per_code:
            found[indices[cell]].append(cell)
    return found
