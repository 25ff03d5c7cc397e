"""One codebook for what is seen, heard and written.

pictures ─▶ Eye ────┐                              ┌▶ a picture's codes ─▶ its codec ─▶ picture
sounds ───▶ Ear ────┼─▶ product of experts ─▶ RVQ ─┼▶ a sound's codes ───▶ its codec ─▶ sound
words ────▶ Reader ─┘     (any of the three)       └▶ letters ─────────────────────────▶ word
"""

from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn

from ..core.codec import Codec
from ..core.framing import SAMPLES
from ..core.tokens import Tokens
from ..quantizers.residual import ResidualQuantizer
from .config import CodecConfig, build
from .generator import Generator, Layout
from .mel import heard
from .senses import BANDS, Ear, Eye, Opinion, Reader, fused

SENSES = ("pictures", "sounds", "words")


@dataclass(frozen=True)
class JointConfig:
    """Everything needed to rebuild a joint model's network.

    meanings       what can be meant, by English name
    styles         of each modality: looks, voices, tongues
    pictures, sounds  the codecs of what comes out
    side           pixels of a picture
    letters        bytes of a word
    frames         of the spectrogram of what is given out
    heard          samples of a sound that are listened to at most, and
    bands          of its spectrogram
    width, dim     of the senses, and of what they share, D
    codebook_size, num_codebooks  V and K of the shared codes
    trunk          width, depth and head of the generator
    """

    name: str
    meanings: tuple[str, ...]
    styles: dict[str, tuple[str, ...]]
    pictures: CodecConfig
    sounds: CodecConfig
    side: int = 32
    letters: int = 16
    frames: int = 64
    heard: int = SAMPLES
    bands: int = BANDS
    width: int = 24
    dim: int = 32
    codebook_size: int = 16
    num_codebooks: int = 4
    trunk: dict[str, int] = field(default_factory=lambda: {"width": 128, "depth": 4, "head": 32})

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self) | {"pictures": self.pictures.to_dict(), "sounds": self.sounds.to_dict()}

    @classmethod
    def from_dict(cls, data: dict) -> "JointConfig":
        """What `to_dict` gave. Raises ValueError or TypeError for unknown or missing entries."""
        styles = {part: tuple(names) for part, names in data["styles"].items()}
        codecs = {part: CodecConfig.from_dict(data[part]) for part in ("pictures", "sounds")}
        return cls(**data | codecs | {"styles": styles, "meanings": tuple(data["meanings"])})

    @property
    def grids(self) -> dict[str, tuple[int, ...]]:
        """The cells of each codec's codebooks."""
        cells = self.side // self.pictures.body.stride
        return {"pictures": (cells, cells), "sounds": (self.frames // self.sounds.body.stride,)}

    def layout(self) -> Layout:
        """Of the one sequence."""
        rows = {"concept": [(1, self.codebook_size)] * self.num_codebooks}
        for part, grid in self.grids.items():
            quantizer = getattr(self, part).quantizer
            cells = torch.Size(grid).numel()
            codebooks = [(cells, quantizer.codebook_size)] * (quantizer.num_codebooks or 1)
            rows[part] = [(1, len(self.styles[part])), *codebooks]
        return Layout(rows | {"words": [(1, len(self.styles["words"])), (self.letters, 257)]})


class Joint(nn.Module):
    """The senses, the shared codes, the codecs of what comes out, and the generator between them."""

    def __init__(self, config: JointConfig) -> None:
        super().__init__()
        self.config, width, dim = config, config.width, config.dim
        self.senses = nn.ModuleDict(
            {"pictures": Eye(width, dim), "sounds": Ear(width, dim, config.bands), "words": Reader(width, dim)}
        )
        self.quantizer = ResidualQuantizer(
            dim, config.codebook_size, num_codebooks=config.num_codebooks, commitment=0.5, dropout=0.5
        )
        self.believe = nn.Linear(dim, len(config.meanings))
        self.codecs = nn.ModuleDict({"pictures": build(config.pictures), "sounds": build(config.sounds)})
        self.generator = Generator(config.layout(), **config.trunk)

    # What comes in.

    def opinion(self, sense: str, signal: Tensor) -> Opinion:
        """Of one sense: pictures (B, 3, 32, 32) in [−1, 1], sounds (B, 80, 64) as `mel.seen` gives them, or
        words (B, L) int64."""
        return self.senses[sense](signal)

    def latents(self, signals: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
        """What is meant (B, D, 1) by what is there of pictures, sounds and words; each counts by its weight, 1 unless
        told. Raises ValueError when nothing is there."""
        if not signals:
            raise ValueError("there is nothing to be fused")
        opinions = [self.opinion(sense, signal) for sense, signal in signals.items()]
        like = opinions[0].mean[:, 0]
        return fused(opinions, [torch.full_like(like, weights.get(sense, 1.0)) for sense in signals])[..., None]

    def belief(self, latents: Tensor) -> Tensor:
        """(B, D, 1) → (B, M), the probability of each meaning."""
        return self.believe(latents[..., 0]).softmax(1)

    def snap(self, latents: Tensor) -> Tensor:
        """(B, D, 1) → (B, K) int64, the shared codes: the nearest, and where these would say another meaning than is
        believed, the nearest pair of the first two codebooks that says it."""
        codes = self.quantizer.nearest(latents)[..., 0]
        believed = self.believe(latents[..., 0]).argmax(1)
        other = self.believe(self.embed(codes)[..., 0]).argmax(1) != believed
        if other.any() and self.config.num_codebooks > 1:
            codes[other] = self._saying(believed[other], latents[other, :, 0], codes[other])
        return codes

    def _saying(self, meanings: Tensor, points: Tensor, otherwise: Tensor) -> Tensor:
        """(B, K) the codes nearest to points (B, D) that say these meanings (B,), nothing (code 0) from the third on;
        `otherwise` (B, K) where no pair does."""
        first, second = self.quantizer.codebook(0), self.quantizer.codebook(1)
        pairs = (first[:, None] + second).flatten(0, 1)  # (V · V, D)
        distances = torch.cdist(points, pairs)
        distances = distances.masked_fill(self.believe(pairs).argmax(1) != meanings[:, None], torch.inf)
        nearest = distances.argmin(1)
        codes = torch.zeros_like(otherwise)
        codes[:, 0], codes[:, 1] = nearest // len(second), nearest % len(second)
        return torch.where(distances.amin(1).isfinite()[:, None], codes, otherwise)

    def embed(self, concept: Tensor) -> Tensor:
        """(B, K) → (B, D, 1)."""
        return self.quantizer.lookup(concept[..., None])

    # What comes out.

    def spare(self) -> None:
        """Lets go of what only training needs: the encoders of what comes out. `codes` cannot be asked then."""
        for codec in self.codecs.values():
            codec.encoder = None

    def codes(self, part: str, signal: Tensor) -> Tensor:
        """(B, places) int64: pictures (B, 3, 32, 32) or sounds (B, 80, 64) as their own codec's codes; words as they
        are."""
        return signal if part == "words" else self.codecs[part].encode(signal).indices.flatten(1)

    def picture(self, codes: Tensor) -> Tensor:
        """(B, places) → (B, 3, 32, 32) in [−1, 1]."""
        return self.codecs["pictures"].decode(self.tokens("pictures", codes)).clamp(-1, 1)

    def levels(self, codes: Tensor) -> Tensor:
        """(B, places) → (B, 80, 64), the levels of a sound."""
        return self.codecs["sounds"].decode(self.tokens("sounds", codes))

    def sound(self, codes: Tensor) -> Tensor:
        """(B, places) → (B, 16,128) samples."""
        return heard(self.levels(codes))

    def tokens(self, part: str, codes: Tensor) -> Tokens:
        """(B, places) → Tokens of a picture or of a sound's spectrogram."""
        codec: Codec = self.codecs[part]
        size = (self.config.side,) * 2 if part == "pictures" else (self.config.frames,)
        codebooks = codec.quantizer.num_codebooks
        indices = codes.reshape(len(codes), codebooks, *self.config.grids[part])
        return Tokens(indices, codec.quantizer.codebook_size, size, codec.name)
