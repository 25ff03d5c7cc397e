"""The card of a joint model: what it learned from, how, and how well, in Markdown."""

from ..models.convolution import count_parameters
from ..models.joint import Joint
from ..models.joint_folder import PAPER
from .joint_figures import JointFigures
from .joint_recipes import JointRecipe


def joint_card(joint: Joint, recipe: JointRecipe, figures: JointFigures, provenance: str) -> str:
    """card.md: shape, recipe with the weights of its losses, data and licences as `provenance` tells, and figures."""
    config = joint.config
    parts = {"senses": joint.senses, "codecs": joint.codecs, "generator": joint.generator}
    sizes = ", ".join(f"{name} {count_parameters(part):,}" for name, part in parts.items())
    generator = ", ".join(f"{part} {weight:g}" for part, weight in recipe.generator.weights.items())
    senses = ", ".join(f"{sense} {recipe.fusion.weights[sense]:g}" for sense in joint.senses)
    lines = [
        f"# {config.name}: {recipe.title}",
        "",
        f"{config.num_codebooks} shared codes of {config.codebook_size}, for {len(config.meanings)} meanings: "
        f"{', '.join(config.meanings)}. Fusion is a product of experts; parameters: {sizes}. After {PAPER}.",
        "",
        "## Recipe",
        "",
        f"Steps: fusion {recipe.fusion.steps:,}, codec of pictures {recipe.pictures.steps:,}, codec of sounds "
        f"{recipe.sounds.steps:,}, generator {recipe.generator.steps:,}. All seven subsets of the senses are equally "
        f"likely. Weights of the losses: senses {senses}; generator {generator}.",
        "",
        "## Data",
        "",
        provenance.strip(),
        "",
        "## Figures, on validation items",
        "",
        "| measure | figure |",
        "|---|---|",
        *(f"| {name} | {figure} |" for name, figure in figure_rows(figures)),
        "",
        f"Licence of the weights: {recipe.licence}.",
    ]
    return "\n".join(lines) + "\n"


def figure_rows(figures: JointFigures) -> list[tuple[str, str]]:
    """(what was measured, how much), as people read it."""
    rows = [(f"{style} → word, {figures.items[style]} items", f"{s:.1%}") for style, s in figures.to_word.items()]
    rows += [(f"word → {style}, recognised by a judge", f"{share:.1%}") for style, share in figures.recognised.items()]
    rows += [(f"the judge of {part} on real ones", f"{share:.1%}") for part, share in figures.judges.items()]
    rows += [(f"agreement across senses, {codes}", f"{share:.1%}") for codes, share in figures.agreement.items()]
    most = f"of {figures.most_bits:.2f} bits"
    rows += [(f"information, {pair}", f"{bits:.2f} {most}") for pair, bits in figures.bits.items()]
    for row in figures.corruption:
        shares = ", ".join(f"{key} {share:.1%}" for key, share in row.items() if key != "strength")
        rows.append((f"noise {row['strength']:.2f}", shares))
    return rows
