"""What the page asks of the models: encode, decode, measure, explain.

Stateless functions of (codec name, message): nothing of one visitor is kept, so visitors
cannot disturb each other, and the page, the HTTP API and a script get the same answers.
Every function checks its own arguments, since anyone can call it. None asks which medium
it has: that is in media.py.
"""

import inspect
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache

import torch

from .. import packing, zoo
from ..analysis import geometry
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.modality import Modality
from ..core.tokens import Tokens
from ..media import token_files
from ..media.packed import Coding
from ..quantizers.vector import VectorQuantizer, nearest_codes
from . import continuous, description, media, pace, samples, wire
from .limits import SLOTS

VOCABULARY = samples.EXAMPLES.parent / "text" / "bpe.json"


def encode(codec_name: str, data: bytes, at: str = "") -> dict:
    """A file's tokens and everything the bench shows at once.

    at  which part of a file that is larger than the bench: a number from 0 to 1, "" for the usual one

    Raises InputError when the codec cannot read the file, or no listed codec has that name.
    """
    started = time.perf_counter()
    codec = zoo.load_listed(codec_name)
    with SLOTS:  # decoding takes as much as computing does
        opened = media.of(codec.kind).open(data, at)
    told = _told(codec, opened)
    return told | {"original": media.url(opened.file), "seconds": time.perf_counter() - started}


def sample(codec_name: str, name: str) -> dict:
    """`encode` of a sample, its original by address. Raises InputError for a name that is not in the list."""
    return _sample(codec_name, name, zoo.stamp(codec_name))


@lru_cache(maxsize=64)
def _sample(codec_name: str, name: str, stamp: tuple) -> dict:  # with another stamp the codec is another
    started = time.perf_counter()
    codec = zoo.load_listed(codec_name)
    told = _told(codec, samples.opened(name, codec.kind))
    return told | {"original": samples.address(name, codec.kind), "seconds": time.perf_counter() - started}


def _told(codec: Codec, opened: media.Opened) -> dict:
    """What the page is told of an original but the original itself."""
    medium = media.of(codec.kind)
    tell = _coded if codec.quantizer.num_codebooks else continuous.told
    with SLOTS, torch.inference_mode():
        told, output, shown = tell(codec, opened.signal)
        measured = quality(medium.modality, opened.signal, output)
    return told | medium.show(shown) | opened.sizes | {"quality": measured, "source": opened.source}


def _coded(codec: Codec, signal: torch.Tensor) -> tuple[dict, torch.Tensor, torch.Tensor]:
    """What the page is told of the codes of (1, C, *size); what they decode to, exactly and as edits show it."""
    latents = codec.latents(signal)  # (1, D, *grid)
    tokens = codec.snap(latents, tuple(signal.shape[2:]))
    levels = geometry.compared(codec, latents)
    margins = torch.cat([geometry.margins(vectors, codes) for vectors, codes in levels])  # (K, *grid)
    output = codec.decode(tokens)
    with media.of(codec.kind).pace():  # or the halo of an edit would show another arithmetic
        shown = codec.decode(tokens) if torch.is_autocast_enabled("cpu") else output
    return _tokens_message(codec, tokens) | {"margins": wire.pack(margins, "<f4")}, output, shown


def catalogue(kind: str) -> dict:
    """What there is to begin with: {codecs, samples} of one medium."""
    return {"codecs": [asdict(card) for card in codecs(kind)], "samples": samples.listed(kind)}


def codecs(kind: str = "image") -> list[zoo.Card]:
    """A card of every codec of one medium, the one to begin with first. Raises InputError for no such medium."""
    first = media.of(kind).first
    return sorted((card for card in zoo.catalogue() if card.modality == kind), key=lambda card: card.name != first)


def warm() -> None:
    """Does once what the first visitor would otherwise wait for: imports, weights, the first sample."""
    for card in codecs()[:1]:
        first = sample(card.name, samples.listed()[0]["name"])
        pace.try_both(*_codec_and_tokens(first))
    for card in codecs("text")[:1]:  # its measures take seconds to import, and who types will not wait
        sample(card.name, samples.listed("text")[0]["name"])


def decode(message: dict) -> wire.File:
    """What the cells in the message's window stand for: {codec, grid, size, indices, window?}."""
    codec, tokens = _codec_and_tokens(message)
    medium, window = media.of(codec.kind), wire.window_from(message, tokens.grid)
    with SLOTS, torch.inference_mode(), medium.pace():
        return medium.window(codec.decode_window(tokens, window))


def file(message: dict, ending: str) -> wire.File:
    """What all the cells stand for, as a file to keep: {codec, grid, size, indices}."""
    codec, tokens = _codec_and_tokens(message)
    with SLOTS, torch.inference_mode():
        return media.of(codec.kind).file(codec.decode(tokens), ending)


def measure(message: dict) -> dict:
    """Quality of the decoded tokens against the original: {codec, grid, size, indices, original}."""
    codec, tokens, original = _tokens_and_original(message)
    with SLOTS, torch.inference_mode():
        return quality(media.of(codec.kind).modality, original, codec.decode(tokens))


def peel(message: dict) -> dict:
    """Quality of the first 1, 2, … all of the codebooks: {codec, grid, size, indices, codebooks, original}."""
    codec, tokens, original = _tokens_and_original(message)
    if tokens.num_codebooks > 1:
        check_nested(codec)
    levels = []
    for k in range(1, tokens.num_codebooks + 1):
        with SLOTS, torch.inference_mode():  # for each anew, so that others need not wait for all
            levels.append(quality(media.of(codec.kind).modality, original, codec.decode(tokens.first(k))))
    return {"levels": levels}


def alone(message: dict) -> wire.File:
    """A moment of what one code adds: {codec, level, code, context?}, see analysis/alone.py.

    context  a code for each codebook before; the code nearest to the mean of each where none is named
    """
    codec = zoo.load_listed(str(message.get("codec")))
    level = wire.level_from(message.get("level", 0), codec)
    if level:
        check_nested(codec)
    context = message.get("context")
    if context is None:
        context = [description.mean_code(codec.name, k) for k in range(level)]
    codes = wire.codes_from([*context, message.get("code")] if isinstance(context, list) else None, codec)
    if len(codes) != level + 1:
        raise InputError("The page sent {count} codes where {needed} are needed.", count=len(codes), needed=level + 1)
    medium = media.of(codec.kind)
    cells = (-(-medium.moment // codec.stride),) * medium.modality.rank
    with SLOTS, torch.inference_mode():
        return medium.window(medium.alone(codec, codes, cells))


def pieces(message: dict) -> dict:
    """The pieces that an ordinary tokenizer makes of a text: {text} → {pieces, vocabulary: how many there are}."""
    from ..analysis import pieces as bpe  # the tokenizers library, which nobody else needs

    text = message.get("text")
    if not isinstance(text, str):
        raise InputError("The page sent something that is not a text.")
    modality, length = media.MEDIA["text"].modality, media.MEDIA["text"].length
    data = modality.write(modality.fit(text, length).signal).encode()
    found = bpe.pieces_of(data.decode(), VOCABULARY)
    told = [
        {
            "text": data[p.start : p.end].decode(errors="replace"),
            "start_byte": p.start,
            "end_byte": p.end,
            "entry": p.entry,
        }
        for p in found
    ]
    return {"pieces": told, "vocabulary": bpe.vocabulary_size(VOCABULARY)}


def latents(message: dict) -> bytes:
    """What a codebook is given of an original: {codec, original, level?} → (D, *grid) float32 little-endian."""
    codec = zoo.load_listed(str(message.get("codec")))
    level, original = wire.level_from(message.get("level", 0), codec), samples.original(message, codec.kind)
    check_size(codec, original)
    with SLOTS, torch.inference_mode():
        vectors, _ = geometry.compared(codec, codec.latents(original))[level]
        return vectors[0].numpy().astype("<f4").tobytes()


def explain(message: dict) -> dict:
    """How one latent was quantized: {codec, latent: [D numbers], level?} → nearest codes, margin, the source."""
    codec = zoo.load_listed(str(message.get("codec")))
    codebook = _codes(codec, wire.level_from(message.get("level", 0), codec))
    latent = message.get("latent")
    if not isinstance(latent, list) or len(latent) != codebook.shape[1] or not all(map(_is_number, latent)):
        raise InputError("The page sent a latent of the wrong shape.")
    near = geometry.nearest(torch.tensor([latent], dtype=torch.float32), codebook, min(5, len(codebook)))
    codes, distances = near.codes[0].tolist(), near.distances[0].tolist()
    return {
        "nearest": [{"code": c, "distance": d} for c, d in zip(codes, distances, strict=True)],
        "margin": distances[min(1, len(distances) - 1)] - distances[0],
        "source": inspect.getsource(_search(codec)),
    }


def _codes(codec: Codec, level: int) -> torch.Tensor:
    """(V, D) of one codebook, as its latents are compared with them."""
    tables = codec.quantizer.tables
    return tables[level].codes().detach() if tables else codec.codebook(level)


def _search(codec: Codec) -> Callable:
    """The function that chooses a code for a latent."""
    quantizer = codec.quantizer
    return nearest_codes if isinstance(quantizer, VectorQuantizer) else type(quantizer).nearest


def tokens_file(message: dict, ending: str) -> bytes:
    """The tokens as a file's bytes; ending "json", "npz" or, packed as they are, "cbp"."""
    _, tokens = _codec_and_tokens(message)
    match ending:
        case "json":
            return token_files.to_json(tokens).encode()
        case "npz":
            return token_files.to_npz(tokens)
        case "cbp":
            return packing.pack(tokens, Coding.RAW)
        case _:
            raise InputError("Tokens are saved as .json, .npz or .cbp.")


def read_tokens(codec_name: str, data: bytes) -> dict:
    """The tokens in a file's bytes, if they are this codec's."""
    codec = zoo.load_listed(codec_name)
    with SLOTS:  # of a packed file it may be a prior that computes them
        tokens = packing.from_bytes(data, most=wire.LARGEST_GRID)
    check_fit(codec, tokens)
    return _tokens_message(codec, tokens)


def vectors(codec_name: str, level: int = 0) -> bytes:
    """A codebook itself, float32 little-endian, V · D numbers."""
    codec = zoo.load_listed(codec_name)
    return _codes(codec, wire.level_from(level, codec)).numpy().astype("<f4").tobytes()


def _codec_and_tokens(message: dict) -> tuple[Codec, Tokens]:
    codec = zoo.load_listed(str(message.get("codec")))
    tokens = wire.tokens_from(message, codec.quantizer.codebook_size, codec.name)
    check_fit(codec, tokens)
    return codec, tokens


def check_fit(codec: Codec, tokens: Tokens) -> None:
    """Raises InputError unless these are one item's tokens of this codec, of a size the bench takes."""
    zoo.check_fit(codec, tokens)
    if tokens.indices.shape[0] != 1 or tokens.indices[0].numel() > wire.LARGEST_GRID:
        raise InputError("The bench takes one grid of up to {most} tokens.", most=wire.LARGEST_GRID)


def check_size(codec: Codec, signal: torch.Tensor) -> None:
    """Raises InputError when (1, C, *size) has more tokens than the bench takes."""
    cells = math.prod(-(-length // codec.stride) for length in signal.shape[2:])
    if cells * max(1, codec.quantizer.num_codebooks) > wire.LARGEST_GRID:
        raise InputError("The bench takes one grid of up to {most} tokens.", most=wire.LARGEST_GRID)


def check_nested(codec: Codec) -> None:
    """Raises InputError unless the first of the codec's codebooks can do without the later ones."""
    if not getattr(codec.quantizer, "nested", False):
        raise InputError("The codebooks of “{codec}” do not build on each other.", codec=codec.name)


def _tokens_and_original(message: dict) -> tuple[Codec, Tokens, torch.Tensor]:
    codec, tokens = _codec_and_tokens(message)
    original = samples.original(message, codec.kind)
    if tuple(original.shape[2:]) != tokens.size:
        raise InputError("The original and the tokens are not of the same size.")
    return codec, tokens, original


def _tokens_message(codec: Codec, tokens: Tokens) -> dict:
    return {
        "codec": tokens.codec,
        "grid": list(tokens.grid),
        "size": list(tokens.size),
        "codebooks": tokens.num_codebooks,
        "stride": codec.stride,
        "reach": codec.reach,
        "indices": wire.pack(tokens.indices[0], "<u2"),
    }


def quality(modality: Modality, a: torch.Tensor, b: torch.Tensor) -> dict:
    """As JSON can say it: equal signals have no finite PSNR, so theirs is None."""
    return {name: value if math.isfinite(value) else None for name, value in modality.quality(a, b).items()}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6
