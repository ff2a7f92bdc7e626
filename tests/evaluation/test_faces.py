import numpy as np
import pytest
from scipy.special import softmax

from emotion.data.layout import Sample
from emotion.evaluation.faces import cell, confident_mistakes, standing, unsure_hits
from emotion.evaluation.run import Evaluation
from emotion.evaluation.scores import score


def evaluation(rows: list[tuple[int, int, float]]) -> Evaluation:
    """Pictures as (true class, label, confidence); the rest is shared by the other six."""
    truth = np.array([true for true, _, _ in rows])
    probabilities = np.zeros((len(rows), 7), np.float32)
    for row, (_, label, confidence) in zip(probabilities, rows, strict=True):
        row[:] = (1 - confidence) / 6
        row[label] = confidence
    samples = tuple(Sample(f"test/{i}.png", int(true)) for i, true in enumerate(truth))
    scores = score(truth, probabilities)
    return Evaluation(samples, truth, np.log(probabilities), probabilities, scores, ())


ROWS = evaluation(
    [(3, 3, 0.9), (3, 4, 0.4), (3, 4, 0.8), (4, 4, 0.7), (3, 3, 0.5), (3, 0, 0.6), (4, 3, 0.9)]
)


def test_a_cell_holds_its_pictures_the_most_confident_first() -> None:
    assert cell(ROWS, 3, 4).tolist() == [2, 1]
    assert cell(ROWS, 3, 3).tolist() == [0, 4]
    assert cell(ROWS, 6, 0).tolist() == []


def test_the_cells_together_hold_every_picture_as_the_matrix_counts_them() -> None:
    counts = [[len(cell(ROWS, true, label)) for label in range(7)] for true in range(7)]
    assert counts == ROWS.scores.confusion


def test_mistakes_of_a_class_are_the_most_confident_and_hits_the_least_sure() -> None:
    assert confident_mistakes(ROWS, 3).tolist() == [2, 5, 1]
    assert unsure_hits(ROWS, 3).tolist() == [4, 0]
    assert confident_mistakes(ROWS, 0).tolist() == []


@pytest.mark.parametrize("seed", range(5))
def test_adding_what_a_mistake_lags_behind_makes_both_equal(seed: int) -> None:
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, 7)
    probabilities = softmax(logits).astype(np.float32)
    order = np.argsort(-logits)
    stands = standing(probabilities, int(order[3]))
    assert (stands.rank, stands.rival) == (4, order[0])
    logits[order[3]] += stands.behind
    changed = softmax(logits)
    assert changed[order[3]] == pytest.approx(changed[order[0]], rel=1e-4)
    assert stands.times == pytest.approx(
        probabilities[order[0]] / probabilities[order[3]], rel=1e-4
    )


def test_a_hit_has_its_lead_over_the_runner_up() -> None:
    stands = standing(np.array([0.1, 0.6, 0.3, 0, 0, 0, 0], np.float32), 1)
    assert (stands.rank, stands.rival) == (1, 2)
    assert stands.behind == pytest.approx(-np.log(2))
    assert stands.times == pytest.approx(2)


def test_a_probability_of_zero_is_no_infinity() -> None:
    stands = standing(np.array([1, 0, 0, 0, 0, 0, 0], np.float32), 6)
    assert np.isfinite(stands.behind)
    assert stands.behind > 80
