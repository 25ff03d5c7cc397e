"""What is shipped: every codec loads, is described, says what it is, and fits the budget."""

import gzip
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from playground import joints, makers
from playground.view.sheets import BOOK, part_name
from playground.zoo import Zoo

FOLDER = Path(__file__).parents[1] / "checkpoints"
LARGEST, LARGEST_TOGETHER, LARGEST_FOLDER = 20e6, 150e6, 150 * 2**20  # bytes: of weights, and with all beside them
# What each medium's codecs are tried with, what their cards name, and what lies beside a codebook.
SIGNALS = {
    "image": torch.linspace(-1, 1, 40)[None, None, None].expand(1, 3, 24, -1),
    "audio": 0.3 * torch.sin(torch.arange(5000) / 9)[None, None],
    "text": torch.eye(256)[torch.arange(97, 117)].t()[None],
}
NAMED = {"image": "OpenStax", "audio": "LibriSpeech", "text": "Standard Ebooks"}
LITTLE = {"digits-vq": "MNIST", "emoji-vq": "Noto Emoji"}  # whose pictures are others
SHEETS = {"image": ("tiles.jpg", "exemplars.webp"), "audio": (), "text": ()}
ZOO = Zoo(FOLDER)
CARDS = ZOO.catalogue()


def test_all_of_it_is_listed_and_small_enough() -> None:
    listed = {card.name for card in CARDS} | {card.name for card in joints.joints()}
    assert listed == {path.name for path in FOLDER.iterdir()} >= {"image-vq"}
    weights = [path.stat().st_size for path in FOLDER.rglob("*.safetensors")]
    assert max(weights) <= LARGEST and sum(weights) <= LARGEST_TOGETHER
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= LARGEST_FOLDER


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_codec_goes_there_and_back_and_has_a_card(card) -> None:
    codec = ZOO.load(card.name)
    signal = SIGNALS[card.modality]
    with torch.inference_mode():
        output = codec.reconstruct(signal)
        assert output.shape == signal.shape and output.isfinite().all()
        if card.num_codebooks:
            torch.testing.assert_close(codec.decode(codec.encode(signal)), output, atol=1e-4, rtol=0)
    text = (FOLDER / card.name / "card.md").read_text(encoding="utf-8")
    for said in (
        card.title,
        card.paper,
        " validation ",
        LITTLE.get(card.name, NAMED[card.modality]),
        f"train {card.name}",
    ):
        assert said in text, said


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_codebook_is_described(card) -> None:
    folder, last = FOLDER / card.name, card.num_codebooks
    for k in range(card.num_codebooks):
        book = json.loads(gzip.decompress((folder / part_name(BOOK, k)).read_bytes()))
        assert (book["codebook_size"], len(book["counts"]), book["codec"]) == (card.codebook_size,) * 2 + (card.name,)
        for name in SHEETS[card.modality]:
            Image.open(folder / part_name(name, k)).verify()
    assert not (folder / part_name(BOOK, last)).exists()


def test_every_prior_is_listed_has_a_card_and_makes_the_same_twice() -> None:
    folders = {path.name for path in FOLDER.glob("*/priors/*")}
    assert {card.name for card in makers.priors()} == folders >= {"digits-masked"}
    for card in makers.priors():
        text = (makers.folder_of(card.name) / "card.md").read_text(encoding="utf-8")
        for said in (card.title, card.paper, "Measured", f"train {card.name}"):
            assert said in text, (card.name, said)
        prior = makers.load_prior(card.name)
        first, again = [list(prior.sample(1, steps=2, seed=3))[-1].tokens for _ in range(2)]
        assert torch.equal(first.indices, again.indices) and first.indices.shape[1:] == card.grid, card.name


def test_every_joint_model_is_listed_and_has_a_card() -> None:
    folders = {path.name for path in FOLDER.glob("joint-*")}
    assert {card.name for card in joints.joints()} == folders
    for card in joints.joints():
        text = (FOLDER / card.name / "card.md").read_text(encoding="utf-8")
        assert card.title in text and f"train {card.name}" in text
        assert joints.load_joint(card.name).joint.config.meanings == card.meanings
