"""An evaluation is the mean of its scores, and the usage of all of them together."""

import pytest
import torch

from playground.analysis.evaluation import score, summarise
from playground.core.codec import Codec
from playground.media.modalities import IMAGE


def pictures(count: int) -> torch.Tensor:
    return torch.rand(count, 3, 40, 48, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_a_score_is_what_going_there_and_back_gives(picture_codec: Codec) -> None:
    signal = pictures(1)
    found = score(picture_codec, signal, IMAGE.quality)
    tokens = picture_codec.encode(signal)
    assert found.quality == IMAGE.quality(signal, picture_codec.decode(tokens))
    assert found.rate_bpp == 5 * 6 * 4 / (40 * 48)
    assert torch.equal(found.usage.counts, torch.bincount(tokens.indices.flatten(), minlength=16))


def test_many_scores_make_one_evaluation(picture_codec: Codec) -> None:
    scores = [score(picture_codec, signal[None], IMAGE.quality) for signal in pictures(4)]
    whole = summarise(scores)
    assert whole.quality["psnr_db"] == pytest.approx(sum(s.quality["psnr_db"] for s in scores) / 4)
    together = picture_codec.encode(pictures(4)).indices
    assert torch.equal(whole.usage.counts, torch.bincount(together.flatten(), minlength=16))
    assert whole.usage.items == 4
    assert whole.usage.used >= max(s.usage.used for s in scores)


def test_nothing_cannot_be_evaluated() -> None:
    with pytest.raises(ValueError, match="no scores"):
        summarise([])
