"""Bits that are learned from levels: a binary quantizer taught by a scalar one.

Left to itself, an encoder that may only answer yes or no settles early on a poor set of questions. Levels are in
order, and are found more easily. Written in Gray code (Gray 1953), in which neighbouring levels differ in one bit,
they are good questions to begin with: above the middle? in the middle half? The teacher's latents are cut into
2^b levels a channel; the encoder learns the bits, the decoder to undo them, and then both go on by themselves.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from .recipes import Lessons

FIRST_BATCHES = 12  # of the teacher's latents, to find the levels
ROUNDS = 30  # of Lloyd's algorithm in one dimension, more than enough
SEEN = 16_384  # latents of a channel that it looks at


class Teacher:
    """A trained codec of a few channels, and how their values become bits."""

    def __init__(self, lessons: Lessons, codec: Codec, signals: Callable[[int], Tensor]) -> None:
        """signals  step → (B, C, *size), of which the first few are looked at.

        Raises InputError when the codec has another number of channels than there are lessons for.
        """
        self.codec, self.bits = codec, lessons.bits
        with torch.inference_mode():
            given = [codec.latents(signals(step)).float().movedim(1, -1) for step in range(FIRST_BATCHES)]
        values = torch.cat([each.flatten(0, -2) for each in given])  # (N, D)
        if values.shape[1] != len(self.bits):
            raise InputError(
                "“{name}” has {count} channels, the lessons are for {wanted}.",
                name=codec.name,
                count=values.shape[1],
                wanted=len(self.bits),
            )
        columns = zip(values.t(), self.bits, strict=True)
        self.centres = [levels(column[:SEEN].contiguous(), 2**bits) for column, bits in columns]
        self.values = values[:SEEN]

    def asks(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher's latents (B, D, *grid) → bits (B, Σ b, *grid) of 0 and 1, the highest of a channel first, and
        the levels' centres (B, D, *grid)."""
        bits, snapped = [], []
        for k, (centres, count) in enumerate(zip(self.centres, self.bits, strict=True)):
            level = torch.bucketize(latents[:, k].contiguous(), (centres[1:] + centres[:-1]) / 2)
            gray = level ^ (level >> 1)
            bits += [(gray >> place) & 1 for place in reversed(range(count))]
            snapped.append(centres[level])
        return torch.stack(bits, 1).float(), torch.stack(snapped, 1)

    @torch.no_grad()
    def prepare(self, pupil: Codec) -> None:
        """Gives the pupil's decoder a first layer that undoes the bits as well as a straight line can."""
        bits, snapped = self.asks(self.values.t()[None])
        signs = 2 * bits[0].t() - 1  # (N, Σ b)
        line = torch.linalg.lstsq(F.pad(signs, [0, 1], value=1.0), snapped[0].t()).solution
        own, theirs = pupil.decoder.layers[0], self.codec.decoder.layers[0]
        into = theirs.weight.flatten(1)  # (W, D)
        own.weight.copy_((into @ line[:-1].t() / pupil.quantizer.scale).reshape(own.weight.shape))
        own.bias.copy_(theirs.bias + into @ line[-1])

    def lesson(self, pupil: Codec, signal: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the pupil's decoder makes (B, C, *size) of the right bits, its encoder's latents, and a loss () of how
        wrong that is about them, in nats a bit."""
        with torch.no_grad():
            bits, _ = self.asks(self.codec.latents(signal).float())
        features = pupil.encoder(signal)
        output = pupil.render((2 * bits - 1) * pupil.quantizer.scale, signal.shape[2:])
        wrong = F.binary_cross_entropy_with_logits(features.float(), bits)
        return output, pupil.quantizer.project(features), wrong


def levels(values: Tensor, count: int) -> Tensor:
    """(N,) → (count,) centres with the least squared error, in order (Lloyd 1957)."""
    centres = torch.quantile(values, (torch.arange(count) + 0.5) / count)
    for _ in range(ROUNDS):
        nearest = torch.bucketize(values, (centres[1:] + centres[:-1]) / 2)
        sums = torch.zeros(count).index_add_(0, nearest, values)
        counts = nearest.bincount(minlength=count)
        centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
    return centres
