"""Training state on disk: one safetensors file a save, written so that no crash can spoil it."""

import contextlib
import fcntl
import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from safetensors.torch import load, save
from torch import Tensor

from ..core.errors import InputError

KEEP = 2  # the newest saves that stay


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds `folder` for one writer. Raises InputError when another one has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("Another training is already writing to “{folder}”.", folder=folder) from None
        yield


def save_state(folder: Path, step: int, tensors: dict[str, Tensor], notes: dict) -> Path:
    """Writes one state and drops the oldest beyond KEEP. Returns the file.

    `notes` is anything JSON can hold. The order (temporary file, fsync, rename, fsync of
    the folder, only then delete) leaves a loadable state whenever the machine stops.
    """
    body = save(tensors, metadata={"step": str(step), "notes": json.dumps(notes)})
    path = folder / f"state-{step:08d}.safetensors"
    write_safely(path, hashlib.sha256(body).digest() + body)
    for old in sorted(folder.glob("state-*.safetensors"))[:-KEEP]:
        old.unlink()
    return path


def load_state(folder: Path) -> tuple[int, dict[str, Tensor], dict] | None:
    """(step, tensors, notes) of the newest state that is whole, or None when there is none at all.

    A damaged newest state is passed over with a warning. Raises InputError when every one is damaged.
    """
    paths = sorted(folder.glob("state-*.safetensors"), reverse=True)
    for path in paths:
        data = path.read_bytes()
        digest, body = data[:32], data[32:]
        if hashlib.sha256(body).digest() == digest:
            length = int.from_bytes(body[:8], "little")
            metadata = json.loads(body[8 : 8 + length])["__metadata__"]
            return int(metadata["step"]), load(body), json.loads(metadata["notes"])
        warnings.warn(f"{path.name} is damaged; going back to the state before it", stacklevel=2)
    if paths:
        raise InputError("Every training state in “{folder}” is damaged.", folder=folder)
    return None


def write_safely(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one move: readers see the old file or the new one, never a part."""
    temporary = path.with_suffix(".tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # on a full disk, the part that was written is the worst to keep
        raise
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
