"""How well a joint model understands, and how well it is understood: every figure on items it never learned from."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from ..analysis.agreement import agreement, between, most_bits, mutual_information, numbered
from ..core.framing import written
from ..data.triples import Triples
from ..models.joint import SENSES, Joint
from ..models.mel import seen as listened
from ..priors.joint import dictionary, write
from ..priors.prior import Sampling
from .judges import Judge, judged
from .lessons import beliefs, plain

SURE = Sampling(temperature=0.01, guidance=1.0, choice_temperature=0.0)  # the likeliest, without chance
MADE, MOST = 200, 20  # pictures or sounds that a judge grades, some so many in all, and at most of each meaning


@dataclass(frozen=True)
class JointFigures:
    """What was measured of one joint model. Shares lie in 0 … 1.

    to_word      share of validation items of each style whose English word is written right, from the codes alone, as
                 the likeliest of all English words it knows, and
    spelt        letter by letter, without knowing any
    believed     share of the same items whose meaning is believed, before the codes
    items        how many there were of each
    recognised   share of what is made of a word that a judge recognises, by style
    judges       share of real validation items that the same judges recognise
    agreement    of the shared codes across senses: of the first codebook, and of all together
    bits         mutual information: of each sense's codes and the meaning, and between the codes of two senses
    most_bits    what the meaning has
    """

    to_word: dict[str, float]
    spelt: dict[str, float]
    believed: dict[str, float]
    items: dict[str, int]
    recognised: dict[str, float]
    judges: dict[str, float]
    agreement: dict[str, float]
    bits: dict[str, float]
    most_bits: float

    def to_dict(self) -> dict:
        """Plain lists, numbers and strings."""
        return asdict(self)


def measure_joint(joint: Joint, judging: Triples, judges: dict[str, Judge]) -> JointFigures:
    """All figures of a joint model on validation triples. Seeded: the same weights give the same."""
    concepts = {
        sense: concept_codes(joint, sense, shelf.items) for sense, shelf in zip(SENSES, judging.shelves, strict=True)
    }
    meanings = {sense: shelf.meanings for sense, shelf in zip(SENSES, judging.shelves, strict=True)}
    every = numbered(torch.cat(list(concepts.values())))
    whole = dict(zip(SENSES, every.split([len(codes) for codes in concepts.values()]), strict=True))
    first = {sense: codes[:, 0] for sense, codes in concepts.items()}
    bits = {f"{sense}, meaning": mutual_information(whole[sense], meanings[sense]) for sense in SENSES}
    recognised, real = _recognised(joint, judging, judges)
    return JointFigures(
        **_understood(joint, judging, concepts),
        recognised=recognised,
        judges=real,
        agreement={"first code": agreement(first, meanings), "all codes": agreement(whole, meanings)},
        bits=bits | between(whole, meanings),
        most_bits=most_bits(len(judging.meanings)),
    )


@torch.inference_mode()
def concept_codes(joint: Joint, sense: str, items: Tensor) -> Tensor:
    """(N, K) the shared codes that one sense alone chooses for items of its shelf."""
    return torch.cat([joint.snap(joint.latents({sense: plain(sense, some)}, {})) for some in items.split(64)])


def said(joint: Joint, concept: Tensor, known: Tensor | None) -> list[str]:
    """The English word that shared codes (N, K) are written as: one of a `dictionary`, or spelt freely."""
    rows, place = torch.unique(concept, dim=0, return_inverse=True)  # a few different ones only
    english = {"parts": ["words"], "styles": {"words": "english"}}
    codes = write(joint, {"concept": rows}, **english, steps=6, sampling=SURE, words=known)
    words = written(codes["words"][:, 1:])
    return [words[i] for i in place.tolist()]


def _understood(joint: Joint, judging: Triples, concepts: dict[str, Tensor]) -> dict[str, dict]:
    """What JointFigures calls to_word, spelt, believed and items: by look, by tongue, all that is heard together."""
    found = {"to_word": {}, "spelt": {}, "believed": {}, "items": {}}
    known = dictionary(joint, {"english": list(judging.meanings)})
    for sense, shelf in zip(SENSES, judging.shelves, strict=True):
        words = [judging.meanings[i] for i in shelf.meanings.tolist()]
        told = {"to_word": said(joint, concepts[sense], known), "spelt": said(joint, concepts[sense], None)}
        right = {way: torch.tensor([a == b for a, b in zip(own, words, strict=True)]) for way, own in told.items()}
        belief = torch.cat([belief for _, belief in beliefs(joint, sense, shelf.items)])
        right["believed"] = belief.argmax(1) == shelf.meanings
        kinds = {name: shelf.styles == style for style, name in enumerate(shelf.names)}
        kinds = {"sound": torch.ones(len(shelf), dtype=torch.bool)} if sense == "sounds" else kinds
        for name, own in kinds.items():
            if own.any():
                for way, items in right.items():
                    found[way][name] = items[own].float().mean().item()
                found["items"][name] = int(own.sum())
    return found


def _recognised(joint: Joint, judging: Triples, judges: dict[str, Judge]) -> tuple[dict[str, float], dict[str, float]]:
    """Of what English words become in every look and with any voice; and of real items."""
    english = judging.words.only(judging.words.styles == judging.words.names.index("english"))
    times = min(MOST, -(-MADE // len(english)))
    meanings = english.meanings.repeat(times)
    concept = concept_codes(joint, "words", english.items).repeat(times, 1)
    made, real = {}, {}
    for look in judging.pictures.names:
        codes = write(joint, {"concept": concept}, parts=["pictures"], styles={"pictures": look})
        seen = judged(judges["pictures"], "pictures", joint.picture(codes["pictures"][:, 1:]))
        made[look] = (seen == meanings).float().mean().item()
    codes = write(joint, {"concept": concept}, parts=["sounds"])
    sounds = torch.cat([joint.sound(some) for some in codes["sounds"][:, 1:].split(50)])
    heard = judged(judges["sounds"], "sounds", listened(sounds))
    made["sound"] = (heard == meanings).float().mean().item()
    for part, shelf in (("pictures", judging.pictures), ("sounds", judging.sounds)):
        signal = torch.cat([plain(part, some) for some in shelf.items.split(64)])
        real[part] = (judged(judges[part], part, signal) == shelf.meanings).float().mean().item()
    return made, real


def noisy_pictures(pictures: Tensor, strength: float, *, generator: torch.Generator) -> Tensor:
    """Pictures in [−1, 1] with Gaussian noise of `strength` standard deviation, cut off at the ends."""
    return (pictures + strength * torch.randn(pictures.shape, generator=generator)).clamp(-1, 1)


def noisy_sounds(sounds: Tensor, strength: float, *, generator: torch.Generator) -> Tensor:
    """Sounds (B, T) with white noise: at 1 as loud as they are, at 2 twice that, at 0.5 half of it."""
    loud = sounds.square().mean(1, keepdim=True).sqrt()
    return sounds + strength * loud * torch.randn(sounds.shape, generator=generator)
