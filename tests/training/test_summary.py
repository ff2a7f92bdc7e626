"""The list of all runs, and how much is read for it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.training import events, runs
from emotion.training.about import write_about
from emotion.training.events import EVENTS_FILE
from emotion.training.summary import find_run, summary
from tests.conftest import tiny_config
from tests.training.made import STARTED, ended, epoch, run_with, step


def test_a_run_in_a_few_numbers(tmp_path: Path) -> None:
    told = (STARTED, epoch(0, 0.5), epoch(1, 0.8), epoch(2, 0.6, best=False), ended("stopped"))
    run = run_with(tmp_path, *told)
    found = summary(run)
    assert json.loads(json.dumps(found)) == found
    assert (found["state"], found["score"], found["best_epoch"]) == ("stopped", 0.8, 2)
    assert (found["epochs_done"], found["epochs"]) == (3, 6)
    assert found["size_bytes"] == sum(p.stat().st_size for p in run.folder.iterdir())
    new = runs.create(tiny_config(tmp_path), tmp_path / "new")
    empty = summary(runs.read_run(new))
    assert (empty["state"], empty["score"], empty["worked_s"]) == ("waiting", None, 0.0)


def test_a_run_is_found_by_its_folder_its_title_and_its_model(tmp_path: Path) -> None:
    first, second = run_with(tmp_path), run_with(tmp_path)
    write_about(first.folder, title="lamp", note="")
    runs_dir = tmp_path / "runs"
    assert find_run(runs_dir, first.folder.name).folder == first.folder
    assert find_run(runs_dir, "lamp").folder == first.folder
    assert find_run(runs_dir, "tiny").folder == second.folder  # the newest
    with pytest.raises(TrainingError, match=f"no run x in .*{second.folder.name}"):
        find_run(runs_dir, "x")


def test_of_two_hundred_long_runs_little_is_parsed_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an hour each, so 1,800 steps: 70 MB of events in all, of which 17 lines a run count."""
    lines = [json.dumps({"kind": "started", "time": 0.0, "epoch": 0})]
    for number in range(8):
        kind, values = epoch(number, number / 10)
        for second in range(225):
            _, told = step(number, second, time=225.0 * number + second, **dict.fromkeys("abcdef"))
            lines.append(json.dumps({"kind": "step", **told}))
        lines.append(json.dumps({"kind": kind, "time": 225.0 * (number + 1), **values}))
    text = "\n".join(lines) + "\n"
    for number in range(200):
        folder = runs.create(tiny_config(tmp_path, f"run{number}"), tmp_path / "runs")
        (folder / EVENTS_FILE).write_text(text)
    parsed: list[bytes] = []
    parse = events._parsed

    def counting(lines: Iterable[bytes]) -> Iterator[events.Event]:
        counted = list(lines)
        parsed.extend(counted)
        return parse(counted)

    monkeypatch.setattr(events, "_parsed", counting)
    listed = runs.list_runs(tmp_path / "runs")
    assert len(listed) == 200
    assert len(parsed) == 200 * (1 + 8 + 8), "its start, its epochs, and the last step of each"
    assert {len(run.of_kind("step")) for run in listed} == {8}
    assert {run.worked_s for run in listed} == {1800.0}
    assert runs.list_runs(tmp_path / "runs") == listed
    assert len(parsed) == 200 * (1 + 8 + 8)
