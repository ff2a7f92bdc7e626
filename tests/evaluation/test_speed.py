from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion.evaluation import speed
from emotion.models.backend import CropsGrey, Logits
from emotion.models.load import load_classifier
from emotion.models.store import find_model


def test_the_time_of_a_face_is_that_of_one_answer(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that moves on by 3 ms for each answer that counts, and by 5 s before."""
    classifier = load_classifier(find_model(models_dir, "tiny"))
    now, asked = 0.0, 0

    class Slow:
        description = "slow"

        def logits(self, crops: CropsGrey) -> Logits:
            nonlocal now, asked
            asked += 1
            now += 0.003 if asked > speed.WARM else 5.0
            return np.zeros((len(crops), 7), np.float32)

    monkeypatch.setattr(speed, "process_time", lambda: now)
    record = speed.measure_speed(replace(classifier, backend=Slow()))
    assert (record.backend, record.milliseconds) == ("slow", 3.0)
    assert asked == speed.WARM + speed.TURNS
    assert record.processor


def test_a_model_that_was_trained_here_says_how_fast_it_is(models_dir: Path) -> None:
    card = find_model(models_dir, "tiny").card
    assert card.speed is not None
    assert card.speed.backend.endswith(card.exports[0].precision)
