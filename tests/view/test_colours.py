import re

import pytest
import torch

from playground.view.colours import code_colours, hex_colours, oklab


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def rgb(colours):
    """(N, 3) in [−1, 1] of "#rrggbb"."""
    return torch.tensor([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours]) / 127.5 - 1


def rank_correlation(a, b):
    ranks = torch.stack([a.argsort().argsort().float(), b.argsort().argsort().float()])
    return float(torch.corrcoef(ranks)[0, 1])


@pytest.mark.parametrize("codes", [1, 2, 3, 256])
def test_every_code_has_a_valid_colour(codes):
    colours = code_colours(random(codes, 6))
    assert len(colours) == codes and all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_twins_among_codes_and_silent_codes_do_no_harm():
    codebook = random(4, 6).repeat(3, 1)
    assert len(code_colours(codebook, weights=torch.tensor([5] + 11 * [0]))) == 12


def test_near_codes_have_near_colours():
    codebook = random(256, 6) * torch.tensor([4, 3, 2, 1, 0.5, 0.5])
    looks = oklab(rgb(code_colours(codebook)))
    above = torch.triu_indices(256, 256, 1)
    in_code_space = torch.cdist(codebook, codebook)[above[0], above[1]]
    in_colour = torch.cdist(looks, looks)[above[0], above[1]]
    assert rank_correlation(in_code_space, in_colour) > 0.7


def test_colours_differ_and_are_seen_on_white_and_on_black():
    colours = code_colours(random(256, 6))
    assert len(set(colours)) > 250
    lightness, a, b = oklab(rgb(colours)).unbind(1)
    assert lightness.min() > 0.38 and lightness.max() < 0.87
    chroma = (a**2 + b**2).sqrt()
    assert chroma.median() > 0.08 and chroma.max() < 0.175  # no grey crowd, nothing shrill


@pytest.mark.parametrize("sign", [1, -1])
def test_colours_lean_towards_the_tiles(sign):
    tints = torch.tanh(random(256, 3))
    hidden = oklab(tints) @ torch.linalg.qr(random(3, 3, seed=1)).Q  # codes that know their colour, turned
    shown = oklab(rgb(code_colours(sign * hidden, tints=tints)))
    lightness, looks = shown[:, 0], oklab(tints)
    assert rank_correlation(lightness, looks[:, 0]) > 0.5
    assert (shown[:, 1:] * looks[:, 1:]).sum() > 0.5 * (shown[:, 1:].norm(dim=1) * looks[:, 1:].norm(dim=1)).sum()


def test_known_colours_go_to_oklab_and_back():
    known = ["#ff0000", "#00ff00", "#0000ff", "#ffffff", "#808080", "#12ab9f", "#000000"]
    looks = oklab(rgb(known))
    assert hex_colours(looks) == known
    # Ottosson's own figures for sRGB red, and white has no hue
    torch.testing.assert_close(looks[0], torch.tensor([0.6280, 0.2249, 0.1258]), atol=2e-4, rtol=0)
    torch.testing.assert_close(looks[3], torch.tensor([1.0, 0, 0]), atol=2e-4, rtol=0)


def test_what_a_screen_cannot_show_keeps_lightness_and_hue():
    wild = torch.tensor([[0.6, 0.4, 0.3], [0.5, -0.5, 0.1], [0.8, 0.0, 0.5]])
    shown = oklab(rgb(hex_colours(wild)))
    torch.testing.assert_close(shown[:, 0], wild[:, 0], atol=0.01, rtol=0)
    hue = torch.atan2(shown[:, 2], shown[:, 1]) - torch.atan2(wild[:, 2], wild[:, 1])
    assert hue.abs().max() < 0.05 and (shown[:, 1:].norm(dim=1) > 0.08).all()
