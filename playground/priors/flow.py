"""Out of noise: latents that flow to where codes are."""

from collections.abc import Iterator
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.codec import Codec
from ..models.dit import Moment, Trunk, Wanted
from .prior import STEPS as USUAL
from .prior import Given, PriorConfig, Sampling, Step, as_tokens, noise, on_grid
from .request import Request

STEPS = USUAL["flow"]


class FlowNetwork(nn.Module):
    """Latents (B, D, *grid) at times (B,) → the direction (B, D, *grid) in which they flow.

    A diffusion transformer (Peebles, Xie 2023): every position of the latents is a token of it.
    """

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        width = config.trunk.width
        self.enter, self.leave = nn.Linear(config.dim, width), nn.Linear(width, config.dim)
        self.wanted = Wanted(len(config.vocabulary.labels), width)
        self.moment = Moment(width)
        self.trunk = Trunk(config.trunk)
        # Latents are moved and scaled to mean 0 and size 1, as noise is.
        self.middle = nn.Parameter(torch.zeros(config.dim), requires_grad=False)
        self.spread = nn.Parameter(torch.ones(config.dim), requires_grad=False)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, latents: Tensor, time: Tensor, wanted: Tensor) -> Tensor:
        x = self.enter(latents.flatten(2).transpose(1, 2))  # (B, T, W)
        x, _ = self.trunk(x, self.wanted(wanted) + self.moment(time))
        return self.leave(x).transpose(1, 2).reshape(latents.shape).float()


class Flow:
    """Flow matching (Lipman et al. 2023, section 4.1): along x(t) = (1 − t)·noise + t·latents the direction is learned.

    Forwards a straight line carries any latents into noise; backwards the learned direction carries noise to
    latents, which are snapped to codes at the end, so that what comes out is `Tokens` as of any other prior.
    """

    def __init__(self, config: PriorConfig, codec: Codec) -> None:
        self.config, self.codec = config, codec
        self.network = FlowNetwork(config)

    def settle(self, indices: Tensor) -> None:
        """Measures mean and size of the latents of (B, T), which noise is made to match."""
        latents = self.codec.quantizer.lookup(on_grid(self.config, indices)).transpose(0, 1).flatten(1)  # (D, B · T)
        self.network.middle.copy_(latents.mean(1))
        self.network.spread.copy_(latents.std(1))

    def loss(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """Mean squared error () of the direction, at times of which most lie in the middle."""
        latents = self._even(self.codec.quantizer.lookup(on_grid(self.config, indices)))
        time = torch.randn(len(latents), device=latents.device).sigmoid()
        start = torch.randn_like(latents)
        direction = self.network(_between(start, latents, time), time, wanted)
        return F.mse_loss(direction, latents - start)

    def cost(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """(B,) the squared error of each item's direction at a random time."""
        latents = self._even(self.codec.quantizer.lookup(on_grid(self.config, indices)))
        time, start = torch.rand(len(latents), device=latents.device), torch.randn_like(latents)
        direction = self.network(_between(start, latents, time), time, wanted)
        return (direction - (latents - start)).square().flatten(1).mean(1)

    def noised(self, latents: Tensor, time: float, *, seed: int) -> Tensor:
        """The way into noise: the codec's latents (n, D, *grid) at a time in [0, 1]; 1 is as they are, 0 is noise."""
        start = noise(len(latents), tuple(latents.shape[1:]), seed=seed, gaussian=True)
        return self._uneven(_between(start, self._even(latents), torch.full((len(latents),), time)))

    @torch.inference_mode()
    def denoise(
        self, latents: Tensor, time: float, *, wanted: str = "", steps: int = STEPS, guidance: float | None = None
    ) -> Iterator[Step]:
        """The way back: from latents (n, D, *grid), as `noised` gives them, at a time in [0, 1) to codes."""
        sampling = Sampling(guidance=guidance)
        asked = Request.of(self.config, len(latents), wanted=wanted, steps=steps, sampling=sampling)
        yield from self._flow(self._even(latents), torch.linspace(time, 1, steps + 1).tolist(), asked)

    @torch.inference_mode()
    def sample(
        self,
        n: int,
        *,
        wanted: str = "",
        steps: int | None = None,
        seed: int = 0,
        given: Given | None = None,
        sampling: Sampling | None = None,
    ) -> Iterator[Step]:
        """Lets n grids of noise flow to latents in `steps` straight pieces.

        Given cells are led along their own line from noise to their codes (Lugmayr et al. 2022, RePaint,
        section 4.1), and stay. Raises InputError for what cannot be.
        """
        asked = Request.of(self.config, n, wanted=wanted, steps=steps, seed=seed, given=given, sampling=sampling)
        shape = (self.config.dim, *self.config.trunk.grid[1:])
        start = asked.sampling.temperature * noise(n, shape, seed=seed, gaussian=True)
        yield from self._flow(start, torch.linspace(0, 1, asked.steps + 1).tolist(), asked)

    def _flow(self, x: Tensor, times: list[float], asked: Request) -> Iterator[Step]:
        """x (n, D, *grid), even, at times[0] → a Step for each of the times after it."""
        n, start = len(x), x
        kept = self._kept(asked.given, n)
        for step, (now, then) in enumerate(pairwise(times)):
            moment = torch.full((len(asked.condition),), now)
            direction = asked.guided(self.network(asked.twice(x), moment, asked.condition))
            end, x = x + (1 - now) * direction, x + (then - now) * direction
            if kept:
                mask, latents = kept
                x = torch.where(mask, _between(start, latents, torch.full((n,), then)), x)
                end = torch.where(mask, latents, end)
            yield self._step(step + 1, len(times) - 1, end, x)

    def _kept(self, given: Given | None, n: int) -> tuple[Tensor, Tensor] | None:
        """Which places stay (n, 1, *grid), all of whose codebooks are known, and their even latents (n, D, *grid)."""
        if given is None:
            return None
        indices = torch.where(given.known, given.indices, 0)
        latents = self._even(self.codec.quantizer.lookup(indices))
        return given.known.all(1, keepdim=True).expand(n, *[-1] * (given.known.ndim - 1)), latents.expand(
            n, *[-1] * (latents.ndim - 1)
        )

    def _step(self, step: int, steps: int, end: Tensor, x: Tensor) -> Step:
        indices = self.codec.quantizer.nearest(self._uneven(end))
        filled = torch.ones_like(indices, dtype=torch.bool)
        return Step(step, steps, as_tokens(self.config, indices), filled, latents=self._uneven(x))

    def _even(self, latents: Tensor) -> Tensor:
        middle, spread = (_wide(each, latents) for each in (self.network.middle, self.network.spread))
        return (latents - middle) / spread

    def _uneven(self, latents: Tensor) -> Tensor:
        middle, spread = (_wide(each, latents) for each in (self.network.middle, self.network.spread))
        return latents * spread + middle


def _between(start: Tensor, end: Tensor, time: Tensor) -> Tensor:
    """(1 − t)·start + t·end, t (n,)."""
    return torch.lerp(start, end, time.reshape(-1, *[1] * (start.ndim - 1)))


def _wide(values: Tensor, like: Tensor) -> Tensor:
    """(D,) → (1, D, 1, …)."""
    return values.reshape(1, -1, *[1] * (like.ndim - 2))
