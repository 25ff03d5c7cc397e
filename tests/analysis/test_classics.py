"""Classical codecs: their files open, grow with the setting, come back as long as they were and where they were."""

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.analysis.classics import CLASSICS, Classic
from playground.core.spectrogram import RATE
from playground.media.modalities import AUDIO, IMAGE, MODALITIES, TEXT

PAIRS = [(kind, name) for kind, classics in CLASSICS.items() for name in classics]


def picture() -> Tensor:
    """(1, 3, 64, 80): waves of several widths in every channel."""
    y, x = torch.meshgrid(torch.linspace(0, 9, 64), torch.linspace(0, 14, 80), indexing="ij")
    return torch.stack([torch.sin(x * y / 9), torch.cos(x + y), torch.sin(3 * x)])[None] * 0.8


def sound(seconds: float = 1.5) -> Tensor:
    """(1, 1, T): a tone that rises and beats, with a little noise."""
    time = torch.arange(round(seconds * RATE)) / RATE
    noise = torch.randn(len(time), generator=torch.Generator().manual_seed(0))
    tone = torch.sin(2 * np.pi * (150 + 200 * time) * time) * torch.sin(2 * np.pi * 3 * time)
    return (0.5 * tone + 0.02 * noise)[None, None]


def text() -> Tensor:
    return TEXT.read("Tokens are words: “码” is one, 🙂 another. " * 4)


SIGNALS = {"image": picture, "audio": sound, "text": text}


@pytest.fixture(params=PAIRS, ids=[name for _, name in PAIRS])
def contestant(request: pytest.FixtureRequest) -> tuple[str, Classic, Tensor]:
    """Kind, codec and a signal for it."""
    kind, name = request.param
    return kind, CLASSICS[kind][name], SIGNALS[kind]()


def test_its_files_grow_with_the_setting_and_so_does_their_quality(contestant: tuple[str, Classic, Tensor]) -> None:
    kind, classic, signal = contestant
    files = [classic.encode(signal, setting) for setting in classic.settings]
    sizes = [len(data) for data in files]
    assert sizes == sorted(sizes)
    measure = {"image": "psnr_db", "audio": "si_sdr_db", "text": "byte_accuracy"}[kind]
    first, last = (MODALITIES[kind].quality(signal, classic.decode(data))[measure] for data in (files[0], files[-1]))
    assert last > first or (kind == "text" and first == last == 1), "and nothing of a text is lost"


def test_what_comes_back_has_the_size_of_what_went_in(contestant: tuple[str, Classic, Tensor]) -> None:
    _, classic, signal = contestant
    for setting in classic.settings:
        assert classic.decode(classic.encode(signal, setting)).shape == signal.shape


@pytest.mark.parametrize("name", CLASSICS["audio"])
def test_a_sound_comes_back_without_delay(name: str) -> None:
    """Encoders put silence first; that it is taken away again is what SI-SDR stands and falls with."""
    signal, classic = sound(), CLASSICS["audio"][name]
    for setting in classic.settings:
        output = classic.decode(classic.encode(signal, setting))
        middle = output[0, 0, 2000:-2000].numpy()
        lag = 2000 - int(np.correlate(signal[0, 0].numpy(), middle, "valid").argmax())
        assert abs(lag) <= 4, f"{name} at {setting} is {lag} samples off"


@pytest.mark.parametrize("name", CLASSICS["audio"])
def test_the_shortest_sound_there_is_comes_back(name: str) -> None:
    signal = sound(0.001)
    classic = CLASSICS["audio"][name]
    assert classic.decode(classic.encode(signal, classic.settings[0])).shape == signal.shape


def test_the_same_input_makes_the_same_file(contestant: tuple[str, Classic, Tensor]) -> None:
    kind, classic, signal = contestant
    once, again = (classic.encode(signal, classic.settings[-1]) for _ in range(2))
    if kind == "audio":  # Ogg numbers its streams by chance
        assert len(once) == len(again) and torch.equal(AUDIO.read(once), AUDIO.read(again))
    else:
        assert once == again


def test_a_small_picture_is_no_trouble() -> None:
    signal = IMAGE.read(np.zeros((8, 8, 3), np.uint8))
    for classic in CLASSICS["image"].values():
        assert classic.decode(classic.encode(signal, classic.settings[0])).shape == signal.shape
