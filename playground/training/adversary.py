"""The adversary of a VQ-GAN (Esser, Rombach, Ommer 2021, Taming Transformers, section 3.1).

Some things here are not in that paper. Each came from looking at what a decoder learned without it.
Verdicts are compared in pairs (`hinge`): of one photograph alone the critic said too little, blurred ones being real
too. Only what is fine is judged, as light and dark (`fine`): otherwise whole pictures sway in colour, since that is
told most easily, and texture is made of coloured dots. An error in colours counts for itself (`colouring`), because
the critic outweighs the pixels. What repeats from patch to patch counts for itself as well (`regularity`): otherwise
a grid stands for texture. So does what repeats within a patch (`dotting`): otherwise edges are dotted; and detail where
the target has next to none (`surplus`): otherwise skies are.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..models.discriminator import PatchDiscriminator, feature_distance, hinge

LARGEST = 1e3  # of the adaptive weight
ADAM = ("step", "exp_avg", "exp_avg_sq")
DRIFT = 1e-3  # keeps verdicts near 0, since only their differences count (Karras et al. 2018, Progressive GAN, 3.1)
PATCHES = 9  # that are compared, 3 × 3
BY_CHANCE = 1.5  # what `repeated` gives of places where nothing repeats is seldom more
FAINTEST = 1e-6  # energy of detail that nobody sees: an eighth of a step of 8 bits
FAINT = 1e-5  # energy of detail that is hardly seen: two fifths of a step of 8 bits
BLUR = 9  # pixels: the box that is drawn over a picture to leave what is coarse
SHIFT = 8  # pixels: the stride of the decoder, and of a critic of depth 3
PERIOD = 4  # pixels: the side of what one position of the decoder's last layer makes
PLACE = 24  # pixels: in which a rhythm is looked for
UNHEARD = 0.01  # of a rhythm, that is by chance


@dataclass(frozen=True)
class AdversaryConfig:
    """How a critic takes part.

    weight         of the adversarial loss, beside the adaptive weight
    matching       of the feature distance
    regular        of what repeats from patch to patch
    dots           of what repeats every 4 pixels, as dots along edges do
    surplus        of detail beyond that of the target, place by place
    colour         of the error in colours, which the critic does not see
    learning_rate  the critic's own, constant
    head_start     steps in which only the critic learns
    """

    weight: float = 0.5
    matching: float = 1.0
    regular: float = 0.3
    dots: float = 20.0
    surplus: float = 2.0
    colour: float = 10.0
    learning_rate: float = 2e-4
    head_start: int = 200
    width: int = 48
    depth: int = 3


def moved(*pictures: Tensor, generator: torch.Generator) -> list[Tensor]:
    """(B, C, H, W) → (B, C, H + 8, W + 8) each: with mirrored margins, all cut alike, in a place left to chance.

    A critic that always strides where the decoder's patches begin is fooled by a pattern of their period, everywhere
    and at once; stripes are what a decoder learns from it. (Translation is one of the differentiable augmentations
    of Zhao et al. 2020.) Without margins it hardly judges the rims, which then stay blurred.
    """
    top, left = torch.randint(SHIFT, (2,), generator=generator).tolist()
    framed = [F.pad(p, [SHIFT] * 4, mode="reflect") for p in pictures]
    return [p[..., top : top + p.shape[-2] - SHIFT, left : left + p.shape[-1] - SHIFT] for p in framed]


def fine(output: Tensor, target: Tensor) -> Tensor:
    """(B, C, H, W) → (B, C, H, W): the target, with the output's detail in the place of its own, but in its colours."""
    error = (output.float() - target).mean(1, keepdim=True)
    return target + error - _blurred(_blurred(error))


def colouring(output: Tensor, target: Tensor) -> Tensor:
    """Mean size () of what of the error (B, C, H, W) is colour: what is left of it without light and dark."""
    error = output.float() - target
    return (error - error.mean(1, keepdim=True)).abs().mean()


def repeated(detail: Tensor) -> Tensor:
    """(B, C, H, W) → (B, h, w): of every 3 × 3 patches of 8 × 8 pixels the energy of what they have in common, over
    what it is by chance: 1 of noise, 9 of nothing but a grid. H and W are multiples of 8, 24 at least."""
    patches = F.pixel_unshuffle(detail, SHIFT)
    common = F.avg_pool2d(patches, 3, stride=1).square().mean(1)
    energy = F.avg_pool2d(patches.square(), 3, stride=1).mean(1)
    return PATCHES * common / (energy + FAINTEST)


def regularity(output: Tensor, target: Tensor) -> Tensor:
    """How much more of the error (B, C, H, W) repeats every 8 pixels than may by chance, (); in a sky as in a wood."""
    return F.relu(repeated((output - target).float()) - BY_CHANCE).mean()


def rhythm(picture: Tensor) -> Tensor:
    """(B, C, H, W) → (B, 1, h, w): how much more alike pixels 4 apart are than those 3 and 5 apart, over their energy,
    in places of 24 × 24 pixels, mean of rows and columns: 1 for waves of period 4 along both, 0 for noise or a line."""
    light = picture.float().mean(1, keepdim=True)
    detail, found = light - _blurred(light), []
    energy = F.avg_pool2d(detail.square(), PLACE, SHIFT) + FAINT
    for axis in (2, 3):
        length = detail.shape[axis] - PERIOD - 1
        first = detail.narrow(axis, 0, length)
        alike = [first * detail.narrow(axis, PERIOD + more, length) for more in (-1, 0, 1)]
        found.append(F.avg_pool2d(alike[1] - (alike[0] + alike[2]) / 2, PLACE, SHIFT))
    height, width = found[0].shape[2], found[1].shape[3]
    return sum(each[..., :height, :width] for each in found) / energy[..., :height, :width] / 2


def dotting(output: Tensor, target: Tensor) -> Tensor:
    """How much more of a rhythm the output (B, C, H, W) has than the target, (): dots along edges are one."""
    return F.relu(rhythm(output) - rhythm(target).clamp(min=0) - UNHEARD).mean()


def surplus(output: Tensor, target: Tensor) -> Tensor:
    """How much more detail there is than in the target, (): of every 8 × 8 pixels of (B, C, H, W) the logarithm of the
    one energy over the other, less than log 2 being none.

    Where the target is smooth a critic forgives faint dots, which a decoder sets wherever tokens change.
    """
    lights = (picture.float().mean(1, keepdim=True) for picture in (output, target))
    made, real = (F.avg_pool2d((light - _blurred(light)).square(), SHIFT) + FAINT for light in lights)
    return F.relu((made / real).log() - math.log(2)).mean()


def _blurred(light: Tensor) -> Tensor:
    return F.avg_pool2d(light, BLUR, stride=1, padding=BLUR // 2, count_include_pad=False)


class Adversary:
    """A critic in training, and what it adds to the loss of a decoder."""

    def __init__(self, config: AdversaryConfig, device: torch.device) -> None:
        self.config = config
        self.critic = PatchDiscriminator(width=config.width, depth=config.depth).to(device)
        self.critic = self.critic.to(memory_format=torch.channels_last)
        self.weights = dict(self.critic.named_parameters())
        self.optimizer = torch.optim.AdamW(self.weights.values(), lr=config.learning_rate, betas=(0.5, 0.9), fused=True)

    def extra(
        self, output: Tensor, target: Tensor, reconstruction: Tensor, last: nn.Parameter, *, generator: torch.Generator
    ) -> Tensor:
        """What to add to the reconstruction loss: λ w hinge(D(x̂), D(x)) + m · feature distance + r · regularity
        + d · dotting + s · surplus + c · colouring, ().

        λ = |∂ reconstruction / ∂ last| / |∂ hinge / ∂ last| (same paper, eq. 7), so that the
        critic pulls at the decoder's last layer as strongly as the pixels do.
        """
        config, own = self.config, fine(output, target)
        detail, original = moved(own, target, generator=generator)
        self.critic.requires_grad_(False)
        made, made_features = self.critic(detail)
        real, real_features = self.critic(original)
        self.critic.requires_grad_(True)
        fooled = hinge(made, real)
        pull = torch.autograd.grad(reconstruction, last, retain_graph=True)[0].norm()
        push = torch.autograd.grad(fooled, last, retain_graph=True)[0].norm()
        adaptive = (pull / (push + 1e-6)).clamp(max=LARGEST).detach()
        extra = config.weight * adaptive * fooled + config.matching * feature_distance(real_features, made_features)
        extra = extra + config.regular * regularity(own, target) + config.dots * dotting(detail, original)
        return extra + config.surplus * surplus(detail, original) + config.colour * colouring(output, target)

    def loss(self, output: Tensor, target: Tensor, *, generator: torch.Generator) -> Tensor:
        """The critic's own loss, ()."""
        detail, original = moved(fine(output.detach(), target), target, generator=generator)
        real, made = self.critic(original)[0], self.critic(detail)[0]
        return hinge(real, made) + DRIFT * real.square().mean()

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
