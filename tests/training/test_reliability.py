"""Reliability is learned from corrupted evidence, and what it is worth is measured."""

import random
from pathlib import Path

import pytest
import torch

from playground.core.framing import written
from playground.models.findings import Findings, Known
from playground.training import corruptions
from playground.training.evidence import NOTHING, meaningless, training_evidence
from playground.training.fusion_table import area, fusion_table
from playground.training.reliability import calibrate, train_reliability
from tests.training.tiny_joint import tiny_joint, tiny_triples, write_data


def test_what_means_nothing_is_made_for_every_sense_and_differs_between_splits(tmp_path: Path) -> None:
    triples = tiny_triples(write_data(tmp_path))
    for sense in ("pictures", "sounds", "words"):
        train, val = (meaningless(sense, triples, tmp_path, split, 6, seed=1) for split in ("train", "val"))
        assert train.keys() == val.keys()
        assert all(len(signals) == 6 for kind, signals in train.items() if kind != corruptions.PHOTOGRAPHS)
    taught = {"one", "two", "three", "一", "二", "三", "yi", "er", "san"}
    words = [set(written(corruptions.nonsense(triples, split, 400, random.Random(0)))) for split in ("train", "val")]
    assert not (words[0] | words[1]) & taught
    assert not {word.lower() for word in words[0]} & {word.lower() for word in words[1]}


def test_occlusion_hides_what_it_says(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    hidden = corruptions.occluded_pictures(torch.ones(4, 3, 32, 32), 10, generator=generator)
    assert (hidden == 0).sum((1, 2, 3)).tolist() == [300] * 4
    silenced = corruptions.occluded_sounds(torch.ones(4, 1_000), 0.25, generator=generator)
    assert ((silenced == 0).sum(1) - 250).abs().max() <= 1


def test_reliability_tells_what_it_knows_from_what_it_does_not(tmp_path: Path) -> None:
    data = write_data(tmp_path)
    joint, triples = tiny_joint(data), tiny_triples(data)
    evidence = training_evidence(joint, triples, data, "train", 32, seed=0)
    network = train_reliability(joint, evidence, 1.0, steps=60)
    calibrate(joint, network, evidence, 1.0)
    for sense, items in evidence.items():
        known, nothing = items.meanings != NOTHING, items.meanings == NOTHING
        trust = network(sense, items.features)
        assert area(trust.known[known], trust.known[nothing]) > 0.8
    known = Known("tiny", tmp_path, joint, Findings("digits"), network)
    table = fusion_table(known, tiny_triples(data, "val"), data)
    assert {"both: noise 3", "picture + junk word", "sound: silence"} <= {row.name for row in table.rows}
    assert table.calibration.keys() == {"fused", "pictures", "sounds", "words"}


def test_the_area_under_the_curve_is_that_of_pairs_in_order() -> None:
    assert area(torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0])) == 1
    assert area(torch.tensor([1.0, 1.0]), torch.tensor([1.0])) == 0.5
    assert area(torch.tensor([0.0, 2.0]), torch.tensor([1.0])) == pytest.approx(0.5)
