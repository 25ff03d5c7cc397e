"""Every word of the page is in both languages, and every word in the tables is on the page."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.ui import server

ROOT = Path(server.__file__).parents[2]
TABLES = {code: json.loads((server.WORDS / f"{code}.json").read_text(encoding="utf-8")) for code in server.LANGUAGES}
SOURCES = [*sorted((ROOT / "assets").rglob("*.js")), *sorted((ROOT / "playground" / "ui").glob("*.py"))]
ATTRIBUTE = re.compile(r'data-word(?:-title|-label|-placeholder)?="([^"${]+)"')
CALLED = re.compile(r'\bword\(\s*"([^"]+)"')
EXAMPLE = "key"  # in a comment of words.js


def leaves(table: dict, path: str = "") -> Iterator[tuple[str, str]]:
    """(key, text) of a table, without the errors: their keys are sentences."""
    for name, entry in table.items():
        if isinstance(entry, dict):
            if path or name != "errors":
                yield from leaves(entry, f"{path}{name}.")
        else:
            yield path + name, entry


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


ENGLISH, CHINESE = (dict(leaves(TABLES[code])) for code in ("en", "zh"))


def test_both_languages_have_the_same_keys() -> None:
    assert list(ENGLISH) == list(CHINESE), sorted(set(ENGLISH) ^ set(CHINESE))


def test_both_languages_fill_the_same_gaps() -> None:
    assert {key: gaps(text) for key, text in ENGLISH.items()} == {key: gaps(text) for key, text in CHINESE.items()}


def test_no_word_is_empty_or_left_in_the_other_language() -> None:
    assert all(text.strip() for text in [*ENGLISH.values(), *CHINESE.values()])
    chinese = re.compile("[\u4e00-\u9fff]")
    assert [key for key, text in ENGLISH.items() if chinese.search(text)] == ["page.otherLanguage"]
    foreign = {
        key for key, text in CHINESE.items() if not chinese.search(text) and re.search("[A-Za-z]{3}", gapless(text))
    }
    assert {CHINESE[key] for key in foreign} <= {"English", "PSNR", "SSIM", "SI-SDR", "STOI", "GAN", "VAE", "PNG"}


def gapless(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_key_that_is_written_out_is_in_the_table(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    written = set(ATTRIBUTE.findall(source)) | set(CALLED.findall(source))
    assert not written - set(ENGLISH) - {EXAMPLE}


def test_every_key_in_the_table_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    whole = set(re.findall(r"[\w.]+", source))
    # Keys that are put together: `chip.${name}.hint` may be any chip.….hint.
    start = rf"\b(?:{'|'.join(TABLES['en'])})\.[\w.]*"
    made = re.findall(rf"{start}(?:\$\{{[\w.]+\}}[\w.]*)+|{start}\$\{{", source)
    # Widgets that pages share say `${words}.deeds.hint`, each page with the name of its own section.
    made += re.findall(r"\$\{(?:\w+\.)?words\}\.[\w.]*(?:\$\{[\w.]+\}[\w.]*)*", source)
    patterns = [re.compile(re.sub(r"\$\{[\w.]*\}?", r"\\w+", text)) for text in made]
    assert len(patterns) > 20
    said = {key.partition(".over.")[2] or key for key in ENGLISH}  # what a page lays over must be there without it
    assert not [key for key in said if key not in whole and not any(pattern.fullmatch(key) for pattern in patterns)]
    assert said <= set(ENGLISH)


def templates() -> dict[str, str]:
    """Every sentence of an InputError in the package → where it stands."""
    found = {}
    for path in sorted((ROOT / "playground").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "InputError":
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                template = node.args[0]
                assert isinstance(template, ast.Constant), (
                    f"{place}: the sentence is put together, so nobody can translate it"
                )
                found[template.value] = place
    return found


def test_every_sentence_of_an_error_is_in_chinese_with_the_same_gaps() -> None:
    translated = TABLES["zh"]["errors"]
    missing = {template: place for template, place in templates().items() if template not in translated}
    assert not missing, json.dumps(missing, ensure_ascii=False, indent=1)
    assert not set(translated) - set(templates()), "translations of sentences that nobody says any more"
    for english, chinese in translated.items():
        assert gaps(english) == gaps(chinese), english
        assert re.search("[\u4e00-\u9fff]", chinese), english
