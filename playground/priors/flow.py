"""Out of noise: latents that flow to where codes are."""

import math
from collections.abc import Iterator
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.codec import Codec
from ..models.dit import Moment, Trunk, Wanted
from .network import entropy_bits
from .prior import STEPS as USUAL
from .prior import Given, PriorConfig, Sampling, Step, as_tokens, noise, on_grid
from .request import Request

STEPS = USUAL["flow"]
NEAREST = 0.02  # to the end, from where on noise is taken to be as small as there
TILT = -0.5  # most lessons are at times around 0.38, nearer to noise: there it is decided what there will be


class FlowNetwork(nn.Module):
    """Latents (B, D, *grid) at times (B,) → logits (B, V, *grid): what speaks for each code beside its own latent.

    A diffusion transformer (Peebles, Xie 2023): every position of the latents is a token of it.
    """

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        if config.trunk.grid[0] != 1:
            raise ValueError(f"a flow goes to the codes of one codebook, not of {config.trunk.grid[0]}")
        width = config.trunk.width
        self.enter, self.leave = nn.Linear(config.dim, width), nn.Linear(width, config.codebook_size)
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
        return self.leave(x).transpose(1, 2).unflatten(2, latents.shape[2:]).float()


class Flow:
    """Flow matching (Lipman et al. 2023, section 4.1): along x(t) = (1 − t)·noise + t·latents one flows to the latents.

    Forwards a straight line carries any latents into noise. Backwards the direction at x is (e − x) / (1 − t), where
    e is where the latents are to be expected, given x. Latents are codes here, so the network says of each code how
    probable it is, and e is their mean, weighed by that (Eijkelboom et al. 2024, Variational Flow Matching, section
    3, CatFlow). A network that gives the direction itself learns the same flow, but much more slowly. At the end
    latents are snapped to codes, so that what comes out is `Tokens` as of any other prior.
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
        """Mean cross-entropy () in nats of the tokens (B, T), given their latents with noise."""
        time = (torch.randn(len(indices), device=indices.device) + TILT).sigmoid()
        return self._nats(indices, time, wanted).mean()

    def cost(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """(B,) bits of each item's tokens, given their latents with noise at a random time."""
        nats = self._nats(indices, torch.rand(len(indices), device=indices.device), wanted)
        return nats.sum(1) / math.log(2)

    def _nats(self, indices: Tensor, time: Tensor, wanted: Tensor) -> Tensor:
        """(B, T), of the tokens (B, T) when their latents are seen at times (B,)."""
        latents = self._even(self.codec.quantizer.lookup(on_grid(self.config, indices)))
        x = _between(torch.randn_like(latents), latents, time)
        logits = self.network(x, time, wanted) + self._evidence(x, time)
        return F.cross_entropy(logits.flatten(2), indices, reduction="none")

    def logits(self, latents: Tensor, time: float, wanted: Tensor) -> Tensor:
        """The codec's latents (B, D, *grid), under way at a time in [0, 1) → (B, V, *grid), where they are heading."""
        x, times = self._even(latents), torch.full((len(latents),), time)
        return self.network(x, times, wanted) + self._evidence(x, times)

    def _evidence(self, x: Tensor, time: Tensor) -> Tensor:
        """(B, V, *grid), what even latents (B, D, *grid) at times (B,) say of their own codes; needs no learning.

        Noise is normal, so by Bayes' rule a code c adds −|x − t·c|² / 2 (1 − t)² to what the network knows from all
        other latents and from what is wanted. What is the same of all codes is left out.
        """
        with torch.autocast(x.device.type, enabled=False):
            codes, time = self._codes(), time.reshape(-1, *[1] * (x.ndim - 1))
            weight = time / (1 - time).clamp(min=NEAREST) ** 2
            sizes = _wide(codes.square().sum(0) / 2, x) * (weight * time)  # (B, V, 1, …)
            return torch.einsum("dv, bd... -> bv...", codes, x * weight) - sizes

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
        known = self._known(asked.given)
        for step, (now, then) in enumerate(pairwise(times)):
            moment = torch.full((len(x),), now)
            logits = asked.guided(self.network(asked.twice(x), asked.twice(moment), asked.condition))
            logits = logits + self._evidence(x, moment)
            if known:
                logits = torch.where(*known, logits)
            end = self._expected(logits)
            x = torch.lerp(x, end, (then - now) / (1 - now))
            yield self._step(step + 1, len(times) - 1, end, x, logits)

    def _known(self, given: Given | None) -> tuple[Tensor, Tensor] | None:
        """Which places stay (1 or n, 1, *grid), and logits (1 or n, V, *grid) that are sure of what stands there."""
        if given is None:
            return None
        indices = torch.where(given.known, given.indices, 0)[:, 0]
        return given.known, F.one_hot(indices, self.config.codebook_size).movedim(-1, 1).log()

    def _expected(self, logits: Tensor) -> Tensor:
        """Logits (n, V, *grid) → the mean of the codes' even latents (n, D, *grid), weighed by their probability."""
        return torch.einsum("dv, nv... -> nd...", self._codes(), logits.softmax(1))

    def _codes(self) -> Tensor:
        """(D, V), the codes' even latents."""
        return self._even(self.codec.codebook().t()[None])[0]

    def _step(self, step: int, steps: int, end: Tensor, x: Tensor, logits: Tensor) -> Step:
        indices = self.codec.quantizer.nearest(self._uneven(end))  # (n, 1, *grid)
        return Step(
            step,
            steps,
            as_tokens(self.config, indices),
            filled=torch.ones_like(indices, dtype=torch.bool),
            probability=logits.softmax(1).gather(1, indices),
            entropy=entropy_bits(logits.movedim(1, -1))[:, None],
            latents=self._uneven(x),
        )

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
