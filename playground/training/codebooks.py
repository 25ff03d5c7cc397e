"""The tables of a quantizer in training, under the cures that the recipe names."""

import torch
from torch import Generator, Tensor, nn

from ..quantizers.cures import MovingCodebook, kmeans
from ..quantizers.vector import flatten, nearest_codes
from .recipes import Recipe


class Codebooks:
    """All tables of vectors of one quantizer: one of VQ, K of RVQ, none of FSQ."""

    def __init__(self, quantizer: nn.Module, recipe: Recipe) -> None:
        self.quantizer, self.recipe = quantizer, recipe
        moving = quantizer.tables if "moving" in recipe.cures else ()
        self.moving = [MovingCodebook(table, decay=recipe.decay) for table in moving]

    @torch.no_grad()
    def start(self, latents: Tensor, *, batches: int, taken: int, generator: Generator) -> None:
        """Puts the codes where the latents (B, D, *grid) of some batches are, but leaves those of `taken` tables."""
        given = self.quantizer.given(latents)  # each table's, once the tables before it are in place
        for k, (table, vectors) in enumerate(zip(self.quantizer.tables, given, strict=True)):
            vectors, centres = flatten(vectors), table.weight.clone()
            if k >= taken and "kmeans" in self.recipe.cures:
                centres = kmeans(vectors, len(centres), generator=generator)
                table.weight.copy_(centres)
            if self.moving:
                counts = torch.bincount(nearest_codes(vectors, table.codes()), minlength=len(centres)) / batches
                self.moving[k].start(centres, counts)

    @torch.no_grad()
    def follow(self, latents: Tensor, indices: Tensor, *, revive: bool, generator: Generator) -> None:
        """After a step: moves codes to the latents (B, D, *grid) that chose them by `indices` (B, K, *grid)."""
        if not self.moving:
            return
        given = [flatten(vectors).float() for vectors in self.quantizer.given(latents, indices)]
        for k, (book, vectors) in enumerate(zip(self.moving, given, strict=True)):
            book.update(vectors, indices[:, k].flatten())
            if revive:
                least = self.recipe.weak * len(vectors) / self.quantizer.codebook_size
                book.revive(vectors, least=least, generator=generator)

    def tensors(self) -> dict[str, Tensor]:
        """What a resumed training needs besides the codes themselves."""
        return {f"book.{k}.{n}": t for k, book in enumerate(self.moving) for n, t in book.tensors().items()}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        for k, book in enumerate(self.moving):
            book.restore({name: tensors[f"book.{k}.{name}"] for name in book.tensors()})
