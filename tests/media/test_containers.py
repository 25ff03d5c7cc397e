"""Laws of taking picture files apart: the pixels stay, the rest goes, and no small file has a large cost."""

import io
import itertools
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.core.errors import InputError
from playground.media.containers import bare, format_of, orientation
from playground.media.pictures import read_square

MB = 2**20


def packed(picture: Image.Image, name: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def noise(mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (50, 70, 4), dtype=np.uint8)
    return Image.fromarray(pixels if mode == "RGBA" else pixels[..., :3]).convert(mode)


def tiff(entries: list[tuple[int, int, int, int]], before: bytes = b"") -> bytes:
    """A little-endian TIFF of (tag, type, number, value) entries behind `before`, which begins at byte 8."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", 8 + len(before)) + before + struct.pack("<H", len(entries)) + body + bytes(4)


PLAIN = {256: 64, 257: 64, 258: 8, 259: 1, 262: 1, 277: 1}  # width, height, bits, unpacked, grey, one channel


def plain(changes: dict[int, int]) -> list[tuple[int, int, int, int]]:
    return [(tag, 4, 1, value) for tag, value in sorted((PLAIN | changes).items())]


VARIANTS = [
    ("PNG", "RGB", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "P", {"transparency": 3}),
    ("PNG", "1", {}),
    ("PNG", "I;16", {}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "RGB", {"restart_marker_rows": 1}),
    ("JPEG", "CMYK", {}),
    ("JPEG", "L", {"optimize": True}),
    ("JPEG", "RGB", {"keep_rgb": True}),
    ("GIF", "P", {"transparency": 3, "comment": b"a" * 999}),
    ("GIF", "L", {"interlace": 1}),
    ("WebP", "RGBA", {}),
    ("BMP", "P", {}),
    ("TIFF", "RGB", {}),
    ("TIFF", "RGBA", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "tiff_adobe_deflate", "tiffinfo": {317: 2}}),
    ("TIFF", "RGB", {"compression": "jpeg"}),
    ("TIFF", "CMYK", {"compression": "packbits"}),
    ("TIFF", "P", {}),
    ("TIFF", "F", {}),
    ("TIFF", "I;16B", {}),
]


@pytest.mark.parametrize("name, mode, options", VARIANTS)
def test_the_pixels_stay_as_they_were(name: str, mode: str, options: dict) -> None:
    picture = Image.fromarray(np.arange(3500, dtype=np.uint16).reshape(50, 70)) if "16" in mode else noise(mode)
    data = packed(picture, name, **options)
    assert format_of(data) == name
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(bare(data, name).data)) as after:
        assert (after.mode, after.size) == (before.mode, before.size)
        assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "TIFF"])
def test_what_a_photo_says_about_its_owner_goes(name: str) -> None:
    exif = Image.Exif()
    exif[274], exif[315] = 8, "Ada Lovelace"
    taken_apart = bare(packed(noise(), name, exif=exif), name)
    assert orientation(taken_apart.exif) == 8
    with Image.open(io.BytesIO(taken_apart.data)) as picture:
        assert not dict(picture.getexif()).keys() & {274, 315}


@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_is_read_in_both_byte_orders(order: str) -> None:
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    for value in range(1, 9):
        block = mark + struct.pack(order + "IHHHIHHI", 8, 1, 274, 3, 1, value, 0, 0)
        assert orientation(block) == orientation(b"Exif\0\0" + block) == value


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"nonsense",
        b"II*\0",
        b"II*\0" + struct.pack("<I", 10**9),
        tiff([(274, 3, 1, 9)]),
        tiff([(274, 3, 0, 6)]),
        tiff([(274, 3, 2**31, 6)]),
        tiff([(274, 5, 1, 6)]),
        tiff([(270, 3, 1, 6)]),
    ],
)
def test_an_exif_block_that_says_nothing_means_upright(block: bytes) -> None:
    assert orientation(block) == 1


def many_scans() -> bytes:
    data = packed(Image.new("L", (3200, 3200), 128), "JPEG", progressive=True)
    starts = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]
    shortest = min((data[a:b] for a, b in itertools.pairwise([*starts, len(data) - 2])), key=len)
    return data[:-2] + shortest * (2 * MB // len(shortest)) + data[-2:]


def exif_of_many_captions() -> bytes:
    block = tiff([(40000 + i, 7, 4 * MB, 8) for i in range(1000)])
    block += bytes(4 * MB + 8 - len(block))
    pieces = [b"Exif\0\0" + block[at : at + 65000] for at in range(0, len(block), 65000)]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", 2 + len(piece)) + piece for piece in pieces)
    return b"\xff\xd8" + segments + packed(noise(), "JPEG")[2:]


def tiff_of_many_captions() -> bytes:
    captions = [(40000 + i, 7, 4 * MB, 8) for i in range(1000)]
    return tiff(plain({273: 8, 278: 64, 279: 4096}) + captions, b"\x80" * (4 * MB + 8))


def tiff_of_overlapping_parts() -> bytes:
    return tiff([*plain({273: 8, 278: 64, 279: 4096}), (320, 3, MB, 8), (347, 7, 3 * MB, 8)], bytes(4 * MB))


def tiff_of_a_giant_tile() -> bytes:
    squeeze = zlib.compressobj(9)
    pixels = b"".join(squeeze.compress(bytes(MB)) for _ in range(100)) + squeeze.flush()
    return tiff(plain({259: 8, 322: 30720, 323: 30720, 324: 8, 325: len(pixels)}), pixels)


def tiff_of_many_strips() -> bytes:
    number = MB
    strips = [(273, 4, number, 8), (279, 4, number, 8 + 4 * number)]
    return tiff(sorted(plain({256: 8, 257: number, 278: 1}) + strips), bytes(8 * number))


def png_bomb() -> bytes:
    return packed(Image.new("1", (12000, 12000)), "PNG")


def png_of_empty_chunks(label: bytes) -> bytes:
    data, chunk = packed(noise(), "PNG"), bytes(4) + label + struct.pack(">I", zlib.crc32(label))
    return data[:33] + chunk * (8 * MB // 12) + data[33:]


def gif_of_one_long_comment() -> bytes:
    data = packed(Image.new("L", (64, 64)), "GIF")
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:start] + b"\x21\xfe" + (b"\xff" + b"a" * 255) * (19 * MB // 256) + b"\0" + data[start:]


def gif_of_many_extensions() -> bytes:
    data = packed(Image.new("L", (64, 64)), "GIF")
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:start] + b"\x21\xfe\0" * (4 * MB) + data[start:]


def bmp_of_long_runs() -> bytes:
    skip = b"\0\2\0\xff" * 99  # "go 255 rows down"
    header = struct.pack("<IiiHHIIiiII", 40, 5 * 10**6, 8, 1, 8, 1, len(skip), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1078 + len(skip), 0, 0, 1078) + header + bytes(1024) + skip


def huge_webp() -> bytes:
    data = bytearray(packed(Image.new("RGB", (64, 64)), "WebP", lossless=True))
    data[21:24] = b"\xff\xff\xff"  # 14 bits of width − 1, 14 of height − 1
    data[24] |= 0x0F
    return bytes(data)


def jpeg_of(filler: bytes) -> bytes:
    data = packed(noise(), "JPEG")
    return data[:2] + filler * (19 * MB // len(filler)) + data[2:]


BOMBS = {
    "many scans": many_scans,
    "EXIF of many captions": exif_of_many_captions,
    "TIFF of many captions": tiff_of_many_captions,
    "TIFF of overlapping parts": tiff_of_overlapping_parts,
    "TIFF of a giant tile": tiff_of_a_giant_tile,
    "TIFF of many strips": tiff_of_many_strips,
    "PNG of 144 megapixels": png_bomb,
    "PNG of empty chunks": lambda: png_of_empty_chunks(b"abCd"),
    "PNG of empty pixel chunks": lambda: png_of_empty_chunks(b"IDAT"),
    "GIF of one long comment": gif_of_one_long_comment,
    "GIF of many extensions": gif_of_many_extensions,
    "BMP of long runs": bmp_of_long_runs,
    "WebP of 268 megapixels": huge_webp,
    "JPEG of filler": lambda: jpeg_of(b"\xff"),
    "JPEG of empty segments": lambda: jpeg_of(b"\xff\xec\0\2"),
}
HARMLESS = {"EXIF of many captions", "TIFF of many captions", "GIF of one long comment", "JPEG of filler"}

MEASURE = """
import resource, sys, time
from pathlib import Path
from playground.core.errors import InputError
from playground.media.pictures import read_square

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)

data, before, start = Path(sys.argv[1]).read_bytes(), peak(), time.perf_counter()
try:
    read_square(data, 256)
except InputError:
    pass
print(time.perf_counter() - start, peak() - before)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_or_taken_apart(name: str) -> None:
    data = BOMBS[name]()
    if name in HARMLESS:  # what would have cost was not part of the pixels
        assert read_square(data, 16)[1] in [(50, 70), (64, 64)]
    else:
        with pytest.raises(InputError, match=r"parts|pixels|packed"):
            read_square(data, 16)


@pytest.mark.parametrize("name", ["many scans", "TIFF of a giant tile", "GIF of one long comment"])
def test_a_small_file_has_a_small_cost(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name]())
    run = subprocess.run([sys.executable, "-c", MEASURE, path], capture_output=True, text=True, check=True, timeout=60)
    seconds, megabytes = map(float, run.stdout.split())
    assert seconds < 8
    assert megabytes < 700
