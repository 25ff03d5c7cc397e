"""Pictures that follow each other, as files that move: GIF, WebP, MP4."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

STEP_MS = 70  # a picture is shown
REST_MS = 700  # the first and the last one
RATE = 30  # frames a second of an MP4, which knows no durations


def there_and_back(pictures: Sequence[Image.Image]) -> list[tuple[Image.Image, int]]:
    """Each picture and how long it is shown, in ms: to the end and back again, so that it goes round without a jump."""
    back = list(pictures[-2:0:-1])
    last = len(pictures) - 1
    return [(picture, REST_MS if i in (0, last) else STEP_MS) for i, picture in enumerate([*pictures, *back])]


def gif(pictures: Sequence[Image.Image]) -> bytes:
    """A GIF: 256 colours a picture."""
    # By octree: Pillow's usual way (median cut) takes a quarter of a second a picture, and gains little.
    indexed = [picture.quantize(256, method=Image.Quantize.FASTOCTREE) for picture in pictures]
    return _pillow(indexed, "GIF", optimize=False, disposal=1)


def webp(pictures: Sequence[Image.Image]) -> bytes:
    """An animated WebP: all colours."""
    return _pillow(pictures, "WEBP", quality=85, method=3)


def _pillow(pictures: Sequence[Image.Image], form: str, **options: object) -> bytes:
    shown = there_and_back(pictures)
    file = io.BytesIO()
    rest = [picture for picture, _ in shown[1:]]
    durations = [duration for _, duration in shown]
    shown[0][0].save(file, form, save_all=True, append_images=rest, duration=durations, loop=0, **options)
    return file.getvalue()


def mp4(pictures: Sequence[Image.Image]) -> bytes:
    """An MP4 (H.264) that every browser and phone plays; odd sides lose a pixel, which the format has no room for."""
    import av  # 35 MB of libraries, which nobody else needs

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = (side - side % 2 for side in pictures[0].size)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "18"}
        for picture, duration in there_and_back(pictures):
            pixels = np.asarray(picture)[: stream.height, : stream.width]
            for _ in range(round(duration * RATE / 1000)):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()
