"""Faces that follow a script, with the truth known."""

import numpy as np
from scipy.special import softmax

from emotion.vision.types import FloatArray

FRAMES_A_SECOND = 30


def scripted_face(
    seed: int, changes: int = 40, seconds_each: float = 4.0, noise: float = 1.6
) -> tuple[np.ndarray, FloatArray]:
    """The true expression of each frame `(n,)` and what a model says of it `(n, 7)`.

    The right one leads by 3.3 in the logits, all seven sway by noise of which a part lasts
    for some frames, and one frame in a hundred is very sure of something else.
    """
    random = np.random.default_rng(seed)
    steps = random.integers(1, 7, changes)
    labels = np.cumsum(np.append(random.integers(7), steps)) % 7
    frames_each = round(seconds_each * FRAMES_A_SECOND)
    truth = np.repeat(labels, frames_each)
    sway = random.normal(0, 1, (len(truth), 7))
    for number in range(1, len(sway)):
        sway[number] = 0.6 * sway[number - 1] + 0.8 * sway[number]
    logits = 3.3 * np.eye(7)[truth] + noise * sway
    wrong = random.random(len(truth)) < 0.01
    logits[wrong, (truth[wrong] + 1) % 7] += 25
    return truth, softmax(logits, axis=1).astype(np.float32)
