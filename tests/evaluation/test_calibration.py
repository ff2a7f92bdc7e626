import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import calibration_curve

from emotion.evaluation.calibration import CURVE_POINTS, cost, coverage_curve, reliability
from emotion.evaluation.scores import FloatArray, IntArray, expected_calibration_error


def made(n: int, seed: int = 1) -> tuple[FloatArray, IntArray]:
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (n, 7))
    probabilities = softmax(logits, axis=1).astype(np.float32)
    truth = np.array([random.choice(7, p=row / row.sum()) for row in softmax(logits * 0.6, axis=1)])
    return probabilities, truth


def test_the_bins_are_those_of_scikit_learn() -> None:
    probabilities, truth = made(800)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    shares, means = calibration_curve(right, confidence, n_bins=15)
    table = reliability(probabilities, truth)
    np.testing.assert_allclose(table["accuracy"], shares, atol=1e-9)
    np.testing.assert_allclose(table["confidence"], means, atol=1e-6)
    assert table["n"].sum() == 800


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    probabilities, truth = made(500)
    table = reliability(probabilities, truth)
    gaps = (table["accuracy"] - table["confidence"]).abs() * table["n"]
    assert gaps.sum() / 500 == pytest.approx(expected_calibration_error(truth, probabilities))
    assert (table["accuracy_low"] < table["accuracy_high"]).all()
    assert ((table["low"] <= table["confidence"]) & (table["confidence"] <= table["high"])).all()


@pytest.mark.parametrize("threshold", [0.0, 0.35, 0.7, 0.999])
def test_a_threshold_costs_what_counting_says(threshold: float) -> None:
    probabilities, truth = made(300)
    counted = {(right, shown): 0 for right in (True, False) for shown in (True, False)}
    for row, true in zip(probabilities, truth, strict=True):
        counted[int(row.argmax()) == true, float(row.max()) >= threshold] += 1
    spent = cost(probabilities, truth, threshold)
    assert spent.right_shown == counted[True, True]
    assert spent.wrong_shown == counted[False, True]
    assert spent.right_hidden == counted[True, False]
    assert spent.wrong_hidden == counted[False, False]
    assert spent.n == 300
    shown = counted[True, True] + counted[False, True]
    assert spent.coverage == shown / 300
    assert spent.accuracy == (counted[True, True] / shown if shown else None)


def test_a_threshold_of_one_that_nothing_reaches_has_no_accuracy() -> None:
    probabilities = np.full((2, 7), 1 / 7, np.float32)
    spent = cost(probabilities, np.array([0, 1]), 1.0)
    assert (spent.coverage, spent.accuracy) == (0, None)


@pytest.mark.parametrize("n", [1, 40, 3000])
def test_each_point_of_the_curve_is_what_its_threshold_costs(n: int) -> None:
    probabilities, truth = made(n)
    curve = coverage_curve(probabilities, truth)
    assert len(curve) <= CURVE_POINTS
    assert curve["coverage"].iloc[-1] == 1
    for row in curve.iloc[:: max(len(curve) // 5, 1)].itertuples():
        spent = cost(probabilities, truth, row.threshold)
        assert spent.coverage == pytest.approx(row.coverage)
        assert spent.accuracy == pytest.approx(row.accuracy)


def test_pictures_of_the_same_confidence_are_one_point() -> None:
    probabilities = np.array([[0.4, 0.6, 0, 0, 0, 0, 0]] * 4, np.float32)
    curve = coverage_curve(probabilities, np.array([1, 1, 0, 0]))
    assert curve[["coverage", "accuracy"]].values.tolist() == [[1.0, 0.5]]
