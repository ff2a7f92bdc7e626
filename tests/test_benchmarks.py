"""The results that the repository holds say where they come from."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.__main__ import COMMANDS, FOLDER, record

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_result_names_its_command_date_machine_and_versions(path: Path) -> None:
    values = json.loads(path.read_text("utf-8"))
    assert values["command"] == "python -m emotion " + " ".join(COMMANDS[path.stem])
    assert datetime.fromisoformat(values["date"]).tzinfo is not None
    assert {"processor", "cores", "system", "load_before"} <= set(values["machine"])
    assert {"python", "openvino", "torch", "streamlit"} <= set(values["versions"])
    assert values["results"]


def test_a_command_is_recorded_with_what_it_answered() -> None:
    values = record(("models", "list", "--json"))
    assert values["command"] == "python -m emotion models list --json"
    assert set(values["results"]) == {"active", "models"}
