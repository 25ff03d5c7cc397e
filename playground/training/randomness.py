"""Random numbers of a training come from generators of its own, never from torch's global one.

Several trainings and a server share one process: whoever seeds or draws from the global generator changes what the
others draw. Most of our code is handed a `torch.Generator`; what cannot be (initial weights, dropout) runs inside
`SeededDraws`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

TAKE_A_GENERATOR = {
    *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal, torch.bernoulli, torch.multinomial),
    *(Tensor.normal_, Tensor.uniform_, Tensor.bernoulli_, Tensor.exponential_, Tensor.random_, Tensor.multinomial),
    *(nn.init.normal_, nn.init.uniform_, nn.init.trunc_normal_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_),
    *(nn.init.xavier_uniform_, nn.init.xavier_normal_, nn.init.orthogonal_),
}


class SeededDraws(TorchFunctionMode):
    """Inside, every draw of this thread that names no generator comes from one seeded with `seed`.

    The mode belongs to the thread: draws of other threads neither change nor see it. On the processor the numbers are
    those that torch's global generator would give after `torch.manual_seed(seed)`.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed, self.generators = seed, {}

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Calls `function`, with the generator of its device where it draws."""
        kwargs = kwargs or {}
        device = args[0].device if args and isinstance(args[0], Tensor) else torch.device(kwargs.get("device") or "cpu")
        if function in TAKE_A_GENERATOR and kwargs.get("generator") is None:
            return function(*args, **kwargs | {"generator": self.generator(device)})
        if function in (torch.rand_like, torch.randn_like):
            draw = Tensor.uniform_ if function is torch.rand_like else Tensor.normal_
            return draw(torch.empty_like(*args, **kwargs), generator=self.generator(device))
        if function is F.dropout:
            return _dropout(*args, **kwargs, generator=self.generator(device))
        if function is F.gumbel_softmax:
            return _gumbel_softmax(*args, **kwargs, generator=self.generator(device))
        return function(*args, **kwargs)

    def generator(self, device: torch.device) -> torch.Generator:
        """The generator of one device."""
        if device not in self.generators:
            self.generators[device] = torch.Generator(device).manual_seed(self.seed)
        return self.generators[device]


def _dropout(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False, *, generator: torch.Generator
) -> Tensor:
    """`F.dropout` (Srivastava et al. 2014) with a generator."""
    if not training or p == 0:
        return input
    return input * torch.empty_like(input).bernoulli_(1 - p, generator=generator) / (1 - p)


def _gumbel_softmax(
    logits: Tensor, tau: float = 1.0, hard: bool = False, eps: float = 0.0, dim: int = -1, *, generator: torch.Generator
) -> Tensor:
    """`F.gumbel_softmax` (Jang, Gu, Poole 2017) with a generator; `hard` is straight-through, `eps` has no effect."""
    noise = -torch.empty_like(logits).exponential_(generator=generator).log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    chosen = torch.zeros_like(logits).scatter_(dim, soft.argmax(dim, keepdim=True), 1.0)
    return chosen - soft.detach() + soft
