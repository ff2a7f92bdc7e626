"""Which pictures of an evaluation are worth a look, and how far a wrong one is from right."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion.evaluation.run import Evaluation
from emotion.evaluation.scores import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the true expression stands among the seven.

    `rank` is 1 for a hit. `behind` is what its log-odds lag behind the label's, which is how
    much its logit over temperature would have to grow; for a hit it is negative: the lead over
    the runner-up. `rival` is the index of the label, or of the runner-up.
    """

    rank: int
    behind: float
    rival: int

    @property
    def times(self) -> float:
        """How many times as probable the better one of both is."""
        return float(np.exp(abs(self.behind)))


def cell(evaluation: Evaluation, true: int, predicted: int) -> IntArray:
    """Positions of the pictures in one cell of the confusion matrix, the most confident first."""
    inside = (evaluation.truth == true) & (labels(evaluation) == predicted)
    return by_confidence(evaluation, np.nonzero(inside)[0])


def confident_mistakes(evaluation: Evaluation, true: int) -> IntArray:
    """Positions of the pictures of a class with another label, the most confident first."""
    wrong = (evaluation.truth == true) & (labels(evaluation) != true)
    return by_confidence(evaluation, np.nonzero(wrong)[0])


def unsure_hits(evaluation: Evaluation, true: int) -> IntArray:
    """Positions of the pictures of a class with the right label, the least confident first."""
    right = (evaluation.truth == true) & (labels(evaluation) == true)
    return by_confidence(evaluation, np.nonzero(right)[0])[::-1]


def standing(probabilities: FloatArray, true: int) -> Standing:
    """Where class `true` stands among calibrated probabilities `(7,)`."""
    order = np.argsort(-probabilities, kind="stable")
    rank = int(np.nonzero(order == true)[0][0]) + 1
    rival = int(order[1] if rank == 1 else order[0])
    logs = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    return Standing(rank, float(logs[rival] - logs[true]), rival)


def labels(evaluation: Evaluation) -> IntArray:
    """The class numbers that were answered, `(n,)`."""
    return np.asarray(evaluation.probabilities.argmax(axis=1), np.int64)


def by_confidence(evaluation: Evaluation, positions: npt.NDArray[np.intp]) -> IntArray:
    """`positions` in the evaluation, the most confident answer first."""
    confidence = evaluation.probabilities[positions].max(axis=1)
    return np.asarray(positions[np.argsort(-confidence, kind="stable")], np.int64)
