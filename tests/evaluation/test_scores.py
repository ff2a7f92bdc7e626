import numpy as np
import pytest
from sklearn import metrics

from emotion.evaluation.scores import (
    FloatArray,
    IntArray,
    Scores,
    expected_calibration_error,
    score,
)
from emotion.labels import KEYS


def answers(n: int, classes: list[int], seed: int = 0) -> tuple[IntArray, FloatArray]:
    """Truth among `classes` and random probabilities that know a little of it."""
    random = np.random.default_rng(seed)
    truth = random.choice(classes, n)
    logits = random.normal(0, 1.5, (n, 7)) + 2 * np.eye(7)[truth]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return truth, probabilities.astype(np.float32)


def test_scores_are_those_of_scikit_learn_where_all_classes_have_samples() -> None:
    truth, probabilities = answers(500, list(range(7)))
    predicted = probabilities.argmax(axis=1)
    scores = score(truth, probabilities)
    assert scores.n == 500
    assert scores.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert scores.macro_f1 == pytest.approx(metrics.f1_score(truth, predicted, average="macro"))
    assert scores.balanced_accuracy == pytest.approx(
        metrics.balanced_accuracy_score(truth, predicted)
    )
    np.testing.assert_array_equal(scores.confusion, metrics.confusion_matrix(truth, predicted))
    for index, key in enumerate(KEYS):
        one, other = truth == index, predicted == index
        assert scores.per_class[key].precision == pytest.approx(metrics.precision_score(one, other))
        assert scores.per_class[key].recall == pytest.approx(metrics.recall_score(one, other))
        assert scores.per_class[key].f1 == pytest.approx(metrics.f1_score(one, other))
        assert scores.per_class[key].support == one.sum()


def test_a_class_without_samples_has_no_scores_and_does_not_count() -> None:
    truth, probabilities = answers(300, [0, 3, 5])
    predicted = probabilities.argmax(axis=1)
    assert set(predicted) > {0, 3, 5}  # others are answered too
    scores = score(truth, probabilities)
    for key in ("fear", "disgust", "sad", "neutral"):
        of_class = scores.per_class[key]
        assert (of_class.precision, of_class.recall, of_class.f1) == (None, None, None)
        assert of_class.support == 0
    present = metrics.f1_score(truth, predicted, average=None, labels=[0, 3, 5])
    assert scores.macro_f1 == pytest.approx(present.mean())
    assert np.shape(scores.confusion) == (7, 7)
    assert np.sum(scores.confusion) == 300


def test_a_class_that_is_never_answered_scores_nought() -> None:
    scores = score(np.array([0, 1]), np.eye(7, dtype=np.float32)[[0, 0]])
    assert (scores.per_class["fear"].precision, scores.per_class["fear"].f1) == (0, 0)
    assert scores.macro_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_rows_of_the_matrix_are_the_truth() -> None:
    scores = score(np.array([2]), np.eye(7, dtype=np.float32)[[5]])
    assert scores.confusion[2][5] == 1


def test_nothing_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="no predictions"):
        score(np.zeros(0, np.int64), np.zeros((0, 7), np.float32))


def test_scores_survive_json() -> None:
    scores = score(*answers(50, [1, 2]))
    assert Scores.model_validate_json(scores.model_dump_json()) == scores


@pytest.mark.parametrize("seed", range(3))
def test_the_calibration_error_is_that_of_its_definition(seed: int) -> None:
    truth, probabilities = answers(400, list(range(7)), seed)
    expected = 0.0
    for b in range(15):
        rows = [
            i
            for i, row in enumerate(probabilities)
            if b / 15 <= max(row) < (b + 1) / 15 or (b == 14 and max(row) == 1)
        ]
        if rows:
            right = sum(probabilities[i].argmax() == truth[i] for i in rows) / len(rows)
            confidence = sum(float(max(probabilities[i])) for i in rows) / len(rows)
            expected += abs(right - confidence) * len(rows) / len(truth)
    assert expected_calibration_error(truth, probabilities) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("answered", "error"), [([3, 3, 3], 0.0), ([0, 0, 0], 1.0)])
def test_full_confidence_is_as_wrong_as_its_answers(answered: list[int], error: float) -> None:
    probabilities = np.eye(7, dtype=np.float32)[answered]
    assert expected_calibration_error(np.array([3, 3, 3]), probabilities) == error
