"""Packed token files: written and opened with the codecs and priors there are. The format is in media/packed.py.

A reader finds the codec, or the prior, by 16 bits of its name among those it has; the check sum then says whether it is
the right one. Of a prior it covers the weights too, and of a codec the uses of its codes where the body begins with
them: a file that was packed with another version is refused, not read wrongly.
"""

import math
import os
from copy import deepcopy
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from . import makers, zoo
from .analysis.coding import adaptive_bits
from .core.codec import Codec
from .core.errors import InputError
from .core.tokens import Tokens
from .media import packed, token_files
from .media.arithmetic import Reader, Writer
from .media.inputs import file_bytes
from .media.modalities import MODALITIES
from .media.packed import SUFFIX, Coding
from .priors import coding
from .priors.causal import Causal
from .priors.coding import covers
from .view.description import known_counts

LARGEST_FILE = token_files.LARGEST_FILE
T = TypeVar("T")

# --- packing ------------------------------------------------------------------------------


def pack(tokens: Tokens, way: Coding, prior: Causal | None = None) -> bytes:
    """The packed file of one item's tokens. Raises InputError for tokens that this way is not for.

    prior  whose codec the tokens are of; needed by Coding.PRIOR, whatever else is asked for ignores it
    """
    codec = prior.codec if prior else zoo.load_listed(tokens.codec)
    _check(tokens, codec)
    cells, size = tokens.indices[0].flatten(1).cpu().numpy(), tokens.codebook_size
    shape = _shape_number(tokens.size, tokens.num_codebooks, codec)
    match way:
        case Coding.RAW:
            body = packed.raw_body(cells.ravel().tolist(), size)
        case Coding.ORDER_0:
            body = packed.order_0_body(cells, size)
        case Coding.USAGE:
            body = packed.order_0_body(cells, size, _uses(codec))
        case Coding.PRIOR:
            if prior is None:
                raise ValueError("Coding.PRIOR needs a prior")
            return UnderPrior(prior).pack(tokens)
    return packed.seal(way, codec.name, _key(way, codec), shape, body)


def smallest(tokens: Tokens, prior: Causal | None = None) -> tuple[Coding, bytes]:
    """The smallest file of one item's tokens, and how it is coded; without a prior under none."""
    codec = prior.codec if prior else zoo.load_listed(tokens.codec)
    ways = [way for way in Coding if (way != Coding.PRIOR or prior) and (way != Coding.USAGE or _uses(codec))]
    return min(((way, pack(tokens, way, prior)) for way in ways), key=lambda each: len(each[1]))


class UnderPrior:
    """Packs tokens under one prior; what it wrote of the prior's codebooks serves for more of them too."""

    def __init__(self, prior: Causal) -> None:
        self.prior, self._uses = prior, _uses(prior.codec)
        self._begun: tuple[Tensor, Writer] | None = None

    def pack(self, tokens: Tokens) -> bytes:
        """The file. Raises InputError for tokens that the prior is not for."""
        codec, name = self.prior.codec, self.prior.config.name
        body = self._body(tokens)
        return packed.seal(Coding.PRIOR, name, _key(Coding.PRIOR, codec, self.prior), self._shape(tokens), body)

    def sizes(self, tokens: Tokens) -> tuple[int, int] | None:
        """Bytes of the file, and how many of them are not its body; None of fewer codebooks than the prior knows."""
        if not covers(self.prior, tokens):
            return None
        body = len(self._body(tokens))
        whole = packed.file_bytes(self._shape(tokens), body)
        return whole, whole - body

    def _shape(self, tokens: Tokens) -> int | None:
        shape = tokens.size, tokens.num_codebooks
        return None if shape == _usual_shape(self.prior) else _shape_number(*shape, self.prior.codec)

    def _body(self, tokens: Tokens) -> bytes:
        _check(tokens, self.prior.codec)
        own = self.prior.config.trunk.grid[0]
        if not covers(self.prior, tokens):
            raise InputError(
                "“{prior}” knows {least} codebooks; these are fewer.", prior=self.prior.config.name, least=own
            )
        cells = tokens.indices[0, :own]
        if self._begun is None or not torch.equal(self._begun[0], cells):
            writer = Writer()
            coding.put(writer, self.prior, cells)
            self._begun = cells, writer
        writer = deepcopy(self._begun[1])
        rest = tokens.indices[0, own:].flatten(1).numpy()
        packed.put_order_0(writer, rest, tokens.codebook_size, self._uses and self._uses[own:])
        return writer.finish()


def prior_bits(prior: Causal, tokens: Tokens) -> float:
    """Bits that one item's tokens are worth under a prior, their cross-entropy: what `pack` comes near to."""
    _check(tokens, prior.codec)
    own, uses = prior.config.trunk.grid[0], _uses(prior.codec)
    rest = tokens.indices[:, own:]
    known = uses and [torch.from_numpy(each) for each in uses[own:]]
    beyond = adaptive_bits(tokens.with_indices(rest), known) if rest.numel() else []
    return coding.cross_entropy(prior, tokens.indices[0, :own]) + sum(beyond)


def causal_priors() -> dict[str, str]:
    """Codec → its causal prior, of several the first by name."""
    return {card.codec: card.name for card in reversed(makers.priors()) if card.kind == "causal"}


# --- opening ------------------------------------------------------------------------------


def unpack(data: bytes, prior: Causal | None = None, *, most: int = token_files.LARGEST_GRID) -> Tokens:
    """The tokens of a packed file. Raises InputError for a damaged one, and for one whose codec or prior is not here.

    prior  under which it was packed; looked for among all there are when missing
    most   tokens that it may hold
    """
    parts = packed.take_apart(data)
    codec, prior = _under(parts, prior) if parts.coding == Coding.PRIOR else (_codec_of(parts), None)
    size, codebooks = _shape_of(parts, codec, prior)
    grid = tuple(-(-length // codec.stride) for length in size)
    count = codebooks * math.prod(grid)
    if count > most:
        raise InputError("A token file holds up to {limit} tokens; these are {count}.", limit=most, count=count)
    shape, book = (codebooks, math.prod(grid)), codec.quantizer.codebook_size
    match parts.coding:
        case Coding.RAW:
            indices = torch.tensor(packed.raw_codes(parts.body, count, book))
        case Coding.ORDER_0:
            indices = torch.from_numpy(packed.take_order_0(Reader(parts.body), shape, book))
        case Coding.USAGE:
            indices = torch.from_numpy(packed.take_order_0(Reader(parts.body), shape, book, _uses(codec)))
        case Coding.PRIOR:
            indices = _take_under(Reader(parts.body), prior, codebooks, grid)
    tokens = Tokens(indices.reshape(1, codebooks, *grid), book, size, codec.name)
    zoo.check_fit(codec, tokens)
    return tokens


def from_bytes(data: bytes, *, most: int = token_files.LARGEST_GRID) -> Tokens:
    """The tokens of a file's bytes: JSON, NPZ or packed. Raises InputError for anything else."""
    before_check_sums = bool(data) and 1 <= data[0] <= 8  # `pack` began with the number of codebooks
    if (packed.is_packed(data) or before_check_sums) and len(data) <= LARGEST_FILE:
        return unpack(data, most=most)
    return token_files.from_bytes(data)


def load(path: str | os.PathLike) -> Tokens:
    """The tokens of a file. Raises InputError for anything that is no token file."""
    return from_bytes(file_bytes(path, LARGEST_FILE))


def save(tokens: Tokens, path: str | os.PathLike) -> None:
    """Writes `tokens` to `path`: JSON, NPZ or packed as they are, by its ending. Raises InputError where it cannot."""
    if Path(path).suffix.lower() == SUFFIX:
        token_files.write(pack(tokens, Coding.RAW), path)
    else:
        token_files.save(tokens, path)


def _take_under(reader: Reader, prior: Causal, codebooks: int, grid: tuple[int, ...]) -> Tensor:
    own, uses = prior.config.trunk.grid[0], _uses(prior.codec)
    first = coding.take(reader, prior, grid).flatten(1)
    beyond = (codebooks - own, math.prod(grid))
    rest = packed.take_order_0(reader, beyond, prior.config.codebook_size, uses and uses[own:])
    return torch.cat([first, torch.from_numpy(rest)])


def _codec_of(parts: packed.Packed) -> Codec:
    names = [name for name in zoo.names() if packed.identity(name) == parts.identity]
    if not names:
        known = ", ".join(zoo.names())
        raise InputError("This file was packed with a codec that is not among these: {names}.", names=known)
    codecs = [zoo.load_listed(name) for name in names]
    return _only(parts, {codec.name: (codec, _key(parts.coding, codec)) for codec in codecs})


def _under(parts: packed.Packed, prior: Causal | None) -> tuple[Codec, Causal]:
    if prior:
        if packed.identity(prior.config.name) != parts.identity:
            raise InputError("This file was not packed under “{prior}”.", prior=prior.config.name)
        priors = [prior]
    else:
        names = [name for name in makers.names() if packed.identity(name) == parts.identity]
        priors = [each for each in map(makers.load_prior, names) if isinstance(each, Causal)]
    if not priors:
        known = ", ".join(causal_priors().values())
        raise InputError("This file was packed under a prior that is not among these: {names}.", names=known)
    found = {each.config.name: (each, _key(parts.coding, each.codec, each)) for each in priors}
    prior = _only(parts, found)
    return prior.codec, prior


def _only(parts: packed.Packed, known: dict[str, tuple[T, bytes]]) -> T:
    """The one whose key gives the check sum of the file. Raises InputError where there is none, or several."""
    found = {name: each for name, (each, key) in known.items() if parts.is_whole(key)}
    if not found:
        raise InputError(
            "This file is damaged or cut short, or “{name}” is another one than it was packed with: its check sum is "
            "wrong.",
            name=", ".join(known),
        )
    if len(found) > 1:
        raise InputError(
            "This file may be of each of these, and does not say of which: {names}.", names=", ".join(found)
        )
    return next(iter(found.values()))


# --- what both ends share -----------------------------------------------------------------


def _key(way: Coding, codec: Codec, prior: Causal | None = None) -> bytes:
    """What the check sum begins with."""
    quantizer = codec.quantizer
    key = f"{codec.name} {quantizer.codebook_size} {quantizer.num_codebooks} {codec.stride} ".encode()
    if way in (Coding.USAGE, Coding.PRIOR):
        key += b"".join(each.astype("<i8").tobytes() for each in _uses(codec) or [])
    return key + (coding.fingerprint(prior) if way == Coding.PRIOR and prior else b"")


def _uses(codec: Codec) -> list[np.ndarray] | None:
    """How often the codes of each codebook are used elsewhere, where that is written beside the codec's weights."""
    if codec.name not in zoo.names():
        return None
    counts = known_counts(zoo.listed_folder(codec.name), codec)
    return counts and [each.numpy() for each in counts]


def _shape_number(size: tuple[int, ...], codebooks: int, codec: Codec) -> int:
    return packed.shape_number(size, codebooks, codec.quantizer.num_codebooks)


def _usual_shape(prior: Causal) -> tuple[tuple[int, ...], int]:
    """Size and number of codebooks of what a prior makes when nothing else is asked for."""
    own, *grid = prior.config.trunk.grid
    return tuple(prior.codec.stride * length for length in grid), own


def _shape_of(parts: packed.Packed, codec: Codec, prior: Causal | None) -> tuple[tuple[int, ...], int]:
    if parts.shape is None and prior is None:
        raise InputError("This packed file does not say how large its signal is, and no prior does.")
    if parts.shape is None:
        return _usual_shape(prior)
    size, codebooks = packed.shape_of(parts.shape, MODALITIES[codec.kind].rank, codec.quantizer.num_codebooks)
    if prior and codebooks < prior.config.trunk.grid[0]:
        raise InputError("This packed file has fewer codebooks than its prior knows.")
    return size, codebooks


def _check(tokens: Tokens, codec: Codec) -> None:
    zoo.check_fit(codec, tokens)
    if len(tokens.indices) != 1:
        raise InputError("These are the tokens of {count} items; one is packed at a time.", count=len(tokens.indices))
