"""A small training under way that shows itself at any moment, and is changed while it runs."""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from .losses import psnr
from .run import Run
from .small import BATCH, CROP, Settings, recipe_of

SHOWN = 8  # pictures
CURES = ("kmeans", "moving", "revive", "rotation", "fsq")


@dataclass(frozen=True, eq=False)
class Glimpse:
    """How it stands.

    loss, psnr_db  means over the steps since the last glimpse
    counts         (K, V) int64: how often each code was chosen in those steps; K is 0 without codes
    perplexity     K numbers, of those counts
    pictures       (SHOWN, 3, SIDE, SIDE) in [−1, 1]: what comes back of the first pictures
    event          what was changed since the last glimpse, "" for nothing
    """

    step: int
    loss: float
    psnr_db: float
    counts: Tensor
    perplexity: tuple[float, ...]
    pictures: Tensor
    event: str
    settings: Settings


class Watched:
    """One training: `advance` takes a step, `glimpse` looks, `cure` and `tune` change it. One thread at a time."""

    def __init__(self, settings: Settings, pictures: Tensor) -> None:
        """pictures  (N, 3, SIDE, SIDE) uint8; the first SHOWN are shown, and trained on like the others."""
        self.settings, self.pictures, self.step, self.event = settings, pictures, 0, ""
        self.run = self._begin()
        self._forget()

    @property
    def codec(self) -> Codec:
        """The codec as it is shown: its weights averaged, frozen, in eval mode."""
        with self.run.average.worn() as worn:
            weights = {name: tensor.clone() for name, tensor in worn.state_dict().items()}
        codec = Run(recipe_of(self.settings), self._batch).codec
        codec.load_state_dict(weights)
        return codec.requires_grad_(False).eval()

    def advance(self) -> None:
        """One step. Raises FloatingPointError when the loss or its gradient is no longer a number."""
        loss, error, indices = self.run.advance()
        self.step += 1
        self.losses.append(loss)
        self.errors.append(error)
        size = self.run.codec.quantizer.codebook_size
        for k, chosen in enumerate(indices.unbind(1)):
            self.counts[k] += chosen.flatten().bincount(minlength=size)

    def glimpse(self) -> Glimpse:
        """How it stands, since the last one. Raises ValueError when no step was taken since."""
        if not self.losses:
            raise ValueError("no step was taken since the last glimpse")
        share = self.counts / self.counts.sum(1, keepdim=True).clamp(min=1)
        glimpse = Glimpse(
            step=self.step,
            loss=sum(self.losses) / len(self.losses),
            psnr_db=sum(map(psnr, self.errors)) / len(self.errors),
            counts=self.counts,
            perplexity=tuple(torch.exp(-torch.xlogy(share, share).sum(1)).tolist()),
            pictures=self.run.reconstruct(self._signals(self.pictures[:SHOWN])),
            event=self.event,
            settings=self.settings,
        )
        self._forget()
        self.event = ""
        return glimpse

    def cure(self, name: str) -> None:
        """Applies one of CURES from the next step on; the network, and where it can the codebook, stays.

        kmeans        puts the codes where the latents are
        moving        lets them follow running means
        revive        the same, and moves those that nothing chooses
        rotation, fsq  exchanges the quantizer
        """
        quantizer = {"rotation": "rotation", "fsq": "fsq"}.get(name, self.settings.quantizer)
        cured = {"moving": name in ("moving", "revive"), "revive": name == "revive"}
        # Without a switch of its own, a cure leaves the others as they were.
        switches = {key: getattr(self.settings, key) or on for key, on in cured.items()}
        self.settings = replace(self.settings, quantizer=quantizer, **switches)
        self.run = self._begin(self.run.codec, kmeans=name == "kmeans")
        self.event = name
        self._forget()

    def tune(self, name: str, value: float) -> None:
        """Sets "learning_rate" or "commitment" from the next step on."""
        self.settings = replace(self.settings, **{name: value})
        self.event = name
        if name == "learning_rate":
            self.run.recipe = replace(self.run.recipe, learning_rate=value)
            return
        for module in self.run.codec.quantizer.modules():
            if hasattr(module, "commitment"):
                module.commitment = value

    def _begin(self, start: Codec | None = None, *, kmeans: bool = False) -> Run:
        recipe, self.began = recipe_of(self.settings), self.step  # the run counts its steps from here
        if kmeans:
            recipe = replace(recipe, cures=tuple({*recipe.cures, "kmeans"}))
        run = Run(recipe, self._batch, start=start)
        if kmeans:
            run.taken = 0  # the codes are put in place anew
        return run

    def _forget(self) -> None:
        quantizer = self.run.codec.quantizer
        self.counts = torch.zeros(quantizer.num_codebooks, quantizer.codebook_size, dtype=torch.int64)
        self.losses, self.errors = [], []

    def _batch(self, step: int) -> Tensor:
        """(BATCH, 3, CROP, CROP): random crops, of the step alone."""
        generator = torch.Generator().manual_seed(self.began + step)
        room = self.pictures.shape[-1] - CROP + 1
        chosen = torch.randint(len(self.pictures), (BATCH,), generator=generator)
        corners = torch.randint(room, (BATCH, 2), generator=generator)
        crops = [
            self.pictures[i, :, y : y + CROP, x : x + CROP]
            for i, (y, x) in zip(chosen.tolist(), corners.tolist(), strict=True)
        ]
        return self._signals(torch.stack(crops))

    @staticmethod
    def _signals(pictures: Tensor) -> Tensor:
        return pictures.float() / 127.5 - 1


def tile_pictures(codec: Codec) -> Tensor:
    """(V, 3, stride, stride) in [−1, 1]: the middle of 3 × 3 cells of each code of the first codebook."""
    size, stride = codec.quantizer.codebook_size, codec.stride
    latents = codec.quantizer.lookup(torch.arange(size).reshape(size, 1, 1, 1).expand(-1, 1, 3, 3))
    whole = codec.render(latents.float(), (3 * stride, 3 * stride))
    return F.pad(whole, [-stride] * 4).clamp(-1, 1)
