"""The adversary of a VQ-GAN (Esser, Rombach, Ommer 2021, Taming Transformers, section 3.1)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..models.discriminator import PatchDiscriminator, feature_distance, hinge

LARGEST = 1e3  # of the adaptive weight
ADAM = ("step", "exp_avg", "exp_avg_sq")
SHIFT = 8  # pixels: the stride of the decoder, and of a critic of depth 3


@dataclass(frozen=True)
class AdversaryConfig:
    """How a critic takes part.

    weight         of the adversarial loss, beside the adaptive weight
    matching       of the feature distance
    learning_rate  the critic's own, constant
    head_start     steps in which only the critic learns
    """

    weight: float = 0.5
    matching: float = 1.0
    learning_rate: float = 2e-4
    head_start: int = 200
    width: int = 48
    depth: int = 3


def moved(*pictures: Tensor, generator: torch.Generator) -> list[Tensor]:
    """(B, C, H, W) → (B, C, H − 8, W − 8) each: all cut alike, in a place left to chance.

    A critic that always strides where the decoder's patches begin is fooled by a pattern of their period, everywhere
    and at once; stripes are what a decoder learns from it. (Translation is one of the differentiable augmentations
    of Zhao et al. 2020.)
    """
    top, left = torch.randint(SHIFT, (2,), generator=generator).tolist()
    return [p[..., top : p.shape[-2] - SHIFT + top, left : p.shape[-1] - SHIFT + left] for p in pictures]


class Adversary:
    """A critic in training, and what it adds to the loss of a decoder."""

    def __init__(self, config: AdversaryConfig, device: torch.device) -> None:
        self.config = config
        self.critic = PatchDiscriminator(width=config.width, depth=config.depth).to(device)
        self.critic = self.critic.to(memory_format=torch.channels_last)
        self.weights = dict(self.critic.named_parameters())
        self.optimizer = torch.optim.AdamW(self.weights.values(), lr=config.learning_rate, betas=(0.5, 0.9), fused=True)

    def extra(self, output: Tensor, target: Tensor, reconstruction: Tensor, last: nn.Parameter) -> Tensor:
        """What to add to the reconstruction loss: λ w (−D(x̂)) + m · feature distance, ().

        λ = |∂ reconstruction / ∂ last| / |∂ D / ∂ last| (same paper, eq. 7), so that the
        critic pulls at the decoder's last layer as strongly as the pixels do.
        """
        self.critic.requires_grad_(False)
        made, made_features = self.critic(output)
        _, real_features = self.critic(target)
        self.critic.requires_grad_(True)
        fooled = -made.mean()
        pull = torch.autograd.grad(reconstruction, last, retain_graph=True)[0].norm()
        push = torch.autograd.grad(fooled, last, retain_graph=True)[0].norm()
        adaptive = (pull / (push + 1e-6)).clamp(max=LARGEST).detach()
        return self.config.weight * adaptive * fooled + self.config.matching * feature_distance(
            real_features, made_features
        )

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """The critic's own loss, ()."""
        return hinge(self.critic(target)[0], self.critic(output.detach())[0])

    def step(self) -> None:
        """Moves the critic along its gradients, and forgets those."""
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """What a resumed training needs."""
        kept = {f"critic.{name}": tensor for name, tensor in self.critic.state_dict().items()}
        for name, weight in self.weights.items():
            kept |= {f"critic-adam.{key}.{name}": self.optimizer.state[weight][key] for key in ADAM}
        return kept

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        self.critic.load_state_dict(
            {n.removeprefix("critic."): t for n, t in tensors.items() if n.startswith("critic.")}
        )
        for name, weight in self.weights.items():
            saved = {key: tensors[f"critic-adam.{key}.{name}"] for key in ADAM}
            self.optimizer.state[weight] = {
                key: torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value.clone()
                for key, value in saved.items()
            }
