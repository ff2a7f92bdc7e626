"""Whether two models differ beyond chance: both answer the same pictures, which are drawn anew.

Paired bootstrap (Efron and Tibshirani, 1993, chapter 16; for classifiers Koehn, 2004). A
picture falls into one cell (truth, first answer, second answer), so drawing n pictures with
replacement is one draw of a multinomial over the cells: exact, and thousands take no time.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from emotion.evaluation.intervals import percentiles
from emotion.evaluation.scores import METRICS, IntArray, Metric, score_of
from emotion.labels import KEYS

RESAMPLES: Final = 10_000
_CLASSES: Final = len(KEYS)


@dataclass(frozen=True, slots=True)
class Difference:
    """One score of two models on the same pictures.

    `low` and `high` are the ends of the 95 % interval of `change`, second less first.
    """

    metric: Metric
    first: float
    second: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """How much better the second is; negative where it is worse."""
        return self.second - self.first

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def paired_bootstrap(
    truth: IntArray,
    first: IntArray,
    second: IntArray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[Difference, ...]:
    """The differences of all `METRICS` between two models' answers `(n,)`, n > 0.

    `truth`, `first` and `second` are class numbers, 0 to 6, of the same pictures in the same
    order. Averages are over the classes that a resample holds, as in `scores.score`.
    """
    cells = _cells(truth, first, second)
    drawn = _draws(cells, resamples, np.random.default_rng(seed))
    differences = []
    for metric in METRICS:
        one, other = (float(score_of(metric, confusion)) for confusion in _confusions(cells))
        ones, others = (score_of(metric, confusion) for confusion in _confusions(drawn))
        differences.append(Difference(metric, one, other, *percentiles(others - ones)))
    return tuple(differences)


def _cells(truth: IntArray, first: IntArray, second: IntArray) -> IntArray:
    """Pictures by truth, first answer and second answer, `(7, 7, 7)`."""
    if not len(truth) == len(first) == len(second) > 0:
        raise ValueError(f"{len(truth)}, {len(first)} and {len(second)} answers cannot be paired")
    cells = np.zeros((_CLASSES,) * 3, dtype=np.int64)
    np.add.at(cells, (truth, first, second), 1)
    return cells


def _draws(cells: IntArray, resamples: int, rng: np.random.Generator) -> IntArray:
    """As many pictures drawn with replacement, `resamples` times: `(resamples, 7, 7, 7)`."""
    filled = cells.ravel() > 0
    pictures = cells.ravel()[filled]
    drawn = np.zeros((resamples, cells.size), dtype=np.int64)
    drawn[:, filled] = rng.multinomial(pictures.sum(), pictures / pictures.sum(), size=resamples)
    return drawn.reshape(resamples, *cells.shape)


def _confusions(cells: IntArray) -> tuple[IntArray, IntArray]:
    """The confusion matrices `(..., 7, 7)` of both models: rows are the truth."""
    return cells.sum(axis=-1), cells.sum(axis=-2)
