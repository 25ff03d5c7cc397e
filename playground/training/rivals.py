"""Other ways to fuse a picture and a sound, trained on the same lessons to be compared with the shared codes.

early fusion  one network that is given both at once, what is missing being blank
late fusion   a network for each, trained alone; their beliefs are multiplied
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.triples import Triples
from ..models.asked import fuse
from ..models.findings import Known
from ..models.mel import LOWEST
from ..models.mel import seen as listened
from ..models.senses import Ear, Eye
from .joint_figures import noisy_pictures, noisy_sounds
from .joint_recipes import StageRecipe
from .lessons import Course, Lesson, plain
from .precision import mixed_precision
from .randomness import SeededDraws

RATE, WIDTH, DIM = 2e-3, 24, 32
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
REPEATS = 4  # pictures that each validation recording meets
BLANK = -1.0  # a black picture


class Alone(nn.Module):
    """A sense and what it believes: pictures (B, 3, 32, 32) or levels (B, 80, N) → logits (B, M)."""

    def __init__(self, sense: nn.Module, meanings: int) -> None:
        super().__init__()
        self.sense, self.believe = sense, nn.Linear(DIM, meanings)

    def forward(self, signal: Tensor) -> Tensor:
        return self.believe(self.sense(signal).mean)


class Early(nn.Module):
    """Pictures (B, 3, 32, 32) and levels (B, 80, N) → logits (B, M): the spectrogram is a fourth colour."""

    def __init__(self, meanings: int, bands: int) -> None:
        super().__init__()
        self.bands, self.mixed = bands, nn.Conv2d(4, 3, 1)
        self.eye, self.believe = Eye(2 * WIDTH, DIM), nn.Linear(DIM, meanings)

    def forward(self, pictures: Tensor, levels: Tensor) -> Tensor:
        plane = F.interpolate(levels[:, None, : self.bands], pictures.shape[2:], mode="area")
        return self.believe(self.eye(self.mixed(torch.cat([pictures, plane], 1))).mean)


@dataclass(frozen=True, eq=False)
class Rivals:
    """The networks to be compared with, in eval mode, and for how many steps they learned."""

    steps: int
    early: Early
    eye: Alone
    ear: Alone


def train_rivals(triples: Triples, recipe: StageRecipe, *, bands: int, seed: int = 3) -> Rivals:
    """Early fusion, and the two of late fusion, from the very lessons and as many of them as the senses of a recipe.

    bands  of a spectrogram that are listened to, as the joint model does
    """
    number, steps, course = len(triples.meanings), recipe.steps, Course(triples, recipe.batch, recipe.lessons)
    with SeededDraws(seed):
        rivals = Rivals(
            steps, Early(number, bands), Alone(Eye(WIDTH, DIM), number), Alone(Ear(WIDTH, DIM, bands), number)
        )
        networks = nn.ModuleList([rivals.early, rivals.eye, rivals.ear])
        optimizer = torch.optim.AdamW(networks.parameters(), lr=RATE)
        generator = torch.Generator().manual_seed(seed)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = RATE * min(1, (step + 1) / 50, 2 * (1 - step / steps))
            with mixed_precision("cpu"):
                loss = _loss(rivals, course.lesson(step, generator=generator), generator)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(networks.parameters(), 1.0)
            optimizer.step()
    networks.eval().requires_grad_(False)
    return rivals


def _loss(rivals: Rivals, lesson: Lesson, generator: torch.Generator) -> Tensor:
    signals = lesson.signals
    there = torch.randint(1, 4, (len(lesson.meanings),), generator=generator)  # the picture, the sound, or both
    pictures, sounds = _without(signals["pictures"], signals["sounds"], (there & 1) > 0, (there & 2) > 0)
    parts = lesson.meant["pictures"], lesson.meant["sounds"]
    both = torch.stack(parts) * torch.stack([(there & 1) > 0, (there & 2) > 0])[..., None]
    meant = both.sum(0) / both.sum((0, 2))[:, None]
    asked = (rivals.early(pictures, sounds), meant), (rivals.eye(signals["pictures"]), parts[0])
    asked = *asked, (rivals.ear(signals["sounds"]), parts[1])
    return sum(F.cross_entropy(logits.float(), target) for logits, target in asked)


def _without(pictures: Tensor, sounds: Tensor, seen: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Blank where they are not seen (B,), silent where they are not heard (B,)."""
    blank = torch.where(seen[:, None, None, None], pictures, BLANK)
    return blank.contiguous(memory_format=torch.channels_last), torch.where(heard[:, None, None], sounds, LOWEST)


@torch.inference_mode()
def fusion_lesson(known: Known, judging: Triples, rivals: Rivals) -> list[dict]:
    """Shares of meanings believed right by each way of fusing, a row for each strength of noise on the picture, the
    sound or both, and for each of them missing: {"corrupted", "strength", "early", "late", "shared", and "picture" and
    "sound", which are what the model's senses alone believe}.

    Strengths are those of `noisy_pictures` and `noisy_sounds`. "shared" is read off the shared codes.
    """
    asked = [(what, strength) for what in ("picture", "sound", "both") for strength in STRENGTHS]
    asked += [("no picture", 0.0), ("no sound", 0.0)]
    return [_row(known, judging, rivals, what, strength) for what, strength in asked]


def _row(known: Known, judging: Triples, rivals: Rivals, corrupted: str, strength: float) -> dict:
    generator = torch.Generator().manual_seed(0)
    recordings, meanings = judging.sounds.items.repeat(REPEATS, 1), judging.sounds.meanings.repeat(REPEATS)
    chosen = judging.pictures.pick(meanings, generator=generator)
    pictures, sounds = plain("pictures", judging.pictures.items[chosen]), recordings.float() / 32768
    if corrupted in ("picture", "both"):
        pictures = noisy_pictures(pictures, strength, generator=generator)
    if corrupted in ("sound", "both"):
        sounds = noisy_sounds(sounds, strength, generator=generator)
    signals = {"pictures": pictures, "sounds": listened(sounds)}
    missing = {"no picture": "pictures", "no sound": "sounds"}.get(corrupted)
    beliefs = _beliefs(known, rivals, signals, missing)
    shares = {name: (belief.argmax(1) == meanings).float().mean().item() for name, belief in beliefs.items()}
    return {"corrupted": corrupted, "strength": strength} | shares


def _beliefs(known: Known, rivals: Rivals, signals: dict[str, Tensor], missing: str | None) -> dict[str, Tensor]:
    """(B, M), or logits of it, of each way of fusing all but what is missing."""
    there = {sense: torch.full((len(signal),), sense != missing) for sense, signal in signals.items()}
    early = rivals.early(*_without(*signals.values(), *there.values()))
    given = {sense: signal for sense, signal in signals.items() if sense != missing}
    rival, names = {"pictures": rivals.eye, "sounds": rivals.ear}, {"pictures": "picture", "sounds": "sound"}
    late = sum(rival[sense](signal).log_softmax(1) for sense, signal in given.items())
    shared = fuse(known, given, {})
    alone = {names[sense]: belief for sense, belief in shared.alone.items()}
    return alone | {"early": early, "late": late, "shared": shared.spoken}
