"""Runs beside each other: where their settings differ, and whether their models do beyond chance.

Models are compared picture by picture on `test`, by the answers that are kept beside them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from emotion.errors import ModelError, TrainingError
from emotion.evaluation.compare import Difference, paired_bootstrap
from emotion.evaluation.predictions import (
    Predictions,
    pair,
    predictions_of,
    read_predictions,
    write_predictions,
)
from emotion.evaluation.run import Progress, evaluate
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry, find_model
from emotion.training.dataset import data_of
from emotion.training.runs import RunInfo

Missing = Literal["not_finished", "no_model", "not_measured"]
"""Why a run has no answers: it has no model yet, its model is gone, or was not asked."""
_OF_EACH_RUN: Final = ("name",)


def setting_differences(runs: Sequence[RunInfo]) -> dict[str, list[Any]]:
    """The settings in which the runs differ, as JSON values in the order of the runs."""
    settings = [run.config.model_dump(mode="json") for run in runs]
    names = [name for name in settings[0] if name not in _OF_EACH_RUN] if settings else []
    values = {name: [one.get(name) for one in settings] for name in names}
    return {name: row for name, row in values.items() if any(one != row[0] for one in row)}


def model_of(run: RunInfo, models_dir: Path) -> ModelEntry | Missing:
    """The model that the run made, where it is still there."""
    if run.state != "finished":
        return "not_finished"
    try:
        return find_model(models_dir, run.of_kind("ended")[-1]["model"])
    except ModelError:
        return "no_model"


def answers_of(run: RunInfo, models_dir: Path) -> Predictions | Missing:
    """What the run's model answered on `test`. Raises `ModelError` for a broken file."""
    model = model_of(run, models_dir)
    if not isinstance(model, ModelEntry):
        return model
    return read_predictions(model.folder) or "not_measured"


def measure(run: RunInfo, models_dir: Path, progress: Progress | None = None) -> Predictions:
    """Ask the run's model for its answers on the run's test pictures, and keep them.

    Raises `TrainingError` for a run without a model, `DataError` without test pictures and
    `ModelError` when the answers cannot be kept.
    """
    model = model_of(run, models_dir)
    if not isinstance(model, ModelEntry):
        raise TrainingError(
            "The run {name} has no model that could be measured. Choose a finished run whose "
            "model was not deleted.",
            name=run.title,
        )
    data = data_of(run.config)
    result = evaluate(
        load_classifier(model), data, "test", find_faces=run.config.find_faces, progress=progress
    )
    predictions = predictions_of(result, data, "test")
    write_predictions(model.folder, predictions)
    return predictions


def differences(first: Predictions, second: Predictions) -> tuple[Difference, ...] | None:
    """How the second differs from the first, and whether beyond chance; None where they were
    measured on different pictures."""
    both = pair(first, second)
    return None if both is None else paired_bootstrap(both.truth, both.first, both.second)
