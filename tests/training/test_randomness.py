"""Chance is a training's own: other threads that draw, seed or train do not change it, nor are they changed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from playground.data import little
from playground.training.randomness import SeededDraws
from playground.training.small import NAMES, Settings
from playground.training.watched import Watched
from tests.training.threads import another_thread_draws

PICTURES = little.shapes()[:16]


DRAWS: dict[str, Callable[[], Tensor]] = {
    "rand": lambda: torch.rand(5),
    "randint": lambda: torch.randint(9, (5,)),
    "normal_": lambda: torch.empty(5).normal_(),
    "rand_like": lambda: torch.rand_like(torch.empty(5)),
    "randn_like": lambda: torch.randn_like(torch.empty(5)),
    "linear": lambda: nn.Linear(4, 3).weight.detach(),
    "embedding": lambda: nn.Embedding(4, 3).weight.detach(),
    "dropout": lambda: F.dropout(torch.ones(40)),
    "gumbel": lambda: F.gumbel_softmax(torch.zeros(4, 6), hard=True),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_draw_depends_on_the_seed_alone_and_leaves_the_global_generator(name: str) -> None:
    draw, before = DRAWS[name], torch.get_rng_state()
    with SeededDraws(3):
        first, second = draw(), draw()
    with SeededDraws(3):
        again = draw()
    with SeededDraws(4):
        other = draw()
    assert torch.equal(first, again) and not torch.equal(first, second) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_numbers_are_those_of_the_global_generator_seeded_alike() -> None:
    with SeededDraws(5):
        layer = nn.Linear(4, 3)
    torch.manual_seed(5)
    assert torch.equal(layer.weight, nn.Linear(4, 3).weight)


def test_what_is_dropped_and_chosen_keeps_its_mean() -> None:
    with SeededDraws(0):
        kept = F.dropout(torch.ones(4000), 0.3)
        chosen = F.gumbel_softmax(torch.tensor([0.7, 0.3]).log().expand(4000, 2), hard=True)
    assert abs(kept.mean() - 1) < 0.05 and kept.unique().tolist() == pytest.approx([0, 1 / 0.7])
    assert abs(chosen[:, 0].mean() - 0.7) < 0.03 and torch.equal(chosen.sum(1), torch.ones(4000))


def weights_of(watched: Watched, steps: int = 4) -> dict[str, Tensor]:
    for _ in range(steps):
        watched.advance()
    return {name: tensor.clone() for name, tensor in watched.run.codec.state_dict().items()}


@pytest.mark.parametrize("quantizer", NAMES)
def test_a_live_training_beside_other_threads_equals_itself_alone(quantizer: str) -> None:
    settings = Settings(quantizer=quantizer, codebook_size=16, num_codebooks=2, dim=4)
    alone = weights_of(Watched(settings, PICTURES))
    with another_thread_draws():
        beside = weights_of(Watched(settings, PICTURES))
    assert all(torch.equal(alone[name], beside[name]) for name in alone)


def test_two_trainings_at_once_each_equal_themselves_alone() -> None:
    both = [Settings(quantizer=name, codebook_size=16, num_codebooks=2, dim=4) for name in ("rvq", "gumbel")]
    alone = [weights_of(Watched(settings, PICTURES), 8) for settings in both]
    found: dict[int, dict[str, Tensor]] = {}

    def train(number: int) -> None:
        found[number] = weights_of(Watched(both[number], PICTURES), 8)

    threads = [threading.Thread(target=train, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, weights in enumerate(alone):
        assert all(torch.equal(weights[name], found[number][name]) for name in weights)


def test_a_joint_training_beside_other_threads_equals_itself_alone(tmp_path: Path) -> None:
    from playground.training.joint import train_joint
    from tests.training.tiny_joint import TINY, write_data

    data = write_data(tmp_path / "data")
    brief = replace(TINY, fusion=replace(TINY.fusion, steps=3), generator=replace(TINY.generator, steps=3))
    list(train_joint(brief, data, tmp_path / "alone"))
    with another_thread_draws():
        list(train_joint(brief, data, tmp_path / "beside"))
    name = "checkpoint/model.safetensors"
    assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / "beside" / name).read_bytes()
