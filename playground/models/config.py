"""From a config that can be written as JSON to a codec, and back."""

from dataclasses import asdict, dataclass, field, fields

from ..core.codec import Codec
from ..quantizers.binary import LookupFreeQuantizer, SphericalQuantizer
from ..quantizers.cosine import CosineQuantizer
from ..quantizers.gaussian import GaussianBottleneck
from ..quantizers.gumbel import GumbelQuantizer
from ..quantizers.linear import LinearQuantizer
from ..quantizers.product import ProductQuantizer
from ..quantizers.residual import ResidualQuantizer
from ..quantizers.rotation import RotationQuantizer
from ..quantizers.scalar import ScalarQuantizer
from ..quantizers.vector import VectorQuantizer
from .convolution import ConvolutionConfig, Decoder, Encoder

QUANTIZERS = {
    "vector": VectorQuantizer,
    "cosine": CosineQuantizer,
    "rotation": RotationQuantizer,
    "linear": LinearQuantizer,
    "gumbel": GumbelQuantizer,
    "residual": ResidualQuantizer,
    "product": ProductQuantizer,
    "scalar": ScalarQuantizer,
    "binary": LookupFreeQuantizer,
    "spherical": SphericalQuantizer,
    "gaussian": GaussianBottleneck,
}


@dataclass(frozen=True)
class QuantizerConfig:
    """Which quantizer, and its numbers. `kind` is a key of QUANTIZERS.

    The rest is what that class is called with beside the width of the latents, which is the
    body's `dim`; what is None is left to the class, or nothing it knows.
    """

    kind: str = "vector"
    codebook_size: int | None = None
    num_codebooks: int | None = None
    levels: tuple[int, ...] | None = None
    commitment: float | None = None
    dropout: float | None = None
    entropy: float | None = None
    diversity: float | None = None
    sharpness: float | None = None
    temperature: float | None = None
    divergence: float | None = None

    def options(self) -> dict:
        """Everything but the kind, as far as it is said."""
        return {f.name: getattr(self, f.name) for f in fields(self)[1:] if getattr(self, f.name) is not None}


@dataclass(frozen=True)
class CodecConfig:
    """Everything needed to rebuild a codec's network.

    modality  "image", "audio" or "text"
    body      encoder and decoder
    """

    name: str
    modality: str = "image"
    body: ConvolutionConfig = field(default_factory=ConvolutionConfig)
    quantizer: QuantizerConfig = field(default_factory=lambda: QuantizerConfig(codebook_size=1024, commitment=0.25))

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self) | {"quantizer": {"kind": self.quantizer.kind} | self.quantizer.options()}

    @classmethod
    def from_dict(cls, data: dict) -> "CodecConfig":
        """What `to_dict` gave. Raises ValueError for unknown or missing entries."""
        data = _known(cls, data)
        if not isinstance(data.get("name"), str):
            raise ValueError("the config has no name")
        if "body" in data:
            body = {key: _tuple(value) for key, value in _known(ConvolutionConfig, data["body"]).items()}
            data["body"] = ConvolutionConfig(**body)
        if "quantizer" in data:
            quantizer = {key: _tuple(value) for key, value in _known(QuantizerConfig, data["quantizer"]).items()}
            data["quantizer"] = QuantizerConfig(**quantizer)
        return cls(**data)


def build(config: CodecConfig) -> Codec:
    """A codec with fresh weights. Raises ValueError for a quantizer nobody has written, or options it does not take."""
    if config.quantizer.kind not in QUANTIZERS:
        raise ValueError(f"unknown quantizer {config.quantizer.kind!r}")
    try:
        quantizer = QUANTIZERS[config.quantizer.kind](config.body.dim, **config.quantizer.options())
    except TypeError as error:
        raise ValueError(f"a {config.quantizer.kind} quantizer takes other options: {error}") from None
    return Codec(Encoder(config.body), quantizer, Decoder(config.body), name=config.name, kind=config.modality)


def _known(cls: type, data: object) -> dict:
    if not isinstance(data, dict):
        raise ValueError(f"{cls.__name__} wants an object, not {type(data).__name__}")
    unknown = set(data) - {f.name for f in fields(cls)}
    if unknown:
        raise ValueError(f"{cls.__name__} has no {sorted(unknown)}")
    return dict(data)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
