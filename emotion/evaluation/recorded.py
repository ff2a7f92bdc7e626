"""The scores that a model's card keeps."""

import numpy as np
from pydantic import ValidationError

from emotion.errors import ModelError
from emotion.evaluation.scores import Scores
from emotion.labels import KEYS
from emotion.models.card import ScoreRecord


def read_scores(model: str, record: ScoreRecord) -> Scores:
    """The scores that a card keeps. Raises `ModelError` when they are not complete."""
    try:
        scores = Scores.model_validate(record.scores)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise _unreadable(model, record, field) from error
    if tuple(scores.per_class) != KEYS:
        raise _unreadable(model, record, "per_class")
    if np.shape(scores.confusion) != (len(KEYS), len(KEYS)):
        raise _unreadable(model, record, "confusion")
    return scores


def _unreadable(model: str, record: ScoreRecord, field: str) -> ModelError:
    return ModelError(
        "The scores on {split} in the card of {model} cannot be read at {field}. Measure the "
        "model again with: {command}",
        split=record.split,
        model=model,
        field=field,
        command=record.command,
    )
