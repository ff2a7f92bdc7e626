"""What a run's events give to draw: curves by step, epoch or minutes, recall, matrices.
No widgets."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.labels import KEYS
from emotion.training.events import Event
from emotion.training.history import course, worked_s
from emotion.training.runs import RunInfo

Axis = Literal["epoch", "step", "minutes"]
SCORES: Final = ("loss", "accuracy", "balanced_accuracy", "macro_f1")
METRICS: Final = (*SCORES, "learning_rate")
_COLUMNS: Final = ("metric", "series", "epoch", "step", "minutes", "value")


def points(run: RunInfo) -> pd.DataFrame:
    """All points of the curves: `metric`, `series` ("train" or "validation"), `epoch` (from
    0, with the part of it that is done), `step` (over all epochs), `minutes` (of work) and
    `value`."""
    counted = {id(event) for event in course(run.events)}
    rows, steps = [], 1
    for event, seconds in zip(run.events, worked_s(run.events), strict=True):
        if id(event) not in counted:
            continue
        if event["kind"] == "step":
            steps = event["steps"]
            place = event["epoch"] + event["step"] / steps, event["epoch"] * steps + event["step"]
            loss = event.get("step_loss") or event["loss"]
            rows.append(("loss", "train", *place, seconds / 60, loss))
            rows.append(("learning_rate", "train", *place, seconds / 60, event["learning_rate"]))
        else:
            place = event["epoch"] + 1, (event["epoch"] + 1) * steps
            rows += _of_epoch(event, place, seconds / 60)
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _of_epoch(
    event: Event, place: tuple[float, float], minutes: float
) -> list[tuple[str, str, float, float, float, float]]:
    return [
        (metric, phase, *place, minutes, event[phase][metric])
        for phase in ("train", "validation")
        for metric in SCORES
        if (metric, phase) != ("loss", "train")  # its steps tell it finer
    ]


def curve(table: pd.DataFrame, metric: str, axis: Axis, smoothing: float) -> pd.DataFrame:
    """The points of `metric` for a chart: `x`, `series`, `value` and `smooth`.

    `smoothing` from 0 (none) to below 1 weighs the points before: an exponential moving
    average without the pull of its start, as TensorBoard draws it.
    """
    chosen = table[table["metric"] == metric].rename(columns={axis: "x"})
    smooth = chosen.groupby("series", sort=False)["value"].transform(
        lambda values: values.ewm(alpha=1 - smoothing).mean() if smoothing else values
    )
    return chosen.assign(smooth=smooth)[["x", "series", "value", "smooth"]]


def recalls(epochs: Sequence[Event]) -> pd.DataFrame:
    """The recall of each class on the held-out pictures, epoch by epoch: `epoch` (from 1),
    `expression` (key), `recall`; a class without pictures has none."""
    rows = []
    for event in epochs:
        counts = confusion(event)
        support = counts.sum(axis=1)
        rows += [
            (event["epoch"] + 1, key, counts[index, index] / support[index])
            for index, key in enumerate(KEYS)
            if support[index]
        ]
    return pd.DataFrame(rows, columns=["epoch", "expression", "recall"])


def confusion(epoch: Event) -> npt.NDArray[np.int64]:
    """The matrix `(7, 7)` of an epoch on the held-out pictures: rows are the truth."""
    return np.array(epoch["confusion"], dtype=np.int64)
