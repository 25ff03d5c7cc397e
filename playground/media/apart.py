"""Files whose decoders cannot be bounded from outside are decoded in a process of its own, with limits.

The header of an AVIF may name a small picture and its stream describe a gigantic one; the tables of an MP4 may list
millions of samples in a few bytes. So another process opens them, which has little memory and little time. This file
is both sides: run as a script, it reads a file from its standard input and writes one line of JSON, and then pixels
or samples. It imports nothing of ours, so that starting it takes a tenth of a second.
"""

import io
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from PIL import AvifImagePlugin, Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

MOST_PIXELS = {"AVIF": 16_000_000, "JPEG 2000": 10_000_000}
MEMORY = 340 * 2**20  # bytes on top of what the interpreter has
SECONDS = 4  # of processor time
PATIENCE = 20  # seconds: a busy machine gives a process little of its time
_READERS = {"AVIF": AvifImagePlugin.AvifImageFile, "JPEG 2000": Jpeg2KImageFile}
_DEEP = {"I;16", "I;16L", "I;16B"}
_SOUND_CODECS = ("aac", "alac", "opus", "vorbis", "mp3", "flac", "pcm_", "ac3", "eac3")
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


def picture(data: bytes, name: str) -> Apart:
    """A file of the format `name`, decoded. Raises ValueError for one that is damaged or costs too much."""
    with _ALONE:
        try:
            run = subprocess.run(_command(name), input=data, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise ValueError("decoding takes too long") from error
    line, _, pixels = run.stdout.partition(b"\n")
    if run.returncode or not line:
        raise ValueError(f"not decoded: {run.stderr[-300:]!r}")
    told = json.loads(line)
    width, height = told["size"]
    decoded = Image.frombytes(told["mode"], (width, height), pixels) if pixels else None
    return Apart((height, width), decoded, bytes.fromhex(told["exif"]))


@contextmanager
def sound(data: bytes, demuxer: str, start: float) -> Iterator[tuple[dict | None, IO[bytes]]]:
    """What the first sound of a file is, and a pipe of its float32 samples, channels interleaved.

    start  seconds before which nothing is needed: decoding begins at a packet before

    The first is {rate, channels, seconds, start}, `seconds` 0 where the file does not say, or None for a file without
    sound. The process ends when the block does.
    """
    command = _command(demuxer, str(start))
    with (
        _ALONE,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run,
    ):
        late = threading.Timer(PATIENCE, run.kill)
        feed = threading.Thread(target=_feed, args=(run.stdin, data), daemon=True)
        late.start()
        feed.start()
        try:
            line = run.stdout.readline(999)
            yield (json.loads(line) if line.endswith(b"\n") else None), run.stdout
        finally:
            late.cancel()
            run.kill()
            feed.join()


def _feed(pipe: IO[bytes], data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        return  # it has ended before it read all


def _command(*words: str) -> list[str]:
    return [sys.executable, "-P", __file__, *words]  # -P: the folder beside this file is no place for libraries


# --- the other process ------------------------------------------------------------------------


def _main(name: str, *words: str) -> None:
    if name in _READERS:
        _limit(resource.RLIMIT_DATA, MEMORY + _held())
        _limit(resource.RLIMIT_CPU, SECONDS)
        _write_picture(name)
    else:
        import av  # which takes memory of its own

        _limit(resource.RLIMIT_DATA, MEMORY // 2 + _held())
        _limit(resource.RLIMIT_CPU, SECONDS)
        _write_sound(av, name, float(words[0]))


def _write_picture(name: str) -> None:
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    image = _READERS[name](io.BytesIO(sys.stdin.buffer.read()), "")
    image.seek(0)
    told = {"size": image.size, "exif": image.info.get("exif", b"")[: 2**16].hex(), "mode": image.mode}
    if image.width * image.height > MOST_PIXELS[name]:
        _tell(told)
        return
    image.load()
    if image.mode not in _DEEP | {"L", "RGB"}:
        image = image.convert("RGBA")
    _tell(told | {"mode": image.mode})
    sys.stdout.buffer.write(image.tobytes())


def _write_sound(av: object, demuxer: str, start: float) -> None:
    # The demuxer by name and no protocol at all: a file can name neither another file nor an address.
    file = io.BytesIO(sys.stdin.buffer.read())
    with av.open(file, format=demuxer, options={"protocol_whitelist": ""}, metadata_errors="replace") as container:
        stream = container.streams.audio[0]
        if not stream.codec_context.name.startswith(_SOUND_CODECS):
            return
        stream.codec_context.thread_count = 1
        told = {"rate": stream.rate, "channels": stream.channels}
        told["seconds"] = (
            float(stream.duration * stream.time_base) if stream.duration else (container.duration or 0) / 1e6
        )
        if start:
            container.seek(max(0, int((start - 0.2) * 1e6)))
        told["seconds"] = max(0.0, told["seconds"])
        resampler = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
        is_first = True
        for frame in container.decode(stream):
            if is_first:
                _tell(told | {"start": float(frame.time or 0)})
                is_first = False
            for part in resampler.resample(frame):
                sys.stdout.buffer.write(part.to_ndarray().tobytes())


def _tell(told: dict) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _held() -> int:
    """Bytes of data that this process has already, where the system says so."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    _main(*sys.argv[1:])
