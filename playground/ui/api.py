"""The named endpoints of the HTTP API, for `gradio_client` and for scripts: what the page does, without the page.

Tokens travel as the JSON object that `Tokens.save` writes to a .json file.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from inspect import signature
from pathlib import Path

import gradio as gr
import torch
from gradio.utils import get_upload_folder
from pydantic import ConfigDict, ValidationError, validate_call
from torch import Tensor

from .. import zoo
from ..analysis import rate, usage
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..edits import cells, codebooks, time
from ..media import token_files
from . import calls, description, media, wire
from .answers import failure, short

LONGEST_NAME = 300  # characters of a text that is an argument


def catalogue() -> list:
    """The codecs there are, each {name, title, modality, quantizer, codebook_size, num_codebooks, stride, …}."""
    return [asdict(card) for card in zoo.catalogue()]


def encode(file: dict, codec: str = "image-vq") -> dict:
    """Encodes what fits the bench of an uploaded file: the centre square at 256 × 256, 30 s of sound, 1024 bytes.

    Args:
        file: an uploaded PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or JPEG 2000, for a sound codec WAV, FLAC, OGG,
            MP3, M4A or WebM, for a text codec a text in UTF-8; `handle_file(path)` in gradio_client
        codec: a name from /catalogue

    Returns:
        {tokens, quality: {psnr_db, ssim}, {si_sdr_db, mel_db, stoi} or {byte_accuracy, …},
        rate: {bits, bits_per_pixel, rate_kbps or bits_per_byte}, usage: {codes, perplexity} of the first codebook}
    """
    model = zoo.load_listed(codec)
    zoo.check_codes(model)
    medium = media.of(model.kind)
    signal = medium.open(uploaded(file).read_bytes()).signal
    with calls.SLOTS, torch.inference_mode():
        tokens = model.encode(signal)
        quality = calls.quality(medium.modality, signal, model.decode(tokens))
    size, use = rate.measure_rate(tokens), usage.count_codes(tokens)
    return {
        "tokens": json.loads(token_files.to_json(tokens)),
        "quality": quality,
        "rate": {"bits": size.bits} | medium.rate(size.rate_bpp),
        "usage": {"codes": use.used, "perplexity": use.perplexity},
    }


def decode(tokens: dict, codec: str = "image-vq") -> str:
    """What tokens stand for, as a data URL of a PNG or a WAV. Args: tokens from /encode; the codec's name."""
    model, value = _tokens(tokens, codec)
    medium = media.of(model.kind)
    with calls.SLOTS, torch.inference_mode():
        return media.url(medium.file(model.decode(value), medium.exact))


def edit(tokens: dict, name: str, options: dict, codec: str = "image-vq") -> dict:
    """Edits tokens; gives the edited ones.

    Args:
        tokens: from /encode
        name: one of the names below
        options: what stands behind the name. Codes of one codebook change by paint {code}, replace {a, b},
            exchange {a, b}, erase {}, restrict {codes}, keep {count} (the most used ones stay) and sort {} (by
            number); {level} says which codebook, 0 the first. Cells move by shuffle {seed}, mirror {axis},
            shift {steps: [down, right] or [later]} and paste {source: tokens, at: [row, column] or [frame]}.
            Codebooks change by drop {levels} and graft {source: tokens, count: how many stay}. Sounds also change
            by stretch {factor: 0.125 … 8}, freeze {frame} and reverse {}. All but graft and stretch take
            {window: [top, left, bottom, right] or [from, to]} too, in cells, all of them when missing; of paste
            it is the window of the source
        codec: the codec's name
    """
    model, value = _tokens(tokens, codec)
    if not isinstance(name, str) or name not in EDITS:
        raise InputError("There is no edit “{name}”. There are: {names}.", name=str(name)[:40], names=", ".join(EDITS))
    options = options if isinstance(options, dict) else {}
    inside = cells.rectangle(value, wire.window_from(options, value.grid))
    try:
        edited = EDITS[name](value, inside, model, options)
        calls.check_fit(model, edited)
    except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("“{name}” needs other options; see the description of the endpoint.", name=name) from None
    return json.loads(token_files.to_json(edited))


def explain(latent: list, codec: str = "image-vq") -> dict:
    """The five codes nearest to a latent, the margin between the first two, and the source that ran."""
    return calls.explain({"codec": codec, "latent": latent})


def codebook(codec: str = "image-vq") -> dict:
    """All the page knows of a codebook: usage counts, colours, map, neighbours, bigrams."""
    return description.book(codec)


def measure(file: dict, tokens: dict, codec: str = "image-vq") -> dict:
    """Quality of decoded tokens against the uploaded original, as of /encode. Args: as of /encode and /decode."""
    model, value = _tokens(tokens, codec)
    medium = media.of(model.kind)
    signal = medium.open(uploaded(file).read_bytes()).signal
    if tuple(signal.shape[2:]) != value.size:
        raise InputError("The original and the tokens are not of the same size.")
    with calls.SLOTS, torch.inference_mode():
        return calls.quality(medium.modality, signal, model.decode(value))


def _pasted(tokens: Tokens, source: Tokens, options: dict) -> Tokens:
    return cells.paste(tokens, source, wire.window_from(options, source.grid), tuple(options["at"]))


def _restricted(tokens: Tokens, inside: Tensor, codec: Codec, options: dict) -> Tokens:
    k = _level(options, codec)
    return cells.restrict(tokens, torch.tensor(options["codes"]), codec.codebook(k), cells=inside, k=k)


def _kept(tokens: Tokens, inside: Tensor, codec: Codec, options: dict) -> Tokens:
    k = _level(options, codec)
    return cells.restrict_to_count(tokens, options["count"], codec.codebook(k), cells=inside, k=k)


def _erased(tokens: Tokens, inside: Tensor, codec: Codec, options: dict) -> Tokens:
    k = _level(options, codec)
    return cells.erase(tokens, inside, description.mean_code(codec.name, k), k=k)


def _dropped(tokens: Tokens, inside: Tensor, codec: Codec, options: dict) -> Tokens:
    levels = {wire.level_from(level, codec) for level in options["levels"]}
    return codebooks.drop(tokens, {k: description.mean_code(codec.name, k) for k in levels}, cells=inside)


def _level(options: dict, codec: Codec) -> int:
    return wire.level_from(options.get("level", 0), codec)


EDITS = {
    "paint": lambda t, m, codec, o: cells.paint(t, m, o["code"], k=_level(o, codec)),
    "replace": lambda t, m, codec, o: cells.replace(t, o["a"], o["b"], cells=m, k=_level(o, codec)),
    "exchange": lambda t, m, codec, o: cells.exchange(t, o["a"], o["b"], cells=m, k=_level(o, codec)),
    "erase": _erased,
    "restrict": _restricted,
    "keep": _kept,
    "sort": lambda t, m, codec, o: cells.sort(t, cells=m, k=_level(o, codec)),
    "shuffle": lambda t, m, codec, o: cells.shuffle(t, o["seed"], cells=m),
    "mirror": lambda t, m, codec, o: cells.mirror(t, o["axis"], cells=m),
    "shift": lambda t, m, codec, o: cells.shift(t, tuple(o["steps"]), cells=m),
    "paste": lambda t, m, codec, o: _pasted(t, _tokens(o["source"], codec.name)[1], o),
    "drop": _dropped,
    "graft": lambda t, m, codec, o: codebooks.graft(t, _tokens(o["source"], codec.name)[1], o["count"]),
    "stretch": lambda t, m, codec, o: time.stretch(t, o["factor"], codec.stride),
    "freeze": lambda t, m, codec, o: time.freeze(t, o["frame"], cells=m),
    "reverse": lambda t, m, codec, o: time.reverse(t, cells=m),
}


def add_endpoints() -> None:
    """Adds the endpoints of this file to the page being built."""
    publish(catalogue, encode, decode, edit, measure, explain, codebook)


def publish(*functions: Callable) -> None:
    """Makes an endpoint of each, by its own name, with its docstring as what is told of it."""
    for function in functions:
        gr.api(_told(function), api_name=function.__name__, concurrency_id="api", concurrency_limit=2)


def _told(function: Callable) -> Callable:
    """`function` with a slot and with arguments of the types it names; an error becomes a sentence for the client."""
    config = ConfigDict(str_max_length=LONGEST_NAME, allow_inf_nan=False)
    checked = validate_call(function, config=config)

    def told(*arguments):
        try:
            with calls.SLOTS:
                return checked(*arguments)
        except Exception as error:
            raise gr.Error(
                short(_sentence(error, list(signature(function).parameters))), print_exception=False
            ) from None

    told.__name__, told.__doc__ = function.__name__, function.__doc__
    told.__wrapped__ = function  # Gradio reads the signature through it
    told.__annotations__ = function.__annotations__
    return told


def _sentence(error: Exception, parameters: list[str]) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, ValidationError):
        place = error.errors()[0]["loc"][0]
        name = parameters[place] if isinstance(place, int) and place < len(parameters) else str(place)
        return InputError("“{name}” is missing, or is not of the kind that belongs there.", name=name)
    return failure(error)


def _tokens(data: dict, codec_name: str) -> tuple[Codec, Tokens]:
    codec = zoo.load_listed(codec_name)
    tokens = token_files.from_json(json.dumps(data))
    calls.check_fit(codec, tokens)
    return codec, tokens


def uploaded(file: dict) -> Path:
    """The path of an uploaded file. Raises InputError for a path outside the upload folder."""
    folder = Path(get_upload_folder()).resolve()
    path = Path(str(file.get("path") if isinstance(file, dict) else "")).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise InputError("Upload the file first: with gradio_client, pass handle_file(path).")
    return path
