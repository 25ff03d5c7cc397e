"""The optimiser moves every weight, in its own memory, and goes on where it stopped."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from playground.training.optimizer import Optimizer


def network(rank: int) -> nn.ModuleDict:
    torch.manual_seed(0)
    conv = {1: nn.Conv1d, 2: nn.Conv2d}[rank]
    halves = {
        name: nn.Sequential(conv(2, 6, 1), conv(6, 6, 3, padding=1), conv(6, 4, 1), conv(4, 2, 1))
        for name in ("encoder", "decoder")
    }
    halves["decoder"].append(nn.LayerNorm(8))
    network = nn.ModuleDict(halves)
    return network.to(memory_format=torch.channels_last) if rank == 2 else network


def loss_of(network: nn.ModuleDict, rank: int) -> Tensor:
    x = torch.sin(torch.arange(2.0 * 2 * 8**rank)).reshape(2, 2, *[8] * rank)
    return F.mse_loss(network["decoder"](network["encoder"](x)), x.flip(-1))


def advance(network: nn.ModuleDict, optimizer: Optimizer, rank: int, steps: int) -> float:
    for _ in range(steps):
        loss = loss_of(network, rank)
        loss.backward()
        optimizer.step(0.02)
    return loss.item()


@pytest.mark.parametrize("rank", [1, 2])
def test_every_weight_moves_and_the_loss_falls(rank: int) -> None:
    net = network(rank)
    before = {name: weight.detach().clone() for name, weight in net.named_parameters()}
    first = loss_of(net, rank).item()
    assert advance(net, Optimizer(dict(net.named_parameters())), rank, 60) < 0.5 * first
    for name, weight in net.named_parameters():
        assert not torch.equal(weight, before[name]), name
        assert weight.grad is None


def test_only_matrices_within_a_half_are_muons() -> None:
    optimizer = Optimizer(dict(network(2).named_parameters()))
    assert set(optimizer.matrices) == {f"{half}.{i}.weight" for half in ("encoder", "decoder") for i in (1, 2)}


def test_muon_moves_a_matrix_in_all_directions_more_evenly_than_its_gradient_does() -> None:
    net = network(2)
    optimizer = Optimizer(dict(net.named_parameters()))
    weight = net["encoder"][2].weight
    before = weight.detach().clone()
    loss_of(net, 2).backward()
    gradient = torch.linalg.svdvals(weight.grad.flatten(1))
    optimizer.step(0.02)
    moved = torch.linalg.svdvals((weight.detach() - before).flatten(1))
    assert (moved / moved[0])[1:].min() > 3 * (gradient / gradient[0])[1:].min()


@pytest.mark.parametrize("rank", [1, 2])
def test_a_restored_optimiser_goes_on_bit_by_bit(rank: int) -> None:
    whole, half = network(rank), network(rank)
    advance(whole, Optimizer(dict(whole.named_parameters())), rank, 5)
    first = Optimizer(dict(half.named_parameters()))
    advance(half, first, rank, 2)
    kept = {name: tensor.clone() for name, tensor in first.tensors().items()}
    second = Optimizer(dict(half.named_parameters()))
    second.restore(kept)
    advance(half, second, rank, 3)
    for name, weight in whole.named_parameters():
        assert torch.equal(weight, half.get_parameter(name)), name
