"""The layers of the design: what may import what. Every import is read, wherever it stands."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = (
    ("labels", "errors", "settings", "files", "locale"),
    ("models", "data"),
    ("vision",),
    ("evaluation",),
    ("training", "sessions", "charts"),
    ("bench", "report", "backup"),
    ("cli", "ui"),
    ("pages", "app"),
)
LEVEL = {part: level for level, row in enumerate(ROWS) for part in row}
MOST_LINES = 400

# Packages that only some files may import, by the start of the file's path.
ONLY_IN = {
    "streamlit": ("app.py", "pages/", "emotion/ui/"),
    "streamlit_webrtc": ("app.py", "pages/", "emotion/ui/"),
    "torch": ("emotion/training/", "emotion/models/torch_"),
    "torchvision": ("emotion/training/", "emotion/models/torch_"),
    "nncf": ("emotion/models/torch_export.py",),
}


def sources() -> dict[str, str]:
    """The text of every file of the app, by its path in the repository."""
    paths = [ROOT / "app.py", *ROOT.glob("emotion/**/*.py"), *ROOT.glob("pages/**/*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def part_of(file: str) -> str:
    """`emotion/models/card.py` belongs to `models`, `pages/live.py` to `pages`."""
    names = Path(file).with_suffix("").parts
    return names[1] if names[0] == "emotion" and len(names) > 1 else names[0]


def imports(file: str, source: str) -> Iterator[str]:
    """The full name of all that `file` imports, also in functions and under TYPE_CHECKING."""
    package = Path(file).parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def breaches(file: str, source: str) -> list[str]:
    """What `file` imports against the layers, one sentence each."""
    own = part_of(file)
    found = []
    for name in imports(file, source):
        top, *below = name.split(".")
        if not file.startswith(ONLY_IN.get(top, ("",))):
            found.append(f"{file} imports {top}")
        target = below[0] if top == "emotion" and below else top
        if top not in ("emotion", "pages", "app") or target not in LEVEL or target == own:
            continue
        if own in LEVEL and LEVEL[target] >= LEVEL[own] and not _base_row(own, target):
            found.append(f"{file} imports {name}, which does not stand below {own}")
    return found


def _base_row(own: str, target: str) -> bool:
    """Plain values know each other: the settings raise the errors."""
    return own in ROWS[0] and target in ROWS[0]


def test_no_import_runs_against_the_layers() -> None:
    found = [text for file, source in sources().items() for text in breaches(file, source)]
    assert found == []


def test_every_part_of_the_app_has_its_place_in_the_layers() -> None:
    entry = {"emotion", "__init__", "__main__"}
    assert {part_of(file) for file in sources()} - entry <= set(LEVEL)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("emotion/models/card.py", "from emotion.vision.types import Face"),
        ("emotion/models/card.py", "import emotion.data.layout"),
        ("emotion/data/layout.py", "from emotion import training"),
        ("emotion/labels.py", "from emotion.models import card"),
        ("emotion/charts/base.py", "def f():\n    from emotion.sessions.store import Store"),
        ("emotion/sessions/rows.py", "if TYPE_CHECKING:\n    from emotion.training import runs"),
        ("emotion/vision/crop.py", "from ..evaluation import crops"),
        ("emotion/ui/camera.py", "from emotion.cli import main"),
        ("emotion/ui/camera.py", "import pages.live"),
        ("emotion/cli/bench.py", "from emotion.ui import camera"),
        ("emotion/bench/live.py", "from emotion.ui import camera"),
        ("emotion/bench/live.py", "from emotion.cli import output"),
        ("emotion/bench/live.py", "import torch"),
        ("pages/live.py", "import app"),
        ("emotion/charts/base.py", "import streamlit as st"),
        ("emotion/cli/train.py", "import torch.nn"),
        ("emotion/models/load.py", "def f():\n    import torch"),
        ("emotion/evaluation/run.py", "from torchvision.models import resnet18"),
        ("emotion/models/torch_backend.py", "import nncf"),
    ],
)
def test_a_breach_is_found(file: str, source: str) -> None:
    assert len(breaches(file, source)) == 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("emotion/settings.py", "from emotion.errors import SettingsError"),
        ("emotion/models/load.py", "from emotion.models.store import find_model"),
        ("emotion/models/load.py", "from . import store"),
        ("emotion/models/torch_backend.py", "import torch"),
        ("emotion/training/fit.py", "from emotion.evaluation.scores import score"),
        ("emotion/cli/train.py", "from emotion.training import runs"),
        ("emotion/cli/bench.py", "from emotion.bench import live"),
        ("emotion/bench/live.py", "from emotion.models.torch_reference import OriginalLoop"),
        ("pages/live.py", "import streamlit\nfrom emotion.ui import camera"),
    ],
)
def test_what_is_allowed_is_no_breach(file: str, source: str) -> None:
    assert breaches(file, source) == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    files = [ROOT / file for file in sources()] + list(ROOT.glob("tests/**/*.py"))
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in files
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_a_live_page_and_the_list_of_runs_need_no_torch(models_dir: Path) -> None:
    """In a fresh process; nor may OpenVINO find the package that reports its use."""
    modules = [path.stem for path in (ROOT / "emotion" / "vision").glob("*.py")]
    script = f"""
import importlib, sys
import numpy as np
from pathlib import Path
for name in {sorted(modules)}:
    importlib.import_module("emotion.vision" if name == "__init__" else f"emotion.vision.{{name}}")
import emotion.training.runs, emotion.training.config
from emotion.models.load import load_classifier
from emotion.models.store import find_model
classifier = load_classifier(find_model(Path({str(models_dir)!r}), "tiny"))
classifier.probabilities(np.zeros((1, 32, 32), np.uint8))
assert classifier.backend.description.startswith("OpenVINO"), classifier.backend.description
heavy = {{name.partition(".")[0] for name in sys.modules}} & {{"torch", "torchvision", "nncf"}}
assert not heavy, heavy
assert sys.modules["openvino_telemetry"] is None
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
