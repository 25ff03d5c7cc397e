"""A reel holds whole pieces of real sounds, and its places hold the codes they are listed for."""

import pytest
import torch

from playground.analysis.reel import PIECE, cut_reel, join_reel, places, places_apart
from playground.core.spectrogram import RATE
from playground.models.config import CodecConfig, QuantizerConfig, build
from playground.models.convolution import ConvolutionConfig

STRIDE = 320


@pytest.fixture
def codec():
    torch.manual_seed(0)
    body = ConvolutionConfig(
        rank=1, channels=1, patch=320, widths=(8,), encoder_depths=(0,), decoder_depths=(0,), dim=4
    )
    config = CodecConfig("tiny", "audio", body, QuantizerConfig("residual", codebook_size=16, num_codebooks=2))
    return build(config).eval()


@pytest.fixture
def sounds() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(1, 1, length, generator=generator) * 0.1 for length in (5_000, 30_000, 40_000, 70_000)]


def test_pieces_are_whole_and_from_sounds_that_are_long_enough(sounds) -> None:
    reel = cut_reel(sounds, stride=STRIDE, pieces=9)
    assert sorted(reel.sources) == [1, 2, 3] and reel.piece % STRIDE == 0
    assert reel.piece == pytest.approx(PIECE * RATE, abs=STRIDE)
    assert reel.signal.shape == (1, 1, 3 * reel.piece)
    for i, source in enumerate(reel.sources):
        inner = reel.signal[0, 0, i * reel.piece :][1000:2000]
        windows = sounds[source][0, 0].unfold(0, 1000, 1)
        assert (windows - inner).abs().sum(1).min() < 1e-3, "as it was, but for its ends"
    with pytest.raises(ValueError, match="no sound"):
        cut_reel(sounds[:1], stride=STRIDE, pieces=1)


def test_the_loudest_piece_is_taken() -> None:
    sound = torch.full((1, 1, 60_000), 0.01)
    sound[..., 30_000:50_000] = 0.5
    assert cut_reel([sound], stride=STRIDE, pieces=1).signal.mean() > 0.4


@pytest.mark.parametrize("k", [0, 1])
def test_every_place_holds_its_code(codec, sounds, k: int) -> None:
    reel = cut_reel(sounds, stride=STRIDE, pieces=3)
    found = places(codec, reel, k=k, per_code=2)
    indices = codec.encode(reel.signal).indices[0, k]
    assert len(found) == 16 and any(found)
    for code, cells in enumerate(found):
        assert len(cells) == len(set(cells)) == min(2, int((indices == code).sum()))
        assert all(indices[cell] == code for cell in cells)


def test_of_texts_each_piece_is_encoded_by_itself(codec) -> None:
    generator = torch.Generator().manual_seed(0)
    texts = [torch.randn(1, 1, 4 * STRIDE, generator=generator) for _ in range(9)]
    reel = join_reel(texts, pieces=5)
    assert len(set(reel.sources)) == 5 and reel.signal.shape == (1, 1, 5 * 4 * STRIDE)
    found = places_apart(codec, reel, k=1, per_code=3)
    for code, cells in enumerate(found):
        for cell in cells:
            alone = codec.encode(texts[reel.sources[cell // 4]]).indices[0, 1]
            assert alone[cell % 4] == code
    assert sum(map(len, found)) > 5
