"""Pictures out of noise: one small vector in, a picture out, and no token anywhere.

    VAE   picture → encoder → vector → decoder → picture     (Kingma, Welling 2014)
    GAN   vector → decoder → picture → encoder → verdict     (Goodfellow et al. 2014)

The same two halves, those of the codecs, in two orders. Only the decoder is kept.
"""

from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn

from .convolution import ConvolutionConfig, Decoder, Encoder

BODY = ConvolutionConfig(
    channels=1, patch=2, widths=(32, 64, 96), encoder_depths=(1, 1, 1), decoder_depths=(1, 2, 1), dim=16
)


@dataclass(frozen=True)
class NoiseConfig:
    """Everything needed to rebuild a picture-maker's network.

    kind     "gan" or "vae": how it was trained; the network is the same
    codec    beside whose pictures it is shown
    side     pixels
    noise    Z, numbers that a picture is made of
    classes  what it can be asked for
    body     of the decoder, and of the encoder it was trained with; one channel makes grey pictures
    """

    name: str
    kind: str
    codec: str
    side: int = 32
    noise: int = 16
    classes: tuple[str, ...] = ()
    body: ConvolutionConfig = field(default_factory=lambda: BODY)

    @property
    def grid(self) -> tuple[int, int, int]:
        """(D, h, w) of what the decoder takes."""
        return (self.body.dim, self.side // self.body.stride, self.side // self.body.stride)

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "NoiseConfig":
        """What `to_dict` gave. Raises ValueError or TypeError for unknown or missing entries."""
        body = {key: tuple(value) if isinstance(value, list) else value for key, value in data["body"].items()}
        return cls(**data | {"classes": tuple(data["classes"]), "body": ConvolutionConfig(**body)})


class FromNoise(nn.Module):
    """Noise (B, Z) and what is wanted (B, N), zeros for anything → pictures (B, 3, S, S) in [−1, 1]."""

    def __init__(self, config: NoiseConfig) -> None:
        super().__init__()
        self.grid, size = config.grid, torch.Size(config.grid).numel()
        self.spread = nn.Sequential(
            nn.Linear(config.noise + len(config.classes), size), nn.SiLU(), nn.Linear(size, size)
        )
        self.decoder = Decoder(config.body)

    def logits(self, noise: Tensor, wanted: Tensor) -> Tensor:
        """(B, C, S, S): how much likelier white is than black, as a logarithm."""
        wanted = wanted * noise.shape[1] ** 0.5  # as large as noise is, or the noise would soon say what was wanted
        latents = self.spread(torch.cat([noise, wanted], 1)).unflatten(1, self.grid)  # (B, D, h, w)
        return self.decoder(latents).float()

    def forward(self, noise: Tensor, wanted: Tensor) -> Tensor:
        return (self.logits(noise, wanted) / 2).tanh().expand(-1, 3, -1, -1)  # 2 · sigmoid − 1


class Recognizer(nn.Module):
    """Pictures (B, C, S, S), and what they show (B, N), → mean and log variance (B, Z) of the noise they may be of."""

    def __init__(self, config: NoiseConfig) -> None:
        super().__init__()
        size = torch.Size(config.grid).numel()
        self.encoder = Encoder(config.body)
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(size, size), nn.SiLU())
        self.guess = nn.Linear(size + len(config.classes), 2 * config.noise)

    def forward(self, pictures: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.features(self.encoder(pictures))
        return self.guess(torch.cat([seen, wanted], 1)).float().chunk(2, 1)


class Critic(nn.Module):
    """Pictures (B, C, S, S), and what they should show (B, N), → verdicts (B,), high for real ones that do.

    What is wanted takes part as a product with the features (Miyato, Koyama 2018, projection discriminator, eq. 3).
    """

    def __init__(self, config: NoiseConfig) -> None:
        super().__init__()
        size = torch.Size(config.grid).numel()
        self.encoder = Encoder(config.body)
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(size, size), nn.SiLU())
        self.verdict, self.fits = nn.Linear(size, 1), nn.Linear(len(config.classes), size, bias=False)

    def forward(self, pictures: Tensor, wanted: Tensor) -> Tensor:
        seen = self.features(self.encoder(pictures))
        return (self.verdict(seen)[:, 0] + (seen * self.fits(wanted)).sum(1)).float()
