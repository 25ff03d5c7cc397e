"""What all priors share: what they are asked for, and what they show at every step."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn

from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..models.dit import TrunkConfig
from .labels import Vocabulary

MOST_STEPS = 1000
LARGEST_SEED = 2**40
STEPS = {"masked": 12, "flow": 50}  # usual ones; a causal prior takes as many as there are tokens
RANGES = {"temperature": (0.01, 10.0), "top_p": (0.01, 1.0), "guidance": (0.0, 20.0), "choice_temperature": (0.0, 50.0)}


@dataclass(frozen=True)
class Sampling:
    """How codes are chosen among the likely ones.

    temperature         below 1 the likely become likelier, above 1 all become alike; a flow's noise is scaled by it
    top_k               only so many of the likeliest codes, 0 for all
    top_p               only the likeliest codes that hold this share of the probability
    guidance            how far to go from no class to the class, and beyond: 1 is the class as it was learned
                        (Ho, Salimans 2022, Classifier-Free Diffusion Guidance); None is the prior's own best
    choice_temperature  of the masked prior: how much chance there is in which cells are kept

    Raises InputError for numbers outside RANGES.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    guidance: float | None = None
    choice_temperature: float = 4.5

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(
                    "{setting} must lie between {low} and {high}.", setting=name.replace("_", " "), low=low, high=high
                )
        if self.top_k < 0:
            raise InputError("top k must be 0, for all codes, or more.")


@dataclass(frozen=True)
class PriorConfig:
    """Everything needed to rebuild a prior's network.

    kind           "causal", "masked" or "flow"
    codec          name of the codec whose tokens it makes
    codes          fingerprint of that codec's codebooks: with other codes its tokens would mean something else
    codebook_size  V
    dim            D, the width of the codec's latents
    stride         samples a cell stands for, along every axis
    trunk          shape of the network; its grid is (K, *grid)
    guidance       how strongly it is best asked for a class
    sampling       how its codes are best chosen; what this leaves open is `guidance`
    steps          in how many it is best sampled; None is what its kind usually takes
    """

    name: str
    kind: str
    codec: str
    codes: str
    codebook_size: int
    dim: int
    stride: int
    trunk: TrunkConfig = field(default_factory=TrunkConfig)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    guidance: float = 1.0
    sampling: Sampling = field(default_factory=Sampling)
    steps: int | None = None

    @property
    def usual_steps(self) -> int:
        """In how many it is sampled unless told."""
        return self.steps or STEPS.get(self.kind, self.trunk.length)

    @property
    def usual_guidance(self) -> float:
        """How strongly it is asked unless told."""
        return self.guidance if self.sampling.guidance is None else self.sampling.guidance

    @property
    def size(self) -> tuple[int, ...]:
        """Of the signal its tokens stand for."""
        return tuple(length * self.stride for length in self.trunk.grid[1:])

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "PriorConfig":
        """What `to_dict` gave. Raises ValueError or TypeError for unknown or missing entries."""
        trunk = data["trunk"] | {"grid": tuple(data["trunk"]["grid"])}
        vocabulary = Vocabulary.from_dict(data["vocabulary"])
        sampling = Sampling(**data.get("sampling", {}))
        return cls(**data | {"trunk": TrunkConfig(**trunk), "vocabulary": vocabulary, "sampling": sampling})


@dataclass(frozen=True, eq=False)
class Given:
    """Cells that stay as they are, the others are to be filled.

    indices  (1 or n, K, *grid) int64
    known    (1 or n, K, *grid) bool; of the others `indices` means nothing

    Raises InputError when there is nothing left to fill.
    """

    indices: Tensor
    known: Tensor

    def __post_init__(self) -> None:
        if self.known.shape != self.indices.shape or self.known.dtype != torch.bool:
            raise ValueError(f"known {tuple(self.known.shape)} does not fit indices {tuple(self.indices.shape)}")
        if self.known.flatten(1).all(1).any():
            raise InputError("Every cell is filled already. Clear those that are to be made anew.")


@dataclass(frozen=True, eq=False)
class Step:
    """One picture of a prior at work.

    step, steps  which of how many
    tokens       (n, K, *grid) what stands there; of cells not yet filled what is likeliest, or 0 if nobody has looked
    filled       (n, K, *grid) bool
    probability  (n, K, *grid) in [0, 1], of the code that stands there; of a flow that of the one it is heading for
    entropy      (n, K, *grid) bits, of the choice when it was last looked at
    latents      (n, D, *grid) where a flow is now, between noise and codes; None for the others
    """

    step: int
    steps: int
    tokens: Tokens
    filled: Tensor
    probability: Tensor
    entropy: Tensor
    latents: Tensor | None = None


class Prior(Protocol):
    """A maker of tokens. Every step is a picture, the last is the result; one seed always gives the same.

    sample  without `sampling` and `steps` as the config says is best
    loss    of rows (B, T), as `in_rows` gives them, where (B, N) is wanted: a number () to train with
    cost    of the same (B,): the bits that each is judged by
    """

    config: PriorConfig
    codec: Codec
    network: nn.Module

    def sample(
        self,
        n: int,
        *,
        wanted: str = "",
        steps: int | None = None,
        seed: int = 0,
        given: Given | None = None,
        sampling: Sampling | None = None,
    ) -> Iterator[Step]: ...

    def loss(self, indices: Tensor, wanted: Tensor) -> Tensor: ...

    def cost(self, indices: Tensor, wanted: Tensor) -> Tensor: ...


def check_request(config: PriorConfig, n: int, steps: int, seed: int, given: Given | None) -> None:
    """Raises InputError for what no prior can do, ValueError for cells of another grid."""
    if n < 1:
        raise InputError("At least one picture has to be made.")
    if not 1 <= steps <= MOST_STEPS:
        raise InputError("The number of steps must lie between 1 and {most}.", most=MOST_STEPS)
    if not 0 <= seed < LARGEST_SEED:
        raise InputError("A seed is a number from 0 to {most}.", most=LARGEST_SEED - 1)
    if given and (tuple(given.indices.shape[1:]) != config.trunk.grid or len(given.indices) not in (1, n)):
        raise ValueError(f"cells {tuple(given.indices.shape)} for {n} grids of {config.trunk.grid}")


def in_rows(values: Tensor) -> Tensor:
    """(n, K, *grid) → (n, T): cell after cell in reading order, and of each all codebooks, the coarse one first.

    So whoever goes along a row of a sound or a text goes on in time.
    """
    return values.movedim(1, -1).flatten(1)


def on_grid(config: PriorConfig, rows: Tensor) -> Tensor:
    """(n, T) → (n, K, *grid): what `in_rows` was given."""
    codebooks, *grid = config.trunk.grid
    return rows.reshape(len(rows), *grid, codebooks).movedim(-1, 1).contiguous()


def start_cells(config: PriorConfig, n: int, given: Given | None) -> tuple[Tensor, Tensor]:
    """Rows of indices (n, T) int64 and of what is filled (n, T) bool: what is given, and nothing else."""
    length = config.trunk.length
    if given is None:
        return torch.zeros(n, length, dtype=torch.int64), torch.zeros(n, length, dtype=torch.bool)
    filled = in_rows(given.known).expand(n, -1)
    return torch.where(filled, in_rows(given.indices).expand(n, -1), 0), filled.clone()


def as_tokens(config: PriorConfig, indices: Tensor) -> Tokens:
    """Indices on a grid (n, K, *grid) → Tokens of the prior's codec."""
    return Tokens(indices, config.codebook_size, config.size, config.codec)


def shown(
    config: PriorConfig, place: tuple[int, int], indices: Tensor, filled: Tensor, probability: Tensor, entropy: Tensor
) -> Step:
    """A Step, the first of `place` of as many as the second says, of rows (n, T) that may change afterwards."""
    cells = [on_grid(config, values.clone()) for values in (indices, filled, probability, entropy)]
    return Step(*place, as_tokens(config, cells[0]), *cells[1:])


def noise(n: int, shape: tuple[int, ...], *, seed: int, gaussian: bool = False) -> Tensor:
    """(n, *shape), Gumbel noise or Gaussian. Each of the n has a chance of its own: it is the same however many."""
    draws = []
    for i in range(n):
        generator = torch.Generator().manual_seed((seed * 1_000_003 + i) % 2**63)  # beyond it torch has no seeds
        draws.append(torch.randn(shape, generator=generator) if gaussian else torch.rand(shape, generator=generator))
    drawn = torch.stack(draws)
    return drawn if gaussian else -torch.log(-torch.log(drawn.clamp(1e-9, 1 - 1e-7)))
