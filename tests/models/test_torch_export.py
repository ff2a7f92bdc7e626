"""The export, made in a process of its own: NNCF takes seconds to import and warns."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emotion.models.card import ExportRecord
from emotion.models.openvino_backend import computes_in_bfloat16
from emotion.models.store import sha256
from emotion.models.torch_export import keeps_answers

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
import numpy as np
import torch
from emotion.models.openvino_backend import OpenVinoBackend
from emotion.models.torch_export import convert, export_openvino, write
from emotion.models.torch_networks import GreyNetwork

root = Path(sys.argv[1])
crops = np.random.default_rng(0).integers(0, 256, (200, 32, 32), dtype=np.uint8)

def export(name, model, crops, original, truth):
    (root / name).mkdir()
    logits = np.eye(7, dtype=np.float32)[original]
    record = export_openvino(model, root / name, crops[:32], crops, np.array(truth), logits)
    (root / name / "record.json").write_text(record.model_dump_json())

torch.manual_seed(0)
sure = GreyNetwork("resnet18").eval()  # says 0 of everything, in whatever precision
with torch.no_grad():
    sure.head.bias[0] = 1000
export("one of 200", sure, crops, [1] + [0] * 199, [1] + [0] * 199)
export("two of 200", sure, crops, [1] * 2 + [0] * 198, [1] * 2 + [0] * 198)
export("another", sure, crops, [1] * 200, [0] * 200)

small = GreyNetwork("mobilenet_v2").eval()
with torch.no_grad():
    small.head.bias[0] = 1000
export("small", small, crops, [0] * 200, [0] * 200)
for file in (root / "small").glob("*.xml"):
    OpenVinoBackend(file, file.stem.removeprefix("openvino-")).logits(crops[:1])

torch.manual_seed(1)
unsure = GreyNetwork("resnet18").eval()  # no class is likelier than another over all crops
with torch.no_grad():
    unsure.head.bias -= unsure(torch.from_numpy(crops)).mean(dim=0)
write(convert(unsure, 32), root / "bfloat16.xml", "bfloat16")
logits = OpenVinoBackend(root / "bfloat16.xml", "bfloat16").logits(crops)
margin = np.diff(np.sort(logits, axis=1)[:, -2:]).ravel()
waver = np.argsort(margin)[:50]  # where it is least sure
answers = logits.argmax(axis=1)[waver]
export("wavers", unsure, crops[waver], answers, answers)
assert "openvino_telemetry" in sys.modules and sys.modules["openvino_telemetry"] is None
"""


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports of networks and originals that agree more or less, a folder each."""
    root = tmp_path_factory.mktemp("exports")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, root], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return root


def record_of(exports: Path, name: str) -> ExportRecord:
    """The record of an export, whose files must be there and no others."""
    record = ExportRecord(**json.loads((exports / name / "record.json").read_text()))
    path = exports / name / record.file
    assert record.sha256 == sha256(path.with_suffix(".bin"))
    kept = sorted(file.name for file in path.parent.iterdir() if file.name != "record.json")
    assert kept == [path.with_suffix(".bin").name, path.name]
    return record


def test_a_network_that_openvino_cannot_compute_in_int8_keeps_a_higher_precision(
    exports: Path,
) -> None:
    record = record_of(exports, "small")
    assert record.precision == ("bfloat16" if computes_in_bfloat16() else "float32")
    assert record.reason.startswith("int8 of mobilenet_v2 needs an input of 33 pixels; ")


def test_int8_is_taken_where_it_agrees_and_loses_half_a_point_at_most(exports: Path) -> None:
    record = record_of(exports, "one of 200")
    assert record.precision == "int8"
    assert record.reason.startswith("int8 kept the label of 99.5% of 200 held-out pictures")
    assert record.reason.endswith(", which is enough")


def test_int8_that_agrees_but_loses_a_point_is_not_taken(exports: Path) -> None:
    record = record_of(exports, "two of 200")
    assert record.precision == "float32"
    assert "int8 kept the label of 99.0% of 200 held-out pictures" in record.reason
    assert "changed accuracy by -1.00 points" in record.reason


def test_bfloat16_is_taken_where_int8_does_not_agree(exports: Path) -> None:
    record = record_of(exports, "wavers")
    assert record.precision == ("bfloat16" if computes_in_bfloat16() else "float32")
    assert record.agreement == (1.0 if computes_in_bfloat16() else pytest.approx(1, abs=0.1))
    assert record.reason.startswith("int8 kept the label of ")
    assert record.reason.endswith("are asked of a lower precision")


def test_float32_is_left_where_nothing_agrees_and_the_card_says_why(exports: Path) -> None:
    record = record_of(exports, "another")
    assert (record.precision, record.agreement, record.accuracy_change) == ("float32", 0.0, 1.0)
    second = "bfloat16 kept the label of 0.0%" if computes_in_bfloat16() else "this processor does"
    assert record.reason.startswith("int8 kept the label of 0.0%") and second in record.reason


@pytest.mark.parametrize(
    ("agreement", "change", "enough"),
    [
        (0.98, 0.0, True),
        (0.9799, 0.0, False),
        (1.0, 199 / 200 - 1, True),
        (1.0, -0.0051, False),
        (0.97, 0.02, False),
    ],
)
def test_the_limits_are_98_percent_and_half_a_point(
    agreement: float, change: float, enough: bool
) -> None:
    values: dict[str, Any] = {"file": "a.xml", "precision": "int8", "sha256": "", "pictures": 200}
    record = ExportRecord(**values, agreement=agreement, accuracy_change=change)
    assert keeps_answers(record) is enough
