"""The trunk of every prior."""

import pytest
import torch

from playground.models.dit import Trunk, TrunkConfig, Wanted

CONFIG = TrunkConfig(grid=(1, 3, 4), width=16, depth=2, head=8)


def trunk(seed: int = 0) -> Trunk:
    torch.manual_seed(seed)
    made = Trunk(CONFIG).requires_grad_(False)
    for parameter in made.parameters():
        parameter.normal_(std=0.3)
    return made


def test_a_fresh_trunk_lets_everything_through() -> None:
    """adaLN-zero: every block begins as the identity, so only places are added and the norm taken."""
    fresh, x = Trunk(CONFIG), torch.randn(2, 12, 16)
    expected = torch.nn.functional.rms_norm(x + fresh.places, (16,), eps=1e-6)
    torch.testing.assert_close(fresh(x, torch.randn(2, 16))[0], expected)


def test_the_condition_is_felt_everywhere() -> None:
    x = torch.randn(1, 12, 16).expand(2, -1, -1)
    output, _ = trunk()(x, torch.randn(2, 16))
    assert (output[0] - output[1]).abs().amax(1).min() > 1e-3


def test_piece_by_piece_with_the_past_equals_all_at_once() -> None:
    x, condition, made = torch.randn(2, 12, 16), torch.randn(2, 16), trunk()
    whole, _ = made(x, condition, causal=True)
    parts, past = [], None
    for place in range(12):
        part, past = made(x[:, place : place + 1], condition, past=past, causal=True)
        parts.append(part)
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_the_known_one(causal: bool) -> None:
    from playground.models.dit import _attention

    q, k, v = torch.randn(3, 2, 2, 12, 8)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    torch.testing.assert_close(_attention(q, k, v, causal), expected)


def test_how_much_is_wanted_does_not_depend_on_how_many_labels_say_it() -> None:
    wanted = Wanted(6, 16)
    rows = torch.tensor([[1.0, 0, 1, 0, 0, 0], [3.0, 0, 3, 0, 0, 0]])
    first, second = wanted(rows)
    torch.testing.assert_close(first, second)
    assert wanted(torch.zeros(1, 6)).isfinite().all()


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="heads"):
        Trunk(TrunkConfig(width=20, head=8))
    with pytest.raises(ValueError, match="axes"):
        Trunk(TrunkConfig(grid=(2, 3, 4), width=16, head=8, depth=1))(torch.randn(1, 24, 16), torch.randn(1, 16))
