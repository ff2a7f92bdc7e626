import numpy as np
import pytest

from emotion.evaluation.compare import METRICS, Difference, paired_bootstrap
from emotion.evaluation.scores import IntArray, score

RNG = np.random.default_rng(5)


def answers(truth: IntArray, right: float, seed: int) -> IntArray:
    """Answers of which the share `right` is right, the others at random."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(truth)) < right, truth, rng.integers(0, 7, len(truth)))


def one_hot(labels: IntArray) -> np.ndarray:
    return np.eye(7, dtype=np.float32)[labels]


def by_metric(*args: IntArray, **options: int) -> dict[str, Difference]:
    return {one.metric: one for one in paired_bootstrap(*args, **options)}


@pytest.fixture
def truth() -> IntArray:
    return RNG.choice(7, 700, p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.03, 0.02])


def test_the_scores_are_those_of_score(truth: IntArray) -> None:
    first, second = answers(truth, 0.6, 1), answers(truth, 0.8, 2)
    truth[truth == 6] = 0  # a class without pictures, which the models still answer
    differences = by_metric(truth, first, second)
    assert tuple(differences) == METRICS
    for labels, side in ((first, "first"), (second, "second")):
        scores = score(truth, one_hot(labels))
        for metric, difference in differences.items():
            assert getattr(difference, side) == pytest.approx(getattr(scores, metric))


def test_a_much_better_model_is_better_beyond_chance(truth: IntArray) -> None:
    for difference in paired_bootstrap(truth, answers(truth, 0.5, 1), answers(truth, 0.8, 2)):
        assert difference.low < difference.change < difference.high
        assert difference.change > 0.1
        assert difference.beyond_chance


def test_the_same_answers_do_not_differ(truth: IntArray) -> None:
    same = answers(truth, 0.7, 1)
    for difference in paired_bootstrap(truth, same, same):
        assert (difference.change, difference.low, difference.high) == (0, 0, 0)
        assert not difference.beyond_chance


def test_turned_around_the_difference_is_its_negative(truth: IntArray) -> None:
    first, second = answers(truth, 0.6, 1), answers(truth, 0.7, 2)
    there, back = by_metric(truth, first, second), by_metric(truth, second, first)
    for metric in METRICS:
        assert there[metric].change == pytest.approx(-back[metric].change)
        assert there[metric].low == pytest.approx(-back[metric].high, abs=0.005)


def test_the_interval_is_that_of_pictures_drawn_one_by_one(truth: IntArray) -> None:
    """The multinomial over cells against the definition: indices with replacement."""
    first, second = answers(truth, 0.6, 1), answers(truth, 0.7, 2)
    rng, changes = np.random.default_rng(0), []
    for _ in range(2000):
        drawn = rng.integers(0, len(truth), len(truth))
        one, other = (score(truth[drawn], one_hot(x[drawn])) for x in (first, second))
        changes.append([getattr(other, m) - getattr(one, m) for m in METRICS])
    low, high = np.quantile(changes, (0.025, 0.975), axis=0)
    for index, difference in enumerate(paired_bootstrap(truth, first, second)):
        assert difference.low == pytest.approx(low[index], abs=0.006)
        assert difference.high == pytest.approx(high[index], abs=0.006)


def test_equal_models_are_seldom_called_different() -> None:
    """The interval holds what it promises: of 200 pairs about 5 % are false alarms."""
    false = 0
    for seed in range(200):
        truth = np.random.default_rng(seed).integers(0, 7, 300)
        first, second = answers(truth, 0.7, 1000 + seed), answers(truth, 0.7, 2000 + seed)
        false += by_metric(truth, first, second, resamples=500)["accuracy"].beyond_chance
    assert 2 <= false <= 20


def test_answers_of_different_length_are_refused(truth: IntArray) -> None:
    with pytest.raises(ValueError, match="700, 700 and 699 answers cannot be paired"):
        paired_bootstrap(truth, truth, truth[1:])
    with pytest.raises(ValueError, match="0, 0 and 0 answers"):
        paired_bootstrap(truth[:0], truth[:0], truth[:0])
