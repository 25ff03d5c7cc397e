"""What things are called in Chinese."""

import csv
from pathlib import Path


def chinese_names(folder: Path) -> dict[str, str]:
    """English name → Chinese name of all that `emoji.csv` in `folder` lists; {} where there is no such table."""
    table = Path(folder) / "emoji.csv"
    if not table.is_file():
        return {}
    with open(table, encoding="utf-8") as file:
        return {row["name_en"]: row["name_zh"] for row in csv.DictReader(file) if row.get("name_zh")}
