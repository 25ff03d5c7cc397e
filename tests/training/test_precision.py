"""Half precision is used where the device computes in it, and nowhere else."""

import pytest
import torch

from playground.training import precision


@pytest.mark.parametrize("native", [True, False])
def test_a_processor_without_bfloat16_trains_in_single_precision(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native, raising=False)
    precision._processor_has_bfloat16.cache_clear()
    try:
        with precision.mixed_precision("cpu"):
            assert torch.is_autocast_enabled("cpu") is native
    finally:
        precision._processor_has_bfloat16.cache_clear()


def test_an_accelerator_always_trains_in_bfloat16() -> None:
    context = precision.mixed_precision("cuda:0")
    assert context.device == "cuda" and context.fast_dtype == torch.bfloat16
