"""What one upload costs at most: memory over the idle process and processor seconds, alone and three at once.

    python benchmarks/reading.py            every case; writes benchmarks/results/reading.md
    python benchmarks/reading.py FLAC       those whose name holds a word

Each case is read by a process of its own, through the functions that the server calls, after a small file of the
same kind. Memory is that of the process and its children, sampled from outside every 5 ms. Linux only.
"""

import io
import json
import resource
import selectors
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from playground.core.errors import InputError
from playground.media import token_files
from playground.ui import media

RESULT = Path(__file__).parent / "results" / "reading.md"
MOST_MB, MOST_SECONDS, MOST_MB_TOGETHER = 400, 5.0, 600


def picture(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photograph(megapixels: int) -> Image.Image:
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    rough = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((width, width * 3 // 4), Image.Resampling.BICUBIC)


def deep_png(width: int, height: int) -> bytes:
    """A 16-bit RGBA PNG, written row by row: it would be as large here as there."""

    def chunk(label: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + label + body + struct.pack(">I", zlib.crc32(label + body))

    packer, row = zlib.compressobj(1), b"\0" + bytes(range(256)) * (width * 8 // 256 + 1)
    pixels = b"".join(packer.compress(row[: 1 + width * 8]) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def sound(seconds: int, rate: int, channels: int, *, noise: bool = False, **form: object) -> bytes:
    """Silence, or noise that is repeated every second, written second by second."""
    second = np.zeros((rate, channels), np.float32)
    if noise:
        second += np.random.default_rng(0).normal(0, 0.1, second.shape).astype(np.float32)
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, channels, **form) as out:
        for _ in range(seconds):
            out.write(second)
    return file.getvalue()[: 24 * 2**20]


def of_container(form: str, codec: str, rate: int, seconds: int) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        for i in range(seconds):
            samples = np.random.default_rng(i).normal(0, 0.1, (1, rate)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, i * rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def npz_bomb(megabytes: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("indices.npy", "header.npy"):
            archive.writestr(name, bytes(megabytes * 2**20))
    return file.getvalue()


def animation() -> bytes:
    frames = [Image.new("RGB", (2000, 2000), (i, 0, 0)) for i in range(60)]
    return picture(frames[0], "GIF", save_all=True, append_images=frames[1:])


def flat(mode: str) -> bytes:
    """A TIFF of 23 megapixels of one colour."""
    return picture(Image.new(mode, (5600, 4200)), "TIFF", compression="tiff_lzw")


def jpeg2000(side: int, **options: object) -> bytes:
    return picture(Image.new("L", (side, side)), "JPEG2000", **options)


FLAC, MP3 = {"format": "FLAC", "subtype": "PCM_16"}, {"format": "MP3", "subtype": "MPEG_LAYER_III"}
OGG, WAV = {"format": "OGG", "subtype": "VORBIS"}, {"format": "WAV", "subtype": "PCM_16"}
CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "PNG, 144 Mpx of one colour": ("image", lambda: picture(Image.new("1", (12000, 12000)), "PNG")),
    "PNG, 39 Mpx of one colour": ("image", lambda: picture(Image.new("RGB", (7200, 5400)), "PNG")),
    "PNG, 39 Mpx, RGBA of 16 bits": ("image", lambda: deep_png(7200, 5400)),
    "PNG, 39 Mpx, grey of 16 bits": ("image", lambda: picture(Image.new("I;16", (7200, 5400)), "PNG")),
    "JPEG, 48 Mpx": ("image", lambda: picture(photograph(48), "JPEG")),
    "JPEG, 48 Mpx, progressive": ("image", lambda: picture(photograph(48), "JPEG", progressive=True)),
    "JPEG, 108 Mpx": ("image", lambda: picture(photograph(108), "JPEG")),
    "GIF, 60 frames of 4 Mpx": ("image", animation),
    "GIF, 39 Mpx": ("image", lambda: picture(Image.new("P", (7200, 5400)), "GIF")),
    "BMP, 8 Mpx": ("image", lambda: picture(photograph(8), "BMP")),
    "WebP, 23 Mpx": ("image", lambda: picture(photograph(23), "WEBP", method=0)),
    "TIFF, 23 Mpx, RGBA of one colour": ("image", lambda: flat("RGBA")),
    "TIFF, 23 Mpx, floats of one value": ("image", lambda: flat("F")),
    "TIFF, 23 Mpx, CMYK of one colour": ("image", lambda: flat("CMYK")),
    "AVIF, 15 Mpx": ("image", lambda: picture(photograph(15), "AVIF", speed=10)),
    "JPEG 2000, 9 Mpx": ("image", lambda: picture(photograph(9), "JPEG2000", quality_layers=[20])),
    "JPEG 2000, 4 Mpx in 62,500 tiles": ("image", lambda: jpeg2000(2000, tile_size=(8, 8))),
    "JPEG 2000, 9 Mpx in blocks of 4 × 4": ("image", lambda: jpeg2000(3000, codeblock_size=(4, 4))),
    "FLAC, 15 min of silence, 192 kHz": ("audio", lambda: sound(900, 192_000, 1, **FLAC)),
    "FLAC, 30 min of silence, 192 kHz, stereo": ("audio", lambda: sound(1800, 192_000, 2, **FLAC)),
    "FLAC, 15 min of silence, 352.8 kHz, 8 channels": ("audio", lambda: sound(900, 352_800, 8, **FLAC)),
    "FLAC, 2 min of noise, 48 kHz": ("audio", lambda: sound(120, 48_000, 2, noise=True, **FLAC)),
    "WAV, 24 MB, 8 kHz": ("audio", lambda: sound(1600, 8_000, 1, noise=True, **WAV)),
    "WAV, 24 MB, 44.1 kHz, stereo": ("audio", lambda: sound(150, 44_100, 2, noise=True, **WAV)),
    "WAV, 24 MB, 64 channels": ("audio", lambda: sound(30, 44_100, 64, noise=True, **WAV)),
    "MP3, 15 min, stereo": ("audio", lambda: sound(900, 44_100, 2, noise=True, **MP3)),
    "OGG, 15 min of noise": ("audio", lambda: sound(900, 44_100, 1, noise=True, **OGG)),
    "OGG, 1 h of silence, 192 kHz": ("audio", lambda: sound(3600, 192_000, 1, **OGG)),
    "M4A, 5 min": ("audio", lambda: of_container("ipod", "aac", 44_100, 300)),
    "WebM, 5 min": ("audio", lambda: of_container("webm", "libopus", 48_000, 300)),
    "text, 2 MB of one line": ("text", lambda: b"a" * (2 * 2**20)),
    "text, 2 MB of UTF-16": ("text", lambda: ("字" * 2**20)[: 2**20 - 1].encode("utf-16")),
    "text, 2 MB that is none": ("text", lambda: np.random.default_rng(0).bytes(2 * 2**20)),
    "tokens, NPZ of 4 GB": ("tokens", lambda: npz_bomb(2048)),
    "tokens, NPZ of 11 MB of zeros": ("tokens", lambda: npz_bomb(11)),
    "tokens, JSON of a million lists": ("tokens", lambda: b"[" * 2**20 + b"]" * 2**20),
}  # fmt: skip
SMALL = {
    "image": lambda: picture(photograph(1), "PNG"),
    "audio": lambda: sound(2, 44_100, 2, **WAV),
    "text": lambda: b"A short one.",
    "tokens": lambda: b"{}",
}


def read(kind: str, data: bytes, at: str = "") -> str:
    """What the server does with an upload; the sentence where it refuses."""
    try:
        if kind == "tokens":
            token_files.from_bytes(data)
        else:
            media.of(kind).open(data, at)
    except InputError as error:
        return str(error)
    return ""


def worker(kind: str, path: str, copies: int, at: str) -> None:
    """Reads a file in so many threads at once, and says when it begins and what it took."""
    from concurrent.futures import ThreadPoolExecutor

    read(kind, SMALL[kind](), at)
    print("ready", flush=True)
    sys.stdin.readline()
    started = _spent()
    with ThreadPoolExecutor(copies) as pool:
        told = list(pool.map(lambda _: read(kind, Path(path).read_bytes(), at), range(copies)))
    print(json.dumps({"seconds": _spent() - started, "told": told[0]}), flush=True)


def _spent() -> float:
    """Processor seconds of this process and of the children that have ended: others may keep the machine busy."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def resident(pid: int) -> int:
    """Bytes in memory of a process and the decoders it has started; a child that is about to become one has its own."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        threads = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        children = [Path("/proc") / child for thread in threads for child in thread.read_text().split()]
        decoders = [child for child in children if b"apart.py" in (child / "cmdline").read_bytes()]
    except OSError:  # it has just ended
        return 0
    return own + sum(resident(int(child.name)) for child in decoders)


def measured(kind: str, path: Path, copies: int, at: str = "") -> tuple[float, float, str]:
    """MB over the idle process, seconds, and what was said."""
    command = [sys.executable, __file__, "--worker", kind, str(path), str(copies), at]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        run.stdout.readline()
        idle = peak = resident(run.pid)
        run.stdin.write("\n")
        run.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(run.stdout, selectors.EVENT_READ)
            while not selector.select(0.005):
                peak = max(peak, resident(run.pid))
        told = json.loads(run.stdout.readline())
    return (peak - idle) / 2**20, told["seconds"], told["told"]


def main(words: list[str]) -> None:
    lines = [
        "| upload | file MB | +MB | s | three at once +MB | s | said |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (kind, made) in CASES.items():
            if words and not any(word in name for word in words):
                continue
            path = Path(folder) / "upload"
            path.write_bytes(made())
            alone, together = measured(kind, path, 1), measured(kind, path, 3)
            late = measured(kind, path, 1, "1")[:2] if kind == "audio" else (0, 0)
            most, seconds = max(alone[0], late[0]), max(alone[1], late[1])
            if most > MOST_MB or seconds > MOST_SECONDS or together[0] > MOST_MB_TOGETHER:
                failed.append(name)
            size = path.stat().st_size / 2**20
            figures = f"{size:.1f} | {most:.0f} | {seconds:.2f} | {together[0]:.0f} | {together[1]:.2f}"
            lines.append(f"| {name} | {figures} | {alone[2]} |")
            print(lines[-1], flush=True)
    if not words:
        RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(f"over the bounds: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
    else:
        main(sys.argv[1:])
