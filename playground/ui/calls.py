"""What the page asks of the models: encode, decode, measure, explain.

Stateless functions of (codec name, message): nothing of one visitor is kept, so visitors
cannot disturb each other, and the page, the HTTP API and a script get the same answers.
Every function checks its own arguments, since anyone can call it.
"""

import inspect
import io
import math
import threading
import time
from collections.abc import Callable
from functools import lru_cache

import torch
from PIL import Image

from .. import zoo
from ..analysis import geometry
from ..core import files
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.modality import IMAGE, Modality
from ..core.tokens import Tokens
from ..quantizers.vector import VectorQuantizer, nearest_codes
from . import continuous, pace, samples, wire

FIRST = "image-vq"
SLOTS = threading.BoundedSemaphore(2)  # computations at a time; more would only slow each other down


def encode(codec_name: str, data: bytes) -> dict:
    """A picture file's tokens and everything the bench shows at once.

    Raises InputError when the file is no picture, or no listed codec has that name.
    """
    started = time.perf_counter()
    codec = zoo.load_listed(codec_name)
    fitted = IMAGE.fit(data, samples.BENCH_SIZE)
    tell = _coded if codec.quantizer.num_codebooks else continuous.told
    with SLOTS, torch.inference_mode():
        told, output, shown = tell(codec, fitted.signal)
        measured = quality(IMAGE, fitted.signal, output)
    original = IMAGE.write(fitted.signal)
    original_png = wire.png(original)
    return told | {
        "original": wire.data_url("image/png", original_png),
        "image": wire.data_url("image/jpeg", wire.jpeg(IMAGE.write(shown))),
        "quality": measured,
        "png_bytes": len(original_png),
        "jpeg_bytes": _smallest_jpeg(original),
        "source": fitted.source,
        "seconds": time.perf_counter() - started,
    }


def _coded(codec: Codec, signal: torch.Tensor) -> tuple[dict, torch.Tensor, torch.Tensor]:
    """What the page is told of the codes of (1, 3, H, W); what they decode to, exactly and as edits show it."""
    latents = codec.latents(signal)  # (1, D, h, w)
    tokens = codec.snap(latents, tuple(signal.shape[2:]))
    levels = geometry.compared(codec, latents)
    margins = torch.cat([geometry.margins(vectors, codes) for vectors, codes in levels])  # (K, h, w)
    output = codec.decode(tokens)
    with pace.fast():
        shown = codec.decode(tokens)  # or the halo of an edit would show another arithmetic
    return _tokens_message(codec, tokens) | {"margins": wire.pack(margins, "<f4")}, output, shown


@lru_cache(maxsize=64)
def sample(codec_name: str, name: str) -> dict:
    """`encode` of a sample picture, its original by address. Raises InputError for a name that is not in the list."""
    return encode(codec_name, samples.data(name)) | {"original": samples.ADDRESS + name}


def codecs() -> list[zoo.Card]:
    """A card of every codec, the one to begin with first."""
    return sorted(zoo.catalogue(), key=lambda card: card.name != FIRST)


def warm() -> None:
    """Does once what the first visitor would otherwise wait for: imports, weights, the first sample."""
    for card in codecs()[:1]:
        first = sample(card.name, samples.listed()[0]["name"])
        pace.try_both(*_codec_and_tokens(first))


def decode(message: dict) -> bytes:
    """A JPEG of the cells in the message's window: {codec, grid, size, indices, window?}."""
    codec, tokens = _codec_and_tokens(message)
    window = wire.window_from(message, tokens.grid)
    with SLOTS, torch.inference_mode(), pace.fast():
        return wire.jpeg(IMAGE.write(codec.decode_window(tokens, window)))


def picture(message: dict) -> bytes:
    """A PNG of all the cells: {codec, grid, size, indices}."""
    codec, tokens = _codec_and_tokens(message)
    with SLOTS, torch.inference_mode():
        return wire.png(IMAGE.write(codec.decode(tokens)))


def measure(message: dict) -> dict:
    """Quality of the decoded tokens against the original: {codec, grid, size, indices, original}."""
    codec, tokens = _codec_and_tokens(message)
    original = samples.original(message)
    if tuple(original.shape[2:]) != tokens.size:
        raise InputError("The original and the tokens are not of the same size.")
    with SLOTS, torch.inference_mode():
        return quality(IMAGE, original, codec.decode(tokens))


def latents(message: dict) -> bytes:
    """What a codebook is given of an original: {codec, original, level?} → (D, h, w) float32 little-endian."""
    codec, original = zoo.load_listed(str(message.get("codec"))), samples.original(message)
    level = wire.level_from(message.get("level", 0), codec)
    if math.prod(-(-n // codec.stride) for n in original.shape[2:]) > wire.LARGEST_GRID:
        raise InputError("The bench takes one grid of up to {most} tokens.", most=wire.LARGEST_GRID)
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
    """The tokens as a file's bytes; ending "json" or "npz"."""
    _, tokens = _codec_and_tokens(message)
    if ending not in ("json", "npz"):
        raise InputError("Tokens are saved as .json or .npz.")
    return files.to_npz(tokens) if ending == "npz" else files.to_json(tokens).encode()


def read_tokens(codec_name: str, data: bytes) -> dict:
    """The tokens in a file's bytes, if they are this codec's."""
    codec = zoo.load_listed(codec_name)
    tokens = files.from_bytes(data)
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


def _smallest_jpeg(original: Image.Image) -> int:
    """Bytes of the smallest JPEG there is of this picture: quality 1, optimised tables."""
    file = io.BytesIO()
    original.save(file, "JPEG", quality=1, optimize=True)
    return len(file.getvalue())


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6
