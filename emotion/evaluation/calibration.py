"""Whether a model's confidence can be believed, and what a threshold of confidence costs."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.evaluation.intervals import wilson
from emotion.evaluation.scores import (
    CALIBRATION_BINS,
    FloatArray,
    IntArray,
    confidence_bins,
)
from emotion.evaluation.threshold import shown_from

CURVE_POINTS: Final = 200
"""Points of a curve are enough for a chart; there is one for each picture."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What happens to `n` pictures when labels below a confidence are not shown."""

    threshold: float
    right_shown: int
    wrong_shown: int
    right_hidden: int
    wrong_hidden: int

    @property
    def n(self) -> int:
        """All pictures."""
        return self.right_shown + self.wrong_shown + self.right_hidden + self.wrong_hidden

    @property
    def coverage(self) -> float:
        """Share of the pictures whose label is shown."""
        return (self.right_shown + self.wrong_shown) / self.n

    @property
    def accuracy(self) -> float | None:
        """Share of the shown labels that is right; None where none is shown."""
        shown = self.right_shown + self.wrong_shown
        return self.right_shown / shown if shown else None


def reliability(probabilities: FloatArray, truth: IntArray) -> pd.DataFrame:
    """One row for each bin of confidence that has pictures.

    `low` and `high` are its ends, `n` its pictures, `confidence` their mean confidence,
    `accuracy` the share that is right, `accuracy_low` and `accuracy_high` Wilson's 95 %.
    """
    confidence, right = _answers(probabilities, truth)
    bins = confidence_bins(confidence)
    table = pd.DataFrame({"bin": bins, "confidence": confidence, "right": right})
    rows = table.groupby("bin").agg(
        n=("right", "size"),
        confidence=("confidence", "mean"),
        hits=("right", "sum"),
    )
    low, high = wilson(rows["hits"], rows["n"])
    return pd.DataFrame(
        {
            "low": rows.index.to_numpy() / CALIBRATION_BINS,
            "high": (rows.index.to_numpy() + 1) / CALIBRATION_BINS,
            "n": rows["n"].to_numpy(),
            "confidence": rows["confidence"].to_numpy(),
            "accuracy": (rows["hits"] / rows["n"]).to_numpy(),
            "accuracy_low": low,
            "accuracy_high": high,
        }
    )


def coverage_curve(probabilities: FloatArray, truth: IntArray) -> pd.DataFrame:
    """`threshold`, `coverage` and `accuracy` of the labels from it on, the highest first; at
    most `CURVE_POINTS` rows. Pictures of the same confidence are shown together."""
    thresholds, shown, right = shown_from(probabilities, truth)
    kept = np.unique(np.linspace(0, len(shown) - 1, CURVE_POINTS).astype(int))
    return pd.DataFrame(
        {
            "threshold": thresholds[kept],
            "coverage": shown[kept] / len(truth),
            "accuracy": right[kept] / shown[kept],
        }
    )


def cost(probabilities: FloatArray, truth: IntArray, threshold: float) -> Cost:
    """What becomes of the pictures when labels are shown from `threshold` on."""
    confidence, right = _answers(probabilities, truth)
    shown = confidence >= threshold
    return Cost(
        threshold,
        right_shown=int((right & shown).sum()),
        wrong_shown=int((~right & shown).sum()),
        right_hidden=int((right & ~shown).sum()),
        wrong_hidden=int((~right & ~shown).sum()),
    )


def _answers(
    probabilities: FloatArray, truth: IntArray
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Confidence of each label, and whether it is right, `(n,)`."""
    return (
        probabilities.max(axis=1).astype(np.float64),
        np.asarray(probabilities.argmax(axis=1) == truth),
    )
