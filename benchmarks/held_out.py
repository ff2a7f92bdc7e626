"""The pictures that a model's training run held out, and how well the model reads pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import ValidationError

from emotion.cli.output import progress
from emotion.errors import DataError, ModelError
from emotion.evaluation.scores import FloatArray, IntArray
from emotion.models.classifier import Classifier
from emotion.models.store import ModelEntry
from emotion.training.config import TrainConfig
from emotion.training.dataset import data_of
from emotion.vision.types import CropGrey

if TYPE_CHECKING:
    from emotion.training.inputs import Pictures

BATCH: Final = 64


def held_out(root: Path, entry: ModelEntry) -> tuple[list[CropGrey], IntArray]:
    """The crops, and their classes, that the run of the model held out of `train` of `root`.

    Raises what `divided` raises.
    """
    _, pictures = divided(root, entry)
    return list(pictures.crops.numpy()), pictures.labels.numpy()


def divided(root: Path, entry: ModelEntry) -> tuple["Pictures", "Pictures"]:
    """The pictures of `train` of `root` that the run of the model learned from, and those that
    it held out.

    Raises `ModelError` where the card does not say which, and `DataError` where the pictures
    are not those that the run had.
    """
    from emotion.training import inputs  # brings torch

    card = entry.card
    if card.data is None:
        raise _unknown(entry)
    lists = {"without": card.data.set_aside, "validation": card.recipe.get("validation")}
    here = {key: Path(__file__).with_name(name) for key, name in lists.items() if name}
    places = {"data": root, "without": None} | here
    try:
        config = TrainConfig.model_validate(card.recipe | {"name": card.name} | places)
    except ValidationError as error:
        raise _unknown(entry) from error
    data = data_of(config)
    if data.fingerprint() != card.data.fingerprint:
        raise DataError(
            "The pictures in {root} are not those that {name} was trained from, and it may have "
            "learned from some that would be held out now. Give the folder {data} as it was.",
            root=root,
            name=entry.name,
            data=card.data.name,
        )
    with progress("Pictures") as report:
        return inputs.load(config, data, report)


def _unknown(entry: ModelEntry) -> ModelError:
    return ModelError(
        "The card of {name} does not say how it was trained, so no pictures can be called held "
        "out. Choose a model that was trained here.",
        name=entry.name,
    )


def read(classifier: Classifier, crops: Sequence[CropGrey]) -> FloatArray:
    """Calibrated probabilities `(n, 7)`."""
    batches = (np.stack(crops[i : i + BATCH]) for i in range(0, len(crops), BATCH))
    return np.concatenate([classifier.probabilities(batch) for batch in batches])


def shown(probabilities: FloatArray, truth: IntArray, confidence: float) -> dict[str, float]:
    """How often a label is right and shown, and how often the shown ones are right."""
    right = probabilities.argmax(axis=1) == truth
    sure = probabilities.max(axis=1) >= confidence
    return {
        "right": float(right.mean()),
        "shown": float(sure.mean()),
        "shown_right": float(right[sure].mean()) if sure.any() else 0.0,
    }
