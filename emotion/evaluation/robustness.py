"""How much a model loses on worse pictures: the same faces, each altered in nine ways.

Alterations are made of the aligned crop at the size that the model takes, without chance, so
that they say nothing of how well a face is found. As in Hendrycks and Dietterich, 2019,
"Benchmarking neural network robustness to common corruptions and perturbations", the score on
altered pictures stands against that on the clean ones; the strengths are ours.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np

from emotion.data.layout import DataSet
from emotion.evaluation.answers import Answers, kept_answers
from emotion.evaluation.compare import Difference
from emotion.evaluation.run import Evaluation, judge
from emotion.evaluation.versus import versus
from emotion.models.load import BackendChoice
from emotion.models.store import ModelEntry
from emotion.vision.types import CropGrey

Alteration = Literal[
    "darker",
    "brighter",
    "lower_contrast",
    "higher_contrast",
    "blurred",
    "rotated",
    "small",
    "compressed",
    "covered",
]
Translate = Callable[[str], str]
Alter = Callable[[CropGrey], CropGrey]
"""Crop `(size, size)` to crop of the same shape."""
PATTERN: Final = np.asarray(np.multiply.outer(np.arange(1, 97), np.arange(1, 97)) % 251, np.uint8)
"""Every grey value beside every other, so that no alteration leaves it as it is."""
MIDDLE: Final = 128.0
"""Grey value in the middle of 0 to 255."""
BLUR_SHARE: Final = 0.03
"""Standard deviation of the blur, as a share of the crop's side."""
ROTATION_DEG: Final = 15.0
SMALL_PX: Final = 24
JPEG_QUALITY: Final = 30


def alteration_titles(translate: Translate) -> dict[Alteration, str]:
    """What the alterations are called, in the language of `translate`, a gettext function."""
    return {
        "darker": translate("darker"),
        "brighter": translate("brighter"),
        "lower_contrast": translate("less contrast"),
        "higher_contrast": translate("more contrast"),
        "blurred": translate("blurred"),
        "rotated": translate("turned by 15 degrees"),
        "small": translate("24 pixels wide"),
        "compressed": translate("JPEG, quality 30"),
        "covered": translate("lowest third covered"),
    }


def robustness(
    answers: Mapping[Alteration, Answers], clean: Evaluation, data: DataSet, split: str
) -> dict[Alteration, tuple[Difference, ...]]:
    """The differences of all scores from those of `clean`, with intervals, by alteration.

    All answers are complete. Raises `DataError` when the split has no picture to use.
    """
    return {
        alteration: versus(clean, judge(one, data, split, temperature=1.0)).differences
        for alteration, one in answers.items()
    }


def altered_answers(
    folder: Path, entry: ModelEntry, backend: BackendChoice = "auto", *, find_faces: bool = False
) -> dict[Alteration, Answers]:
    """The answers that `folder` keeps of a model for altered pictures.

    Raises `ModelError` when the model has no such backend.
    """
    return {
        alteration: kept_answers(
            folder, entry, backend, find_faces=find_faces, alteration=what_it_does(alter)
        )
        for alteration, alter in ALTERATIONS.items()
    }


def what_it_does(alter: Alter) -> str:
    """What an alteration makes of one and the same pattern, as SHA-256: answers that are kept
    are those of the alteration as it is now, also after its strength was changed."""
    return hashlib.sha256(alter(PATTERN.copy()).tobytes()).hexdigest()


def _scaled(crop: CropGrey, factor: float, around: float = 0.0) -> CropGrey:
    values = around + factor * (crop.astype(np.float32) - around)
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _blurred(crop: CropGrey) -> CropGrey:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), BLUR_SHARE * len(crop)), np.uint8)


def _rotated(crop: CropGrey) -> CropGrey:
    middle = (len(crop) - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), ROTATION_DEG, 1.0)
    turned = cv2.warpAffine(crop, turn, crop.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def _small(crop: CropGrey) -> CropGrey:
    small = cv2.resize(crop, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, crop.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


def _compressed(crop: CropGrey) -> CropGrey:
    content = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def _covered(crop: CropGrey) -> CropGrey:
    """The lowest third, as a hand or a mask covers it."""
    covered = crop.copy()
    covered[-round(len(crop) / 3) :] = MIDDLE
    return covered


ALTERATIONS: Final[Mapping[Alteration, Alter]] = {
    "darker": lambda crop: _scaled(crop, 0.4),
    "brighter": lambda crop: _scaled(crop, 1.6),
    "lower_contrast": lambda crop: _scaled(crop, 0.4, MIDDLE),
    "higher_contrast": lambda crop: _scaled(crop, 1.8, MIDDLE),
    "blurred": _blurred,
    "rotated": _rotated,
    "small": _small,
    "compressed": _compressed,
    "covered": _covered,
}
