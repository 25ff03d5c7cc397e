"""A checkpoint may leave out what its neighbour has, and says when that is no longer the same."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.core.errors import InputError
from playground.models.folder import CONFIG, WEIGHTS
from playground.training.checkpoint import export, leave_out
from playground.zoo import Zoo

from ..conftest import LABEL, PICTURES, tiny_codec


@pytest.fixture
def pair(tmp_path):
    """Two codecs of one folder that differ in their decoder only."""
    for name in ("base", "other"):
        export(tiny_codec(), tmp_path / name, config=PICTURES, label=LABEL)
    tensors = load_file(tmp_path / "other" / WEIGHTS)
    tensors = {name: t + 1 if name.startswith("decoder") else t for name, t in tensors.items()}
    tensors = {name: torch.where(t == 0, -t, t) for name, t in tensors.items()}  # −0 is 0
    save_file(tensors, tmp_path / "other" / WEIGHTS)
    return tmp_path / "base", tmp_path / "other"


def test_the_codec_is_the_same_with_less_on_disk(pair) -> None:
    base, other = pair
    whole = Zoo(base.parent).load("other").state_dict()
    before, after = leave_out(other, base)
    assert after < before
    assert all(name.startswith("decoder") for name in load_file(other / WEIGHTS))
    lean = Zoo(base.parent).load("other").state_dict()
    assert lean.keys() == whole.keys() and all(torch.equal(lean[name], whole[name]) for name in whole)


def test_other_weights_of_the_neighbour_are_noticed(pair) -> None:
    base, other = pair
    leave_out(other, base)
    tensors = load_file(base / WEIGHTS)
    save_file({name: t * 2 for name, t in tensors.items()}, base / WEIGHTS)
    with pytest.raises(InputError, match="which are others now"):
        Zoo(base.parent).load("other")
    shutil.rmtree(base)
    with pytest.raises(InputError, match="which are not there"):
        Zoo(base.parent).load("other")


@pytest.mark.parametrize("note", [[], {"codec": "base"}, {"codec": "../base", "fingerprint": "0"}])
def test_a_note_that_leads_nowhere(pair, note) -> None:
    base, other = pair
    leave_out(other, base)
    content = json.loads((other / CONFIG).read_text())
    (other / CONFIG).write_text(json.dumps(content | {"shares": note}))
    with pytest.raises(InputError, match="share"):
        Zoo(base.parent).load("other")


def test_nothing_is_shared_twice_or_where_nothing_is_alike(pair) -> None:
    base, other = pair
    leave_out(other, base)
    with pytest.raises(InputError, match="already"):
        leave_out(other, base)
    with pytest.raises(InputError, match="already"):
        leave_out(base, other)
