"""A glimpse of a training as the page gets it: numbers as they are, pictures as small JPEGs."""

import io

from PIL import Image
from torch import Tensor

from ..analysis.atlas import to_bytes
from ..training.watched import Glimpse
from ..view.sheets import sheet, sheet_columns
from . import wire


def frame_of(glimpse: Glimpse, tiles: Tensor | None) -> dict:
    """What the page draws of a glimpse and of the (V, 3, s, s) tiles of the first codebook, None without codes."""
    size = glimpse.counts.shape[1]
    columns = 1 if tiles is None else sheet_columns(size)
    return {
        "step": glimpse.step,
        "loss": glimpse.loss,
        "psnr_db": glimpse.psnr_db,
        "perplexity": list(glimpse.perplexity),
        "dead": int((glimpse.counts == 0).sum()),
        "counts": glimpse.counts.tolist(),
        "pictures": jpeg_of(glimpse.pictures, len(glimpse.pictures), quality=78),
        "atlas": None if tiles is None else jpeg_of(tiles, columns, quality=88),
        "columns": columns,
        "tile": 0 if tiles is None else tiles.shape[-1],
        "event": glimpse.event or None,
        "quantizer": glimpse.settings.quantizer,
        "codebook_size": size,
    }


def jpeg_of(pictures: Tensor, columns: int, *, quality: int) -> str:
    """(N, 3, S, S) in [−1, 1] → a data URL of all of them, `columns` in a row."""
    file = io.BytesIO()
    Image.fromarray(sheet(to_bytes(pictures), columns)).save(file, "JPEG", quality=quality, subsampling=0)
    return wire.data_url("image/jpeg", file.getvalue())
