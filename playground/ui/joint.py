"""What the Joint page asks: what the senses believe together, and what is made of what they share. Nothing is kept."""

import json
import math

import numpy as np
import torch
from torch import Tensor

from .. import joints
from ..core.errors import InputError
from ..core.spectrogram import RATE
from ..media.modalities import IMAGE
from ..media.sounds import Sound, read_sound
from ..models import asked
from ..models.attention import likenesses
from ..models.findings import Known
from ..models.joint import SENSES
from ..priors.joint import USUAL, Made, dictionary, outputs, write
from ..priors.prior import Sampling
from ..training.joint_figures import noisy_pictures, noisy_sounds
from . import calls, wire
from .answers import refusal

SAMPLING = USUAL
STEPS = 8
UNASKED = Sampling(temperature=0.7, choice_temperature=3.0)
MOST = 8  # samples of each that are made at a time
LOUDEST_NOISE = 3.0  # as in the lesson: three times as loud as what is heard, or as a picture's grey is wide
HEAVIEST = 10.0  # weight of a sense
LARGEST_SEED = 2**31
LONGEST = 3 * RATE  # samples that are given back of what was heard
LONGEST_WORD = 40  # characters


def think(message: dict) -> dict:
    """What is believed, {model, …} with one of

    given    {pictures: a data URL, sounds: a data URL, words: a text}, any of them, with weights and noise by sense,
             and `look`, that of the picture, where it is known
    concept  [K codes], the shared codes themselves
    latents  [D numbers], a point
    nothing  a seed: the model draws a picture that nobody asked for, and looks at it

    → {belief, spoken, latents, concept, senses: {sense: {belief, share, …}}, problems: {sense: what is wrong with it}}
    """
    known = joints.load_joint(str(message.get("model")))
    with calls.SLOTS, torch.inference_mode():
        if "concept" in message:
            return _of_codes(known, _codes(known, message["concept"]))
        if "latents" in message:
            return _of_latents(known, _point(known, message["latents"]))
        if "nothing" in message:
            return _of_latents(known, _dreamt(known, _seed(message["nothing"])))
        return _of_given(known, message)


def make(message: dict) -> dict:
    """What shared codes become: {model, concept, styles?: {part: name}, seed?, count?} →

    {pictures: [data URLs], sounds: [16 bits in base64], words, styles: {part: [names]}, rows: [[T codes]],
    attention: [(T, T) bytes in base64]}; each sample has another of everything.
    """
    known = joints.load_joint(str(message.get("model")))
    concept, count = _codes(known, message.get("concept")), message.get("count", 4)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST:
        raise InputError("Between 1 and {most} samples can be made at a time.", most=MOST)
    styles, seed = _styles(message.get("styles", {})), _seed(message.get("seed", 0))
    with calls.SLOTS, torch.inference_mode():
        given = {"concept": concept.repeat(count, 1)}
        words = dictionary(known.joint, asked.words(known))
        parts = write(known.joint, given, styles=styles, seed=seed, steps=STEPS, sampling=SAMPLING, words=words)
        parts |= given
        return told_made(outputs(known.joint, parts)) | _sequence(known, parts)


def told_made(made: Made) -> dict:
    """What was made, as JSON can say it."""
    return {
        "pictures": [wire.data_url("image/png", wire.png(picture)) for picture in made.pictures],
        "sounds": [wire.pack_bytes(wire.pcm(torch.from_numpy(each.samples)[None, None])) for each in made.sounds],
        "words": made.words,
        "styles": made.styles,
    }


# --- thinking --------------------------------------------------------------------------------


def _of_given(known: Known, message: dict) -> dict:
    given, weights = message.get("given"), _numbers(message.get("weights", {}), HEAVIEST)
    noise = _numbers(message.get("noise", {}), LOUDEST_NOISE)
    if not isinstance(given, dict):
        raise InputError("The page sent something that is not a message.")
    signals, told, problems = {}, {}, {}
    read = {"pictures": _looked, "sounds": _listened, "words": _read}
    for sense in SENSES:
        if given.get(sense) and weights.get(sense, 1.0) > 0:
            try:
                looks = {"look": message.get("look")} if sense == "pictures" else {}
                signals[sense], told[sense] = read[sense](known, given[sense], noise.get(sense, 0.0), **looks)
            except InputError as error:
                problems[sense] = json.loads(refusal(error, 422).body)["error"]
    if not signals and problems:
        return {"belief": None, "senses": {}, "problems": problems}
    if len(signals) > 1 and not told.get("words", {}).get("known", True):
        weights = weights | {"words": 0.0}  # a word nobody taught changes nothing
    fused = asked.fuse(known, signals, weights)
    for sense, own in told.items():
        belief = (fused if sense in fused.alone else asked.fuse(known, {sense: signals[sense]}, {})).alone[sense]
        own |= {"belief": _listed(belief[0]), "share": fused.shares[sense].item() if sense in fused.shares else 0.0}
    answer = {
        "belief": fused.belief,
        "spoken": fused.spoken,
        "latents": fused.latents[..., 0],
        "concept": fused.concept,
    }
    return {key: _listed(value[0]) for key, value in answer.items()} | {"senses": told, "problems": problems}


def _of_codes(known: Known, concept: Tensor) -> dict:
    latents = known.joint.embed(concept)
    belief = _listed(asked.believed(known, latents)[0])
    return _alone(belief, belief, latents, concept)


def _of_latents(known: Known, latents: Tensor) -> dict:
    concept = known.joint.snap(latents)
    spoken = asked.believed(known, known.joint.embed(concept))
    return _alone(_listed(asked.believed(known, latents)[0]), _listed(spoken[0]), latents, concept)


def _dreamt(known: Known, seed: int) -> Tensor:
    """(1, D, 1), what the model sees in a picture of its own that nothing told it to draw."""
    codes = write(known.joint, {}, parts=["pictures"], seed=seed, sampling=UNASKED)["pictures"]
    return asked.fuse(known, {"pictures": known.joint.picture(codes[:, 1:])}, {}).latents


def _alone(belief: list[float], spoken: list[float], latents: Tensor, concept: Tensor) -> dict:
    point = {"latents": _listed(latents[0, :, 0]), "concept": concept[0].tolist()}
    return {"belief": belief, "spoken": spoken, "senses": {}, "problems": {}} | point


def _looked(known: Known, url: object, noise: float, *, look: object) -> tuple[Tensor, dict]:
    """The picture as the eye gets it, and that for the visitor. Of a file nobody knows the look of: the surer one."""
    data = wire.from_data_url(url)
    looks = known.config.styles["pictures"]
    views = [asked.picture(known, data, look=name) for name in ([look] if look in looks else looks)]
    generator = torch.Generator().manual_seed(0)  # the same at every strength: a slider then moves one noise
    views = [noisy_pictures(view, noise, generator=generator) if noise else view for view in views]
    sure = [asked.fuse(known, {"pictures": view}, {}).belief.amax() for view in views]
    signal = views[int(torch.stack(sure).argmax())]
    return signal, {"seen": wire.data_url("image/png", wire.png(IMAGE.write(signal)))}


def _listened(known: Known, url: object, noise: float) -> tuple[Tensor, dict]:
    samples = read_sound(wire.from_data_url(url)).samples
    asked.sound(known, Sound(samples))  # silence is found before noise hides it
    if noise:
        generator = torch.Generator().manual_seed(0)
        samples = noisy_sounds(torch.from_numpy(samples)[None], noise, generator=generator)[0].numpy()
        samples = samples / max(1.0, float(np.abs(samples).max()))
    signal = asked.sound(known, Sound(samples))
    heard = torch.from_numpy(samples[:LONGEST])[None, None]
    return signal, {"heard": wire.pack_bytes(wire.pcm(heard))}


def _read(known: Known, text: object, _: float) -> tuple[Tensor, dict]:
    if not isinstance(text, str):
        raise InputError("The page sent something that is not a text.")
    word = asked.word(known, text[:LONGEST_WORD])
    return word.letters, {"known": word.meaning is not None, "tongue": word.tongue}


# --- the sequence -----------------------------------------------------------------------------


def _sequence(known: Known, parts: dict[str, Tensor]) -> dict:
    """All codes of each sample in one row, and how much each place looks at each place of another part."""
    layout = known.joint.generator.layout
    rows = torch.cat([parts[part] for part in dict.fromkeys(s.part for s in layout.segments)], 1)  # (n, T)
    x, condition = known.joint.generator.placed(rows, torch.zeros_like(rows, dtype=torch.bool))
    looks = likenesses(known.joint.generator.trunk, x, condition).mean((0, 2))  # (n, T, T)
    for part in parts:
        looks[:, layout.places(part), layout.places(part)] = 0
    levels = (255 * looks / looks.amax((1, 2), keepdim=True).clamp(min=1e-9)).round()
    return {"rows": rows.tolist(), "attention": [wire.pack(each, "u1") for each in levels]}


# --- what a message may say ---------------------------------------------------------------------


def _codes(known: Known, value: object) -> Tensor:
    config = known.config
    fits = isinstance(value, list) and len(value) == config.num_codebooks
    if not fits or not all(isinstance(code, int) and not isinstance(code, bool) for code in value):
        raise InputError("There are {count} shared codes; the page sent something else.", count=config.num_codebooks)
    if not all(0 <= code < config.codebook_size for code in value):
        raise InputError("The codebook goes from 0 to {last}.", last=config.codebook_size - 1)
    return torch.tensor([value])


def _point(known: Known, value: object) -> Tensor:
    """(1, D, 1)."""
    if not isinstance(value, list) or len(value) != known.config.dim or not all(map(_is_finite, value)):
        raise InputError("The page sent a latent of the wrong shape.")
    return torch.tensor(value, dtype=torch.float32)[None, :, None]


def _seed(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LARGEST_SEED:
        raise InputError("A seed is a whole number from 0 to {last}.", last=LARGEST_SEED - 1)
    return value


def _styles(value: object) -> dict[str, str]:
    """By part; whether there is such a style, who writes will say."""
    if not isinstance(value, dict) or not all(part in SENSES for part in value):
        raise InputError("The page sent styles that are none.")
    return {part: str(name) for part, name in value.items()}


def _numbers(value: object, most: float) -> dict[str, float]:
    """A number of each sense, from 0 to `most`."""
    known = isinstance(value, dict) and all(sense in SENSES and _is_finite(n) for sense, n in value.items())
    if not known or not all(0 <= n <= most for n in value.values()):
        raise InputError("Each sense has a number from 0 to {most}.", most=most)
    return {sense: float(n) for sense, n in value.items()}


def _is_finite(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e6


def _listed(values: Tensor) -> list:
    """Floats with as many digits as anybody can see; codes as they are."""
    return [round(x, 5) for x in values.tolist()]
