"""What differs between the recipe that a training in a folder was begun with and the one it shall go on with."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from .state import load_state

# No step differs by these; or a trained start decides, or `resume` refuses another codec anyway.
KEPT = {"report_every", "save_every", "title", "licence", "unquantized", "codec"}


def check_unchanged(folder: Path, recipe: Any) -> None:
    """Raises InputError, saying what differs, when the newest state in `folder` was trained by another recipe.

    A state without its recipe, of an older version, is taken as it is.
    """
    state = load_state(folder) if folder.is_dir() else None
    if state is None or "recipe" not in state[2]:
        return
    told = changes(state[2]["recipe"], asdict(recipe))
    if told:
        raise InputError(
            "“{folder}” was trained with another recipe: {changes}. Name the same again, or go on with --change.",
            folder=folder,
            changes=", ".join(told),
        )


def changes(before: dict, after: dict) -> list[str]:
    """“learning_rate 0.001 instead of 0.002” for every entry, at any depth, that both have and that differs."""
    before, after = _plain(before), _plain(after)
    return [
        f"{name} {after[name]} instead of {before[name]}"
        for name in after
        if name in before and after[name] != before[name] and name.split(".")[0] not in KEPT
    ]


def _plain(recipe: dict, above: str = "") -> dict[str, Any]:
    """Every entry by its path, as JSON keeps it."""
    flat = {}
    for name, value in json.loads(json.dumps(recipe)).items():
        flat |= _plain(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
    return flat
