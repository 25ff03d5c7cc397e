"""The faster arithmetic is taken, whichever it is, and a picture looks the same in both."""

import time

import numpy as np
import pytest
import torch

from playground.core.codec import Codec
from playground.media.modalities import IMAGE
from playground.ui import calls, pace, samples
from playground.zoo import Zoo


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_half", False)


@pytest.mark.parametrize(("slow", "chosen"), [(False, True), (True, False)])
def test_the_faster_one_is_taken(codecs: Zoo, monkeypatch: pytest.MonkeyPatch, slow: bool, chosen: bool) -> None:
    """`slow` says whether the half-precision decode is the slow one."""
    codec = codecs.load("image-vq")
    tokens = codec.encode(samples.opened("moon").signal)

    def decode(self: Codec, tokens: object) -> None:
        time.sleep(0.02 if torch.is_autocast_enabled("cpu") == slow else 0.001)

    monkeypatch.setattr(Codec, "decode", decode)
    pace.try_both(codec, tokens)
    with pace.fast():
        assert torch.is_autocast_enabled("cpu") == chosen


def test_a_picture_looks_the_same_in_both(codecs: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = calls.sample("image-vq", "temple")
    codec, tokens = calls._codec_and_tokens(encoded)
    pictures = []
    for half in (False, True):
        monkeypatch.setattr(pace, "_half", half)
        with torch.inference_mode(), pace.fast():
            pictures.append(np.asarray(IMAGE.write(codec.decode(tokens))).astype(int))
    assert 0 < np.abs(pictures[0] - pictures[1]).mean() < 3


def test_a_sound_is_decoded_in_full_precision_whatever_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    message = calls.sample("audio-rvq", "yes")
    exact = calls.decode(message)
    monkeypatch.setattr(pace, "_half", True)
    assert calls.decode(message) == exact
