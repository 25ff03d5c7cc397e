"""Several processes, on one machine or on many, that train one codec as if they were one.

`accelerate launch -m playground train …` starts them; a plain start is a team of one.
"""

import torch
from accelerate import Accelerator
from torch import Tensor, nn


class Team:
    """The processes of one training, and the device of this one.

    Each works on its share of every batch. Gradients are averaged and what codebooks follow
    is gathered, so that all of them take the same step and none needs to be told the result.
    """

    def __init__(self) -> None:
        self.accelerator = Accelerator()
        self.device: torch.device = self.accelerator.device
        self.leads: bool = self.accelerator.is_main_process

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch (B, …). Raises ValueError when B does not divide."""
        count = self.accelerator.num_processes
        if len(batch) % count:
            raise ValueError(f"a batch of {len(batch)} does not divide among {count} processes")
        return batch.chunk(count)[self.accelerator.process_index].to(self.device, non_blocking=True)

    def average(self, weights: list[nn.Parameter]) -> None:
        """Puts the mean of all processes' gradients in place of this one's."""
        if self.accelerator.num_processes == 1:
            return
        gradients = [weight.grad for weight in weights]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        mean = self.accelerator.reduce(flat, "mean")
        for gradient, part in zip(gradients, mean.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view(gradient.shape))

    def mean(self, *values: Tensor) -> list[float]:
        """The mean over all processes of each number ()."""
        return self.accelerator.reduce(torch.stack([value.detach().float() for value in values]), "mean").tolist()

    def gather(self, batch: Tensor) -> Tensor:
        """The whole batch (B, …), in order, from everybody's share of it."""
        return self.accelerator.gather(batch.contiguous())

    def wait(self) -> None:
        """Until all processes are here."""
        self.accelerator.wait_for_everyone()
