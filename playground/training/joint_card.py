"""The card of a joint model: what it learned from, how, and how well, in Markdown."""

from ..models.convolution import count_parameters
from ..models.findings import Findings
from ..models.joint import SENSES, Joint
from ..models.joint_folder import PAPER
from .joint_recipes import JointRecipe


def joint_card(joint: Joint, recipe: JointRecipe, findings: Findings, provenance: str) -> str:
    """card.md: shape, recipe with the weights of its losses, data and licences as `provenance` tells, and figures."""
    parts = [
        f"# {joint.config.name}: {recipe.title}",
        _shape(joint),
        "## Recipe",
        _told(recipe),
        f"    python -m playground train {recipe.name} --data DIR",
        "## Data",
        provenance.strip(),
        "## Figures, on validation items",
        "\n".join(
            ["| measure | figure |", "|---|---|", *(f"| {n} | {figure} |" for n, figure in figure_rows(findings))]
        ),
        "## Ways to fuse a picture and a sound",
        "Share of validation recordings, each with four pictures, whose meaning is believed. Noise of 1 has a standard "
        "deviation of half a picture's range, or is as loud as the sound. Early fusion is one network given both, late "
        "fusion a network for each whose beliefs are multiplied; both learned from the same lessons, for "
        f"{findings.figures.get('rival_steps', 0):,} steps. Picture and sound are what the model believes of each.",
        "\n".join(lesson_table(findings.lesson)),
        f"Licence of the weights: {recipe.licence}.",
    ]
    return "\n\n".join(parts) + "\n"


def _shape(joint: Joint) -> str:
    config = joint.config
    parts = {"senses": joint.senses, "codecs (without encoders)": joint.codecs, "generator": joint.generator}
    sizes = ", ".join(f"{name} {count_parameters(part):,}" for name, part in parts.items())
    return (
        f"{config.num_codebooks} shared codes of {config.codebook_size}, for {len(config.meanings)} meanings: "
        f"{', '.join(config.meanings)}. Fusion is a product of experts; parameters: {sizes}. After {PAPER}."
    )


def _told(recipe: JointRecipe) -> str:
    generator = ", ".join(f"{part} {weight:g}" for part, weight in recipe.generator.weights.items())
    senses = ", ".join(f"{sense} {recipe.fusion.weights[sense]:g}" for sense in SENSES)
    return (
        f"Steps: fusion {recipe.fusion.steps:,}, codec of pictures {recipe.pictures.steps:,}, codec of sounds "
        f"{recipe.sounds.steps:,}, generator {recipe.generator.steps:,}. All seven subsets of the senses are equally "
        f"likely. Weights of the losses: senses {senses}; generator {generator}."
    )


def lesson_table(lesson: list[dict]) -> list[str]:
    """Lines of Markdown: a row for each corruption, a column for each way of fusing."""
    ways = ("picture", "sound", "early", "late", "shared")
    lines = [f"| corrupted | noise | {' | '.join(ways)} |", f"|---|---|{'---|' * len(ways)}"]
    for row in lesson:
        shares = (f"{row[way]:.1%}" if way in row else "" for way in ways)
        lines.append(f"| {row['corrupted']} | {row['strength']:g} | {' | '.join(shares)} |")
    return lines


def figure_rows(findings: Findings) -> list[tuple[str, str]]:
    """(what was measured, how much), as people read it."""
    found = findings.figures
    items = found["items"]
    rows = [(f"{style} → word it knows, {items[style]} items", f"{s:.1%}") for style, s in found["to_word"].items()]
    rows += [(f"{style} → word, spelt without a dictionary", f"{share:.1%}") for style, share in found["spelt"].items()]
    rows += [(f"{style} → meaning, believed", f"{share:.1%}") for style, share in found["believed"].items()]
    rows += [(f"word → {style}, recognised by a judge", f"{share:.1%}") for style, share in found["recognised"].items()]
    rows += [(f"the judge of {part} on real ones", f"{share:.1%}") for part, share in found["judges"].items()]
    rows += [(f"agreement across senses, {codes}", f"{share:.1%}") for codes, share in found["agreement"].items()]
    most = f"of {found['most_bits']:.2f} bits"
    rows += [(f"information, {pair}", f"{bits:.2f} {most}") for pair, bits in found["bits"].items()]
    rows += [(name, f"{error:.3f}") for name, error in found["calibration"].items()]
    return [*rows, ("temperature of beliefs", f"{findings.temperature:.2f}")]
