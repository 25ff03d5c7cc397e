"""The zoo gives whole codecs or one clear sentence, and never forgets a good one for a bad one."""

import json
import logging
import shutil
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import playground as pg
from playground import zoo
from playground.core.codec import Codec
from playground.models import folder as checkpoint_folder
from playground.models.convolution import count_parameters


def change_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}), encoding="utf-8")


def change_codec(folder: Path, part: str, **changes: object) -> None:
    codec = json.loads((folder / "config.json").read_text(encoding="utf-8"))["codec"]
    codec[part] = codec[part] | changes if isinstance(codec[part], dict) else changes[part]
    change_config(folder, codec=codec)


def change_weights(folder: Path, change) -> None:
    tensors = {name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()}
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def cut(folder: Path, name: str, length: int) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:length])


# What may be wrong with a folder → how to make it so, and the word that names it.
BROKEN = {
    "no config": (lambda f: (f / "config.json").unlink(), "config.json"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "model.safetensors"),
    "empty config": (lambda f: cut(f, "config.json", 0), "config.json"),
    "config cut off": (lambda f: cut(f, "config.json", 50), "config.json"),
    "config no text": (lambda f: (f / "config.json").write_bytes(b"\xff\xfe\x00\x80"), "config.json"),
    "config a list": (lambda f: (f / "config.json").write_text("[]"), "config.json"),
    "config nested without end": (lambda f: (f / "config.json").write_text("[" * 100_000), "config.json"),
    "config a folder": (lambda f: ((f / "config.json").unlink(), (f / "config.json").mkdir()), "config.json"),
    "another format": (lambda f: change_config(f, format="cake"), "another version"),
    "another version": (lambda f: change_config(f, version=2), "another version"),
    "no title": (lambda f: change_config(f, title=None), "title"),
    "licence no text": (lambda f: change_config(f, licence=3), "licence"),
    "unknown entry": (lambda f: change_config(f, colour="red"), "colour"),
    "no codec": (lambda f: change_config(f, codec=None), "config.json"),
    "unknown body entry": (lambda f: change_codec(f, "body", height=3), "height"),
    "unknown quantizer": (lambda f: change_codec(f, "quantizer", kind="magic"), "magic"),
    "unknown modality": (lambda f: change_codec(f, "modality", modality="smell"), "smell"),
    "impossible rank": (lambda f: change_codec(f, "body", rank=7), "config.json"),
    "impossible width": (lambda f: change_codec(f, "body", widths=[8, "x"]), "config.json"),
    "negative width": (lambda f: change_codec(f, "body", widths=[8, -12]), "config.json"),
    "ragged depths": (lambda f: change_codec(f, "body", encoder_depths=[1]), "config.json"),
    "patch no number": (lambda f: change_codec(f, "body", patch="4"), "config.json"),
    "endless codebook": (lambda f: change_codec(f, "quantizer", codebook_size=10**30), "config.json"),
    "empty weights": (lambda f: cut(f, "model.safetensors", 0), "model.safetensors"),
    "weights cut off": (lambda f: cut(f, "model.safetensors", 3000), "model.safetensors"),
    "a pickle": (lambda f: torch.save({"w": torch.ones(2)}, f / "model.safetensors"), "model.safetensors"),
    "other shapes": (lambda f: change_codec(f, "quantizer", codebook_size=17), r"weight.*\(16, 4\).*\(17, 4\)"),
    "missing tensor": (lambda f: change_weights(f, lambda t: t.pop("quantizer.weight")), r"quantizer\.weight"),
    "unknown tensor": (lambda f: change_weights(f, lambda t: t.update(extra=torch.ones(2))), "extra"),
    "not a number": (lambda f: change_weights(f, lambda t: t["quantizer.weight"][3, 2].fill_(torch.nan)), "quantizer"),
    "infinite": (lambda f: change_weights(f, lambda t: t["quantizer.weight"][0, 0].fill_(torch.inf)), "quantizer"),
    "integers": (
        lambda f: change_weights(f, lambda t: t.update({"quantizer.weight": t["quantizer.weight"].to(torch.int32)})),
        "quantizer",
    ),
}  # fmt: skip
WEIGHTS_ONLY = {name for name in BROKEN if "weights" in name and name != "no weights"} | {
    "a pickle", "other shapes", "missing tensor", "unknown tensor", "not a number", "infinite", "integers",
}  # fmt: skip


def test_a_card_says_what_the_config_and_the_network_say(checkpoints: Path) -> None:
    (card,) = pg.catalogue()
    codec = pg.load("tiny")
    assert card == pg.Card(
        name="tiny",
        title="A tiny codec",
        modality="image",
        quantizer="VQ",
        codebook_size=16,
        num_codebooks=1,
        stride=8,
        parameters=count_parameters(codec),
        paper="nobody 2020, Nothing",
        licence="CC0",
    )
    assert zoo.card("tiny") == zoo.card(checkpoints / "tiny") == card


def test_the_catalogue_reads_no_weights(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_folder, "load_file", lambda _: pytest.fail("weights were read"))
    assert [card.name for card in pg.catalogue()] == ["tiny"]


def test_a_codec_is_loaded_once_frozen_and_in_eval_mode(checkpoints: Path) -> None:
    codec = pg.load("tiny")
    assert pg.load("tiny") is codec is pg.load(checkpoints / "tiny") is pg.load(str(checkpoints / "tiny"))
    assert not any(module.training for module in codec.modules())
    for parameter in codec.parameters():
        assert parameter.dtype == torch.float32 and not parameter.requires_grad and not parameter.is_meta
    convolution = codec.encoder.layers[0].weight
    assert convolution.is_contiguous(memory_format=torch.channels_last)


def test_full_precision_weights_do_not_hang_on_their_file(checkpoints: Path) -> None:
    """A tensor mapped from a file changes with it."""
    path = checkpoints / "tiny" / "model.safetensors"
    save_file({name: tensor.float() for name, tensor in load_file(path).items()}, path)
    codec = zoo.Zoo(checkpoints).load("tiny")
    before = codec.codebook().clone()
    with open(path, "r+b") as file:
        file.write(b"\0" * path.stat().st_size)
    assert torch.equal(codec.codebook(), before)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_one_sentence_that_names_the_trouble(checkpoints: Path, name: str) -> None:
    change, word = BROKEN[name]
    change(checkpoints / "tiny")
    with pytest.raises(pg.InputError, match=word) as error:
        pg.load("tiny")
    assert "\n" not in str(error.value) and str(checkpoints.parent) not in str(error.value)
    json.dumps(error.value.values)  # the page sends the parts of the sentence


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - WEIGHTS_ONLY))
def test_a_broken_folder_is_left_out_of_the_catalogue_with_a_warning(
    checkpoints: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    shutil.copytree(checkpoints / "tiny", checkpoints / "whole")
    BROKEN[name][0](checkpoints / "tiny")
    with caplog.at_level(logging.WARNING):
        assert [card.name for card in pg.catalogue()] == ["whole"]
    assert "tiny" in caplog.text


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_exchange_leaves_the_old_codec_answering(
    checkpoints: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    codec = zoo.load_listed("tiny")
    BROKEN[name][0](checkpoints / "tiny")
    with caplog.at_level(logging.WARNING):
        assert zoo.load_listed("tiny") is codec and pg.load("tiny") is codec
    assert caplog.text.count("stays in use") == 1, "said once, not with every request"


def test_a_codec_survives_the_removal_of_its_folder(checkpoints: Path) -> None:
    codec = zoo.load_listed("tiny")
    shutil.rmtree(checkpoints / "tiny")
    assert zoo.load_listed("tiny") is codec
    assert pg.catalogue() == []


def test_new_weights_are_taken_up(checkpoints: Path) -> None:
    before = pg.load("tiny")
    change_weights(checkpoints / "tiny", lambda tensors: tensors["quantizer.weight"].mul_(2))
    after = pg.load("tiny")
    assert torch.equal(after.codebook(), 2 * before.codebook())
    assert pg.load("tiny") is after


def test_threads_that_ask_at_once_get_the_same_codec(checkpoints: Path) -> None:
    found: list[Codec] = []
    threads = [threading.Thread(target=lambda: found.append(zoo.load_listed("tiny"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(codec is found[0] for codec in found)


@pytest.mark.parametrize("name", ["", ".", "..", "../tiny", "tiny/", "tiny/../tiny", "/etc", "\0", "TINY", None, 3, {}])
def test_names_from_the_web_are_names_of_the_catalogue_or_refused(checkpoints: Path, name: object) -> None:
    with pytest.raises(pg.InputError, match="There are: tiny"):
        zoo.load_listed(name)


def test_absolute_paths_from_the_web_are_refused(checkpoints: Path, tmp_path: Path) -> None:
    shutil.copytree(checkpoints / "tiny", tmp_path / "elsewhere")
    for folder in (checkpoints / "tiny", tmp_path / "elsewhere"):
        with pytest.raises(pg.InputError):
            zoo.load_listed(str(folder))
        assert pg.load(folder).quantizer.codebook_size == 16, "which Python may load"
        with pytest.raises(pg.InputError):  # loading one from Python lists it for nobody
            zoo.load_listed("elsewhere")


def test_a_long_name_is_not_echoed_in_full(checkpoints: Path) -> None:
    with pytest.raises(pg.InputError) as error:
        zoo.load_listed("x" * 100_000)
    assert len(str(error.value)) < 300


def test_hidden_and_odd_folders_are_no_codecs(checkpoints: Path) -> None:
    for name in (".git", "with space", "ä"):
        shutil.copytree(checkpoints / "tiny", checkpoints / name)
    (checkpoints / "README.md").write_text("text")
    assert [card.name for card in pg.catalogue()] == ["tiny"]


def test_a_copied_folder_is_a_codec_of_its_own_name(checkpoints: Path, tmp_path: Path) -> None:
    """Tokens carry the name, so two codecs must not share one."""
    shutil.copytree(checkpoints / "tiny", checkpoints / "mine")
    assert [card.name for card in pg.catalogue()] == ["mine", "tiny"]
    assert (pg.load("mine").name, pg.load("tiny").name) == ("mine", "tiny")
    shutil.copytree(checkpoints / "tiny", tmp_path / "outside")
    assert pg.load(tmp_path / "outside").name == "tiny", "elsewhere, what the config says"


def test_the_folder_can_be_chosen(checkpoints: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    zoo.use_folder(tmp_path / "other")
    assert pg.catalogue() == []
    with pytest.raises(pg.InputError, match="holds none"):
        pg.load("tiny")
    zoo.use_folder(checkpoints)
    assert [card.name for card in pg.catalogue()] == ["tiny"]
    with pytest.raises(pg.InputError, match="nowhere"):
        zoo.use_folder(tmp_path / "nowhere")
    assert [card.name for card in pg.catalogue()] == ["tiny"], "the folder used before stays"


def test_a_missing_folder_holds_no_codecs(tmp_path: Path) -> None:
    assert zoo.Zoo(tmp_path / "nowhere").catalogue() == []


def test_names_lead_to_folders(checkpoints: Path) -> None:
    assert zoo.listed_folder("tiny") == zoo.folder_of("tiny") == zoo.folder_of(checkpoints / "tiny")
    with pytest.raises(pg.InputError):
        zoo.listed_folder(str(checkpoints / "tiny"))
