"""One sequence of all codes there are: shared ones, a picture's, a sound's, a word's; and who fills its gaps."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .dit import Trunk, TrunkConfig

PARTS = ("concept", "pictures", "sounds", "words")


@dataclass(frozen=True)
class Segment:
    """Neighbouring places of a sequence that choose from the same codes.

    part         whose they are
    start, stop  the places
    first        number of its first code in the one vocabulary
    codes        how many it chooses from
    """

    part: str
    start: int
    stop: int
    first: int
    codes: int


class Layout:
    """Where in the sequence and in the vocabulary each part stands.

    Each part of `rows` is a list of (places, codes); the concept comes first, and the first place of every
    other part is its style: the look, the voice, the tongue.
    """

    def __init__(self, rows: dict[str, list[tuple[int, int]]]) -> None:
        self.segments: list[Segment] = []
        place = code = 0
        for part, pieces in rows.items():
            for places, codes in pieces:
                self.segments.append(Segment(part, place, place + places, code, codes))
                place, code = place + places, code + codes
        self.length, self.codes = place, code
        offsets = [torch.full((s.stop - s.start,), s.first, device="cpu") for s in self.segments]
        self.offsets = torch.cat(offsets)  # (T,): a code's own number and this are its number in the vocabulary

    def places(self, part: str) -> slice:
        """Where a part stands in the sequence."""
        own = [segment for segment in self.segments if segment.part == part]
        return slice(own[0].start, own[-1].stop)


class Generator(nn.Module):
    """Guesses hidden codes of a sequence (B, T) from those that are seen.

    One transformer over one vocabulary for all modalities (Mizrahi et al. 2023, 4M: Massively Multimodal Masked
    Modeling, section 2). The mean of what stands at the shared codes' places conditions each layer too.
    """

    def __init__(self, layout: Layout, *, width: int, depth: int, head: int) -> None:
        super().__init__()
        self.layout = layout
        self.codes = nn.Embedding(layout.codes + 1, width)
        self.condition = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.trunk = Trunk(TrunkConfig(grid=(1, 1, layout.length), width=width, depth=depth, head=head))
        self.guess = nn.Linear(width, layout.codes)
        self.register_buffer("offsets", layout.offsets, persistent=False)
        nn.init.normal_(self.codes.weight, std=0.5)
        nn.init.zeros_(self.guess.weight)

    def forward(self, indices: Tensor, hidden: Tensor) -> list[Tensor]:
        """Indices (B, T), of which `hidden` (B, T) are not seen → logits (B, places, codes) of each segment."""
        x, _ = self.trunk(*self.placed(indices, hidden))
        weight, bias = self.guess.weight, self.guess.bias
        guesses = []
        for s in self.layout.segments:
            own = slice(s.first, s.first + s.codes)
            guesses.append(F.linear(x[:, s.start : s.stop], weight[own], bias[own]))
        return guesses

    def placed(self, indices: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """What the trunk takes: a vector for each place (B, T, W), and what the shared codes say (B, W)."""
        seen = self.codes(torch.where(hidden, self.layout.codes, indices + self.offsets))
        return seen, self.condition(seen[:, self.layout.places("concept")].mean(1))

    def nats(self, indices: Tensor, hidden: Tensor) -> dict[str, Tensor]:
        """Cross-entropy () of the hidden codes of each part, the mean over them."""
        sums = dict.fromkeys(PARTS, 0.0)
        for s, logits in zip(self.layout.segments, self(indices, hidden), strict=True):
            here = slice(s.start, s.stop)
            nats = F.cross_entropy(logits.float().transpose(1, 2), indices[:, here], reduction="none")
            sums[s.part] = sums[s.part] + (nats * hidden[:, here]).sum()
        return {part: total / hidden[:, self.layout.places(part)].sum().clamp(min=1) for part, total in sums.items()}
