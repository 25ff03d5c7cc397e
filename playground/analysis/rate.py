"""What tokens cost to keep or send."""

from dataclasses import dataclass
from math import prod

from ..core.spectrogram import RATE
from ..core.tokens import Tokens
from .usage import count_codes


@dataclass(frozen=True)
class RateUnit:
    """How the rate of a medium is told: `per_position` times the bits a position of the signal."""

    unit: str
    per_position: float


RATE_UNITS = {
    "image": RateUnit("bits/pixel", 1.0),
    "audio": RateUnit("kb/s", RATE / 1000),
    "text": RateUnit("bits/byte", 1.0),
}


@dataclass(frozen=True)
class Rate:
    """The cost of one item.

    bits        every index written with log2(V) bits
    coded_bits  with an ideal entropy coder that knows how often each code occurs here, and
                nothing else (order 0); the table of frequencies itself is not counted
    samples     positions of the signal: pixels of a picture
    prior_bits  with an arithmetic coder that knows what a causal prior expects; None where there is none
    tokens      how many indices these are the bits of, and
    side_bits   how many of `bits`, of `coded_bits` and of `prior_bits` are not theirs, but say what they are
    """

    bits: float
    coded_bits: float
    samples: int
    prior_bits: float | None = None
    tokens: int = 0
    side_bits: tuple[int, ...] = ()

    @property
    def rate_bpp(self) -> float:
        """bits/pixel (per position of the signal), fixed length."""
        return self.bits / self.samples

    @property
    def coded_rate_bpp(self) -> float:
        """bits/pixel (per position of the signal), entropy-coded."""
        return self.coded_bits / self.samples


def measure_rate(tokens: Tokens) -> Rate:
    """The rate of `tokens`, averaged over their items, which share one frequency table a codebook."""
    entropies = [count_codes(tokens, k).entropy_bits for k in range(tokens.num_codebooks)]
    return Rate(tokens.bits, sum(entropies) * prod(tokens.grid), prod(tokens.size))
