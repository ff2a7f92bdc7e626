from math import comb
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from emotion.data.layout import Sample
from emotion.errors import DataError
from emotion.evaluation.run import Evaluation
from emotion.evaluation.scores import IntArray, score
from emotion.evaluation.versus import mcnemar, versus


def evaluation(truth: IntArray, labels: IntArray, paths: list[str], seed: int) -> Evaluation:
    """The answers `labels`, each with a confidence of its own."""
    rng = np.random.default_rng(seed)
    logits = rng.random((len(truth), 7)).astype(np.float32)
    logits[np.arange(len(truth)), labels] += 1 + rng.random(len(truth)).astype(np.float32)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    samples = tuple(Sample(path, int(t)) for path, t in zip(paths, truth, strict=True))
    return Evaluation(samples, truth, logits, probabilities, score(truth, probabilities), ())


@pytest.fixture
def pair() -> tuple[Evaluation, Evaluation]:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 7, 300)
    paths = [f"test/{t + 1}/{i}.png" for i, t in enumerate(truth)]
    first = np.where(rng.random(300) < 0.6, truth, rng.integers(0, 7, 300))
    second = np.where(rng.random(300) < 0.7, truth, rng.integers(0, 7, 300))
    return evaluation(truth, first, paths, 1), evaluation(truth, second, paths, 2)


def test_pictures_are_parted_by_who_is_right(pair: tuple[Evaluation, Evaluation]) -> None:
    first, second = pair
    result = versus(first, second)
    right = [one.probabilities.argmax(axis=1) == one.truth for one in pair]
    assert set(result.only_first) == set(np.nonzero(right[0] & ~right[1])[0])
    assert set(result.only_second) == set(np.nonzero(~right[0] & right[1])[0])
    test = result.mcnemar
    assert test.both + test.only_first + test.only_second + test.neither == result.n == 300
    assert test.both + test.only_first == right[0].sum()
    assert test.both + test.only_second == right[1].sum()
    confidence = second.probabilities[result.only_first].max(axis=1)
    assert (np.diff(confidence) <= 0).all()


def test_the_matrices_are_those_of_scikit_learn(pair: tuple[Evaluation, Evaluation]) -> None:
    ours, theirs = (
        confusion_matrix(one.truth, one.probabilities.argmax(axis=1), labels=range(7))
        for one in pair
    )
    assert (versus(*pair).confusion == theirs - ours).all()


def test_only_pictures_that_both_could_use_count(pair: tuple[Evaluation, Evaluation]) -> None:
    """The second could not use some, and has the others in another order."""
    first, second = pair
    order = np.random.default_rng(1).permutation(300)[:200]
    fewer = Evaluation(
        tuple(second.samples[i] for i in order),
        second.truth[order],
        second.logits[order],
        second.probabilities[order],
        second.scores,
        (),
    )
    result = versus(first, fewer)
    assert result.n == 200
    for place in result.only_first:
        sample = fewer.samples[place]
        there = first.samples.index(sample)
        assert first.probabilities[there].argmax() == sample.expression
        assert fewer.probabilities[place].argmax() != sample.expression


def test_without_a_common_picture_it_is_a_sentence(pair: tuple[Evaluation, Evaluation]) -> None:
    first, second = pair
    elsewhere = tuple(Sample(f"other/{Path(s.path).name}", s.expression) for s in second.samples)
    others = Evaluation(
        elsewhere, second.truth, second.logits, second.probabilities, second.scores, ()
    )
    with pytest.raises(DataError, match="no picture that both"):
        versus(first, others)


@pytest.mark.parametrize(("b", "c"), [(1, 12), (6, 16), (7, 5), (4, 4), (0, 9), (30, 55)])
def test_the_mid_p_value_is_the_sum_of_its_definition(b: int, c: int) -> None:
    """Twice what is more extreme than seen, and half of twice what is as extreme."""
    n, fewer = b + c, min(b, c)
    chance = [comb(n, k) / 2**n for k in range(n + 1)]
    expected = 1 - chance[fewer] / 2 if b == c else 2 * sum(chance[:fewer]) + chance[fewer]
    assert mcnemar(both=3, only_first=b, only_second=c, neither=2).p == pytest.approx(expected)


def test_the_mid_p_value_of_the_paper() -> None:
    """Fagerland et al., airway hyper-responsiveness: 1, 1, 7, 12 gives 0.039."""
    assert mcnemar(both=1, only_first=1, only_second=7, neither=12).p == pytest.approx(
        0.039, abs=5e-4
    )


def test_models_that_nothing_tells_apart_do_not_differ() -> None:
    assert mcnemar(both=5, only_first=0, only_second=0, neither=2).p == 1


def test_models_of_equal_skill_are_seldom_called_different() -> None:
    """The test holds its level: of 2,000 draws under equality at most about 5 % alarm."""
    rng = np.random.default_rng(0)
    alarms = 0
    for b in rng.binomial(40, 0.5, 2000):
        alarms += mcnemar(both=0, only_first=int(b), only_second=int(40 - b), neither=0).p < 0.05
    assert 0.02 < alarms / 2000 < 0.06
