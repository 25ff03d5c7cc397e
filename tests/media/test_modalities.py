"""Laws of pictures as signals, and of the values that read, fit, write and quality give."""

import io
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import InputError
from playground.core.modality import Modality
from playground.media.modalities import AUDIO, IMAGE, MODALITIES
from playground.media.sounds import Sound

AT_ONCE = """
from threading import Thread
import torch
from playground.media.modalities import AUDIO, IMAGE

sound = Thread(target=lambda: AUDIO.quality(torch.ones(1, 1, 100), torch.rand(1, 1, 100)))
sound.start()
IMAGE.quality(torch.ones(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))
sound.join()
"""  # what measures is imported when it is first needed


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """(height, width, 3) uint8, every pixel another."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8: what a photo of nothing in particular looks like to a resampler."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / width * 9 + k) * np.cos(y / height * 7 - k) for k in range(3)]
    return np.stack([127.5 + 120 * wave for wave in waves], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("modality", MODALITIES.values(), ids=MODALITIES.keys())
def test_a_modality_is_known_by_its_kind(modality: Modality) -> None:
    assert MODALITIES[modality.kind] is modality
    tone = Sound(np.sin(np.arange(4000, dtype=np.float32)))
    raw = {"image": noise(40, 40), "audio": tone, "text": "four words of text"}[modality.kind]
    assert modality.rank == len(modality.fit(raw, 16).signal.shape[2:])


def test_a_signal_is_float32_between_minus_one_and_one() -> None:
    signal = IMAGE.read(np.array([[[0, 0, 0], [255, 255, 255]] * 8] * 8, dtype=np.uint8))
    assert signal.dtype == torch.float32
    assert signal.shape == (1, 3, 8, 16)
    assert (signal.min(), signal.max()) == (-1, 1)


def test_write_undoes_read_for_every_value() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = IMAGE.write(IMAGE.read(pixels))
    assert picture.mode == "RGB"
    assert (np.asarray(picture) == pixels[..., None]).all()


def test_every_way_in_gives_the_same_signal(tmp_path: Path) -> None:
    pixels = noise(24, 40)
    path = tmp_path / "picture.png"
    Image.fromarray(pixels).save(path)
    alpha = np.full((24, 40, 1), 255, np.uint8)
    files = [str(path), path, path.read_bytes(), bytearray(path.read_bytes()), io.BytesIO(path.read_bytes())]
    arrays = [pixels, pixels / 255, np.dstack([pixels, alpha]), pixels.astype(np.uint16) * 257, pixels[None]]
    tensors = [torch.from_numpy(pixels).permute(2, 0, 1), torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255]
    ways = [*files, Image.open(path), *arrays, *tensors]
    signals = [IMAGE.read(way) for way in ways]
    assert all(torch.equal(signal, signals[0]) for signal in signals)


def test_reading_leaves_the_callers_picture_alone() -> None:
    picture = Image.fromarray(noise(30, 20))
    before = picture.tobytes()
    IMAGE.fit(picture, 16)
    IMAGE.write(IMAGE.read(picture)).putpixel((0, 0), (1, 2, 3))
    assert (picture.size, picture.tobytes()) == ((20, 30), before)


@pytest.mark.parametrize("height, width", [(8, 8), (9, 31), (500, 40), (40, 500), (257, 256)])
def test_fit_gives_the_asked_square_and_tells_the_source(height: int, width: int) -> None:
    fitted = IMAGE.fit(noise(height, width), 32)
    assert fitted.signal.shape == (1, 3, 32, 32)
    assert fitted.source == {"height": height, "width": width}


def test_fit_takes_the_centre() -> None:
    pixels = np.zeros((16, 48, 3), np.uint8)
    pixels[:, 16:32] = 255
    assert (IMAGE.fit(pixels, 16).signal == 1).all()
    assert (IMAGE.fit(pixels.transpose(1, 0, 2), 16).signal == 1).all()


def test_fit_of_a_square_of_that_size_is_read() -> None:
    pixels = noise(64, 64)
    assert torch.equal(IMAGE.fit(pixels, 64).signal, IMAGE.read(pixels))


def test_a_large_jpeg_looks_the_same_decoded_small(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(smooth(900, 1200)).save(path, quality=95)
    drafted, whole = IMAGE.fit(path, 64), IMAGE.fit(IMAGE.write(IMAGE.read(path)), 64)
    assert drafted.source == whole.source == {"height": 900, "width": 1200}
    assert (drafted.signal - whole.signal).abs().max() < 4 / 127.5


@pytest.mark.parametrize("length", [0, -3])
def test_a_bench_without_room_is_a_programmers_mistake(length: int) -> None:
    with pytest.raises(ValueError, match=str(length)) as caught:
        IMAGE.fit(noise(16, 16), length)
    assert not isinstance(caught.value, InputError)


def test_only_bounded_pictures_are_read_whole() -> None:
    wide = np.zeros((8, 4097), np.uint8)
    with pytest.raises(InputError, match=r"4097 × 8 .* 4096"):
        IMAGE.read(wide)
    assert IMAGE.fit(wide, 8).source == {"height": 8, "width": 4097}


BAD_ARRAYS = {
    "NaN": (np.full((9, 9), np.nan), "nan"),
    "infinite": (np.full((9, 9), np.inf), "inf"),
    "one NaN": (np.where(np.eye(9), np.nan, 0.5), "nan"),
    "0 to 255 as floats": (noise(9, 9) * 1.0, "between 0 and 1"),
    "negative": (np.full((9, 9), -0.5), "-0.5"),
    "objects": (np.array([[object()] * 9] * 9), "object"),
    "texts": (np.array([["a"] * 9] * 9), "<U1"),
    "wide integers": (np.zeros((9, 9), np.int64), "int64"),
    "flat": (np.zeros(81, np.uint8), r"\(81,\)"),
    "five channels": (np.zeros((9, 9, 5), np.uint8), r"\(9, 9, 5\)"),
    "a batch": (np.zeros((2, 9, 9, 3), np.uint8), r"\(2, 9, 9, 3\)"),
    "empty": (np.zeros((0, 9), np.uint8), "9 × 0"),
    "too small": (np.zeros((7, 9), np.uint8), "9 × 7"),
}


@pytest.mark.parametrize("array, reason", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
@pytest.mark.parametrize("read", [IMAGE.read, IMAGE.fit])
def test_an_array_that_is_no_picture_is_told_why(read: Callable, array: np.ndarray, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(array)


def test_rounding_past_one_is_forgiven() -> None:
    assert (IMAGE.read(np.full((8, 8), 1.0000002)) == 1).all()


@pytest.mark.parametrize("raw", [None, 3, [[0]], object(), {}])
def test_what_is_no_picture_at_all_is_told_what_is_one(raw: object) -> None:
    with pytest.raises(InputError, match=f"tensor, not {type(raw).__name__}"):
        IMAGE.read(raw)


def test_write_clamps_and_rounds_to_nearest() -> None:
    levels = torch.tensor([-9.0, -1.0, 0.6 / 127.5 - 1, 0.4 / 127.5 - 1, 1.0, 9.0]).expand(1, 3, 1, 6)
    assert np.asarray(IMAGE.write(levels))[0, :, 0].tolist() == [0, 0, 1, 0, 255, 255]
    assert IMAGE.write(torch.zeros(1, 3, 5, 7, dtype=torch.bfloat16)).size == (7, 5)


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 3, 8, 8), (1, 1, 8, 8)])
def test_write_takes_one_rgb_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one picture"):
        IMAGE.write(torch.zeros(shape))


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_write_never_hides_numbers_that_are_not_finite(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        IMAGE.write(torch.full((1, 3, 8, 8), number))


def test_equal_pictures_are_infinitely_near() -> None:
    signal = IMAGE.read(noise(16, 16))
    assert IMAGE.quality(signal, signal) == {"psnr_db": math.inf, "ssim": pytest.approx(1)}


def test_quality_is_that_of_what_is_shown() -> None:
    signal = IMAGE.read(noise(16, 16)) * 0.9
    assert IMAGE.quality(signal, signal + 0.02)["psnr_db"] == pytest.approx(20 * math.log10(2 / 0.02), abs=1e-3)
    assert IMAGE.quality(torch.ones(1, 3, 16, 16), torch.full((1, 3, 16, 16), 7.0))["psnr_db"] == math.inf


def test_quality_of_a_batch_is_the_mean_over_its_pictures() -> None:
    a = torch.cat([IMAGE.read(smooth(20, 20)), IMAGE.read(noise(20, 20))]) * 0.8
    b = a + torch.tensor([0.01, 0.1]).view(2, 1, 1, 1)
    each = [IMAGE.quality(a[i : i + 1], b[i : i + 1]) for i in range(2)]
    for name, value in IMAGE.quality(a, b).items():
        assert value == pytest.approx((each[0][name] + each[1][name]) / 2, abs=1e-4)


@pytest.mark.parametrize("height, width, names", [(10, 40, {"psnr_db"}), (11, 11, {"psnr_db", "ssim"})])
def test_ssim_is_left_out_where_its_window_does_not_fit(height: int, width: int, names: set[str]) -> None:
    signal = IMAGE.read(noise(height, width))
    assert IMAGE.quality(signal, -signal).keys() == names


def test_pictures_of_different_shapes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="compared"):
        IMAGE.quality(torch.zeros(1, 3, 16, 16), torch.zeros(1, 3, 16, 17))


def test_the_first_visitors_of_two_media_may_come_at_once() -> None:
    command, root = [sys.executable, "-c", AT_ONCE], Path(__file__).parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr, run.stderr  # of the other thread


def test_of_silence_nothing_is_measured_that_is_not_defined() -> None:
    silence, tone = torch.zeros(1, 1, 16_000), torch.sin(torch.arange(16_000) / 5)[None, None]
    assert set(AUDIO.quality(silence, tone)) == {"mel_db"}
    assert AUDIO.quality(silence, silence) == {"mel_db": 0.0}
    assert set(AUDIO.quality(tone, silence)) == {"si_sdr_db", "mel_db", "stoi"}, (
        "silence in place of a sound is very bad"
    )
