"""Speakers that a model never heard, and how well it understands them."""

from dataclasses import replace
from pathlib import Path

import torch

from ..core.errors import InputError
from ..models.joint import Joint
from .joint import joint_config, train_joint
from .joint_recipes import JointRecipe
from .lessons import beliefs
from .state import load_state


def hear_strangers(
    recipe: JointRecipe, data: Path, folder: Path, speakers: tuple[str, ...], *, steps: int | None = None
) -> dict[str, tuple[int, int]]:
    """Trains senses and shared codes without `speakers`, then gives for each, and for "all", how many of their
    recordings are understood, and of how many.

    Raises InputError when the data have no such speaker.
    """
    known = set(recipe.open(data, "train").speakers)
    for name in set(speakers) - known:
        raise InputError("There is no speaker “{name}”. There are: {names}.", name=name, names=", ".join(sorted(known)))
    fusion = replace(recipe.fusion, steps=steps or recipe.fusion.steps)
    recipe = replace(recipe, without=speakers, fusion=fusion)
    for _ in train_joint(recipe, data, folder, generate=False):
        pass
    return understood(trained_senses(recipe, data, folder), recipe, data, speakers)


def trained_senses(recipe: JointRecipe, data: Path, folder: Path) -> Joint:
    """The model of a training's newest state of senses and shared codes; the rest of it knows nothing yet."""
    joint = Joint(joint_config(recipe, recipe.open(data, "val"))).eval().requires_grad_(False)
    state = load_state(folder / "fusion")
    if state is None:
        raise InputError("There is no training in “{folder}” yet.", folder=folder)
    weights = {n.removeprefix("average."): t for n, t in state[1].items() if n.startswith("average.")}
    for part in ("senses", "believe", "quantizer"):
        own = {n.removeprefix(f"{part}."): t for n, t in weights.items() if n.startswith(f"{part}.")}
        getattr(joint, part).load_state_dict(own)
    return joint


def understood(joint: Joint, recipe: JointRecipe, data: Path, speakers: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Of each speaker's recordings in both splits: how many are believed right, and how many there are."""
    found: dict[str, list[bool]] = {}
    for split in ("train", "val"):
        triples = recipe.open(data, split).spoken_by(speakers)
        if not len(triples.sounds):
            continue
        believed = torch.cat([belief.argmax(1) for _, belief in beliefs(joint, "sounds", triples.sounds.items)])
        for speaker, right in zip(triples.speakers, (believed == triples.sounds.meanings).tolist(), strict=True):
            found.setdefault(speaker, []).append(right)
    all_of_them = [right for each in found.values() for right in each]
    return {name: (sum(right), len(right)) for name, right in [*found.items(), ("all", all_of_them)]}
