"""What the page says a picture, a sound or a text takes as tokens is the size of the file that it gives."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from playground import zoo
from playground.core.errors import InputError
from playground.media import packed
from playground.ui import calls, samples

MODULE = Path(__file__).parents[2] / "assets" / "packed.js"
CODECS = {"image": ("image-vq", "some-rvq"), "audio": ("audio-rvq",), "text": ("text-rvq",)}


def counted(states: list[dict]) -> list[int]:
    """What the page's module says of what is on the bench."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("node is not installed (Debian: apt-get install nodejs)")
    script = f"""import {{ bytesOnBench }} from {json.dumps(MODULE.as_uri())};
        console.log(JSON.stringify({json.dumps(states)}.map((state) => bytesOnBench(state))))"""
    run = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(run.stdout)


def on_bench(told: dict, depth: int) -> dict:
    """The state of store.js that an answer of the server becomes."""
    card = next(card for card in zoo.catalogue() if card.name == told["codec"])
    grid = told["grid"] if len(told["grid"]) == 2 else [1, *told["grid"]]
    size = told["size"] if len(told["size"]) == 2 else [1, *told["size"]]
    state = {"rank": len(told["grid"]), "grid": grid, "size": size, "depth": depth}
    return state | {"codebookSize": card.codebook_size, "card": {"num_codebooks": card.num_codebooks}}


def message(told: dict, depth: int) -> dict:
    indices = base64.b64decode(told["indices"])
    part = base64.b64encode(indices[: len(indices) * depth // told["codebooks"]]).decode()
    return {key: told[key] for key in ("codec", "grid", "size")} | {"codebooks": depth, "indices": part}


@pytest.mark.parametrize("kind", CODECS)
def test_the_count_under_the_bench_is_the_size_of_the_file(kind: str) -> None:
    states, files = [], []
    for name in CODECS[kind]:
        told = calls.sample(name, samples.listed(kind)[0]["name"])
        for depth in range(1, told["codebooks"] + 1):
            states.append(on_bench(told, depth))
            asked = message(told, depth)
            files.append(calls.tokens_file(asked, "cbp"))
            again = calls.read_tokens(name, files[-1])
            assert {key: again[key] for key in asked} == asked
    assert counted(states) == [len(data) for data in files]


def test_the_page_and_the_format_count_alike_whatever_the_size() -> None:
    cases = [
        (size, cells, k, most, V)
        for size in ((1,), (1024,), (480_000,), (32, 32), (1, 5000), (5000, 1), (300, 299))
        for cells in (1, 7, 100, 786, 787, 788, 790, 9000)
        for k, most, V in ((1, 1, 1024), (2, 8, 1000), (8, 8, 40), (1, 1, 2))
    ]
    states = [
        {"rank": len(size), "grid": [1, cells], "size": [0, *size], "depth": k, "codebookSize": V}
        | {"card": {"num_codebooks": most}}
        for size, cells, k, most, V in cases
    ]
    files = [
        packed.file_bytes(packed.shape_number(size, k, most), packed.raw_bytes(k * cells, V))
        for size, cells, k, most, V in cases
    ]
    assert counted(states) == files


def test_a_damaged_or_foreign_packed_file_gets_a_sentence_on_the_bench() -> None:
    told = calls.sample("image-vq", samples.listed("image")[0]["name"])
    data = calls.tokens_file(message(told, 1), "cbp")
    for wrong in (data[:-1], data[: len(data) // 3], data[:-1] + bytes([data[-1] ^ 1])):
        with pytest.raises(InputError, match="damaged or cut short"):
            calls.read_tokens("image-vq", wrong)
    with pytest.raises(InputError, match="belong to “image-vq”"):
        calls.read_tokens("small-vq", data)
