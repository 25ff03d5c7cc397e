"""Two tiny codecs for the functions behind the page, and a running server for those who need one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import zoo
from tests.served import Served, make_checkpoints, serve, using


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoints folder with two tiny codecs."""
    return make_checkpoints(tmp_path_factory.mktemp("ui") / "checkpoints")


@pytest.fixture(scope="session")
def tiny_zoo(tiny_folder: Path) -> zoo.Zoo:
    """The codecs in it."""
    return zoo.Zoo(tiny_folder)


@pytest.fixture(autouse=True)
def codecs(tiny_zoo: zoo.Zoo) -> Iterator[zoo.Zoo]:
    """The tiny codecs in place of the shipped ones, in every test here."""
    with using(tiny_zoo):
        yield tiny_zoo


@pytest.fixture(scope="session")
def site(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page and its API, served from a thread of this process."""
    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("uploads"))
    with serve(tiny_folder) as served:
        yield served
