import numpy as np
import pytest
from scipy.special import softmax

from emotion.evaluation.scores import expected_calibration_error
from emotion.evaluation.temperature import fit_temperature


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_of_the_data_is_found(temperature: float) -> None:
    random = np.random.default_rng(0)
    honest = random.normal(0, 2, (20_000, 7))
    truth = np.array([random.choice(7, p=row) for row in softmax(honest, axis=1)])
    logits = (honest * temperature).astype(np.float32)
    assert fit_temperature(logits, truth) == pytest.approx(temperature, rel=0.03)

    scaled = softmax(logits / fit_temperature(logits, truth), axis=1).astype(np.float32)
    assert expected_calibration_error(truth, scaled) < 0.015


def test_answers_that_are_all_right_or_all_wrong_give_a_bounded_temperature() -> None:
    truth = np.arange(7)
    right = np.eye(7, dtype=np.float32) * 5
    assert 0.05 <= fit_temperature(right, truth) < 0.5
    assert 10 < fit_temperature(-right, truth) <= 20
