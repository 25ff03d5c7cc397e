"""Latents as colours: alike where they are alike, and grey in the middle of the codes."""

import torch

from playground.view.latents import latent_colours


def test_the_middle_is_grey_and_every_direction_has_a_colour() -> None:
    codebook = torch.randn(400, 8, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [9.0, 4, 2, 1, 1, 1, 1, 1]
    )
    middle = codebook.mean(0)
    steps = torch.eye(8)[:3] * torch.tensor([[9.0], [4.0], [2.0]])
    latents = torch.stack([middle, *(middle + step for step in steps), middle - steps[0]]).t()[None, :, None]
    colours = latent_colours(latents, codebook)[0, 0].int()
    assert colours.shape == (5, 3) and (colours[0] - 128).abs().max() <= 1
    for axis in range(3):
        assert (colours[1 + axis] - colours[0]).abs().argmax() == axis
    assert ((colours[1] - colours[0]) + (colours[4] - colours[0])).abs().max() <= 2, "the other way is the other colour"


def test_few_directions_leave_the_other_colours_grey_and_far_ones_stay_on_the_screen() -> None:
    codebook = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    colours = latent_colours(torch.full((1, 2, 4), 1e6), codebook)
    assert colours.dtype == torch.uint8 and colours.shape == (1, 4, 3)
    assert set(colours[..., 2].flatten().tolist()) == {128} and set(colours[..., 0].flatten().tolist()) <= {0, 255}
