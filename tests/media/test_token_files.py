"""Laws of token files: every bad one gets a sentence, none costs much, none runs."""

import io
import json
import pickle
import random
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.media import token_files

GOOD = Tokens(torch.arange(6).reshape(1, 1, 2, 3), 8, (16, 24), "image-vq")
HEADER = {key: value for key, value in json.loads(token_files.to_json(GOOD)).items() if key != "indices"}


def as_json(**changes: object) -> bytes:
    """A good JSON file but for `changes`; None leaves the entry out."""
    data = json.loads(token_files.to_json(GOOD)) | changes
    return json.dumps({key: value for key, value in data.items() if value is not None}).encode()


def as_npz(indices: object = GOOD.indices.numpy(), header: object = json.dumps(HEADER)) -> bytes:
    """A good NPZ file but for what is given."""
    file = io.BytesIO()
    np.savez_compressed(file, indices=np.asarray(indices), header=np.asarray(header))
    return file.getvalue()


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def array(description: str, body: bytes = bytes(48)) -> bytes:
    """An .npy file whose header says `description`, whatever its body is."""
    text = description.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text + body


def npz_of(indices: bytes) -> bytes:
    header = io.BytesIO()
    np.save(header, np.array(json.dumps(HEADER)))
    return zipped({"indices.npy": indices, "header.npy": header.getvalue()})


class Bang:
    """A pickle that would leave a mark if it were opened."""

    def __reduce__(self) -> tuple:
        return print, ("a pickle ran",)


def lying_about_sizes() -> bytes:
    """An NPZ whose directory says that 64 MB of zeros are 200 bytes."""
    data = bytearray(npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (8388608,)}", bytes(2**26))))
    first = data.index(b"PK\x01\x02")
    data[first + 24 : first + 28] = struct.pack("<I", 200)
    return bytes(data)


NESTED = [[[[0, 1, 2], [3, 4, 5]]]]
BAD_JSON = {
    "empty": (b"", "empty"),
    "text": (b"these are no tokens", "not valid JSON"),
    "cut off": (as_json()[:-20], "not valid JSON"),
    "bytes": (bytes(range(256)), "not valid JSON"),
    "endlessly nested": (b"[" * 100_000, "not valid JSON"),
    "a number of many digits": (b'{"format": ' + b"9" * 10_000 + b"}", "not valid JSON"),
    "a list": (b"[1, 2, 3]", "not written by"),
    "another format": (as_json(format="other"), "not written by"),
    "no format": (as_json(format=None), "not written by"),
    "another version": (as_json(version=2), "version 2; version 1 is read"),
    "version true": (as_json(version=True), "version True"),
    "a long version": (as_json(version="9" * 999), "version 9{20};"),
    "no codebook size": (as_json(codebook_size=None), "codebook size"),
    "codebook size 0": (as_json(codebook_size=0), "codebook size"),
    "codebook size true": (as_json(codebook_size=True), "codebook size"),
    "codebook size 8.0": (as_json(codebook_size=8.0), "codebook size"),
    "an endless codebook": (as_json(codebook_size=10**30), "codebook size"),
    "no size": (as_json(size=None), "how large"),
    "size of texts": (as_json(size=["16", "24"]), "how large"),
    "size 0": (as_json(size=[0, 24]), "how large"),
    "an endless size": (as_json(size=[10**9, 24]), "how large"),
    "four axes": (as_json(size=[1, 1, 1, 1]), "how large"),
    "codec 5": (as_json(codec=5), "codec"),
    "a codec of control characters": (as_json(codec="\x1b[2J"), "codec"),
    "a codec of half characters": (as_json(codec="\ud800"), "codec"),
    "a codec of many characters": (as_json(codec="x" * 256), "codec"),
    "no indices": (as_json(indices=None), "whole numbers"),
    "out of range": (as_json(indices=[[[[0, 1, 8], [3, 4, 5]]]]), "Token 8 .* from 0 to 7"),
    "negative": (as_json(indices=[[[[0, 1, -1], [3, 4, 5]]]]), "Token -1 .* from 0 to 7"),
    "far out of range": (as_json(indices=[[[[0, 1, 2**63], [3, 4, 5]]]]), "out of range"),
    "too few axes": (as_json(indices=NESTED[0]), r"shape \(1, 2, 3\)"),
    "too many axes": (as_json(indices=[NESTED]), r"shape \(1, 1, 1, 2, 3\)"),
    "no tokens": (as_json(indices=[[[[], []]]]), r"shape \(1, 1, 2, 0\)"),
    "ragged": (as_json(indices=[[[[0, 1, 2], [3, 4]]]]), "ragged"),
    "ragged in depth": (as_json(indices=[[[[0, 1, 2], 3]]]), "whole numbers"),
    "fractions": (as_json(indices=[[[[0, 1, 2.5], [3, 4, 5]]]]), "whole numbers"),
    "whole fractions": (as_json(indices=[[[[0, 1, 2.0], [3, 4, 5]]]]), "whole numbers"),
    "a true among numbers": (as_json(indices=[[[[0, 1, True], [3, 4, 5]]]]), "whole numbers"),
    "texts": (as_json(indices=[[[["0", "1"]]]]), "whole numbers"),
    "a long text among many": (as_json(indices=["x" * 1000, *[""] * 100_000]), "whole numbers"),
    "not a number": (as_json().replace(b"5]]]]", b"NaN]]]]"), "whole numbers"),
    "an object": (as_json(indices={"0": 1}), "whole numbers"),
    "a text of brackets": (b"[" + b"[" * 900 + b"]" * 900 + b",[]" * token_files.MOST_LISTS + b"]", "not written by"),
    "too heavy": (b" " * (token_files.LARGEST_FILE + 1), "too large"),
    "too many tokens": (as_json(indices=[[[[0] * (token_files.LARGEST_GRID + 1)]]]), "wrong shape"),
}
BAD_NPZ = {
    "cut off": (as_npz()[:-30], "damaged"),
    "only its mark": (b"PK", "damaged"),
    "another zip": (zipped({"letter.txt": b"hello"}), "damaged"),
    "no header": (zipped({"indices.npy": b""}), "damaged"),
    "a header that is no JSON": (as_npz(header="hello"), "damaged"),
    "a header of numbers": (as_npz(header=3), "damaged"),
    "another format": (as_npz(header=json.dumps({"format": "other"})), "not written by"),
    "a header that is a list": (as_npz(header="[]"), "not written by"),
    "another version": (as_npz(header=json.dumps(HEADER | {"version": 7})), "version 7"),
    "out of range": (as_npz(GOOD.indices.numpy() + 3), "Token 8"),
    "negative": (as_npz(GOOD.indices.numpy() - 1), "Token -1"),
    "beyond 63 bits": (as_npz(np.full((1, 1, 2, 3), 2**64 - 1, np.uint64)), "Token 18446744073709551615"),
    "wrong shape": (as_npz(GOOD.indices.numpy()[0]), r"shape \(1, 2, 3\)"),
    "fractions": (as_npz(GOOD.indices.numpy() * 1.0), "whole numbers"),
    "true and false": (as_npz(GOOD.indices.numpy() > 2), "whole numbers"),
    "texts": (as_npz(GOOD.indices.numpy().astype(str)), "whole numbers"),
    "pickled objects": (as_npz(np.array([[[[Bang()]]]], dtype=object)), "objects instead of numbers"),
    "a pickle": (zipped({"indices.npy": pickle.dumps(Bang()), "header.npy": b""}), "damaged"),
    "a bomb": (
        npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (8388608,)}", bytes(2**26))),
        "too large",
    ),
    "a lie about sizes": (lying_about_sizes(), "damaged"),
    "a promise of terabytes": (
        npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (9, 2**38)}")),
        "damaged",
    ),
    "a promise of a petabyte": (
        npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1, 1000000000000, 100)}")),
        "damaged",
    ),
    "a negative shape": (npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (-2, -3)}")), "damaged"),
    "a header that calls": (npz_of(array("{'descr': print('ran'), 'fortran_order': False, 'shape': (6,)}")), "damaged"),
    "a deeply nested header": (npz_of(array("(" * 9000)), "damaged"),
    "no numbers at all": (
        npz_of(array("{'descr': '<i8', 'fortran_order': False, 'shape': (0,)}", b"")),
        "damaged|shape",
    ),
    "packed otherwise": (zipped({"indices.npy": b"", "header.npy": b""}, zipfile.ZIP_LZMA), "damaged"),
}


@pytest.mark.parametrize("data, reason", [*BAD_JSON.values(), *BAD_NPZ.values()], ids=[*BAD_JSON, *BAD_NPZ])
def test_a_bad_file_is_told_why(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, reason: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason):
        token_files.load(path)
    with pytest.raises(InputError, match=reason):
        token_files.from_bytes(data)
    assert "ran" not in capsys.readouterr().out


@pytest.mark.parametrize("data", [as_json(), as_npz(), as_json(codec=None)])
def test_what_these_tests_damage_is_good(data: bytes) -> None:
    tokens = token_files.from_bytes(data)
    assert torch.equal(tokens.indices, GOOD.indices)
    assert tokens.size == GOOD.size


@pytest.mark.parametrize("dtype", ["<u1", ">u2", "<i4", ">i8", "<u8"])
def test_whole_numbers_of_any_width_and_order_are_read(dtype: str) -> None:
    turned = np.asfortranarray(GOOD.indices.numpy().astype(dtype))
    assert torch.equal(token_files.from_bytes(as_npz(turned)).indices, GOOD.indices)


@pytest.mark.parametrize("name", ["missing.json", ".", "nul\0.json", "x" * 5000])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"There is no file|cannot be read|a folder"):
        token_files.load(tmp_path / name)


@pytest.mark.parametrize("data", [as_json(), as_npz()], ids=["json", "npz"])
def test_no_bytes_raise_anything_but_a_sentence(data: bytes) -> None:
    chance = random.Random(0)
    for _ in range(2000):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 2, 8])):
            at = chance.randrange(len(damaged) + 1)
            deed = chance.randrange(8)
            damaged[at : len(damaged) if deed == 0 else at + chance.randrange(4)] = chance.randbytes(deed // 2)
        try:
            tokens = token_files.from_bytes(bytes(damaged))
        except InputError:
            continue
        assert 0 <= tokens.indices.min() <= tokens.indices.max() < tokens.codebook_size
