import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import binomtest

from emotion.evaluation.threshold import choose_threshold


def honest(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities and a truth drawn from them."""
    random = np.random.default_rng(seed)
    probabilities = softmax(random.normal(0, 2, (n, 7)), axis=1)
    truth = (probabilities.cumsum(axis=1) > random.random((n, 1))).argmax(axis=1)
    return probabilities.astype(np.float32), truth


def shown(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    return probabilities.max(axis=1) >= threshold


def test_the_labels_that_are_shown_are_right_nine_times_in_ten() -> None:
    probabilities, truth = honest(3000)
    record = choose_threshold(probabilities, truth)
    at = shown(probabilities, record.threshold)
    right = probabilities.argmax(axis=1) == truth
    assert record.accuracy == pytest.approx(right[at].mean()) and record.accuracy >= 0.9
    assert record.coverage == pytest.approx(at.mean())
    assert record.pictures == 3000
    assert right.mean() < 0.8, "the test needs a model that is not right so often by itself"


def test_it_is_the_smallest_such_threshold() -> None:
    """SciPy's interval (two-sided 90 %, so that its lower end is one-sided 95 %) agrees."""
    probabilities, truth = honest(1000)
    record = choose_threshold(probabilities, truth)
    right = probabilities.argmax(axis=1) == truth
    holding = [
        threshold
        for threshold in probabilities.max(axis=1)
        if lower_end(right[shown(probabilities, threshold)]) >= 0.9
    ]
    assert record.threshold == min(holding)


def lower_end(right: np.ndarray) -> float:
    counted = binomtest(int(right.sum()), len(right))
    return float(counted.proportion_ci(confidence_level=0.9, method="wilson").low)


def test_it_holds_on_new_pictures_also_when_chosen_on_few() -> None:
    """Of 40 thresholds, each chosen on 300 pictures, 36 or more hold on new ones; chosen by what
    was counted, far fewer do."""
    fresh, fresh_truth = honest(20_000, seed=999)
    right = fresh.argmax(axis=1) == fresh_truth

    def holds(threshold: float) -> bool:
        at = shown(fresh, threshold)
        return not at.any() or bool(right[at].mean() >= 0.9)

    chosen, counted = [], []
    for seed in range(40):
        probabilities, truth = honest(300, seed)
        chosen.append(choose_threshold(probabilities, truth).threshold)
        confidence = probabilities.max(axis=1)
        own_right = probabilities.argmax(axis=1) == truth
        counted.append(
            min(t for t in confidence if own_right[shown(probabilities, t)].mean() >= 0.9)
        )
    assert sum(map(holds, chosen)) >= 36
    assert sum(map(holds, counted)) <= 24


def test_a_higher_demand_shows_less() -> None:
    probabilities, truth = honest(3000)
    records = [choose_threshold(probabilities, truth, least) for least in (0.8, 0.9, 0.95)]
    coverages = [record.coverage for record in records]
    assert coverages == sorted(coverages, reverse=True) and coverages[0] > coverages[2]


def test_a_model_that_is_always_right_shows_everything() -> None:
    probabilities, truth = honest(200)
    record = choose_threshold(probabilities, probabilities.argmax(axis=1))
    assert record.coverage == 1 and record.accuracy == 1
    assert shown(probabilities, record.threshold).all()
    assert truth.shape == (200,)


def test_a_model_that_guesses_shows_nothing() -> None:
    random = np.random.default_rng(0)
    probabilities = softmax(random.normal(0, 2, (500, 7)), axis=1).astype(np.float32)
    record = choose_threshold(probabilities, random.integers(0, 7, 500))
    assert (record.threshold, record.coverage, record.accuracy) == (1.0, 0.0, None)


def test_pictures_of_the_same_confidence_are_shown_together_or_not_at_all() -> None:
    """The first hundred of the even rows are right, the other hundred wrong."""
    rows = np.full((200, 7), 0.05, np.float32)
    rows[:, 0] = 0.7
    truth = np.repeat([0, 1], 100)
    assert choose_threshold(rows, truth).coverage == 0


def test_no_pictures_give_no_threshold() -> None:
    with pytest.raises(ValueError, match="no predictions"):
        choose_threshold(np.empty((0, 7), np.float32), np.empty(0, np.int64))


def test_with_too_few_pictures_to_be_certain_what_was_counted_decides() -> None:
    probabilities, _ = honest(20)
    truth = probabilities.argmax(axis=1)
    record = choose_threshold(probabilities, truth)
    assert (record.coverage, record.accuracy, record.certain) == (1.0, 1.0, False)
    unsure = np.argsort(probabilities.max(axis=1))[:8]
    truth[unsure] = (truth[unsure] + 1) % 7
    record = choose_threshold(probabilities, truth)
    assert not record.certain
    assert record.accuracy is not None and record.accuracy >= 0.9
    assert 12 <= record.coverage * 20 <= 13
    truth[:] = (probabilities.argmax(axis=1) + 1) % 7
    assert choose_threshold(probabilities, truth).accuracy is None
