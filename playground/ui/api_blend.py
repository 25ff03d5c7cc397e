"""Named endpoints of the HTTP API for blending and for the codebook games; see api.py."""

from .. import zoo
from . import blend as blending
from . import games, media, wire
from .api import publish, uploaded


def add_endpoints() -> None:
    """Adds them to the page being built."""
    publish(blend, blend_film, game, drift, wobble)


def blend(
    a: dict, b: dict, path: str = "snapped", share: float = 0.5, options: dict | None = None, codec: str = "image-vq"
) -> str:
    """A place on the path from one uploaded file to another, as a data URL of a PNG, a WAV or a text.

    Pictures are taken as centre squares of 256 × 256; of two sounds or texts the longer is cut to the shorter.

    Args:
        a: an uploaded file, `handle_file(path)` in gradio_client
        b: another one of the same medium
        path: "signal" cross-fades what is heard or seen; "latents" goes through code space; "snapped" does so and
            takes the nearest codes; "tokens" flips one token after the other; "twin" is a codec without codes
        share: 0 is a, 1 is b
        options: {curve: "straight" or "spherical", order: "random", "alike", "along", "outwards" or "coarse", seed,
            books: a speed for each codebook, across: true for all of the path in one, a at its beginning}
        codec: a name from /catalogue
    """
    message = _between(a, b, options, codec) | {"path": path, "share": share}
    kind = zoo.load_listed(codec).kind
    return media.url(blending.step_file(message, media.of(kind).exact))


def blend_film(
    a: dict,
    b: dict,
    path: str = "snapped",
    ending: str = "gif",
    steps: int = 16,
    options: dict | None = None,
    codec: str = "image-vq",
) -> str:
    """All steps of a path as a data URL of one file: "gif", "webp" or "mp4", of texts "txt". The rest as of /blend."""
    message = _between(a, b, options, codec) | {"path": path, "steps": steps}
    return media.url(blending.film_file(message, ending))


def game(a: dict, name: str, options: dict | None = None, b: dict | None = None, codec: str = "image-vq") -> dict:
    """A codebook game with an uploaded file.

    Args:
        a: an uploaded file
        name: "palette" quantizes a with only the codes that b uses; "permute" {seed} renumbers the codebooks;
            "levels" {i, j} reads two codebooks in each other's place; "read" {other: a codec's name} hands the
            numbers to another codec
        options: what stands behind the name
        b: an uploaded file, for "palette"
        codec: a name from /catalogue

    Returns:
        {others, count: tokens that changed, of how many; codec: who reads them; indices: base64 of uint16, codebook
        by codebook; grid}
    """
    message = _options(options) | {"codec": codec, "a": _url(a)} | ({"b": _url(b)} if b else {})
    told = games.play(name, message)
    return {key: told[key] for key in ("others", "count", "codec", "indices", "grid")}


def drift(a: dict, passes: int = 12, codec: str = "image-vq") -> list:
    """Round trips of an uploaded file: for each pass {number, moved and away: tokens of each codebook that are others
    than before it, than at first; like: the earlier pass with the same tokens; quality against the original}."""
    told = [trip for trip in games.drift({"codec": codec, "a": _url(a), "passes": passes}) if trip["kind"] == "pass"]
    return [{key: trip[key] for key in ("number", "moved", "away", "like", "quality")} for trip in told]


def wobble(a: dict, sigma: float = 0.15, trials: int = 8, seed: int = 1, codec: str = "image-vq") -> dict:
    """Noise on the latents of an uploaded file before they are quantized.

    Args:
        a: an uploaded file
        sigma: deviation of the noise; 1 is that of the latents themselves
        trials: how often
        seed: of the noise
        codec: a name from /catalogue

    Returns:
        {flipped: share of the trials in which a token was another one, margins: distance to the second-best code less
        that to the best, both base64 of float32, codebook by codebook; agreement: rank correlation of both; grid}
    """
    told = games.wobbled({"codec": codec, "a": _url(a), "sigma": sigma, "trials": trials, "seed": seed})
    return {key: told[key] for key in ("flipped", "margins", "agreement", "grid")}


def _between(a: dict, b: dict, options: dict | None, codec: str) -> dict:
    return _options(options) | {"codec": codec, "a": _url(a), "b": _url(b)}


def _options(options: object) -> dict:
    return dict(options) if isinstance(options, dict) else {}


def _url(file: dict) -> str:
    return wire.data_url("application/octet-stream", uploaded(file).read_bytes())
