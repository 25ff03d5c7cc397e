"""The command that measures joint models."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..core.errors import InputError
from .options import Data, app, notes, out

if TYPE_CHECKING:
    from ..models.findings import Findings
    from ..models.joint import Joint


@app.command("measure-joint")
def measure_joint(
    folder: Annotated[Path, typer.Argument(help="A joint model's checkpoint folder.")],
    recipe: Annotated[str, typer.Option(help="The recipe that trained it, which knows its data.")] = "joint-digits",
    data: Data = None,
    judge_steps: Annotated[int, typer.Option(min=1, help="Of the training of each judge.")] = 800,
    rival_steps: Annotated[
        int | None, typer.Option(min=1, help="Of the training of early and late fusion; else the recipe's own.")
    ] = None,
    provenance: Annotated[Path | None, typer.Option(help="A text on the data, for the card.md it then gets.")] = None,
) -> None:
    """How well a joint model understands, is understood, and agrees with itself, on validation items.

    What was found is kept in its folder: findings.json, cloud.safetensors, and card.md if it is told of the data.
    """
    from ..training.joint_card import figure_rows, joint_card
    from ..training.joint_recipes import JOINTS

    if recipe not in JOINTS or data is None:
        raise InputError("Measuring needs a recipe ({names}) and --data.", names=", ".join(JOINTS))
    joint, findings = _measured(folder, recipe, data, judge_steps, rival_steps)
    table = Table("measure", "figure", title=f"{joint.config.name}, validation items")
    for row in figure_rows(findings):
        table.add_row(*row)
    out.print(table)
    if provenance:
        told = joint_card(joint, JOINTS[recipe], findings, provenance.read_text(encoding="utf-8"))
        (folder / "card.md").write_text(told, encoding="utf-8")


def _measured(
    folder: Path, recipe: str, data: Path, judge_steps: int, rival_steps: int | None
) -> tuple["Joint", "Findings"]:
    from ..models.findings import Findings, Known, write_cloud, write_findings
    from ..models.joint_folder import read_joint
    from ..models.reliability import read_reliability
    from ..training.joint_figures import measure_joint as measure
    from ..training.joint_findings import find_out, point_cloud
    from ..training.joint_recipes import JOINTS
    from ..training.judges import train_judge
    from ..training.rivals import train_rivals

    joint, judges = read_joint(folder), {}
    learned, judging = (JOINTS[recipe].open(data, split) for split in ("train", "val"))
    for part, shelf in (("pictures", learned.pictures), ("sounds", learned.sounds)):
        with notes.status(f"A judge of {part} is trained …"):
            judges[part] = train_judge(part, shelf, len(learned.meanings), steps=judge_steps)
    with notes.status("Early and late fusion are trained …"):
        fusion = JOINTS[recipe].fusion
        rivals = train_rivals(learned, replace(fusion, steps=rival_steps or fusion.steps), bands=joint.config.bands)
    known = Known(folder.name, folder, joint, Findings(), read_reliability(folder, joint))
    findings = find_out(known, learned, judging, measure(joint, judging, judges), rivals)
    write_findings(folder, findings)
    write_cloud(folder, point_cloud(joint, judging))
    return joint, findings


@app.command("measure-strangers")
def measure_strangers(
    folder: Annotated[Path, typer.Argument(help="Where a training is, or shall be, that leaves them out.")],
    recipe: Annotated[str, typer.Option(help="What is trained but for them.")] = "joint-digits",
    data: Data = None,
    without: Annotated[str, typer.Option(help="Speakers, with commas between.")] = "",
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's own.")] = None,
) -> None:
    """How well speakers are understood that a model never heard: trains its senses without them, then asks."""
    from ..training.joint_recipes import JOINTS
    from ..training.strangers import hear_strangers

    if recipe not in JOINTS or data is None or not without:
        raise InputError("This needs a recipe ({names}), --data and --without.", names=", ".join(JOINTS))
    names = tuple(name.strip() for name in without.split(","))
    for speaker, (right, count) in hear_strangers(JOINTS[recipe], data, folder, names, steps=steps).items():
        print(f"{speaker}: {right / count:.1%} of {count} recordings")


@app.command("train-reliability")
def train_reliability(
    folder: Annotated[Path, typer.Argument(help="A joint model's checkpoint folder.")],
    recipe: Annotated[str, typer.Option(help="The recipe that trained it, which knows its data.")] = "joint-digits",
    data: Data = None,
    count: Annotated[int, typer.Option(min=128, help="Signals of each kind that are read for it.")] = 1_500,
    steps: Annotated[int, typer.Option(min=1, help="Of the training.")] = 1_500,
) -> None:
    """Trains how far each sense can be relied on, the senses themselves staying as they are: reliability.safetensors.

    Noise, occlusion, scribbles, tones, junk words and those of other languages teach it what it should not heed.
    """
    from ..models.findings import read_findings
    from ..models.joint_folder import read_joint
    from ..models.reliability import write_reliability
    from ..training.evidence import training_evidence
    from ..training.joint_recipes import JOINTS
    from ..training.reliability import calibrate
    from ..training.reliability import train_reliability as train

    if recipe not in JOINTS or data is None:
        raise InputError("Measuring needs a recipe ({names}) and --data.", names=", ".join(JOINTS))
    joint, findings = read_joint(folder), read_findings(folder)
    with notes.status("The senses read what they are given …"):
        learned, judging = (JOINTS[recipe].open(data, split) for split in ("train", "val"))
        evidence = training_evidence(joint, learned, data, "train", count, seed=1)
        held_out = training_evidence(joint, judging, data, "val", max(128, count // 4), seed=2)
    with notes.status("Their reliability is trained …"):
        reliability = train(joint, evidence, findings.temperature, steps=steps)
        calibrate(joint, reliability, held_out, findings.temperature)
        write_reliability(folder, reliability)
