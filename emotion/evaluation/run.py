"""Evaluate a model on a folder of labelled pictures."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from emotion.data.layout import DataSet, Sample
from emotion.data.pictures import digest_of
from emotion.errors import DataError, PictureError
from emotion.evaluation.answers import Answers
from emotion.evaluation.crops import read_crop
from emotion.evaluation.scores import FloatArray, IntArray, Scores, score
from emotion.models.classifier import Classifier, calibrated
from emotion.vision.types import CropGrey

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
Alter = Callable[[CropGrey], CropGrey]
"""A crop to another of the same shape."""

BATCH: Final = 32
SAVE_EVERY: Final = 32
"""Batches after which answers are written down: what a crash costs at most."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model's answers on a split and their scores.

    `logits` and the calibrated `probabilities` `(n, 7)` and `truth` `(n,)` belong to
    `samples`; `left_out` says what was wrong with each picture that could not be used.
    """

    samples: tuple[Sample, ...]
    truth: IntArray
    logits: FloatArray
    probabilities: FloatArray
    scores: Scores
    left_out: tuple[str, ...]


def evaluate(
    classifier: Classifier,
    data: DataSet,
    split: str = "test",
    *,
    find_faces: bool = False,
    progress: Progress | None = None,
    answers: Answers | None = None,
) -> Evaluation:
    """The model's answers for the pictures of `split`; those in `answers` are taken from there.

    Raises `DataError` when the split has no picture that can be used.
    """
    answers = Answers() if answers is None else answers
    complete(answers, classifier, data, split, find_faces=find_faces, progress=progress)
    return judge(answers, data, split, classifier.card.temperature)


def missing(answers: Answers, data: DataSet, split: str) -> list[Path]:
    """The pictures of `split` that the model has not answered yet."""
    return [path for path in map(data.path, data.samples(split)) if not _known(answers, path)]


def complete(
    answers: Answers,
    classifier: Classifier,
    data: DataSet,
    split: str,
    *,
    find_faces: bool = False,
    progress: Progress | None = None,
    alter: Alter | None = None,
) -> None:
    """Let the model answer what is missing, of faces that `alter` changes first. Whatever ends
    it early, the answers so far are kept, and another call goes on from there."""
    total = len(data.samples(split))
    wanted = missing(answers, data, split)
    done = total - len(wanted)
    try:
        for number, paths in enumerate(_batches(wanted), 1):
            _answer(answers, classifier, paths, find_faces, alter)
            done += len(paths)
            if number % SAVE_EVERY == 0:
                answers.save()
            if progress is not None:
                progress(done, total)
    finally:
        if wanted:
            answers.save()


def judge(answers: Answers, data: DataSet, split: str, temperature: float) -> Evaluation:
    """The evaluation of `answers`, which are complete, against the labels as they are now.

    Raises `DataError` when the split has no picture that can be used.
    """
    wanted = data.samples(split)
    samples: list[Sample] = []
    rows: list[FloatArray] = []
    left_out: list[str] = []
    for sample in wanted:
        answer = _find(answers, data.path(sample))
        if isinstance(answer, PictureError):
            left_out.append(str(answer))
        else:
            samples.append(sample)
            rows.append(answer)
    if not samples:
        raise DataError(
            "None of the {n} pictures for {split} in {root} can be used. The first one: {reason}",
            n=len(wanted),
            split=split,
            root=data.root,
            reason=left_out[0],
        )
    truth = np.array([sample.expression for sample in samples], dtype=np.int64)
    logits = np.stack(rows)
    probabilities = calibrated(logits, temperature)
    scores = score(truth, probabilities)
    return Evaluation(tuple(samples), truth, logits, probabilities, scores, tuple(left_out))


def _known(answers: Answers, path: Path) -> bool:
    try:
        return digest_of(path) in answers
    except PictureError:
        return True  # it is refused each time it is asked for


def _find(answers: Answers, path: Path) -> FloatArray | PictureError:
    try:
        digest = digest_of(path)
    except PictureError as error:
        return error
    if digest in answers.logits:
        return answers.logits[digest]
    if digest not in answers.refusals:
        return PictureError("The picture {path} was changed meanwhile. Evaluate again.", path=path)
    refusal = answers.refusals[digest]
    return PictureError(refusal.template, **refusal.values | {"path": path})


def _answer(
    answers: Answers,
    classifier: Classifier,
    paths: Sequence[Path],
    find_faces: bool,
    alter: Alter | None,
) -> None:
    """One batch: logits or refusals for `paths`."""
    digests: list[bytes] = []
    crops: list[CropGrey] = []
    for path in paths:
        digest = None
        try:
            digest = digest_of(path)
            crop = read_crop(path, classifier.crop_size, find_faces=find_faces)
            crops.append(crop if alter is None else alter(crop))
            digests.append(digest)
        except PictureError as error:
            log.warning("left out: %s", error)
            if digest is not None:
                answers.refusals[digest] = error
    if crops:
        rows = classifier.logits(np.stack(crops))
        answers.logits.update(zip(digests, rows, strict=True))


def _batches(paths: Iterable[Path]) -> Iterator[list[Path]]:
    rest = iter(paths)
    while batch := list(islice(rest, BATCH)):
        yield batch
