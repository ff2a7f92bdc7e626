"""A model's answers on test pictures, kept beside its card: two models are compared by them.

`predictions.npz` names no picture: a picture's id is a part of the SHA-256 of its path.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion.data.layout import DataSet
from emotion.errors import ModelError
from emotion.evaluation.run import Evaluation
from emotion.evaluation.scores import FloatArray, IntArray
from emotion.files import replacing

PREDICTIONS_FILE: Final = "predictions.npz"


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers on one split: `ids` and `truth` `(n,)`, `probabilities` `(n, 7)`.

    `fingerprint` identifies the pictures of the split, also those that were left out.
    """

    ids: npt.NDArray[np.uint64]
    truth: IntArray
    probabilities: FloatArray
    fingerprint: str

    @property
    def labels(self) -> IntArray:
        """The class numbers that were answered, `(n,)`."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Pair:
    """What two models answered on the pictures that both could use, all `(n,)`."""

    truth: IntArray
    first: IntArray
    second: IntArray


def predictions_of(evaluation: Evaluation, data: DataSet, split: str) -> Predictions:
    """The answers of an evaluation on `split` of `data`."""
    return Predictions(
        np.array([picture_id(sample.path) for sample in evaluation.samples], dtype=np.uint64),
        evaluation.truth,
        evaluation.probabilities,
        data.fingerprint(split),
    )


def picture_id(path: str) -> int:
    """The id of the picture with this path, relative to its data folder: 64 bits."""
    return int.from_bytes(hashlib.sha256(path.encode(errors="surrogateescape")).digest()[:8])


def write_predictions(folder: Path, predictions: Predictions) -> None:
    """Keep the answers in the model's folder, replacing older ones in one step.

    Raises `ModelError` when they cannot be written.
    """
    path = folder / PREDICTIONS_FILE
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file,
                ids=predictions.ids,
                truth=predictions.truth.astype(np.uint8),
                probabilities=predictions.probabilities.astype(np.float32),
                fingerprint=np.array(predictions.fingerprint),
            )
    except OSError as error:
        raise ModelError(
            "The predictions could not be written to {path} ({reason}). Make room on the disk, "
            "or see that the folder can be written.",
            path=path,
            reason=error.strerror,
        ) from error


def read_predictions(folder: Path) -> Predictions | None:
    """The answers kept in the model's folder; None where there are none.

    Raises `ModelError` when the file cannot be read.
    """
    path = folder / PREDICTIONS_FILE
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return Predictions(
                kept["ids"],
                kept["truth"].astype(np.int64),
                kept["probabilities"],
                str(kept["fingerprint"]),
            )
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            "The predictions in {path} cannot be read ({reason}). Delete the file, and have the "
            "model measured again.",
            path=path,
            reason=error,
        ) from error


def pair(first: Predictions, second: Predictions) -> Pair | None:
    """The answers of both models picture by picture, those left out by either missing.

    None where they were measured on different pictures, or none was answered by both.
    """
    if first.fingerprint != second.fingerprint:
        return None
    _, of_first, of_second = np.intersect1d(first.ids, second.ids, return_indices=True)
    if not len(of_first):
        return None
    return Pair(first.truth[of_first], first.labels[of_first], second.labels[of_second])
