"""Priors on disk: listed, loaded, refused when they are of another codec; and the command that uses them."""

import json
import logging
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save, save_file
from typer.testing import CliRunner

from playground import Tokens, makers, zoo
from playground.commands import app
from playground.core.errors import InputError
from playground.models.folder import CONFIG, WEIGHTS
from playground.priors.folder import prior_text
from playground.priors.prior import Prior, Sampling
from playground.training.checkpoint import export
from tests.conftest import LABEL, VOICES, tiny_codec
from tests.priors.conftest import KINDS, tiny_prior

CLI = CliRunner()


@pytest.fixture
def folders(checkpoints: Path) -> dict[str, Path]:
    """A tiny prior of each kind beside the tiny codec."""
    written = {}
    for kind in KINDS:
        written[kind] = checkpoints / "tiny" / "priors" / f"tiny-{kind}"
        write_prior(tiny_prior(kind, zoo.load("tiny")), written[kind])
    return written


def write_prior(prior: Prior, folder: Path) -> None:
    """A checkpoint of a prior."""
    folder.mkdir(parents=True)
    (folder / WEIGHTS).write_bytes(save({n: t.half() for n, t in prior.network.state_dict().items()}))
    text = prior_text(prior.config, title="A tiny prior", paper="nobody 2020", licence="CC0")
    (folder / CONFIG).write_text(text, encoding="utf-8")


def test_priors_are_listed_and_no_codec_is_taken_for_one(folders: dict[str, Path]) -> None:
    cards = makers.priors()
    assert [(card.name, card.kind, card.codec) for card in cards] == [(f"tiny-{k}", k, "tiny") for k in sorted(KINDS)]
    assert cards[0].grid == (1, 3, 4) and cards[0].classes[:2] == ("long", "round")
    assert cards[0].title == "A tiny prior" and cards[0].parameters > 1000
    assert [card.name for card in zoo.catalogue()] == ["tiny"], "nor a prior for a codec"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_loaded_once(kind: str, folders: dict[str, Path]) -> None:
    prior = makers.load_prior(f"tiny-{kind}")
    assert prior is makers.load_prior(f"tiny-{kind}") and prior.codec is zoo.load("tiny")
    written = tiny_prior(kind, zoo.load("tiny"))
    assert prior.config == written.config
    for name, tensor in prior.network.state_dict().items():
        assert torch.equal(tensor, written.network.state_dict()[name].half().float()), name


def test_new_weights_are_read_anew(folders: dict[str, Path]) -> None:
    before = makers.load_prior("tiny-causal")
    tensors = {name: tensor + 1 for name, tensor in load_file(folders["causal"] / WEIGHTS).items()}
    save_file(tensors, folders["causal"] / "new")
    (folders["causal"] / "new").rename(folders["causal"] / WEIGHTS)
    assert makers.load_prior("tiny-causal") is not before


def test_a_prior_of_other_codes_is_refused(folders: dict[str, Path]) -> None:
    content = json.loads((folders["masked"] / CONFIG).read_text())
    content["prior"]["codes"] = "0" * 16
    (folders["masked"] / CONFIG).write_text(json.dumps(content))
    with pytest.raises(InputError, match="other codes"):
        makers.load_prior("tiny-masked")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"prior": {"kind": "oracle"}},
        {"prior": {"trunk": {"grid": [1, 3, 4], "width": 17, "depth": 2, "head": 8}}},
        {"prior": {"trunk": 3}},
        {"prior": {"unheard": 1}},
        {"prior": {"codebook_size": 17}},
    ],
)
def test_a_broken_prior_is_left_out_and_named(folders: dict[str, Path], change: dict, caplog) -> None:
    content = json.loads((folders["causal"] / CONFIG).read_text())
    inner = content["prior"] | change.pop("prior", {})
    (folders["causal"] / CONFIG).write_text(json.dumps(content | change | {"prior": inner}))
    with pytest.raises(InputError):
        makers.load_prior("tiny-causal")
    with caplog.at_level(logging.WARNING):
        assert makers.load_prior("tiny-masked")
        makers.priors()


def test_an_unknown_prior_is_answered_by_those_there_are(folders: dict[str, Path]) -> None:
    for name in ("tiny", "../tiny-causal", "nothing"):
        with pytest.raises(InputError, match="tiny-causal, tiny-flow, tiny-masked"):
            makers.load_prior(name)


def test_a_new_prior_gets_a_folder_of_its_own(folders: dict[str, Path]) -> None:
    assert makers.new_prior_folder("tiny", "other") == folders["causal"].parent / "other"
    for name in ("tiny-causal", "../other", ""):
        with pytest.raises(InputError):
            makers.new_prior_folder("tiny", name)


def test_a_card_says_how_a_prior_is_sampled_and_the_command_does_so(folders: dict[str, Path], tmp_path: Path) -> None:
    content = json.loads((folders["masked"] / CONFIG).read_text())
    content["prior"] |= {"steps": 3, "guidance": 2.0, "sampling": {"temperature": 0.5, "top_k": 2}}
    (folders["masked"] / CONFIG).write_text(json.dumps(content))
    card = next(card for card in makers.priors() if card.name == "tiny-masked")
    assert (card.steps, card.guidance, card.sampling) == (3, 2.0, Sampling(temperature=0.5, top_k=2))
    told = ["--steps", "3", "--guidance", "2", "--temperature", "0.5", "--top-k", "2"]
    others = ["--temperature", "5", "--top-k", "0"]
    for name, options in (("plain", []), ("told", told), ("other", others)):
        command = ["generate", "--model", "tiny-masked", "--seed", "3", "-o", str(tmp_path / name), *options]
        assert CLI.invoke(app, command).exit_code == 0
    plain, told, other = ((tmp_path / name / "contact.png").read_bytes() for name in ("plain", "told", "other"))
    assert plain == told != other


def test_generate_writes_sounds_as_sounds(checkpoints: Path, tmp_path: Path) -> None:
    codec = tiny_codec(VOICES)
    export(codec, checkpoints / "tiny-voice", config=VOICES, label=LABEL)
    prior = tiny_prior("causal", zoo.load("tiny-voice"), grid=(2, 30))
    write_prior(prior, checkpoints / "tiny-voice" / "priors" / "tiny-causal")
    out = tmp_path / "out"
    result = CLI.invoke(app, ["generate", "--model", "tiny-causal", "--num-images", "2", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["0.json", "0.wav", "1.json", "1.wav"]
    assert Tokens.load(out / "1.json").num_codebooks == 2


@pytest.mark.parametrize("kind", KINDS)
def test_generate_writes_pictures_tokens_and_a_sheet(kind: str, folders: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["generate", "--model", f"tiny-{kind}", "--class", "Red Apple", "--num-images", "10", "--seed", "7"]
    result = CLI.invoke(app, [*command, "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.glob("?.*")) == sorted(
        f"{i}.{e}" for i in range(10) for e in ("png", "json")
    )
    side = zoo.load("tiny").stride
    assert Image.open(out / "3.png").size == (4 * side, 3 * side)
    assert Image.open(out / "contact.png").size == (8 * (4 * side + 2) - 2, 2 * (3 * side + 2) - 2)
    assert Tokens.load(out / "3.json").grid == (3, 4)
    again = tmp_path / "again"
    CLI.invoke(app, [*command, "-o", str(again)])
    assert (again / "contact.png").read_bytes() == (out / "contact.png").read_bytes()


def test_generate_takes_a_folder_too(folders: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CLI.invoke(app, ["generate", "--model", str(folders["flow"]), "--num-images", "1", "-o", str(out)])
    assert result.exit_code == 0 and (out / "0.png").is_file()


def test_generate_says_what_is_near_to_an_unknown_class(folders: dict[str, Path], tmp_path: Path) -> None:
    command = ["generate", "--model", "tiny-masked", "--class", "red aple", "-o", str(tmp_path / "out")]
    result = CLI.invoke(app, command)
    assert isinstance(result.exception, InputError) and "red apple" in str(result.exception)
    assert not (tmp_path / "out").exists()
