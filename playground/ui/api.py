"""The named endpoints of the HTTP API, for `gradio_client` and for scripts: what the page does, without the page.

Tokens travel as the JSON object that `Tokens.save` writes to a .json file.
"""

import json
from dataclasses import asdict
from pathlib import Path

import gradio as gr
import torch
from gradio.utils import get_upload_folder

from .. import zoo
from ..analysis import rate, usage
from ..core import files
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.modality import MODALITIES
from ..core.tokens import Tokens
from ..edits import cells
from . import calls, description, samples, wire


def catalogue() -> list:
    """The codecs there are, each {name, title, modality, quantizer, codebook_size, num_codebooks, stride, …}."""
    return [asdict(card) for card in zoo.catalogue()]


def encode(file: dict, codec: str = "image-vq") -> dict:
    """Encodes the part of an uploaded file that fits the bench (a picture's centre square, at 256 × 256).

    Args:
        file: an uploaded PNG, JPEG, GIF, WebP, BMP or TIFF; `handle_file(path)` in gradio_client
        codec: a name from /catalogue

    Returns:
        {tokens, quality: {psnr_db, ssim}, rate: {bits, bits_per_pixel}, usage: {codes, perplexity}}
    """
    model = zoo.load_listed(codec)
    zoo.check_codes(model)
    modality = MODALITIES[model.kind]
    fitted = modality.fit(_uploaded(file).read_bytes(), samples.BENCH_SIZE)
    with calls.SLOTS, torch.inference_mode():
        tokens = model.encode(fitted.signal)
        quality = calls.quality(modality, fitted.signal, model.decode(tokens))
    size, use = rate.measure_rate(tokens), usage.count_codes(tokens)
    return {
        "tokens": json.loads(files.to_json(tokens)),
        "quality": quality,
        "rate": {"bits": size.bits, "bits_per_pixel": size.rate_bpp},
        "usage": {"codes": use.used, "perplexity": use.perplexity},
    }


def decode(tokens: dict, codec: str = "image-vq") -> str:
    """The picture that tokens stand for, as a PNG data URL. Args: tokens from /encode; the codec's name."""
    model, value = _tokens(tokens, codec)
    modality = MODALITIES[model.kind]
    with calls.SLOTS, torch.inference_mode():
        return wire.data_url("image/png", wire.png(modality.write(model.decode(value))))


def edit(tokens: dict, name: str, options: dict, codec: str = "image-vq") -> dict:
    """Edits tokens; gives the edited ones.

    Args:
        tokens: from /encode
        name: paint, replace, exchange, erase, restrict (to given codes), keep (the n most used codes), shuffle,
            sort (by number), mirror, shift or paste
        options: {code}, {a, b}, {a, b}, {}, {codes}, {count}, {seed}, {}, {axis}, {steps: [dy, dx]} or
            {source: tokens, at: [row, column]}; each also takes {window: [top, left, bottom, right]} in cells,
            without which all cells are meant; of paste it is the window of the source
        codec: the codec's name
    """
    model, value = _tokens(tokens, codec)
    if not isinstance(name, str) or name not in EDITS:
        raise InputError("There is no edit “{name}”. There are: {names}.", name=str(name)[:40], names=", ".join(EDITS))
    where = wire.window_from(options if isinstance(options, dict) else {}, value.grid)
    inside = cells.rectangle(value, where)
    try:
        edited = EDITS[name](value, inside, model, options)
    except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("“{name}” needs other options; see the description of the endpoint.", name=name) from None
    return json.loads(files.to_json(edited))


def explain(latent: list, codec: str = "image-vq") -> dict:
    """The five codes nearest to a latent, the margin between the first two, and the source that ran."""
    return calls.explain({"codec": codec, "latent": latent})


def codebook(codec: str = "image-vq") -> dict:
    """All the page knows of a codebook: usage counts, colours, map, neighbours, bigrams."""
    return json.loads(description.part(codec, "codebook.json"))


def measure(file: dict, tokens: dict, codec: str = "image-vq") -> dict:
    """Quality of decoded tokens against the uploaded original: {psnr_db, ssim}. Args: as of /encode and /decode."""
    model, value = _tokens(tokens, codec)
    modality = MODALITIES[model.kind]
    fitted = modality.fit(_uploaded(file).read_bytes(), samples.BENCH_SIZE)
    if tuple(fitted.signal.shape[2:]) != value.size:
        raise InputError("The original and the tokens are not of the same size.")
    with calls.SLOTS, torch.inference_mode():
        return calls.quality(modality, fitted.signal, model.decode(value))


def _mean_code(codec: Codec) -> int:
    return codebook(codec.name)["mean_code"]  # weighted by use, where a reference set is known


def _pasted(tokens: Tokens, source: Tokens, options: dict) -> Tokens:
    return cells.paste(tokens, source, wire.window_from(options, source.grid), tuple(options["at"]))


EDITS = {
    "paint": lambda t, m, codec, o: cells.paint(t, m, o["code"]),
    "replace": lambda t, m, codec, o: cells.replace(t, o["a"], o["b"], cells=m),
    "exchange": lambda t, m, codec, o: cells.exchange(t, o["a"], o["b"], cells=m),
    "erase": lambda t, m, codec, o: cells.erase(t, m, _mean_code(codec)),
    "restrict": lambda t, m, codec, o: cells.restrict(t, torch.tensor(o["codes"]), codec.codebook(), cells=m),
    "keep": lambda t, m, codec, o: cells.restrict_to_count(t, o["count"], codec.codebook(), cells=m),
    "shuffle": lambda t, m, codec, o: cells.shuffle(t, o["seed"], cells=m),
    "sort": lambda t, m, codec, o: cells.sort(t, cells=m),
    "mirror": lambda t, m, codec, o: cells.mirror(t, o["axis"], cells=m),
    "shift": lambda t, m, codec, o: cells.shift(t, tuple(o["steps"]), cells=m),
    "paste": lambda t, m, codec, o: _pasted(t, _tokens(o["source"], codec.name)[1], o),
}


def add_endpoints() -> None:
    """Adds every endpoint to the page being built."""
    for function in (catalogue, encode, decode, edit, measure, explain, codebook):
        gr.api(_told(function), api_name=function.__name__, concurrency_id="api", concurrency_limit=2)


def _told(function):
    """`function`, with an InputError turned into the sentence that reaches the client."""

    def told(*arguments):
        try:
            return function(*arguments)
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from None

    told.__name__, told.__doc__ = function.__name__, function.__doc__
    told.__wrapped__ = function  # Gradio reads the signature through it
    told.__annotations__ = function.__annotations__
    return told


def _tokens(data: dict, codec_name: str) -> tuple[Codec, Tokens]:
    codec = zoo.load_listed(codec_name)
    tokens = files.from_json(json.dumps(data))
    calls.check_fit(codec, tokens)
    return codec, tokens


def _uploaded(file: dict) -> Path:
    """The path of an uploaded file. Raises InputError for a path outside the upload folder."""
    folder = Path(get_upload_folder()).resolve()
    path = Path(str(file.get("path") if isinstance(file, dict) else "")).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise InputError("Upload the file first: with gradio_client, pass handle_file(path).")
    return path
