"""Picture files taken apart without decoding: of their labelled parts, only those that hold pixels are kept.

A file says in its first kilobyte what it will cost, and hides costs in the parts that nobody
looks at: a 10 MB TIFF whose hundred captions all point at the same bytes opens into 2 GB, a
2 MB JPEG of thirty thousand empty scans decodes for many minutes. So captions, thumbnails,
colour profiles and further frames go before anything else reads the file, and with them the
place and the name that a photograph may carry.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from struct import error as StructError
from struct import pack, unpack_from

from ..core.errors import InputError

MEGAPIXELS = 10**6
MOST_PARTS = 2**18  # parts of one file; a 20 MB GIF has some 80,000
MOST_SCANS = 32  # passes over one JPEG; encoders make about ten
LARGEST_PROFILE = 2**18  # digits of an EXIF block, which has 64 kB at most
LARGEST_TILE = 2**24  # pixels; a TIFF tile is held whole, however small the picture


@dataclass(frozen=True, eq=False)
class Bare:
    """A picture file without anything but its pixels.

    data         the file, in the same format
    most_pixels  how many this kind of file can be decoded to within a few hundred MB and seconds
    exif         the EXIF block that was left out, b"" where there was none
    """

    data: bytes
    most_pixels: int
    exif: bytes = b""


def format_of(data: bytes) -> str | None:
    """PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or JPEG 2000, by the first bytes of a file; None for any other."""
    return next((name for name, mark in _MARKS.items() if re.match(mark, data, re.DOTALL)), None)


def bare(data: bytes, name: str) -> Bare:
    """The pixels of a file of the format `name`.

    Raises InputError for a file that costs too much; StructError, LookupError or ValueError
    for one that is damaged or cut off.
    """
    return _TAKEN_APART[name](data)


def orientation(exif: bytes) -> int:
    """How the camera was held, 1 … 8 as in EXIF; 1, upright, when the block does not say."""
    block = exif.removeprefix(b"Exif\0\0")
    try:
        order, records = _directory(block)
        value = _values(block, order, records[274])[0]
    except (StructError, LookupError, ValueError):
        return 1
    return value if 1 <= value <= 8 else 1


def _too_many_parts(name: str) -> InputError:
    return InputError("This {format} file is made of far too many parts. Save it anew, as PNG or JPEG.", format=name)


def _png(data: bytes) -> Bare:
    kept, exif, at = [data[:8]], b"", 8
    for _ in range(MOST_PARTS):
        length, label = unpack_from(">I4s", data, at)
        end = at + 12 + length
        if label in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(data[at:end])
        elif label == b"eXIf":
            exif = data[at + 8 : end - 4]
        elif label in (b"tEXt", b"zTXt") and data[at + 8 : at + 19] == b"Raw profile":
            exif = exif or _raw_profile(label, data[at + 8 : end - 4])
        if label == b"IEND" or end >= len(data):  # a cut file keeps its last, cut part: the decoder will notice
            return Bare(b"".join(kept), 40 * MEGAPIXELS, exif)
        at = end
    raise _too_many_parts("PNG")


def _raw_profile(label: bytes, text: bytes) -> bytes:
    """The EXIF block in a text of ImageMagick, which writes it as hexadecimal digits; b"" where there is none."""
    keyword, _, value = text.partition(b"\0")
    if keyword not in (b"Raw profile type exif", b"Raw profile type APP1"):
        return b""
    try:
        written = zlib.decompressobj().decompress(value[1:], LARGEST_PROFILE) if label == b"zTXt" else value
        _, _, digits = written.split(maxsplit=2)  # its name, its length, and the block in lines
        return bytes.fromhex(digits[:LARGEST_PROFILE].decode("ascii"))
    except (zlib.error, ValueError):
        return b""


# A marker is FF and a label; FF 00 is a pixel byte, FF D0 … FF D7 are inside a scan, FF FF is filler.
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# Frames and tables (C0 … CF, DB, DC, DD), scans (DA), and what tells RGB from YCbCr and CMYK (E0, EE).
_JPEG_KEPT = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}


def _jpeg(data: bytes) -> Bare:
    kept, exif, scans, at = [data[:2]], b"", 0, 2
    for _ in range(MOST_PARTS):
        marker = _JPEG_MARKER.search(data, at)
        if scans:  # what lies between a scan's header and the next marker are its pixels
            kept.append(data[at : marker.start() if marker else len(data)])
        if marker is None or data[marker.start() + 1] == 0xD9:
            kept.append(marker.group() if marker else b"")
            # A decoder keeps every coefficient of a picture that comes in several scans.
            return Bare(b"".join(kept), (110 if scans == 1 else 50) * MEGAPIXELS, exif)
        label, at = data[marker.start() + 1], marker.end()
        if label in (0x01, 0xD8):
            continue  # these two have no length
        start, at = marker.start(), at + unpack_from(">H", data, at)[0]
        if label == 0xE1 and data[start + 4 : start + 10] == b"Exif\0\0":
            exif = exif or data[start + 10 : at]
        if label in _JPEG_KEPT:
            kept.append(data[start:at])
        scans += label == 0xDA
        if scans > MOST_SCANS:
            break
    raise _too_many_parts("JPEG")


def _gif(data: bytes) -> Bare:
    at = 13 + _gif_colours(data[10])
    kept = [data[:at]]
    for _ in range(MOST_PARTS):
        start, label = at, data[at]
        if label == 0x2C:  # the first frame; whatever follows is motion
            at = _past_blocks(data, at + 11 + _gif_colours(data[at + 9]))
            return Bare(b"".join(kept) + data[start:at] + b";", 40 * MEGAPIXELS)
        if label != 0x21:
            raise ValueError(f"a GIF has no part {label:#x}")
        at = _past_blocks(data, at + 2)
        if data[start + 1] == 0xF9:  # says which colour is transparent
            kept.append(data[start:at])
    raise _too_many_parts("GIF")


def _gif_colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0  # bytes of a table of colours


def _past_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _webp(data: bytes) -> Bare:
    # Its parts are read in C, and not one of them is unpacked unasked. The decoder holds two copies.
    return Bare(data, 24 * MEGAPIXELS)


def _bmp(data: bytes) -> Bare:
    # Run lengths are the one thing that Pillow unpacks in Python; a run may skip 255 rows at once.
    runs = unpack_from("<I", data, 14)[0] >= 40 and unpack_from("<I", data, 30)[0] in (1, 2)
    return Bare(data, (4 if runs else 40) * MEGAPIXELS)


_TIFF_SIZES = {1: "B", 3: "H", 4: "I"}  # the types a count, a place or a length is written in
_TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
# None, LZW, JPEG, deflate, PackBits, deflate again; and those of two levels that scanners and fax machines write.
_TIFF_FAX = {2, 3, 4}
_TIFF_COMPRESSIONS = {1, 5, 7, 8, 32773, 32946} | _TIFF_FAX
MOST_FAX_LINES = 10_000  # of a damaged one the decoder writes a line of log for every line
# Width, height, bits, compression, colours, strips, samples, planes, fax options,
# predictor, palette, tiles, JPEG tables, YCbCr.
_TIFF_KEPT = {256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293}
_TIFF_KEPT |= {317, 320, 322, 323, 324, 325, 338, 339, 347, 529, 530, 531, 532}


def _tiff(data: bytes) -> Bare:
    order, records = _directory(data)
    kept = {tag: records[tag] for tag in sorted(_TIFF_KEPT & records.keys())}
    spans = [unpack_from(order + "HI", record, 2) for record in kept.values()]
    # Honest parts do not overlap, so together they are no larger than the file.
    size = sum(number * _TIFF_BYTES.get(kind, 8) for kind, number in spans)
    if size > len(data) or any(number > MOST_PARTS for _, number in spans):
        raise _too_many_parts("TIFF")

    def values(tag: int, missing: int) -> tuple[int, ...]:
        return _values(data, order, kept[tag]) if tag in kept else (missing,)

    places = values(273, 0) if 273 in kept else values(324, 0)
    lengths = values(279, 0) if 279 in kept else values(325, 0)
    packing = values(259, 1)[0]
    long_fax = packing in _TIFF_FAX and values(257, 0)[0] > MOST_FAX_LINES
    too_large = values(322, 0)[0] * values(323, 0)[0] > LARGEST_TILE
    if too_large or long_fax or packing not in _TIFF_COMPRESSIONS:
        raise InputError("This TIFF file is packed in a way that is not read here. Save it as PNG or JPEG.")
    if any(place + length > len(data) for place, length in zip(places, lengths, strict=False)):
        raise ValueError("pixels end after the file")
    directory = pack(order + "H", len(kept)) + b"".join(kept.values()) + bytes(4)
    body = data[8:] + bytes(len(data) % 2)
    return Bare(data[:4] + pack(order + "I", 8 + len(body)) + body + directory, 24 * MEGAPIXELS, data)


def _directory(block: bytes) -> tuple[str, dict[int, bytes]]:
    """Byte order and {tag: its record of 12 bytes} of a TIFF file or EXIF block, which are built alike."""
    order = {b"II*\0": "<", b"MM\0*": ">"}[block[:4]]
    (start,) = unpack_from(order + "I", block, 4)
    (count,) = unpack_from(order + "H", block, start)
    places = range(start + 2, start + 2 + 12 * count, 12)
    return order, {unpack_from(order + "H10x", block, at)[0]: block[at : at + 12] for at in places}


def _values(block: bytes, order: str, record: bytes) -> tuple[int, ...]:
    kind, number = unpack_from(order + "HI", record, 2)
    if number > MOST_PARTS:
        raise ValueError(f"a tag of {number} numbers")
    layout = f"{order}{number}{_TIFF_SIZES[kind]}"
    if number * _TIFF_BYTES[kind] <= 4:
        return unpack_from(layout, record, 8)  # small enough to stand in the record itself
    return unpack_from(layout, block, unpack_from(order + "I", record, 8)[0])


_MARKS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "GIF": rb"GIF8[79]a",
    "WebP": rb"RIFF....WEBP",
    "BMP": rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0",  # the sizes that its second header can have
    "TIFF": rb"II\*\0|MM\0\*",
    "AVIF": rb"....ftypavi[fs]",
    "JPEG 2000": rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
}
_TAKEN_APART: dict[str, Callable[[bytes], Bare]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "GIF": _gif,
    "WebP": _webp,
    "BMP": _bmp,
    "TIFF": _tiff,
}
