"""Does fusion help? `python benchmarks/joint_fusion.py --data DIR [--model joint-digits] [--checkpoints FOLDER]`.

Measures joint models on validation items: each sense alone and fused under every corruption, the weight of words
without a meaning, calibration, and how well what is none of it is told apart. Early and late fusion stand beside the
rows of noise, as `measure-joint` found them (findings.json). Writes benchmarks/results/joint_fusion.md.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground.joints import read_known
from playground.models.findings import Known
from playground.training.fusion_table import FusionTable, Row, fusion_table
from playground.training.joint_recipes import JOINTS

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "joint_fusion.md"
MOST_LACK, MOST_JUNK, MOST_ERROR, LEAST_AREA = 0.01, 0.1, 0.03, 0.97


def main() -> None:
    """Measures everything once and writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", action="append", choices=list(JOINTS))
    parser.add_argument("--checkpoints", type=Path, default=ROOT / "checkpoints")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    parts = ["# Fusion of the joint models\n\nValidation items. `python benchmarks/joint_fusion.py --data DIR`"]
    for name in options.model or JOINTS:
        known = read_known(options.checkpoints / name)
        table = fusion_table(known, JOINTS[name].open(options.data, "val"), options.data)
        parts.append(told(known, table))
        print(parts[-1], flush=True)
    options.output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def told(known: Known, table: FusionTable) -> str:
    """One model's tables in Markdown, and whether each goal is reached."""
    head = "| evidence | picture | sound | fused | codes | early | late | junk's weight | below the best |"
    lines = [head, "|---" * 9 + "|"]
    rivals = {(f"{row['corrupted']}: noise {row['strength']:g}"): row for row in known.findings.lesson}
    for row in table.rows:
        lines.append(_line(row, rivals.get(row.name, {})))
    return "\n\n".join([f"## {known.name}, {table.rows[0].items} pairs", *_goals(table, rivals), "\n".join(lines)])


def _line(row: Row, rival: dict) -> str:
    shares = [row.alone.get("pictures"), row.alone.get("sounds"), row.fused, row.codes]
    shares += [rival.get("early"), rival.get("late")]
    cells = ["" if share is None else f"{share:.1%}" for share in shares]
    junk = "" if row.junk is None else f"{row.junk:.3f}"
    return f"| {row.name} | {' | '.join(cells)} | {junk} | {100 * row.lack:.1f} |"


def _goals(table: FusionTable, rivals: dict[str, dict]) -> list[str]:
    worst = max(table.rows, key=lambda row: row.lack)
    below = sum(row.lack > MOST_LACK for row in table.rows)
    typed = max(row.junk for row in table.rows if " + " in row.name and row.junk is not None)
    other = max((row for row in table.rows if row.junk is not None), key=lambda row: row.junk)
    same = [row for row in table.rows if row.name in rivals]
    means = {way: sum(rivals[row.name][way] for row in same) / max(1, len(same)) for way in ("early", "late", "shared")}
    fused = sum(row.fused for row in same) / max(1, len(same))
    codes = sum(row.codes for row in same) / max(1, len(same))
    errors = ", ".join(f"{key} {error:.3f}" for key, error in table.calibration.items())
    areas = [f"{sense}: {', '.join(f'{k} {a:.3f}' for k, a in each.items())}" for sense, each in table.auroc.items()]
    return [
        f"Fused is more than {100 * MOST_LACK:g} point below the best single sense in {below} of {len(table.rows)} "
        f"rows, at worst {100 * worst.lack:.1f} ({worst.name}).",
        f"Mean weight of a written word without a meaning: {typed:.3f} in the worst row (goal ≤ {MOST_JUNK:g}); of "
        f"anything without a meaning: {other.junk:.3f} ({other.name}).",
        f"Mean over {len(same)} rows of noise: fused {fused:.1%}, codes {codes:.1%}; as measure-joint found them: "
        f"early {means['early']:.1%}, late {means['late']:.1%}, shared codes {means['shared']:.1%}.",
        f"Expected calibration error (goal ≤ {MOST_ERROR:g}): {errors}.",
        f"AUROC of what is none of it (goal ≥ {LEAST_AREA:g}): {'; '.join(areas)}.",
    ]


if __name__ == "__main__":
    main()
