"""Runs beside each other: settings, and their models on the same test pictures."""

import shutil
from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.evaluation.predictions import PREDICTIONS_FILE, Predictions
from emotion.models.store import ModelEntry
from emotion.training import comparison, runs
from tests.training.made import ended, run_with


@pytest.fixture
def own_models(models_dir: Path, tmp_path: Path) -> Path:
    """A copy of the models folder that a test may change."""
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


@pytest.fixture
def finished(tiny_run: Path) -> runs.RunInfo:
    return runs.read_run(tiny_run)


def test_only_settings_that_differ_are_told_and_the_name_is_none(tmp_path: Path) -> None:
    first = run_with(tmp_path, name="a", learning_rate=0.001, batch_size=8)
    second = run_with(tmp_path, name="b", learning_rate=0.01, batch_size=8)
    assert comparison.setting_differences([first, second]) == {"learning_rate": [0.001, 0.01]}
    assert comparison.setting_differences([first, first]) == {}
    assert comparison.setting_differences([]) == {}


def test_a_finished_run_has_the_answers_that_its_end_kept(
    finished: runs.RunInfo, models_dir: Path
) -> None:
    answers = comparison.answers_of(finished, models_dir)
    assert isinstance(answers, Predictions)
    assert len(answers.truth) == 28
    same = comparison.differences(answers, answers)
    assert same is not None
    assert [one.change for one in same] == [0, 0, 0]


def test_why_a_run_has_no_answers(finished: runs.RunInfo, own_models: Path, tmp_path: Path) -> None:
    assert comparison.answers_of(run_with(tmp_path), own_models) == "not_finished"
    gone = run_with(tmp_path, ended("finished", model="gone"))
    assert comparison.answers_of(gone, own_models) == "no_model"
    (own_models / "tiny" / PREDICTIONS_FILE).unlink()
    assert comparison.answers_of(finished, own_models) == "not_measured"
    with pytest.raises(TrainingError, match="has no model that could be measured"):
        comparison.measure(gone, own_models)


def test_a_model_without_answers_is_measured_as_its_run_did(
    finished: runs.RunInfo, own_models: Path
) -> None:
    before = comparison.answers_of(finished, own_models)
    (own_models / "tiny" / PREDICTIONS_FILE).unlink()
    seen: list[tuple[int, int]] = []
    comparison.measure(finished, own_models, lambda *progress: seen.append(progress))
    after = comparison.answers_of(finished, own_models)
    assert isinstance(before, Predictions)
    assert isinstance(after, Predictions)
    assert after.fingerprint == before.fingerprint
    assert after.labels.tolist() == before.labels.tolist()
    assert seen[-1] == (28, 28)


def test_a_deleted_run_leaves_its_model(
    finished: runs.RunInfo, own_models: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(finished.folder, tmp_path / "runs" / finished.folder.name))
    runs.delete(copy)
    assert not copy.exists()
    assert isinstance(comparison.model_of(finished, own_models), ModelEntry)
