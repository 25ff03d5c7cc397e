"""What a caller may hand over in place of a file: paths, open files, arrays and tensors, brought to a few types."""

import os
from pathlib import Path

import numpy as np
import torch

from ..core.errors import InputError


def plain(raw: object, most: int) -> object:
    """Bytes for an open file and for other buffers of bytes, an array for a tensor; anything else as it is.

    most  bytes that are read of a file at most, plus one, by which a reader knows that there is more

    Raises InputError for a file that cannot be read.
    """
    if isinstance(raw, torch.Tensor):
        tensor = raw.detach().cpu()
        return (tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor).numpy()
    if isinstance(raw, bytearray | memoryview):
        return bytes(raw[: most + 1])
    if callable(getattr(raw, "read", None)) and not isinstance(raw, np.ndarray):
        try:
            return raw.read(most + 1)
        except (OSError, ValueError) as error:  # closed, or no text in its encoding
            raise InputError("This open file cannot be read: {reason}.", reason=str(error)[:200]) from error
    return raw


def file_bytes(path: str | os.PathLike, most: int) -> bytes:
    """The content of a file, `most` bytes and one of it at most. Raises InputError where there is no such file."""
    name = shown(path)
    if "\0" in os.fsdecode(path):
        raise InputError("There is no file “{name}”.", name=name)
    if "://" in os.fsdecode(path):
        raise InputError("Web addresses are not fetched. Download the file and open it.")
    try:
        if Path(path).is_dir():
            raise InputError("“{name}” is a folder, not a file.", name=name)
        if not Path(path).is_file():  # also of a link that leads nowhere, and of what is no ordinary file
            raise InputError("There is no file “{name}”.", name=name)
        with open(path, "rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise InputError("The file “{name}” cannot be read: {reason}.", name=name, reason=error.strerror) from error


def shown(path: str | os.PathLike) -> str:
    """The name of a file as it can be printed: bytes that are no UTF-8 as \\xff."""
    return printable(Path(os.fsdecode(path)).name)


def printable(name: str) -> str:
    """A name from the file system without the lone surrogates that stand for bytes that are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
