"""The pictures of a run in memory: read once, cropped by the one rule, held out in part."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from emotion.data.duplicates import near_duplicate_groups
from emotion.data.layout import DataSet, Sample
from emotion.data.lists import read_paths
from emotion.data.pictures import read_grey
from emotion.data.split import IntArray, hold_out
from emotion.data.votes import read_votes
from emotion.errors import DataError, PictureError, TrainingError
from emotion.evaluation.crops import read_crop
from emotion.labels import KEYS
from emotion.training.config import TrainConfig

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]

MOST_PIXELS: Final = 256
"""Shorter side to which the original's transforms see pictures; larger ones are reduced."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some pictures of a run.

    `crops` are grey uint8 `(n, resize, resize)`; `whole` the same pictures in their own
    shape, kept only for the original's augmentation. `targets` is `(n, 7)`, rows sum to 1;
    `labels` the class numbers; `paths` are relative to the data folder.
    """

    crops: Tensor
    whole: tuple[Tensor, ...]
    labels: Tensor
    targets: Tensor
    paths: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, indices: npt.NDArray[np.int64]) -> "Pictures":
        """The pictures at `indices`."""
        chosen = torch.from_numpy(indices)
        return Pictures(
            self.crops[chosen],
            tuple(self.whole[i] for i in indices) if self.whole else (),
            self.labels[chosen],
            self.targets[chosen],
            tuple(self.paths[i] for i in indices),
        )


def load(config: TrainConfig, data: DataSet, progress: Progress) -> tuple[Pictures, Pictures]:
    """`(fit, validation)` of the data's `train`, near duplicates on one side.

    An unreadable picture is left out and logged. Raises `TrainingError` when fewer than two
    classes are left, `DataError` when a class is too small to be held out in part, and when
    a folder disappears.
    """
    samples: list[Sample] = []
    crops: list[npt.NDArray[np.uint8]] = []
    whole: list[Tensor] = []
    wanted = data.samples("train")
    for position, sample in enumerate(wanted):
        try:
            crop = read_crop(data.path(sample), config.resize, find_faces=config.find_faces)
            if config.augmentation == "original":
                whole.append(torch.from_numpy(_whole(data.path(sample), crop, config)))
        except PictureError as error:
            if not data.path(sample).parent.is_dir():
                raise gone(data.path(sample).parent) from error
            log.warning("left out: %s", error)
            continue
        samples.append(sample)
        crops.append(crop)
        if position % 200 == 0:
            progress(position, len(wanted))
    labels = [sample.expression for sample in samples]
    if len(set(labels)) < 2:
        raise TrainingError(
            "The folder {root} has readable pictures of {n} class in train; at least two are "
            "needed to tell apart.",
            root=data.root,
            n=len(set(labels)),
        )
    hard = np.eye(len(KEYS), dtype=np.float32)[labels]
    targets = read_votes(data.root, samples) if config.soft_labels else hard
    everything = Pictures(
        torch.from_numpy(np.stack(crops)),
        tuple(whole),
        torch.tensor(labels),
        torch.from_numpy(targets),
        tuple(sample.path for sample in samples),
    )
    if config.validation is not None:
        fit, validation = _listed(everything, config.validation)
    else:
        groups = near_duplicate_groups(crops)
        fit, validation = hold_out(labels, groups, config.validation_share, config.seed)
    return everything.part(fit), everything.part(validation)


def _listed(pictures: Pictures, path: Path) -> tuple[IntArray, IntArray]:
    """Indices `(fit, validation)`, the pictures that the list names in the second."""
    listed = read_paths(path, "path")
    held = np.array([picture in listed for picture in pictures.paths])
    fit, validation = np.flatnonzero(~held), np.flatnonzero(held)
    if not len(fit) or not len(validation):
        raise DataError(
            "The list {path} names {n} of the {total} pictures of train, and some must stand on "
            "both sides. List paths as train/1/name.png, relative to the data folder.",
            path=path,
            n=len(validation),
            total=len(held),
        )
    return fit, validation


def gone(folder: Path) -> DataError:
    """The error of a folder that disappears while a run needs it."""
    return DataError(
        "The folder {folder} was there when the run began and is gone now. Bring it back, and "
        "continue the run.",
        folder=folder,
    )


def _whole(path: Path, crop: npt.NDArray[np.uint8], config: TrainConfig) -> npt.NDArray[np.uint8]:
    """The picture in its own shape; a found face has no other shape than its crop."""
    if config.find_faces:
        return crop
    grey = read_grey(path)
    scale = MOST_PIXELS / min(grey.shape)
    if scale >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
