"""The routes of the Train page: JSON about trainings in, glimpses of them out."""

import io
import secrets
import tempfile
import threading
import time
import zipfile
from collections import OrderedDict
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import torch
from fastapi import Request, Response
from gradio import Server
from PIL import Image
from torch import Tensor

from .. import zoo
from ..core.errors import InputError
from ..data import little
from ..media.pictures import read_square, read_whole
from ..training import small
from ..training.checkpoint import export
from ..training.watched import SHOWN
from ..view.sheets import sheet
from . import samples, wire
from .answers import LARGEST_UPLOAD, answer, as_json, compute, typed, with_body, with_message
from .glimpses import jpeg_of
from .studio import PLACES, Studio, Training

LEAST, MOST = 8, 200  # pictures of one's own
BASKETS = 40  # of pictures, kept for those who are choosing
CHOICE = 12  # pictures that show what is in a set
STUDIO = Studio()
_baskets: OrderedDict[str, list[Tensor]] = OrderedDict()
_lock = threading.Lock()


def add(server: Server) -> None:
    """Adds every route to `server`."""
    _add_choices(server)
    _add_trainings(server)


def _add_choices(server: Server) -> None:
    @server.get("/bench/train/menu")
    async def menu(request: Request) -> Response:
        return await compute(request, _menu, as_json)

    @server.get("/bench/train/set/{name}")
    async def choice(request: Request, name: str) -> Response:
        return await compute(request, lambda: _strip(name), typed("strip.webp"))

    @server.post("/bench/train/picture")
    async def picture(request: Request, basket: str = "") -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: _collect(basket, body), as_json)

    @server.post("/bench/train/new")
    async def new(request: Request) -> Response:
        address = request.client.host if request.client else ""
        return await with_message(request, lambda message: _begin(message, address), as_json)


def _add_trainings(server: Server) -> None:
    @server.get("/bench/train/{name}")
    async def whole(name: str) -> Response:
        return await answer(lambda: _whole(STUDIO.find(name)), as_json)

    @server.get("/bench/train/{name}/news")
    async def news(name: str, after: int = 0) -> Response:
        return await answer(lambda: _news(STUDIO.find(name), after), as_json)

    @server.get("/bench/train/{name}/checkpoint.zip")
    async def checkpoint(request: Request, name: str) -> Response:
        return await compute(request, lambda: _zip(STUDIO.find(name)), _attached)

    @server.post("/bench/train/{name}/do")
    async def do(name: str, request: Request) -> Response:
        return await with_message(request, lambda m: STUDIO.status(STUDIO.do(name, m.get("deed"))), as_json, light=True)

    @server.post("/bench/train/{name}/settings")
    async def settings(name: str, request: Request) -> Response:
        return await with_message(request, lambda m: STUDIO.status(STUDIO.tune(name, m)), as_json, light=True)

    @server.post("/bench/train/{name}/keep")
    async def keep(name: str) -> Response:
        return await answer(lambda: {"address": _keep(STUDIO.find(name))}, as_json)


# What may be chosen.


def _menu() -> dict:
    return {
        "sets": [{"name": name, "pictures": len(_set(name))} for name in SETS],
        "quantizers": list(small.NAMES),
        "least_pictures": LEAST,
        "most_pictures": MOST,
        "places": PLACES,
        "ranges": small.RANGES,
        "defaults": asdict(small.Settings()),
    }


SETS = {
    "photos": lambda: little.cuttings(read_whole(samples.data(s["name"])) for s in samples.listed()),
    "shapes": little.shapes,
    "letters": little.letters,
}


@lru_cache(maxsize=len(SETS))
def _set(name: str) -> Tensor:
    """(N, 3, SIDE, SIDE) uint8."""
    return SETS[name]()


def _strip(name: str) -> bytes:
    if name not in SETS:
        raise InputError("There is no set of pictures of that name.")
    tiles = _set(name)[:CHOICE].permute(0, 2, 3, 1).numpy()
    whole = Image.fromarray(sheet(tiles, CHOICE))
    return wire.webp(whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS), 75)


def _collect(basket: str, data: bytes) -> dict:
    """Puts one picture of the visitor's own into their basket. Raises InputError for what is no picture."""
    square = little.square(read_square(data, 2 * little.SIDE)[0])
    with _lock:
        if basket not in _baskets:
            basket = secrets.token_urlsafe(12)
            _baskets[basket] = []
        pictures = _baskets[basket]
        if len(pictures) >= MOST:
            raise InputError("{most} pictures are enough: the others are left out.", most=MOST)
        pictures.append(square)
        _baskets.move_to_end(basket)
        while len(_baskets) > BASKETS:
            _baskets.popitem(last=False)
        return {"basket": basket, "pictures": len(pictures)}


def _begin(message: dict, address: str) -> dict:
    name = message.get("set")
    scene = message.get("scene")
    settings = small.COLLAPSE if scene == "collapse" else small.settings_from(message.get("settings"))
    visitor = str(message.get("visitor") or address)[:40]
    pictures = _pictures(name, message.get("basket"))
    training = STUDIO.begin(str(name), settings, pictures, visitor=visitor, address=address)
    if scene == "collapse":
        STUDIO.do(training.name, "run")
    return {"id": training.name}


def _pictures(name: object, basket: object) -> Tensor:
    if name == "own":
        pictures = _baskets.get(str(basket), [])
        if len(pictures) < LEAST:
            raise InputError(
                "A training needs {least} pictures or more; there are {count}.", least=LEAST, count=len(pictures)
            )
        return torch.stack(pictures)
    if name not in SETS:
        raise InputError("There is no set of pictures of that name.")
    return _set(name)


# What is shown of a training.


def _whole(training: Training) -> dict:
    shown = training.watched.pictures[:SHOWN]
    strip = jpeg_of(shown.float() / 127.5 - 1, len(shown), quality=92)
    return {
        "id": training.name,
        "set": training.set,
        "settings": STUDIO.status(training)["settings"],
        "originals": strip,
        "count": len(shown),
        "side": little.SIDE,
        "status": STUDIO.status(training),
    }


def _news(training: Training, after: int) -> dict:
    status = STUDIO.status(training)
    # Without its lock, which is held while it trains: the list only ever grows, or is exchanged.
    frames = [frame for frame in list(training.frames) if frame["n"] > after]
    return {"status": status, "frames": frames}


# What is taken home.


def _write(training: Training, folder: Path) -> None:
    with training.lock:
        if not training.watched.step:
            raise InputError("There is nothing to save yet: let it take a step.")
        codec, settings = training.watched.codec, training.watched.settings
    codec.name = folder.name
    config = small.recipe_of(settings).codec
    export(codec, folder, config=config, label=small.label_of(settings))


def _zip(training: Training) -> bytes:
    file = io.BytesIO()
    with tempfile.TemporaryDirectory() as temporary, zipfile.ZipFile(file, "w") as archive:
        folder = Path(temporary) / f"mine-{time.strftime('%Y%m%d-%H%M')}"
        _write(training, folder)
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}")
    return file.getvalue()


def _attached(data: bytes) -> Response:
    response = typed("codec.zip")(data)
    response.headers["Content-Disposition"] = 'attachment; filename="my-codec.zip"'
    return response


@lru_cache(maxsize=1)
def _kept() -> tempfile.TemporaryDirectory:
    """Where codecs on the bench live that visitors trained; gone with the process."""
    return tempfile.TemporaryDirectory(prefix="codebook-playground-")


def _keep(training: Training) -> str:
    """The bench's address with this codec on it. It is not in the catalogue: who has the name may use it."""
    folder = Path(_kept().name) / f"mine-{secrets.token_hex(6)}"
    _write(training, folder)
    zoo.lend(folder)
    return f"./#c={folder.name}&sample={samples.listed()[0]['name']}"
