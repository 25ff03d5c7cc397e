"""Tiny priors beside the tiny codecs of a served page."""

from dataclasses import replace
from pathlib import Path

from safetensors.torch import save

from playground import zoo
from playground.models.folder import CONFIG, WEIGHTS
from playground.priors.folder import prior_text
from tests.priors.conftest import KINDS, tiny_prior

GRIDS = {"image-vq": (1, 8, 8), "audio-rvq": (2, 20), "text-rvq": (3, 12)}  # of the sounds a codebook is left out


def add_priors(folder: Path) -> Path:
    """A prior of each kind that can be for the first codec of each medium of tests/served.py, CODEC-KIND."""
    codecs = zoo.Zoo(folder)
    for codec, grid in GRIDS.items():
        for kind in KINDS if grid[0] == 1 else KINDS[:2]:
            prior = tiny_prior(kind, codecs.load(codec), grid=grid)
            name = f"{codec}-{kind}"
            written = folder / codec / "priors" / name
            written.mkdir(parents=True)
            (written / WEIGHTS).write_bytes(save({n: t.half() for n, t in prior.network.state_dict().items()}))
            text = prior_text(
                replace(prior.config, name=name), title=f"Tiny, {kind}", paper="nobody 2020", licence="CC0"
            )
            (written / CONFIG).write_text(text, encoding="utf-8")
    return folder
