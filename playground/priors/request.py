"""What a prior is asked for, with everything filled in that was left open."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .network import both_ways, guided
from .prior import Given, PriorConfig, Sampling, check_request


@dataclass(frozen=True, eq=False)
class Request:
    """One sampling of n grids.

    guidance   how far to go from no class to the class, and beyond
    names      what each of the n is asked for by: of a group, one in it
    condition  what the network is told: (n, N) where guidance asks for the class or for none, else (2 n, N), both
    """

    n: int
    steps: int
    seed: int
    given: Given | None
    sampling: Sampling
    guidance: float
    names: tuple[str, ...]
    condition: Tensor

    @classmethod
    def of(
        cls,
        config: PriorConfig,
        n: int,
        *,
        wanted: str = "",
        steps: int | None = None,
        seed: int = 0,
        given: Given | None = None,
        sampling: Sampling | None = None,
    ) -> "Request":
        """See `Prior.sample`. Raises InputError for what cannot be, ValueError for cells of another grid."""
        sampling = config.sampling if sampling is None else sampling
        steps = config.usual_steps if steps is None else steps
        check_request(config, n, steps, seed, given)
        guidance = config.usual_guidance if sampling.guidance is None else sampling.guidance
        names = config.vocabulary.drawn(wanted, n, seed=seed)
        rows = {name: config.vocabulary.row(name) for name in set(names)}
        condition = both_ways(torch.stack([rows[name] for name in names]), guidance)
        return cls(n, steps, seed, given, sampling, guidance, names, condition)

    def twice(self, values: Tensor) -> Tensor:
        """(n, …) → as many rows as `condition` has."""
        return values.repeat(len(self.condition) // self.n, *[1] * (values.ndim - 1))

    def guided(self, values: Tensor) -> Tensor:
        """What the network gave for every row of `condition` → (n, …), led to the class or past it."""
        return guided(values, self.n, self.guidance)
