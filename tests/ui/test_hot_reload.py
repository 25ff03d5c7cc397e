"""What was computed with a codec is forgotten when the files of the codec change."""

import os

from playground.ui import calls
from playground.zoo import Zoo


def test_a_sample_is_encoded_anew_when_the_files_of_its_codec_change(codecs: Zoo) -> None:
    first = calls.sample("image-vq", "temple")
    assert calls.sample("image-vq", "temple") is first
    os.utime(codecs.listed_folder("image-vq") / "model.safetensors", ns=(1, 1))
    assert calls.sample("image-vq", "temple") is not first
