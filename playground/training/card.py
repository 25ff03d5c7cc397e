"""The card of a trained codec: what it was trained on and how, and what was measured."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from ..analysis.detail import picture_quality
from ..analysis.evaluation import Evaluation
from ..analysis.rate import RATE_UNITS
from ..core.codec import Codec
from ..media.modalities import AUDIO, TEXT
from ..models.convolution import count_parameters
from ..models.folder import Label
from .adversary import AdversaryConfig
from .losses import aim_of
from .recipes import Recipe


@dataclass(frozen=True, eq=False)
class Report:
    """What a card of a medium reports.

    things    what was measured on
    sizes     lengths of the signals that are measured: pixels a side, samples at most
    quality   (original, output) → {measure: number}
    measures  measure → its heading and the format of its numbers
    pieces    of training, with their length in the gap
    meaning   of the figures
    """

    things: str
    sizes: tuple[int, ...]
    quality: Callable[[Tensor, Tensor], dict[str, float]]
    measures: dict[str, tuple[str, str]]
    pieces: str
    meaning: str


REPORTS = {
    "image": Report(
        things="photographs",
        sizes=(160, 256),
        quality=picture_quality,
        measures={"psnr_db": ("PSNR dB", ".2f"), "ssim": ("SSIM", ".3f"), "detail": ("detail", ".2f")},
        pieces="random crops of {crop} × {crop} pixels",
        meaning="PSNR and SSIM are means over the pictures (torchmetrics, default windows). Detail is the variance of "
        "the Laplacian of what comes back over that of the original: 1 is as sharp, less is blurred.",
    ),
    "audio": Report(
        things="sounds",
        sizes=(480_000,),
        quality=AUDIO.quality,
        measures={"si_sdr_db": ("SI-SDR dB", ".1f"), "mel_db": ("mel distance dB", ".2f"), "stoi": ("STOI", ".3f")},
        pieces="random clips of {crop:,} samples at 16 kHz",
        meaning="All are means over the clips. SI-SDR (torchmetrics) compares waveforms, phase and all. The "
        "mel distance is the mean absolute difference of log-mel spectrograms (80 bands, 64 ms, floor −100 dB); 0 is "
        "equal. STOI (pystoi) is the intelligibility of speech, and says little of other sounds.",
    ),
    "text": Report(
        things="texts",
        sizes=(512,),
        quality=TEXT.quality,
        measures={
            "byte_accuracy": ("bytes right", ".2%"),
            "edit_distance": ("edit distance", ".3f"),
            "chrf": ("chrF", ".1f"),
        },
        pieces="pieces of text of 64 to {crop:,} bytes (the shorter, the more of them)",
        meaning="All are means over pieces of 512 bytes that begin with a line. The edit distance is that of "
        "Levenshtein in characters (rapidfuzz), over the length; chrF is sacrebleu's.",
    ),
}


REPORTS |= {  # of data sets of their own kind
    "emoji": replace(REPORTS["image"], things="emoji", sizes=(64,), pieces="emoji, moved and mirrored"),
    "digits_image": replace(REPORTS["image"], things="digits", sizes=(32,), pieces="digits as they are"),
}


def report_of(recipe: Recipe) -> Report:
    """What the card of a recipe's codec reports."""
    return REPORTS[recipe.data if recipe.data in REPORTS else recipe.codec.modality]


@dataclass(frozen=True)
class Provenance:
    """Where weights come from.

    recipe  how they were trained
    data    which pictures or sounds, how many, under which licences, and whom to credit
    start   which weights they began with, a sentence; "" for none
    """

    recipe: Recipe
    data: str
    start: str = ""


def card_text(codec: Codec, label: Label, provenance: Provenance, evaluations: dict[str, Evaluation]) -> str:
    """The text of card.md.

    evaluations  of signals the training never saw, each named: "202 validation photographs, 256 × 256"
    """
    recipe, report = provenance.recipe, report_of(provenance.recipe)
    headings = " | ".join(heading for heading, _ in report.measures.values())
    return f"""# {label.title} (`{codec.name}`)

{label.quantizer} ({label.paper}): {_codes(codec)}, stride {codec.stride}, \
{count_parameters(codec) / 1e6:.1f} M parameters. Weights: {label.licence}.

## Measured

On {report.things} that were not trained on:

| {report.things} | {headings} | {RATE_UNITS[codec.kind].unit} | usage | perplexity |
|{" --- |" * (len(report.measures) + 4)}
{_rows(codec, report, evaluations)}

{report.meaning} Usage is the share of a codebook that these {report.things} use at all: of the only one, or of the \
last of those that a row counts.

## Training

{_method(provenance)}

    python -m playground train {recipe.codec.name} --data DIR

## Data

{provenance.data.strip()}
"""


def _codes(codec: Codec) -> str:
    count, size = codec.quantizer.num_codebooks, codec.quantizer.codebook_size
    if not count:
        return f"{codec.quantizer.dim} numbers a position, no codes"
    return f"{count} codebooks of {size:,} codes" if count > 1 else f"{size:,} codes"


def _method(provenance: Provenance) -> str:
    recipe, fresh = provenance.recipe, not provenance.start
    quantizer, cures = recipe.codec.quantizer, recipe.cures
    report = report_of(recipe)
    loss, pieces = aim_of(recipe).formula, report.pieces.format(crop=recipe.crop)
    said = [
        f"{recipe.steps:,} steps of {recipe.batch} {pieces}; Muon for the matrices and AdamW for the rest, highest "
        f"learning rate {recipe.learning_rate:g}, led to zero over the last {recipe.cooldown:.0%}.",
        f"What is exported is their running mean (decay {recipe.average:g}).",
        provenance.start,
        f"The first {recipe.unquantized:,} steps ran without quantization." if recipe.unquantized and fresh else "",
        "k-means placed the codes." if "kmeans" in cures and fresh else "",
        f"Codes follow running means of the latents (decay {recipe.decay:g})." if "moving" in cures else "",
        f"Unused ones are revived every {recipe.revive_every} steps." if "revive" in cures else "",
        f"Loss: {loss} + {quantizer.commitment:g}·commitment." if quantizer.commitment else f"Loss: {loss}",
        "" if quantizer.commitment else "and what the quantizer asks for.",
        f"In the first {recipe.lessons:,} steps {recipe.start} said which bits." if recipe.lessons else "",
        f"Kept as they were: {', '.join(recipe.frozen)}." if recipe.frozen else "",
        f"{_critic(recipe.adversary)}" if recipe.adversary else "",
    ]
    return " ".join(filter(None, said))


def _critic(config: AdversaryConfig) -> str:
    return (
        f"From step {config.head_start:,} on a patch critic with hinge loss, of pairs, judges the decoder's detail "
        f"(adaptive weight times {config.weight:g}); the distance of its features counts {config.matching:g}, what "
        f"repeats from patch to patch {config.regular:g}, what repeats within patches {config.dots:g}, detail beyond "
        f"that of the original {config.surplus:g}, the error in colours {config.colour:g}."
    )


def _rows(codec: Codec, report: Report, evaluations: dict[str, Evaluation]) -> str:
    per_position, rows = RATE_UNITS[codec.kind].per_position, []
    for signals, found in evaluations.items():
        figures = [f"{found.quality[name]:{form}}" for name, (_, form) in report.measures.items()]
        if usage := found.usage:
            shares = f"{usage.usage:.1%} ({usage.tokens:,} tokens)"
            figures += [f"{found.rate_bpp * per_position:.3f}", shares, f"{usage.perplexity:.0f}"]
        else:
            figures += ["–"] * 3
        rows.append(f"| {signals} | {' | '.join(figures)} |")
    return "\n".join(rows)
