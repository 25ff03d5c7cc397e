"""The endpoints of the Compare page, for `gradio_client` and for scripts."""

from ..core.errors import InputError
from . import api, media
from . import compare as comparison


def compare(file: dict, kind: str = "image") -> dict:
    """One input through all codecs of its medium, at every number of codebooks, and through classical codecs.

    Args:
        file: an uploaded picture, sound or text; `handle_file(path)` in gradio_client. What fits the bench is taken:
            the centre square at 256 × 256, 30 s, 1024 bytes
        kind: "image", "audio" or "text"

    Returns:
        {families: [{family, title, sort, settings, prior, home, apart}], units: [{unit, per_bit}], raw_bytes, points:
        [{family, setting, bits, coded_bits, prior_bits, tokens, side_bits, quality, encode_s, decode_s}]}. Bits are
        those of a whole file; of the playground's codecs of a packed one, as they are, or coded, or coded under the
        codec's causal prior (null without one); `side_bits`, one for each, say what they are. A rate is bits · per_bit
    """
    told = {"points": []}
    for message in comparison.run(_question(file, kind)):
        told |= message.get("begin", {})
        if "point" in message:
            told["points"].append(message["point"])
    return told


def compare_output(file: dict, family: str, setting: float, kind: str = "image") -> str:
    """What a point of /compare gives back, as a data URL of a PNG, a WAV or a text. Args: as of /compare; its point."""
    return media.url(comparison.output(_question(file, kind) | {"family": family, "setting": setting}))


def add_endpoints() -> None:
    """Adds both to the page being built."""
    api.publish(compare, compare_output)


def _question(file: dict, kind: str) -> dict:
    if not isinstance(kind, str):
        raise InputError("Codecs for “{kind}” cannot be used yet.", kind=str(kind)[:40])
    return {"kind": kind, "original": comparison.open_file(kind, api.uploaded(file).read_bytes())["original"]}
