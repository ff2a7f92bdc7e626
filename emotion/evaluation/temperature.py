"""One number that makes a model's confidence honest, fitted on held-out data."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from emotion.evaluation.scores import FloatArray, IntArray


def fit_temperature(logits: FloatArray, truth: IntArray) -> float:
    """The temperature that minimises the negative log-likelihood of `truth` `(n,)` under
    softmax(`logits` / T), logits `(n, 7)`; between 0.05 and 20. Guo et al., 2017."""

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(truth)), truth].mean())

    bounds = (np.log(0.05), np.log(20.0))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
