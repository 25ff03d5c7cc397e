"""Bits that are learned from levels: a binary quantizer taught by a scalar one.

Left to itself, an encoder that may only answer yes or no settles early on a poor set of questions. Levels are in
order, and are found more easily. Written in Gray code (Gray 1953), in which neighbouring levels differ in one bit,
they are good questions to begin with: above the middle? in the middle half? A codec whose channels take 2^b levels
each is the teacher; the encoder learns the bits, the decoder to undo them, and then both go on by themselves.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError


class Teacher:
    """A trained codec of a few channels of levels, written as bits."""

    def __init__(self, codec: Codec) -> None:
        """Raises InputError for a codec without levels, or with levels that no number of bits is just enough for."""
        levels = getattr(codec.quantizer, "levels", ())
        self.codec, self.bits = codec, tuple(level.bit_length() - 1 for level in levels)
        if not levels or levels != tuple(2**bits for bits in self.bits):
            raise InputError(
                "“{name}” cannot teach bits: each of its channels would need 4, 8 or 16 levels.", name=codec.name
            )

    def asks(self, indices: Tensor) -> Tensor:
        """Teacher's codes (B, 1, *grid) → bits (B, Σ b, *grid) of 0 and 1, the highest of a channel first."""
        bits = []
        for count in self.bits:
            level, indices = indices % 2**count, indices >> count
            gray = level ^ (level >> 1)
            bits += [(gray >> place) & 1 for place in reversed(range(count))]
        return torch.cat(bits, 1).float()

    @torch.no_grad()
    def prepare(self, pupil: Codec) -> None:
        """Gives the pupil's decoder a first layer that undoes the bits as well as a straight line can.

        Raises InputError when the pupil has more bits or fewer.
        """
        if pupil.quantizer.dim != sum(self.bits):
            raise InputError(
                "“{name}” teaches {count} bits, the recipe has {wanted}.",
                name=self.codec.name,
                count=sum(self.bits),
                wanted=pupil.quantizer.dim,
            )
        codes = self.codec.quantizer.codebook()  # (V, D)
        signs = 2 * self.asks(torch.arange(len(codes), device=codes.device)[:, None]) - 1  # (V, Σ b)
        line = torch.linalg.lstsq(F.pad(signs, [0, 1], value=1.0), codes).solution
        own, theirs = pupil.decoder.layers[0], self.codec.decoder.layers[0]
        into = theirs.weight.flatten(1)  # (W, D)
        own.weight.copy_((into @ line[:-1].t() / pupil.quantizer.scale).reshape(own.weight.shape))
        own.bias.copy_(theirs.bias + into @ line[-1])

    def lesson(self, pupil: Codec, signal: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the pupil's decoder makes (B, C, *size) of the right bits, its encoder's latents, and a loss () of how
        wrong that is about them, in nats a bit."""
        with torch.no_grad():
            bits = self.asks(self.codec.quantizer.nearest(self.codec.latents(signal)))
        features = pupil.encoder(signal)
        output = pupil.render((2 * bits - 1) * pupil.quantizer.scale, signal.shape[2:])
        wrong = F.binary_cross_entropy_with_logits(features.float(), bits)
        return output, pupil.quantizer.project(features), wrong
