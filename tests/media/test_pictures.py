"""Laws of the guarded reader: odd but valid files come out right, every other gets a sentence."""

import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from playground.core.errors import InputError
from playground.media.pictures import LARGEST_FILE, read_layered, read_scaled, read_square, read_whole

FORMATS = ["PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF"]


def corners(height: int = 24, width: int = 40) -> Image.Image:
    """Four flat quarters: red and green above, blue and grey below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (250, 20, 20)
    pixels[: height // 2, width // 2 :] = (20, 240, 20)
    pixels[height // 2 :, : width // 2] = (20, 20, 230)
    pixels[height // 2 :, width // 2 :] = (120, 120, 120)
    return Image.fromarray(pixels)


def packed(picture: Image.Image, name: str, **options: object) -> bytes:
    """The bytes of a file of that format, as sharp as the format can be."""
    file = io.BytesIO()
    sharp = {
        "JPEG": {"quality": 95, "subsampling": 0},
        "WebP": {"lossless": True},
        "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    }.get(name, {})
    picture.save(file, name, **(sharp | options))
    return file.getvalue()


def assert_alike(picture: Image.Image, expected: Image.Image, within: int = 8) -> None:
    assert picture.mode == "RGB"
    assert picture.size == expected.size
    difference = np.asarray(picture).astype(int) - np.asarray(expected.convert("RGB"))
    assert np.abs(difference).max() <= within


@pytest.mark.parametrize("suffix", [".png", ".txt", ""])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_by_its_bytes_whatever_the_file_is_called(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(packed(corners(), name))
    assert_alike(read_whole(path), corners())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["PNG", "JPEG", "WebP", "TIFF"])
def test_a_picture_stands_upright(name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = packed(corners(), name, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    for raw in (data, Image.open(io.BytesIO(data))):
        assert_alike(read_whole(raw), upright)
        square, source = read_square(raw, 16)
        assert source == (upright.height, upright.width)
        assert_alike(square, read_square(upright, 16)[0])


def test_held_sideways_what_was_left_comes_above() -> None:
    exif = Image.Exif()
    exif[274] = 6  # the camera's right hand side was below
    turned = read_whole(packed(corners(), "PNG", exif=exif))
    assert turned.size == (24, 40)
    assert turned.getpixel((23, 0)) == (250, 20, 20)


ON_WHITE = Image.new("RGB", (40, 24), "white")
ON_WHITE.paste(corners().crop((0, 0, 20, 24)))


@pytest.mark.parametrize("name", ["PNG", "WebP", "TIFF"])
def test_what_is_transparent_is_white(name: str) -> None:
    picture = corners().convert("RGBA")
    picture.paste((9, 9, 9, 0), (20, 0, 40, 24))
    assert_alike(read_whole(packed(picture, name)), ON_WHITE, within=0)


def test_half_transparent_is_half_white() -> None:
    grey = Image.new("LA", (16, 16), (100, 128))
    assert read_whole(packed(grey, "PNG")).getpixel((3, 3)) == (177, 177, 177)


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_one_colour_of_a_palette_can_be_transparent(name: str) -> None:
    picture = corners()
    picture.paste((1, 2, 3), (20, 0, 40, 24))
    picture = picture.quantize(8)
    data = packed(picture, name, transparency=picture.getpixel((39, 0)))
    assert_alike(read_whole(data), ON_WHITE)


def test_one_colour_of_an_rgb_picture_can_be_transparent() -> None:
    picture = corners()
    picture.paste((1, 2, 3), (20, 0, 40, 24))
    assert_alike(read_whole(packed(picture, "PNG", transparency=(1, 2, 3))), ON_WHITE, within=0)


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_the_colours_of_print_become_rgb(name: str) -> None:
    assert_alike(read_whole(packed(corners().convert("CMYK"), name)), corners(), within=12)


@pytest.mark.parametrize("mode", ["YCbCr", "HSV", "RGBX", "RGBa", "PA"])
def test_an_open_image_of_any_mode_becomes_rgb(mode: str) -> None:
    picture = corners().quantize(8) if mode == "PA" else corners().convert("RGBA" if mode == "RGBa" else "RGB")
    assert_alike(read_whole(picture.convert(mode)), corners())


@pytest.mark.parametrize("name", ["PNG", "GIF", "BMP", "TIFF"])
def test_a_palette_becomes_rgb(name: str) -> None:
    assert_alike(read_whole(packed(corners().quantize(8), name)), corners())


@pytest.mark.parametrize("mode, name", [("L", "PNG"), ("1", "PNG"), ("L", "JPEG"), ("1", "BMP"), ("1", "TIFF")])
def test_grey_and_black_and_white_become_rgb(mode: str, name: str) -> None:
    picture = corners().convert(mode)
    assert_alike(read_whole(packed(picture, name)), picture)


@pytest.mark.parametrize("dtype, name", [("<u2", "PNG"), ("<u2", "TIFF"), (">u2", "TIFF"), ("<i4", "TIFF")])
def test_sixteen_bits_are_scaled_not_clipped(dtype: str, name: str) -> None:
    values = np.linspace(0, 65535, 64 * 16).astype(dtype).reshape(16, 64)
    data = packed(Image.fromarray(values), name)
    grey = np.asarray(read_whole(data))[..., 0]
    assert (grey == np.rint(values / 257)).all()


def test_numbers_beyond_sixteen_bits_are_told() -> None:
    deep = Image.fromarray(np.full((9, 9), 70_000, np.int32))
    with pytest.raises(InputError, match="16 bits"):
        read_whole(packed(deep, "TIFF"))
    with pytest.raises(InputError, match="between 0 and 1"):
        read_whole(packed(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"))


def test_colours_that_nothing_here_understands_are_told() -> None:
    with pytest.raises(InputError, match="LAB"):
        read_whole(packed(Image.new("LAB", (9, 9)), "TIFF"))


@pytest.mark.parametrize("name", ["GIF", "WebP", "PNG", "TIFF"])
def test_of_a_moving_picture_the_first_frame_is_read(name: str) -> None:
    frames = [Image.new("RGB", (40, 24), "blue"), Image.new("RGB", (40, 24), "red")]
    moving = packed(corners(), name, save_all=True, append_images=frames)
    assert_alike(read_whole(moving), corners())


@pytest.mark.parametrize(
    "options", [{"compression": kind} for kind in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")]
)
def test_common_ways_of_packing_a_tiff_are_read(options: dict) -> None:
    assert_alike(read_whole(packed(corners(), "TIFF", **options)), corners(), within=60)


def test_a_progressive_jpeg_is_read() -> None:
    assert_alike(read_whole(packed(corners(), "JPEG", progressive=True)), corners())


BAD_FILES = {
    "empty": (b"", "empty"),
    "text": (b"Dear diary, today I drew nothing. " * 9, "not a picture"),
    "BM, but text": (b"BMW is a brand of cars, and this a text about them.", "not a picture"),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "HEIC"),
    "HEIF": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(99), "HEIF"),
    "AVIF": (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(99), "AVIF"),
    "PDF": (b"%PDF-1.7 and so on", "PDF"),
    "another format of Pillow's": (packed(corners(), "PPM"), "not a picture"),
    "1 × 1": (packed(Image.new("RGB", (1, 1)), "PNG"), "1 × 1 pixels; each side needs at least 8"),
    "1 × 5000": (packed(Image.new("RGB", (1, 5000)), "PNG"), "1 × 5000"),
    "5000 × 1": (packed(Image.new("RGB", (5000, 1)), "JPEG"), "5000 × 1"),
    "too heavy": (bytes(LARGEST_FILE + 1), f"larger than {LARGEST_FILE // 2**20} MB"),
}


@pytest.mark.parametrize("data, reason", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_told_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(data)
    for raw in (path, data):
        with pytest.raises(InputError, match=reason):
            read_square(raw, 16)


def test_no_sentence_is_a_dead_end() -> None:
    for data, _ in BAD_FILES.values():
        with pytest.raises(InputError) as caught:
            read_whole(data)
        assert re.search(r"are read|Choose|Save", str(caught.value))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_was_cut_off_is_told(name: str, part: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = packed(noise, name)
    with pytest.raises(InputError, match=f"This {name} file is damaged or cut off"):
        read_whole(data[: int(len(data) * part)])


@pytest.mark.parametrize("address", ["http://example.org/a.png", "https://example.org/a.png", "file:///etc/passwd"])
def test_addresses_are_never_fetched(address: str) -> None:
    with pytest.raises(InputError, match="not fetched"):
        read_whole(address)


@pytest.mark.parametrize("name", ["missing.png", "", ".", "nul\0.png", "x" * 5000])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"There is no file|cannot be read|a folder"):
        read_whole(tmp_path / name)


def test_nothing_but_the_file_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_whole(tmp_path / "missing.png")
    assert str(tmp_path) not in str(caught.value)


def test_an_image_that_was_closed_is_told() -> None:
    picture = Image.open(io.BytesIO(packed(corners(), "PNG")))
    picture.close()
    with pytest.raises(InputError, match="damaged"):
        read_whole(picture)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with some bytes changed, put in, left out, or its end missing."""
    result = bytearray(data)
    for _ in range(chance.choice([1, 2, 4, 16])):
        at = chance.randrange(min(len(result), chance.choice([64, len(result)])) + 1)
        deed = chance.randrange(5)
        if deed == 0:
            del result[at:]
        elif deed == 1:
            del result[at : at + chance.randrange(8)]
        else:
            result[at : at + (deed > 2)] = chance.randbytes(chance.choice([1, 1, 4]))
    return bytes(result)


@pytest.mark.filterwarnings("ignore:Truncated File Read")
@pytest.mark.parametrize("name", FORMATS)
def test_no_bytes_raise_anything_but_a_sentence(name: str) -> None:
    chance = random.Random(name)
    exif = Image.Exif()
    exif[274] = 6
    options = {"exif": exif} if name in ("PNG", "JPEG", "WebP", "TIFF") else {}
    data = packed(corners(), name, **options)
    for _ in range(300):
        attempt = chance.choice([damaged(data, chance), data[:12] + chance.randbytes(chance.randrange(200))])
        try:
            picture, source = read_square(attempt, 16)
        except InputError:
            continue
        assert picture.size == (16, 16)
        assert min(source) >= 8


def raw_profile(picture: Image.Image, exif: bytes, *, compressed: bool) -> bytes:
    """A PNG whose EXIF block stands in a text, as ImageMagick writes it."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", f"\nexif\n{len(exif):8}\n{exif.hex()}\n", zip=compressed)
    return packed(picture, "PNG", pnginfo=info)


@pytest.mark.parametrize("compressed", [True, False])
def test_a_picture_whose_orientation_stands_in_a_text_is_upright(compressed: bool) -> None:
    exif = Image.Exif()
    exif[274] = 6
    upright = corners().transpose(Image.Transpose.ROTATE_270)
    assert_alike(read_whole(raw_profile(corners(), exif.tobytes(), compressed=compressed)), upright)
    for broken in (b"", b"\xff" * 40, exif.tobytes()[:9]):
        assert_alike(read_whole(raw_profile(corners(), broken, compressed=compressed)), corners())


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("name", ["AVIF", "JPEG2000"])
def test_modern_pictures_are_read(name: str, mode: str) -> None:
    picture = corners(48, 64).convert(mode)
    expected = Image.new("RGB", picture.size, "white")
    expected.paste(picture, mask=picture.getchannel("A") if mode == "RGBA" else None)
    assert_alike(read_square(packed(picture, name), 48)[0], expected.crop((8, 0, 56, 48)))


def test_a_modern_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[274] = 6
    whole = read_whole(packed(corners(48, 64), "AVIF", exif=exif))
    assert_alike(whole, corners(48, 64).transpose(Image.Transpose.ROTATE_270))


@pytest.mark.parametrize("name", ["AVIF", "JPEG2000"])
def test_a_damaged_modern_picture_gets_a_sentence(name: str) -> None:
    data = packed(corners(), name)
    for damaged in (data[: len(data) // 3], data[:40] + bytes(len(data) - 40)):
        with pytest.raises(InputError, match="damaged"):
            read_whole(damaged)


@pytest.mark.parametrize(("name", "most"), [("AVIF", 16), ("JPEG2000", 10)])
def test_a_modern_picture_that_is_too_large_is_not_decoded(name: str, most: int) -> None:
    with pytest.raises(InputError, match=f"up to {most} megapixels"):
        read_square(packed(Image.new("L", (5000, 4000)), name), 16)


@pytest.mark.parametrize("packing", ["group3", "group4", "raw"])
def test_a_picture_of_two_levels_is_read(packing: str) -> None:
    picture = corners().convert("L").point(lambda level: 255 * (level > 100)).convert("1")
    assert_alike(read_whole(packed(picture, "TIFF", compression=packing)), picture.convert("RGB"), within=0)


@pytest.mark.parametrize("size", [(40, 24), (24, 40), (30, 30)])
def test_a_scaled_picture_is_the_whole_one(size: tuple[int, int]) -> None:
    picture = corners(*size)
    scaled = read_scaled(packed(picture, "PNG"), 12)
    assert min(scaled.size) == 12 and scaled.width * size[0] == scaled.height * size[1]
    assert read_scaled(packed(picture, "PNG"), 99).size == picture.size, "never scaled up"


def test_every_reader_gives_the_same_pixels() -> None:
    """What a codec is trained on is what it is measured on."""
    deep = Image.fromarray(np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64))
    clear = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 4), dtype=np.uint8))
    real = Image.fromarray(np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64))
    for picture, name in ((deep, "PNG"), (clear, "PNG"), (real, "TIFF"), (corners(64, 64), "BMP")):
        data = packed(picture, name)
        whole = np.asarray(read_whole(data))
        assert np.array_equal(whole, np.asarray(read_scaled(data, 160)))
        assert np.array_equal(whole, np.asarray(read_square(data, 64)[0]))


def test_a_drawing_keeps_what_is_clear() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (24, 40, 4), dtype=np.uint8)
    assert np.array_equal(np.asarray(read_layered(packed(Image.fromarray(pixels), "PNG"))), pixels)
    assert np.asarray(read_layered(packed(corners(), "PNG")))[..., 3].min() == 255
