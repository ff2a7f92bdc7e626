"""Face crops made worse step by step, as light, distance and movement make them.

Each series ends where a label is no longer worth showing; `benchmarks.limits` finds where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import cv2
import numpy as np

from emotion.vision import thresholds
from emotion.vision.crop import BOX_HEIGHT_SHARE, fit_crop
from emotion.vision.quality import MEASURED_SIZE, sharpness
from emotion.vision.types import CropGrey

NOISE: Final = 2.5
"""Standard deviation of a camera's noise in grey levels: in the dark it is what is left."""
Limit = Literal["MIN_SIDE_PX", "MIN_BRIGHTNESS", "MAX_SATURATED", "MIN_SHARPNESS", "MIN_VISIBLE"]


@dataclass(frozen=True, slots=True)
class Series:
    """One way to get worse: `worsen(crop, level, seed)` for each of the `levels`.

    `measure` is the figure of the crop that the `limit` of `emotion.vision.thresholds` is for.
    """

    name: str
    limit: Limit
    levels: tuple[float, ...]
    worsen: Callable[[CropGrey, float, int], CropGrey]
    measure: Callable[[CropGrey, float], float]


def smaller(crop: CropGrey, side_px: float, _seed: int) -> CropGrey:
    """As a face whose box is `side_px` high is seen, without a camera's compression."""
    small = fit_crop(crop, max(1, round(side_px / BOX_HEIGHT_SHARE)))
    return fit_crop(small, len(crop))


def darker(crop: CropGrey, brightness: float, seed: int) -> CropGrey:
    """With this mean grey level (0 to 1) at the most, and a camera's noise."""
    factor = min(1.0, 255 * brightness / max(float(crop.mean()), 1.0))
    noise = np.random.default_rng(seed).normal(0, NOISE, crop.shape)
    return _grey(factor * crop + noise)


def brighter(crop: CropGrey, share: float, _seed: int) -> CropGrey:
    """With at least this share of the pixels at white."""
    level = max(float(np.quantile(crop, 1 - share)), 1.0)
    return _grey(crop * max(1.0, thresholds.SATURATED_LEVEL / level))


def blurred(crop: CropGrey, share: float, _seed: int) -> CropGrey:
    """By a lens out of focus: a Gaussian, its deviation a share of the side."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), share * len(crop)), np.uint8)


def moved(crop: CropGrey, share: float, _seed: int, *, diagonal: bool) -> CropGrey:
    """By a movement of this share of the side, across or diagonal."""
    length = max(1, round(share * len(crop)))
    kernel = np.eye(length) if diagonal else np.ones((1, length))
    moved = cv2.filter2D(crop, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def cut(crop: CropGrey, visible: float, _seed: int, *, below: bool) -> CropGrey:
    """This share left of it, below or at the side: beyond the frame its border is repeated."""
    kept = max(1, round(visible * len(crop)))
    index = np.minimum(np.arange(len(crop)), kept - 1)
    return np.ascontiguousarray(crop[index] if below else crop[:, index])


def _grey(values: np.ndarray) -> CropGrey:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _level(_crop: CropGrey, level: float) -> float:
    return level


def _brightness(crop: CropGrey, _level: float) -> float:
    return float(fit_crop(crop, MEASURED_SIZE).mean()) / 255


def _saturated(crop: CropGrey, _level: float) -> float:
    return float((fit_crop(crop, MEASURED_SIZE) >= thresholds.SATURATED_LEVEL).mean())


def _sharpness(crop: CropGrey, _level: float) -> float:
    return sharpness(fit_crop(crop, MEASURED_SIZE))


_MOVED: Final = (0.06, 0.12, 0.17, 0.23)
_VISIBLE: Final = (0.95, 0.9, 0.85, 0.8, 0.7, 0.5)
SERIES: Final = (
    Series("smaller", "MIN_SIDE_PX", (48, 36, 28, 24, 20, 16, 12), smaller, _level),
    Series("darker", "MIN_BRIGHTNESS", (0.3, 0.25, 0.2, 0.15, 0.1, 0.05), darker, _brightness),
    Series("brighter", "MAX_SATURATED", (0.06, 0.12, 0.2, 0.3, 0.5, 0.7), brighter, _saturated),
    Series("blurred", "MIN_SHARPNESS", (0.009, 0.018, 0.027, 0.036, 0.045), blurred, _sharpness),
    Series("moved across", "MIN_SHARPNESS", _MOVED, partial(moved, diagonal=False), _sharpness),
    Series("moved diagonally", "MIN_SHARPNESS", _MOVED, partial(moved, diagonal=True), _sharpness),
    Series("cut off below", "MIN_VISIBLE", _VISIBLE, partial(cut, below=True), _level),
    Series("cut off at the side", "MIN_VISIBLE", _VISIBLE, partial(cut, below=False), _level),
)
