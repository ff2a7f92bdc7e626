import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from emotion.evaluation.intervals import bootstrap, intervals, wilson, with_interval
from emotion.evaluation.scores import METRICS, score, score_of
from emotion.labels import KEYS


def random_confusion(seed: int, absent: list[int]) -> np.ndarray:
    """Counts of which the classes `absent` have no pictures, though some are taken for them."""
    random = np.random.default_rng(seed)
    confusion = random.integers(0, 12, (7, 7)) + 10 * np.eye(7, dtype=np.int64)
    confusion[absent] = 0
    return confusion


def pictures(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Truth and answer of each picture behind the counts."""
    truth, predicted = np.indices((7, 7)).reshape(2, -1)
    counts = confusion.ravel()
    return np.repeat(truth, counts), np.repeat(predicted, counts)


def scored(confusion: np.ndarray) -> object:
    truth, predicted = pictures(confusion)
    return score(truth, np.eye(7, dtype=np.float32)[predicted])


@pytest.mark.parametrize("absent", [[], [2], [0, 1, 6], [0, 1, 2, 3, 4, 5]])
@pytest.mark.parametrize("seed", [1, 2])
def test_scores_of_matrices_are_those_of_scikit_learn(seed: int, absent: list[int]) -> None:
    confusions = np.stack([random_confusion(seed + i, absent) for i in range(3)])
    for index, confusion in enumerate(confusions):
        truth, predicted = pictures(confusion)
        present = np.unique(truth)
        expected = {
            "accuracy": metrics.accuracy_score(truth, predicted),
            "balanced_accuracy": metrics.recall_score(
                truth, predicted, labels=present, average="macro"
            ),
            "macro_f1": metrics.f1_score(truth, predicted, labels=present, average="macro"),
        }
        for metric in METRICS:
            assert score_of(metric, confusions)[index] == pytest.approx(expected[metric])


def test_the_bootstrap_of_counts_is_that_of_pictures_drawn_one_by_one() -> None:
    confusion = random_confusion(3, [4])
    truth, predicted = pictures(confusion)
    random = np.random.default_rng(8)
    values = []
    for _ in range(1500):
        rows = random.integers(0, len(truth), len(truth))
        drawn = metrics.confusion_matrix(truth[rows], predicted[rows], labels=range(7))
        values.append([float(score_of(metric, drawn)) for metric in METRICS])
    expected = np.quantile(values, [0.025, 0.975], axis=0).T
    for metric, ends in zip(METRICS, expected, strict=True):
        assert bootstrap(confusion)[metric] == pytest.approx(ends, abs=0.012)


@pytest.mark.parametrize(("right", "of"), [(0, 4), (4, 4), (1, 2), (70, 100), (2, 2678)])
def test_single_classes_have_the_interval_of_wilson(right: int, of: int) -> None:
    expected = binomtest(right, of).proportion_ci(0.95, method="wilson")
    low, high = wilson(right, of)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high))


def test_every_score_lies_within_its_interval() -> None:
    scores = scored(random_confusion(5, [3]))
    ends = intervals(scores)
    for metric in METRICS:
        low, high = getattr(ends, metric)
        assert low < getattr(scores, metric) < high
    for key in set(KEYS) - {"happy"}:
        for name in ("precision", "recall", "f1"):
            low, high = getattr(ends.per_class[key], name)
            assert low < getattr(scores.per_class[key], name) < high


def test_few_pictures_that_are_all_right_are_no_certainty() -> None:
    scores = score(np.array([0, 0, 0, 1]), np.eye(7, dtype=np.float32)[[0, 0, 0, 1]])
    low, high = intervals(scores).per_class["surprise"].f1
    assert (low, high) == (pytest.approx(0.61, abs=0.01), 1)


def test_a_class_without_samples_has_no_intervals_and_one_never_answered_no_precision() -> None:
    scores = score(np.array([0, 0, 1]), np.eye(7, dtype=np.float32)[[0, 0, 0]])
    ends = intervals(scores).per_class
    assert ends["fear"].precision is None
    assert ends["fear"].recall[0] == 0
    assert ends["happy"].model_dump() == {"precision": None, "recall": None, "f1": None}


def test_the_same_scores_have_the_same_intervals() -> None:
    scores = scored(random_confusion(6, []))
    assert intervals(scores) == intervals(scores)


def test_an_interval_stands_behind_its_value() -> None:
    assert with_interval(0.5, (0.25, 0.75)) == "0.500 (0.250–0.750)"
    assert with_interval(0.5, (0.25, 0.75), 1) == "0.500 (0.2–0.8)"
    assert with_interval(0.5, None) == "0.500"
    assert with_interval(None, None) == "–"
