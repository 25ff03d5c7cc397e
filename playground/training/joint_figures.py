"""How well a joint model understands, and how well it is understood: every figure on items it never learned from."""

from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor

from ..analysis.agreement import agreement, between, most_bits, mutual_information, numbered
from ..data.triples import Triples, written
from ..models.joint import SENSES, Joint, listened
from ..priors.joint import write
from ..priors.prior import Sampling
from .judges import Judge, judged
from .lessons import plain

SURE = Sampling(temperature=0.01, guidance=1.0, choice_temperature=0.0)  # the likeliest, without chance
MADE = 20  # pictures or sounds of each meaning that a judge grades
GUIDANCE = 2.0
CORRUPTIONS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # noise: of pictures in half-widths, of sounds see `noisy`


@dataclass(frozen=True)
class JointFigures:
    """What was measured of one joint model. Shares lie in 0 … 1.

    to_word      share of validation items of each style whose English word is written right, from the codes alone
    items        how many there were of each
    recognised   share of what is made of a word that a judge recognises, by style
    judges       share of real validation items that the same judges recognise
    agreement    of the shared codes across senses: of the first codebook, and of all together
    bits         mutual information: of each sense's codes and the meaning, and between the codes of two senses
    most_bits    what the meaning has
    corruption   a row for each strength: share of words right from the picture, the sound, both, and the better of
                 late fusion's two (mean of both beliefs)
    """

    to_word: dict[str, float]
    items: dict[str, int]
    recognised: dict[str, float]
    judges: dict[str, float]
    agreement: dict[str, float]
    bits: dict[str, float]
    most_bits: float
    corruption: list[dict[str, float]] = field(default_factory=list)

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self)


def measure_joint(joint: Joint, judging: Triples, judges: dict[str, Judge]) -> JointFigures:
    """All figures of a joint model on validation triples. Seeded: the same weights give the same."""
    concepts = {
        sense: concept_codes(joint, sense, shelf.items) for sense, shelf in zip(SENSES, judging.shelves, strict=True)
    }
    meanings = {sense: shelf.meanings for sense, shelf in zip(SENSES, judging.shelves, strict=True)}
    to_word, items = _words_right(joint, judging, concepts)
    every = numbered(torch.cat(list(concepts.values())))
    whole = dict(zip(SENSES, every.split([len(codes) for codes in concepts.values()]), strict=True))
    first = {sense: codes[:, 0] for sense, codes in concepts.items()}
    bits = {f"{sense}, meaning": mutual_information(whole[sense], meanings[sense]) for sense in SENSES}
    recognised, real = _recognised(joint, judging, judges)
    return JointFigures(
        to_word=to_word,
        items=items,
        recognised=recognised,
        judges=real,
        agreement={"first code": agreement(first, meanings), "all codes": agreement(whole, meanings)},
        bits=bits | between(whole, meanings),
        most_bits=most_bits(len(judging.meanings)),
        corruption=[corrupted(joint, judging, strength) for strength in CORRUPTIONS],
    )


@torch.inference_mode()
def concept_codes(joint: Joint, sense: str, items: Tensor) -> Tensor:
    """(N, K) the shared codes that one sense alone chooses for items of its shelf."""
    return torch.cat([joint.snap(joint.latents({sense: plain(sense, some)}, {})) for some in items.split(64)])


def said(joint: Joint, concept: Tensor) -> list[str]:
    """The English word that shared codes (N, K) are written as."""
    rows, place = torch.unique(concept, dim=0, return_inverse=True)  # a few different ones only
    codes = write(joint, {"concept": rows}, parts=["words"], styles={"words": "english"}, steps=6, sampling=SURE)
    words = written(codes["words"][:, 1:])
    return [words[i] for i in place.tolist()]


def _right(joint: Joint, judging: Triples, concept: Tensor, meanings: Tensor) -> Tensor:
    wanted = [judging.meanings[i] for i in meanings.tolist()]
    return torch.tensor([a == b for a, b in zip(said(joint, concept), wanted, strict=True)])


def _words_right(
    joint: Joint, judging: Triples, concepts: dict[str, Tensor]
) -> tuple[dict[str, float], dict[str, int]]:
    shares, counts = {}, {}
    for sense, shelf in zip(SENSES, judging.shelves, strict=True):
        right = _right(joint, judging, concepts[sense], shelf.meanings)
        names = shelf.names if sense != "sounds" else ()
        for style, name in enumerate(names):
            own = right[shelf.styles == style]
            if len(own):
                shares[name], counts[name] = own.float().mean().item(), len(own)
        if not names:
            shares["speech"], counts["speech"] = right.float().mean().item(), len(right)
    return shares, counts


def _recognised(joint: Joint, judging: Triples, judges: dict[str, Judge]) -> tuple[dict[str, float], dict[str, float]]:
    """Of what English words become in every look and with any voice; and of real items."""
    english = judging.words.only(judging.words.styles == judging.words.names.index("english"))
    meanings = english.meanings.repeat(MADE)
    concept = concept_codes(joint, "words", english.items).repeat(MADE, 1)
    sampling, made, real = Sampling(guidance=GUIDANCE), {}, {}
    for look in judging.pictures.names:
        codes = write(joint, {"concept": concept}, parts=["pictures"], styles={"pictures": look}, sampling=sampling)
        seen = judged(judges["pictures"], "pictures", joint.picture(codes["pictures"][:, 1:]))
        made[look] = (seen == meanings).float().mean().item()
    codes = write(joint, {"concept": concept}, parts=["sounds"], sampling=sampling)
    sounds = torch.cat([joint.sound(some) for some in codes["sounds"][:, 1:].split(50)])
    heard = judged(judges["sounds"], "sounds", listened(sounds))
    made["speech"] = (heard == meanings).float().mean().item()
    for part, shelf in (("pictures", judging.pictures), ("sounds", judging.sounds)):
        signal = torch.cat([plain(part, some) for some in shelf.items.split(64)])
        real[part] = (judged(judges[part], part, signal) == shelf.meanings).float().mean().item()
    return made, real


@torch.inference_mode()
def corrupted(joint: Joint, judging: Triples, strength: float) -> dict[str, float]:
    """Share of meanings believed right from a picture, a sound, or both, all of them with noise.

    Every recording meets four pictures of what it means. "late" is what the two beliefs, each alone, say in the mean.
    """
    generator = torch.Generator().manual_seed(0)
    sounds, meanings = judging.sounds.items.repeat(4, 1), judging.sounds.meanings.repeat(4)
    pictures = judging.pictures.items[judging.pictures.pick(meanings, generator=generator)]
    seen = noisy_pictures(plain("pictures", pictures), strength, generator=generator)
    heard = listened(noisy_sounds(sounds.float() / 32768, strength, generator=generator))
    signals = {"pictures": seen, "sounds": heard}
    alone = {sense: joint.belief(joint.latents({sense: signal}, {})) for sense, signal in signals.items()}
    quantized = joint.embed(joint.snap(joint.latents(signals, {})))
    found = {"picture": alone["pictures"], "sound": alone["sounds"], "both": joint.belief(quantized)}
    found["late"] = (alone["pictures"] + alone["sounds"]) / 2
    shares = {name: (belief.argmax(1) == meanings).float().mean().item() for name, belief in found.items()}
    return {"strength": strength} | shares


def noisy_pictures(pictures: Tensor, strength: float, *, generator: torch.Generator) -> Tensor:
    """Pictures in [−1, 1] with Gaussian noise of `strength` standard deviation, cut off at the ends."""
    return (pictures + strength * torch.randn(pictures.shape, generator=generator)).clamp(-1, 1)


def noisy_sounds(sounds: Tensor, strength: float, *, generator: torch.Generator) -> Tensor:
    """Sounds (B, T) with white noise: at 1 as loud as they are, at 2 twice that, at 0.5 half of it."""
    loud = sounds.square().mean(1, keepdim=True).sqrt()
    return sounds + strength * loud * torch.randn(sounds.shape, generator=generator)
