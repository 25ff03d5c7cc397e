"""What a prior can be asked for, in words."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..core.errors import InputError

NEAR = 5  # classes that are named instead of an unknown one


@dataclass(frozen=True)
class Vocabulary:
    """Labels the network knows, and the classes they make up.

    labels   (N,) each a class of its own, or a word that many classes share
    classes  name → numbers of its labels, from coarse to fine
    """

    labels: tuple[str, ...] = ()
    classes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[tuple[str, ...]]) -> "Vocabulary":
        """Of things labelled from coarse to fine, ("animals & nature", "mammals", "cat"), all with as many labels.

        Each becomes a class, coarse ones first, with the labels of those above it and one of its own. Of
        several levels the finest has its words instead, so that what is called alike is near. Where a coarser
        class, or one elsewhere, has the name already, that of the class above stands in front: "people: activities".
        """
        items, labels, classes, names = list(items), {}, {}, {}
        depth = max(map(len, items), default=0)
        for level in range(depth):
            for item in sorted({item[: level + 1] for item in items}):
                own = _words(item[level]) if 0 < level == depth - 1 else [f"{level}: {item[level]}"]
                above = classes[names[item[:level]]] if level else ()
                numbers = tuple(labels.setdefault(label, len(labels)) for label in own)
                names[item] = _prefixed(item) if item[level] in classes and level else item[level]
                classes[names[item]] = tuple(dict.fromkeys(above + numbers))
        return cls(tuple(labels), classes)

    @classmethod
    def from_dict(cls, data: dict) -> "Vocabulary":
        """From lists, as JSON holds them."""
        return cls(tuple(data["labels"]), {name: tuple(numbers) for name, numbers in data["classes"].items()})

    def row(self, wanted: str) -> Tensor:
        """(N,) float: 1 for every label of a class, or of words that some classes have; zeros for "".

        Raises InputError for what is neither, naming classes near to it.
        """
        row, name = torch.zeros(len(self.labels)), wanted.strip().casefold()
        if not name:
            return row
        for known, numbers in self.classes.items():
            if known.casefold() == name:
                row[list(numbers)] = 1
                return row
        words = [word for word in _words(name) if word in self.labels]
        if not words or len(words) < len(_words(name)):
            near = self._near(name)
            raise InputError("There is no class “{name}”. Near to it: {near}.", name=wanted[:80], near=", ".join(near))
        row[[self.labels.index(word) for word in words]] = 1
        return row

    def name(self, item: tuple[str, ...]) -> str | None:
        """Of the class of a thing labelled from coarse to fine, None where there is none."""
        return next((name for name in (_prefixed(item), item[-1]) if name in self.classes), None)

    def drawn(self, wanted: str, n: int, *, seed: int) -> tuple[str, ...]:
        """What each of n samples is asked for by: of a class with finer ones below it one of the finest, by chance,
        each as likely as any other; else what is wanted.

        So a group is what its members are, and not the mean of them: p(x | group) is the mean of p(x | name) over the
        names in it. Each of the n has a chance of its own: it is the same however many.
        """
        names = self._below(wanted)
        if not names:
            return (wanted,) * n
        chances = [torch.Generator().manual_seed((seed * 1_000_003 + i) % 2**63) for i in range(n)]
        return tuple(names[int(torch.randint(len(names), (), generator=chance))] for chance in chances)

    def _below(self, wanted: str) -> list[str]:
        """The finest classes below a class; none of the finest themselves, or of words."""
        coarse = {n for n, label in enumerate(self.labels) if label.partition(": ")[0].isdigit()}
        above = next(
            (set(own) for name, own in self.classes.items() if name.casefold() == wanted.strip().casefold()), {0.5}
        )
        if not above <= coarse:
            return []
        return [name for name, own in self.classes.items() if above < set(own) and not set(own) <= coarse]

    def _near(self, name: str) -> list[str]:
        """Classes written alike, and those with a word in common."""
        words = set(_words(name))
        alike = difflib.get_close_matches(name, self.classes, n=NEAR, cutoff=0.5)
        shared = [known for known in self.classes if words & set(_words(known))]
        shared.sort(key=lambda known: (-len(words & set(_words(known))), len(known)))
        return list(dict.fromkeys(alike[:3] + shared[:2] + alike + shared + list(self.classes)))[:NEAR]


def _prefixed(item: tuple[str, ...]) -> str:
    return ": ".join(item[-2:])


def _words(name: str) -> list[str]:
    """Lower-case words without commas: "cook: man" → ["cook", "man"]."""
    return [word for word in "".join(c if c.isalnum() or c in "-’'" else " " for c in name.casefold()).split() if word]
