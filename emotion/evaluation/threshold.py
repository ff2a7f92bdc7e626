"""From which confidence on a label is shown, chosen on held-out pictures."""

from typing import Final

import numpy as np

from emotion.evaluation.intervals import wilson
from emotion.evaluation.scores import DoubleArray, FloatArray, IntArray
from emotion.models.card import ThresholdRecord

LEAST_ACCURACY: Final = 0.9
"""Labels that are shown should be right nine times in ten."""
SURENESS: Final = 0.95
"""The accuracy must be as high with this confidence, one-sided: the lower end of an interval
that leaves as much out above."""
FEW: Final = 100
"""Pictures below which a threshold may be taken that is not certain."""
FEWEST: Final = 10
"""Labels that it must show."""


def choose_threshold(
    probabilities: FloatArray, truth: IntArray, least_accuracy: float = LEAST_ACCURACY
) -> ThresholdRecord:
    """The smallest confidence from which on labels are right in `least_accuracy` of all cases.

    `probabilities` are calibrated, `(n, 7)`, `truth` `(n,)` with n > 0; both of pictures that
    were held out. It is the lower end of Wilson's interval (1927) that must reach the
    accuracy: taking the best of many thresholds by what was counted would promise, with the
    few pictures of a small data set, more than new pictures keep. With 2678 pictures that
    means some 91 % counted, with 100 some 95 %, and below 25 no count is enough.

    With fewer than `FEW` pictures, where no threshold reaches it, the smallest is taken that
    reaches it by what was counted, and the record says that it is not certain: a model of a few
    hundred pictures, a tenth of them held out, would never say anything. Where there is none,
    the threshold is 1 and nothing is shown: such a model has no label that is right so often.
    """
    if len(truth) == 0:
        raise ValueError("no predictions to choose a threshold on")
    thresholds, shown, right = shown_from(probabilities, truth)
    sure = wilson(right, shown, 2 * SURENESS - 1)[0] >= least_accuracy
    counted = (right >= least_accuracy * shown) & (shown >= FEWEST) & (len(truth) < FEW)
    enough = np.nonzero(sure if sure.any() else counted)[0]
    if not len(enough):
        return ThresholdRecord(threshold=1.0, coverage=0.0, accuracy=None, pictures=len(truth))
    last = int(enough[-1])
    return ThresholdRecord(
        threshold=min(1.0, float(thresholds[last])),
        coverage=float(shown[last] / len(truth)),
        accuracy=float(right[last] / shown[last]),
        pictures=len(truth),
        certain=bool(sure.any()),
    )


def shown_from(
    probabilities: FloatArray, truth: IntArray
) -> tuple[DoubleArray, IntArray, IntArray]:
    """Every threshold that makes a difference, the highest first, `(k,)`, and how many labels
    it shows and how many of these are right. Pictures of the same confidence are shown
    together or not at all."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum((probabilities.argmax(axis=1) == truth)[order])
    last = np.nonzero(np.append(np.diff(confidence[order]) < 0, True))[0]
    return confidence[order][last], last + 1, right[last]
