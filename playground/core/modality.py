"""What a medium is: the door between the world and the tensors that a codec takes and gives."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a bench of fixed size takes of a picture, a sound or a text.

    signal  (1, C, *size)
    source  what the whole was that it was cut from, numbers by name: {"height": …, "width": …} in pixels,
            {"seconds": …, "rate_hz": …, "channels": …}
    """

    signal: Tensor
    source: dict[str, float]


class Modality(Protocol):
    """A medium. `read` and `fit` raise InputError for what they cannot take, in the visitor's words.

    kind  "image", …
    rank  axes of a signal's size: 2 for (H, W), 1 for (T,)
    """

    kind: str
    rank: int

    def read(self, raw: Any) -> Tensor:
        """The whole of `raw` as a signal (1, C, *size), float32 in [−1, 1]."""

    def fit(self, raw: Any, length: int, *, at: float) -> Fitted:
        """The part of `raw` that fills a bench of `length` along every axis; `at` says where, 0 … 1 of what is left."""

    def write(self, signal: Tensor) -> Any:
        """A signal (1, C, *size) as what the world calls it: a PIL image, …"""

    def save(self, raw: Any, path: Path) -> None:
        """Writes what `write` gives to a file, in the format that its ending names; ValueError for an unknown one."""

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """How near two signals (B, C, *size) are, each number named with its unit."""
