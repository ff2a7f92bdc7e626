"""Scores of predictions against the truth: accuracy, F1, confusion matrix, calibration.

The arithmetic is scikit-learn's. Averages over classes are over those that have
samples; a class without samples has `None` for scores, never 0.
"""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from emotion.labels import KEYS

CALIBRATION_BINS: Final = 15
"""Equal-width bins of confidence, as in Guo et al., 2017."""

Metric = Literal["accuracy", "balanced_accuracy", "macro_f1"]
METRICS: Final[tuple[Metric, ...]] = ("accuracy", "balanced_accuracy", "macro_f1")

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class ClassScores(BaseModel):
    """Scores of one expression; `None` where it has no samples."""

    model_config = ConfigDict(frozen=True)

    precision: float | None
    recall: float | None
    f1: float | None
    support: int


class Scores(BaseModel):
    """Scores of one model on one split; `confusion` is 7 x 7 counts, rows are the truth."""

    model_config = ConfigDict(frozen=True)

    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    ece: float
    per_class: dict[str, ClassScores]
    confusion: list[list[int]]


def score(truth: IntArray, probabilities: FloatArray) -> Scores:
    """Scores of `probabilities` `(n, 7)` against class numbers `truth` `(n,)`, n > 0."""
    if len(truth) == 0:
        raise ValueError("no predictions to score")
    predicted = probabilities.argmax(axis=1)
    classes = np.arange(len(KEYS))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=classes, zero_division=0.0
    )
    present = support > 0
    return Scores(
        n=len(truth),
        accuracy=float(accuracy_score(truth, predicted)),
        balanced_accuracy=float(recall[present].mean()),
        macro_f1=float(f1[present].mean()),
        ece=expected_calibration_error(truth, probabilities),
        per_class={
            key: ClassScores(
                precision=float(precision[i]) if present[i] else None,
                recall=float(recall[i]) if present[i] else None,
                f1=float(f1[i]) if present[i] else None,
                support=int(support[i]),
            )
            for i, key in enumerate(KEYS)
        },
        confusion=confusion_matrix(truth, predicted, labels=classes).tolist(),
    )


def score_of(metric: Metric, confusion: IntArray) -> DoubleArray:
    """`metric` of each confusion matrix of `(..., 7, 7)`, as `score` has it: for resamples,
    of which scikit-learn would take one at a time."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    support, answered = confusion.sum(axis=-1), confusion.sum(axis=-2)
    if metric == "accuracy":
        return np.asarray(right.sum(axis=-1) / support.sum(axis=-1))
    if metric == "balanced_accuracy":
        return _mean(right / np.maximum(support, 1), support > 0)
    # F1 is 2 TP / (2 TP + FP + FN).
    return _mean(2 * right / np.maximum(support + answered, 1), support > 0)


def _mean(values: DoubleArray, present: npt.NDArray[np.bool_]) -> DoubleArray:
    return np.asarray(np.where(present, values, 0.0).sum(axis=-1) / present.sum(axis=-1))


def expected_calibration_error(truth: IntArray, probabilities: FloatArray) -> float:
    """ECE of the most likely class: mean |accuracy - confidence| over bins, weighted by size.

    Naeini et al., 2015; the bins are those of Guo et al., 2017.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    bins = confidence_bins(confidence)
    gaps = [
        abs(correct[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).sum()
        for b in np.unique(bins)
    ]
    return float(sum(gaps) / len(truth))


def confidence_bins(confidence: npt.NDArray[np.floating]) -> npt.NDArray[np.int_]:
    """The number of each confidence's bin, 0 to `CALIBRATION_BINS` - 1."""
    bins = (confidence * CALIBRATION_BINS).astype(int)
    return np.asarray(np.minimum(bins, CALIBRATION_BINS - 1))
