"""What a prior can be asked for."""

import pytest

from playground.core.errors import InputError
from playground.priors.labels import Vocabulary
from tests.priors.conftest import ITEMS

WORDS = Vocabulary.of(ITEMS)


def said(wanted: str) -> set[str]:
    return {WORDS.labels[i] for i in WORDS.row(wanted).nonzero()[:, 0]}


def test_a_class_has_its_own_labels_and_those_above_it() -> None:
    assert said("round") == {"0: round"} and said("fruit") == {"0: round", "1: fruit"}
    assert said("red apple") == {"0: round", "1: fruit", "red", "apple"}
    assert said("") == set()


def test_classes_are_listed_from_coarse_to_fine() -> None:
    assert list(WORDS.classes) == ["long", "round", "tool", "fruit", "red hammer", "green apple", "red apple"]


def test_words_may_be_combined_as_no_class_does() -> None:
    assert said("green hammer") == {"green", "hammer"}
    assert said("  Red APPLE ") == said("red apple")


def test_digits_are_classes_of_one_label_each() -> None:
    digits = Vocabulary.of([("3",), ("1",), ("3",)])
    assert list(digits.classes) == ["1", "3"] and digits.row("3").tolist() == [0, 1]


def test_an_unknown_class_is_answered_by_near_ones() -> None:
    with pytest.raises(InputError, match=r"“red aple”.*red apple"):
        WORDS.row("red aple")
    with pytest.raises(InputError, match="red hammer"):
        WORDS.row("hammer of doom")


def test_lists_as_json_holds_them_give_the_same() -> None:
    data = {"labels": list(WORDS.labels), "classes": {name: list(n) for name, n in WORDS.classes.items()}}
    assert Vocabulary.from_dict(data) == WORDS


def test_of_a_group_one_in_it_is_drawn_and_of_all_else_itself() -> None:
    drawn = WORDS.drawn("round", 60, seed=3)
    assert set(drawn) == {"red apple", "green apple"} and WORDS.drawn("round", 5, seed=3) == drawn[:5]
    assert set(WORDS.drawn("tool", 4, seed=0)) == {"red hammer"}
    assert WORDS.drawn("round", 60, seed=4) != drawn
    for itself in ("red apple", "green hammer", ""):
        assert WORDS.drawn(itself, 2, seed=1) == (itself, itself)
    digits = Vocabulary.of([("1",), ("3",)])
    assert digits.drawn("3", 2, seed=1) == ("3", "3")


def test_what_is_called_like_a_coarser_class_is_a_class_of_its_own() -> None:
    items = [("play", "ball", "football"), ("people", "play", "woman running"), ("people", "tall", "tall")]
    known = Vocabulary.of(items)
    assert known.name(("play",)) == "play" and known.name(("people", "play")) == "people: play"
    assert known.name(items[2]) == "tall: tall" and known.name(("people", "small")) is None
    assert {known.labels[i] for i in known.row("woman running").nonzero()[:, 0]} == {
        "0: people",
        "1: play",
        "woman",
        "running",
    }
    assert known.drawn("play", 5, seed=1) == ("football",) * 5
