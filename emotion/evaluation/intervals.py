"""How far scores may lie from what other pictures of the same kind would give: 95 % intervals.

All scores follow from the confusion matrix, so nothing more is needed: to draw n pictures
with replacement is to draw n cells of it with their shares as probabilities.
"""

from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from emotion.evaluation.scores import METRICS, DoubleArray, IntArray, Metric, Scores, score_of

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 2000
_SEED: Final = 20240613
"""One seed for all, so that the same scores always have the same intervals."""

Interval = tuple[float, float]


class ClassIntervals(BaseModel):
    """Of one expression; `None` where the score is not defined, or nothing was counted."""

    model_config = ConfigDict(frozen=True)

    precision: Interval | None
    recall: Interval | None
    f1: Interval | None


class Intervals(BaseModel):
    """Low and high end for the scores of the same names."""

    model_config = ConfigDict(frozen=True)

    accuracy: Interval
    balanced_accuracy: Interval
    macro_f1: Interval
    per_class: dict[str, ClassIntervals]


def intervals(scores: Scores) -> Intervals:
    """95 % intervals: bootstrap percentiles (Efron, 1979) of 2,000 resamples for averages,
    Wilson's (1927) for single classes, where a class of few pictures that are all right
    would have no spread in any resample."""
    confusion = np.asarray(scores.confusion, np.int64)
    return Intervals(
        **bootstrap(confusion),
        per_class={
            key: _class_intervals(confusion, index) for index, key in enumerate(scores.per_class)
        },
    )


def bootstrap(confusion: IntArray, resamples: int = RESAMPLES) -> dict[Metric, Interval]:
    """95 % intervals of the averages by resampling the pictures behind `confusion` `(7, 7)`.

    Means are over the classes that a resample holds.
    """
    total = confusion.sum()
    random = np.random.default_rng(_SEED)
    drawn = random.multinomial(total, confusion.ravel() / total, resamples)
    matrices = drawn.reshape(resamples, *confusion.shape)
    return {metric: percentiles(score_of(metric, matrices)) for metric in METRICS}


def percentiles(resampled: DoubleArray) -> Interval:
    """The ends of the 95 % interval by the percentiles of a score's resamples `(n,)`."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return float(low), float(high)


def wilson(
    right: npt.ArrayLike, of: npt.ArrayLike, confidence: float = CONFIDENCE
) -> tuple[DoubleArray, DoubleArray]:
    """Low and high end of Wilson's interval (1927) for `right` of `of` trials, `of` > 0."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n = np.asarray(of, np.float64)
    share = np.asarray(right, np.float64) / n
    middle = share + z**2 / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return np.maximum((middle - spread) / scale, 0), np.minimum((middle + spread) / scale, 1)


def with_interval(value: float | None, ends: Interval | None, digits: int = 3) -> str:
    """`0.805 (0.792–0.818)`, `digits` of the ends; a dash where there is no value."""
    if value is None:
        return "–"
    return f"{value:.3f}" if ends is None else f"{value:.3f} ({interval(ends, digits)})"


def interval(ends: Interval, digits: int = 3) -> str:
    """`0.792–0.818`."""
    return "–".join(f"{end:.{digits}f}" for end in ends)


def _class_intervals(confusion: IntArray, index: int) -> ClassIntervals:
    """F1 is 2J / (1 + J) of J, the share of hits among the pictures that are of the class or
    were taken for it: a proportion, so that Wilson's interval of J gives that of F1."""
    hits = int(confusion[index, index])
    support, predicted = int(confusion[index].sum()), int(confusion[:, index].sum())
    if support == 0:
        return ClassIntervals(precision=None, recall=None, f1=None)
    low, high = _proportion(hits, support + predicted - hits)
    return ClassIntervals(
        precision=_proportion(hits, predicted) if predicted else None,
        recall=_proportion(hits, support),
        f1=(2 * low / (1 + low), 2 * high / (1 + high)),
    )


def _proportion(right: int, of: int) -> Interval:
    low, high = wilson(right, of)
    return float(low), float(high)
