"""The import table of the house, and its ceilings, held by walking the source."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "playground").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}

# Part of the house → the other parts of it that it may import.
MAY_IMPORT = {
    "core": set(),
    "media": {"core"},
    "quantizers": {"core"},
    "edits": {"core"},
    "analysis": {"core", "media"},
    "data": {"core", "media"},
    "models": {"core", "media", "quantizers"},
    "priors": {"core", "media", "models"},
    "view": {"core", "media", "analysis"},
    "training": {"core", "media", "models", "priors", "data", "analysis", "quantizers"},
    "registry": {"core"},
    "zoo": {"core", "models", "priors", "registry"},
    "makers": {"core", "registry", "models", "priors", "zoo", "__init__"},
    "joints": {"core", "registry", "models", "zoo", "__init__"},
    "seen": {"core", "registry", "zoo", "__init__"},
    "noises": {"core", "registry", "models", "priors", "zoo", "__init__"},
    "packing": {"core", "media", "models", "priors", "analysis", "view", "zoo", "makers", "__init__"},
    "__init__": {"core", "media", "zoo"},
    "commands": {
        "core", "media", "models", "priors", "data", "analysis", "view", "training", "zoo", "makers", "seen",
        "__init__", "noises", "packing",
    },
    "__main__": {"core", "commands"},
    "ui": {
        "__init__", "analysis", "core", "data", "edits", "media", "models", "priors", "quantizers", "training", "view",
        "zoo", "makers", "joints", "seen", "noises", "packing",
    },
}  # fmt: skip

# A value of core that saves and loads itself imports its reader when it is asked to, inside the function. A packed file
# names its codec by a few bits, so that its reader knows the codecs.
WHEN_ASKED = {("core/tokens", "packing")}

# Library → the only parts (or files) that may import it.
HOMES = {
    "gradio": {"ui"},
    "umap": {"analysis"},
    "av": {"view/films", "media/apart"},
    "matplotlib": {"view"},
    "torchvision": {"data"},
    "soundfile": {"media/sounds", "media/decoders"},
    "soxr": {"media/sounds"},
    "pystoi": {"media/modalities"},
    "rapidfuzz": {"media/modalities"},
    "rouge_score": {"media/modalities"},
    "sacrebleu": {"media/modalities"},
    "tokenizers": {"analysis/pieces"},
    "torchmetrics": {"media/modalities"},
    "typer": {"commands"},
    "rich": {"commands"},
    "accelerate": {"training"},
    "transformers": {"models/hub"},
    "diffusers": {"models/hub"},
    "zstandard": {"analysis/classics", "ui/media"},
    "vector_quantize_pytorch": set(),
    "pickle": set(),
}


def part(path: Path) -> str:
    """playground/core/codec.py → core; playground/zoo.py → zoo."""
    return path.relative_to(ROOT / "playground").parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, str]]:
    """("ours", part) or ("theirs", library) for every import anywhere in a file, inside functions too."""
    found = []
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            modules = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = list(package[: len(package) - node.level + 1]) if node.level else []
            base = above + (node.module.split(".") if node.module else [])
            modules = [[*base, alias.name] for alias in node.names]
        else:
            continue
        for module in modules:
            if module[0] != "playground":
                found.append(("theirs", module[0]))
            elif len(module) > 1 and module[1] in MAY_IMPORT:
                found.append(("ours", module[1]))
            else:  # `from . import encode`: a name of the package itself
                found.append(("ours", "__init__"))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_part_imports_only_what_the_table_allows(path: Path) -> None:
    own, place = part(path), path.relative_to(ROOT / "playground").with_suffix("").as_posix()
    for owner, name in imports(path):
        if owner == "ours":
            allowed = name == own or name in MAY_IMPORT[own] or (place, name) in WHEN_ASKED
            assert allowed, f"{place} imports {name}"
        elif name in HOMES:
            assert own in HOMES[name] or place in HOMES[name], f"{place} imports {name}"


def test_nobody_imports_the_page() -> None:
    assert not [path for path in SOURCES if part(path) != "ui" and ("ours", "ui") in imports(path)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    assert len(path.relative_to(ROOT / "playground").parts) <= 2
    for node in ast.walk(TREES[path]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 40, f"{node.name} has {node.end_lineno - node.lineno + 1} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_can_carry_code_and_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: bare except"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert name not in {"eval", "exec"} or isinstance(node.func, ast.Attribute), f"line {node.lineno}: {name}"
            module = getattr(getattr(node.func, "value", None), "id", "")
            assert (module, name) != ("torch", "load"), f"line {node.lineno}: torch.load reads pickles"
            for keyword in node.keywords:
                if keyword.arg == "allow_pickle":
                    assert getattr(keyword.value, "value", None) is False, f"line {node.lineno}: allow_pickle"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_visitor_reads_is_a_fixed_sentence_with_gaps(path: Path) -> None:
    """An f-string could not be found in the table of translations, and braces in a file's name would break it."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InputError":
            template = node.args[0]
            constant = isinstance(template, ast.Name) and template.id.isupper()
            assert constant or isinstance(template, ast.Constant), f"line {node.lineno}"


@pytest.mark.parametrize("path", [path for path in SOURCES if part(path) == "ui"], ids=lambda path: path.name)
def test_nothing_is_held_while_a_stream_waits_for_its_reader(path: Path) -> None:
    """The next step may come from another thread, or never: a lock would stay taken, and inference mode, which is a
    thread's, would stay on in one that trains next."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            yields = [inner.lineno for inner in ast.walk(node) if isinstance(inner, (ast.Yield, ast.YieldFrom))]
            assert not yields, f"line {node.lineno} holds while line {yields[0]} waits"


def test_importing_the_package_is_light() -> None:
    heavy = ["gradio", "umap", "matplotlib", "torchvision", "torchmetrics", "typer", "scipy", "transformers"]
    script = f"import playground, sys; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_what_is_imported_is_what_is_required() -> None:
    """And nothing more: everybody who runs this installs the list."""
    packages = {"PIL": "pillow", "rouge_score": "rouge-score", "umap": "umap-learn"}
    with_gradio = {"fastapi", "gradio_client", "starlette"}  # which is built on them
    libraries = {name for path in SOURCES for owner, name in imports(path) if owner == "theirs"}
    imported = {packages.get(name, name) for name in libraries - set(sys.stdlib_module_names) - with_gradio}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = {re.split("[<>=~]", line)[0] for line in lines if line and not line.startswith("#")}
    assert imported == required
