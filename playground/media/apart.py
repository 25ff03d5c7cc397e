"""Pictures whose decoders cannot be bounded from outside are decoded in a process of its own, with limits.

The header of an AVIF or a JPEG 2000 may name a small picture and its stream describe a gigantic one, or one of
millions of parts. So another process opens them, which has little memory and little time. This file is both sides:
run as a script, it reads a file from its standard input and writes one line of JSON and the pixels. It imports
nothing of ours, so that starting it takes a tenth of a second.
"""

import io
import json
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass

from PIL import AvifImagePlugin, Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

MOST_PIXELS = {"AVIF": 16_000_000, "JPEG 2000": 10_000_000}
MEMORY = 340 * 2**20  # bytes on top of what the interpreter has
SECONDS = 4  # of processor time
PATIENCE = 20  # seconds: a busy machine gives a process little of its time
_READERS = {"AVIF": AvifImagePlugin.AvifImageFile, "JPEG 2000": Jpeg2KImageFile}
_DEEP = {"I;16", "I;16L", "I;16B"}
_ALONE = threading.Lock()  # one at a time: three of them together would take thrice the memory


@dataclass(frozen=True, eq=False)
class Apart:
    """A picture decoded in another process.

    size     (height, width) in pixels, as stored
    picture  None where it has more than MOST_PIXELS
    exif     its EXIF block, b"" where there is none
    """

    size: tuple[int, int]
    picture: Image.Image | None
    exif: bytes


def decoded(data: bytes, name: str) -> Apart:
    """A file of the format `name`, decoded. Raises ValueError for one that is damaged or costs too much."""
    command = [sys.executable, "-P", __file__, name]  # -P: the folder beside this file is no place for libraries
    with _ALONE:
        try:
            run = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise ValueError("decoding takes too long") from error
    line, _, pixels = run.stdout.partition(b"\n")
    if run.returncode or not line:
        raise ValueError(f"not decoded: {run.stderr[-300:]!r}")
    told = json.loads(line)
    width, height = told["size"]
    picture = Image.frombytes(told["mode"], (width, height), pixels) if pixels else None
    return Apart((height, width), picture, bytes.fromhex(told["exif"]))


def _main(name: str) -> None:
    _limit(resource.RLIMIT_DATA, MEMORY + _held())
    _limit(resource.RLIMIT_CPU, SECONDS)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    picture = _READERS[name](io.BytesIO(sys.stdin.buffer.read()), "")
    picture.seek(0)
    told = {"size": picture.size, "exif": picture.info.get("exif", b"")[: 2**16].hex(), "mode": picture.mode}
    if picture.width * picture.height > MOST_PIXELS[name]:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    picture.load()
    if picture.mode not in _DEEP | {"L", "RGB"}:
        picture = picture.convert("RGBA")
    sys.stdout.write(json.dumps(told | {"mode": picture.mode}) + "\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(picture.tobytes())


def _held() -> int:
    """Bytes that this process has already, where the system says so."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    _main(sys.argv[1])
