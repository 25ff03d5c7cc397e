"""The arithmetic a training runs in: half precision where the device computes in it, single precision elsewhere."""

from functools import lru_cache

import torch


def mixed_precision(device: torch.device | str) -> torch.autocast:
    """An autocast context: bfloat16 on accelerators and on processors that have instructions for it, else disabled.

    A processor without them converts every number there and back: on one that stops at AVX2 a convolution
    in bfloat16 takes 7 times as long as in single precision.
    """
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or _processor_has_bfloat16())


@lru_cache(maxsize=1)
def _processor_has_bfloat16() -> bool:
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # every processor with AMX has it too
    return bool(native and native())
