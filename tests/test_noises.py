"""What makes pictures of noise: one seed always the same, each picture by itself, and what is broken is left out."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from playground import makers, noises, zoo
from playground.core.errors import InputError
from playground.models.convolution import ConvolutionConfig
from playground.models.noise import FromNoise, NoiseConfig
from playground.models.noise_folder import noise_text

BODY = ConvolutionConfig(channels=1, widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4)


def put(folder: Path, kind: str, *, codec: str = "tiny", classes: tuple[str, ...] = ("a", "b")) -> Path:
    """A model with random weights beside a codec of a checkpoints folder."""
    config = NoiseConfig(f"some-{kind}", kind, codec, noise=5, classes=classes, body=BODY)
    torch.manual_seed(len(kind) + ord(kind[0]))
    network = FromNoise(config)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=1 / max(1, parameter[0].numel()) ** 0.5)
    place = folder / codec / "noises" / config.name
    place.mkdir(parents=True)
    save_file({name: tensor.half() for name, tensor in network.state_dict().items()}, place / "model.safetensors")
    text = noise_text(config, title="Something", paper="nobody 2020", licence="CC0")
    (place / "config.json").write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def folder(checkpoints: Path) -> Path:
    put(checkpoints, "gan")
    put(checkpoints, "vae")
    return checkpoints


def test_cards_say_what_there_is_and_codecs_and_priors_are_undisturbed(folder: Path) -> None:
    gan, vae = noises.noises()
    assert (gan.name, vae.name) == ("some-gan", "some-vae") and gan.parameters == vae.parameters
    assert (gan.codec, gan.kind, gan.side, gan.noise, gan.classes) == ("tiny", "gan", 32, 5, ("a", "b"))
    assert [card.name for card in zoo.catalogue()] == ["tiny"] and makers.priors() == []


def test_a_seed_always_gives_the_same_and_each_picture_has_a_chance_of_its_own(folder: Path) -> None:
    four, two = (noises.sample("some-gan", n, seed=3, wanted="a") for n in (4, 2))
    assert four.shape == (4, 3, 32, 32) and four.abs().max() <= 1
    torch.testing.assert_close(four[:2], two)
    assert (four[0] - four[1]).abs().max() > 0.01
    assert (four - noises.sample("some-gan", 4, seed=4, wanted="a")).abs().max() > 0.01
    assert (four - noises.sample("some-gan", 4, seed=3, wanted="b")).abs().max() > 0.01
    assert (four - noises.sample("some-gan", 4, seed=3)).abs().max() > 0.01
    assert torch.equal(four[:, 0], four[:, 2]), "one channel is grey"


def test_the_noise_of_a_seed_is_that_of_its_pictures(folder: Path) -> None:
    given = noises.noise_of("some-vae", 3, seed=7)
    assert torch.equal(noises.pictures_of("some-vae", given), noises.sample("some-vae", 3, seed=7))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: noises.sample("nobody", 1), "some-gan, some-vae"),
        (lambda: noises.sample("some-gan", 1, wanted="c"), "Near to it: a, b"),
        (lambda: noises.sample("some-gan", 1, seed=-1), "from 0 to"),
        (lambda: noises.new_noise_folder("tiny", "../x"), "no name"),
        (lambda: noises.new_noise_folder("tiny", "some-gan"), "already"),
    ],
)
def test_what_cannot_be_gets_a_sentence(folder: Path, ask, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask()


@pytest.mark.parametrize(
    "text", ["", "{}", '{"format": "codebook-playground-noise", "version": 1, "noise": {"kind": 1}}']
)
def test_what_is_broken_is_left_out(folder: Path, text: str) -> None:
    (folder / "tiny" / "noises" / "some-gan" / "config.json").write_text(text, encoding="utf-8")
    assert [card.name for card in noises.noises()] == ["some-vae"]
    with pytest.raises(InputError, match=r"config\.json"):
        noises.sample("some-gan", 1)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    save_file({"x": torch.zeros(1)}, folder / "tiny" / "noises" / "some-gan" / "model.safetensors")
    with pytest.raises(InputError, match="has no tensor"):
        noises.sample("some-gan", 1)
