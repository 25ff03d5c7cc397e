"""From a config that can be written as JSON to a codec, and back."""

from dataclasses import asdict, dataclass, field, fields

from ..core.codec import Codec
from ..quantizers.vector import VectorQuantizer
from .convolution import ConvolutionConfig, Decoder, Encoder

QUANTIZERS = {"vector": VectorQuantizer}


@dataclass(frozen=True)
class QuantizerConfig:
    """Which quantizer, and its numbers. `kind` is a key of QUANTIZERS."""

    kind: str = "vector"
    codebook_size: int = 1024
    commitment: float = 0.25


@dataclass(frozen=True)
class CodecConfig:
    """Everything needed to rebuild a codec's network.

    modality  "image", "audio" or "text"
    body      encoder and decoder
    """

    name: str
    modality: str = "image"
    body: ConvolutionConfig = field(default_factory=ConvolutionConfig)
    quantizer: QuantizerConfig = field(default_factory=QuantizerConfig)

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self)

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
            data["quantizer"] = QuantizerConfig(**_known(QuantizerConfig, data["quantizer"]))
        return cls(**data)


def build(config: CodecConfig) -> Codec:
    """A codec with fresh weights. Raises ValueError for a quantizer nobody has written."""
    if config.quantizer.kind not in QUANTIZERS:
        raise ValueError(f"unknown quantizer {config.quantizer.kind!r}")
    quantizer = QUANTIZERS[config.quantizer.kind](
        config.body.dim, config.quantizer.codebook_size, commitment=config.quantizer.commitment
    )
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
