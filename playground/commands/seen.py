"""The command that writes down what the priors of a codec learned from."""

from pathlib import Path
from typing import Annotated

import torch
import typer

from .. import zoo
from .options import Codec, app

MOST = 6000  # pictures that are written down
HELD_OUT = 300  # pictures that no prior saw, by which a distance is judged
MOVED = {"emoji": (4, True)}  # by how many pixels, and whether mirrored, pictures of a domain are moved in training
TOGETHER = 64


@app.command()
def seen(
    data: Annotated[Path, typer.Option("--data", help="The folder of the training pictures, or the one above it.")],
    domain: Annotated[str, typer.Option(help="emoji or digits_image.")],
    codec: Codec,
) -> None:
    """Writes the training pictures, as tokens, beside a codec: who generates can then ask what a sample is near to."""
    from ..analysis.nearness import nearest_pictures
    from ..core.errors import InputError
    from ..data.labelled import DOMAINS
    from ..data.names import chinese_names
    from ..seen import Seen, decode_all, write_seen

    if domain not in DOMAINS:
        raise InputError("There is no domain “{domain}”. There are: {names}.", domain=domain, names=", ".join(DOMAINS))
    source, model = DOMAINS[domain], zoo.load(codec)
    folder = data / domain if (data / domain).is_dir() else data
    train, held_back = source.open(folder, "train"), source.open(folder, "val")
    shift, mirrored = MOVED.get(domain, (0, False))
    learned, strange = _tokens(model, source, train, MOST), _tokens(model, source, held_back, HELD_OUT)
    pictures = decode_all(model, strange).float() / 127.5 - 1
    distances, _ = nearest_pictures(pictures, decode_all(model, learned), shift=shift, mirrored=mirrored)
    names = tuple(labels[-1] for labels in train.labels[:MOST])
    told = {name: said for name, said in chinese_names(folder).items() if name in set(names)}
    path = write_seen(zoo.folder_of(codec), Seen(learned, names, told, shift, mirrored, distances.median().item()))
    print(
        f"{path}: {len(names)} pictures; half of {len(strange)} others are {distances.median():.3f} or more from them"
    )


def _tokens(model, source, data, most: int) -> torch.Tensor:
    """(M, K, *grid) int64 of the first pictures, as they are."""
    parts = []
    with torch.inference_mode():
        for chosen in torch.arange(min(len(data), most)).split(TOGETHER):
            parts.append(model.encode(source.usual(data, chosen, generator=None)).indices)
    return torch.cat(parts)
