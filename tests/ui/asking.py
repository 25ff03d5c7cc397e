"""Questions to Generate, of the tiny priors on disk, and how their answers are read."""

import io

import numpy as np
from PIL import Image

from playground.ui import generate, wire

CELLS = 12
CODES = 64


def question(*kinds: str, **more: object) -> dict:
    return {"runs": [{"prior": f"tiny-{kind}"} for kind in kinds], "wanted": "red apple", "seed": 7} | more


def steps_of(message: dict) -> list[dict]:
    return [told for told in generate.run(message) if "lane" in told]


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(wire.from_data_url(url)))


def cells(indices: list[int], known: list[bool]) -> dict:
    return {"indices": wire.pack(np.array(indices), "<u2"), "known": wire.pack(np.array(known), "u1")}
