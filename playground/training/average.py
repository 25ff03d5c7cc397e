"""A network's weights, averaged over the last steps: calmer than those of any single step."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """Running mean of all weights and codes (Polyak, Juditsky 1992), w̄ ← d w̄ + (1 − d) w.

    d is smaller in the first steps, (1 + step) / (10 + step), so that the start is soon forgotten.
    """

    def __init__(self, network: nn.Module, *, decay: float) -> None:
        self.network, self.decay = network, decay
        self.values = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Takes the network's weights after a step into the mean."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.values.values()), list(self.network.state_dict().values()), 1 - decay)

    @torch.no_grad()
    def restart(self) -> None:
        """Forgets what was: the mean is the network as it is now."""
        for name, tensor in self.network.state_dict().items():
            self.values[name].copy_(tensor)

    @contextmanager
    def worn(self) -> Iterator[nn.Module]:
        """The network with the mean in the place of its weights, which come back afterwards."""
        own = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        self.network.load_state_dict(self.values)
        try:
            yield self.network
        finally:
            self.network.load_state_dict(own)

    def tensors(self) -> dict[str, Tensor]:
        """What a resumed training needs, and what is exported."""
        return {f"average.{name}": tensor for name, tensor in self.values.items()}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        for name, value in self.values.items():
            value.copy_(tensors[f"average.{name}"])
