"""Two models on the same pictures: which each gets right alone, and whether that is chance."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom
from sklearn.metrics import confusion_matrix

from emotion.errors import DataError
from emotion.evaluation.compare import Difference, paired_bootstrap
from emotion.evaluation.faces import by_confidence
from emotion.evaluation.faces import labels as labels_of
from emotion.evaluation.run import Evaluation
from emotion.evaluation.scores import IntArray
from emotion.labels import KEYS


@dataclass(frozen=True, slots=True)
class McNemar:
    """How many pictures both get right, either one alone, or neither; `p` is the mid-p value
    of the hypothesis that both are right equally often."""

    both: int
    only_first: int
    only_second: int
    neither: int
    p: float


@dataclass(frozen=True, slots=True)
class Versus:
    """Two models' answers on the pictures that both could use.

    `only_first` are positions in the second's evaluation of the pictures that the first alone
    gets right, its most confident mistakes first; `only_second` the other way around.
    `confusion` `(7, 7)` is the second's confusion matrix less the first's, rows the truth.
    """

    n: int
    differences: tuple[Difference, ...]
    mcnemar: McNemar
    confusion: IntArray
    only_first: IntArray
    only_second: IntArray


def versus(first: Evaluation, second: Evaluation) -> Versus:
    """Compare two evaluations of the same split of the same data.

    Raises `DataError` when there is no picture that both could use.
    """
    ones, others = _common(first, second)
    if not len(ones):
        raise DataError(
            "There is no picture that both models could use: one used {n}, the other {m} others. "
            "Choose other pictures.",
            n=len(first.samples),
            m=len(second.samples),
        )
    truth = first.truth[ones]
    labels, other_labels = labels_of(first)[ones], labels_of(second)[others]
    right, other_right = labels == truth, other_labels == truth
    return Versus(
        n=len(truth),
        differences=paired_bootstrap(truth, labels, other_labels),
        mcnemar=mcnemar(
            both=int((right & other_right).sum()),
            only_first=int((right & ~other_right).sum()),
            only_second=int((~right & other_right).sum()),
            neither=int((~right & ~other_right).sum()),
        ),
        confusion=_confusion(truth, other_labels) - _confusion(truth, labels),
        only_first=by_confidence(second, others[right & ~other_right]),
        only_second=by_confidence(first, ones[~right & other_right]),
    )


def mcnemar(*, both: int, only_first: int, only_second: int, neither: int) -> McNemar:
    """McNemar's test (1947) with the two-sided mid-p value of the binomial distribution.

    Fagerland, Lydersen and Laake, 2013, "The McNemar test for binary matched-pairs data: mid-p
    and asymptotic are better than exact conditional", BMC Med. Res. Methodol. 13:91. Where no
    picture tells the two apart, p is 1.
    """
    apart, fewer = only_first + only_second, min(only_first, only_second)
    if only_first == only_second:
        p = 1.0 if apart == 0 else 1 - binom.pmf(fewer, apart, 0.5) / 2
    else:
        p = 2 * binom.cdf(fewer, apart, 0.5) - binom.pmf(fewer, apart, 0.5)
    return McNemar(both, only_first, only_second, neither, float(p))


def _common(first: Evaluation, second: Evaluation) -> tuple[IntArray, IntArray]:
    """Positions in each evaluation of the pictures that both have, in the order of the first."""
    there = {sample.path: position for position, sample in enumerate(second.samples)}
    pairs = [
        (position, there[sample.path])
        for position, sample in enumerate(first.samples)
        if sample.path in there
    ]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _confusion(truth: IntArray, labels: IntArray) -> IntArray:
    return np.asarray(confusion_matrix(truth, labels, labels=range(len(KEYS))), np.int64)
