"""Cut a square out of a frame, turned and scaled, without aliasing."""

from math import cos, sin

import cv2
import numpy as np
import numpy.typing as npt

from emotion.vision.types import FloatArray, FrameBgr

UInt8Array = npt.NDArray[np.uint8]
DoubleArray = npt.NDArray[np.float64]


def turn(roll: float) -> DoubleArray:
    """The `(2, 2)` matrix that turns by `roll` radians, clockwise on the screen."""
    return np.array([[cos(roll), -sin(roll)], [sin(roll), cos(roll)]])


def cut_square(
    frame: FrameBgr, centre_xy: FloatArray | DoubleArray, side: float, roll: float, size: int
) -> UInt8Array:
    """The square around `centre_xy`, `side` pixels wide and turned by `roll` radians,
    as a picture of `size` pixels with the frame's channels.

    What lies outside of the frame repeats its border, which looks like the picture going
    on; a black edge would be a mark that no training crop has.
    """
    region, origin_xy = _region(frame, np.asarray(centre_xy, np.float64), side)
    height, width = region.shape[:2]
    # Shrinking averages first: sampling a large face at few points would alias.
    shrink = min(1.0, size / side)
    small_wh = max(1, round(width * shrink)), max(1, round(height * shrink))
    if small_wh != (width, height):
        region = np.asarray(cv2.resize(region, small_wh, interpolation=cv2.INTER_AREA), np.uint8)
    scale_xy = np.array([small_wh[0] / width, small_wh[1] / height])
    # From the square's pixels to the region's. Pixel i covers i to i + 1 and its middle
    # is i + 0.5: hence the halves.
    linear = turn(roll) * (side / size)
    first_xy = centre_xy - origin_xy + linear @ np.full(2, 0.5 - size / 2)
    matrix = np.column_stack([linear * scale_xy[:, None], first_xy * scale_xy - 0.5])
    return np.asarray(
        cv2.warpAffine(
            region,
            matrix,
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _region(frame: FrameBgr, centre_xy: DoubleArray, side: float) -> tuple[FrameBgr, DoubleArray]:
    """The part of the frame that holds the square however it is turned, and its origin.

    At least one pixel, so that a square outside of the frame repeats the nearest border.
    """
    reach = side * 0.7072 + 2  # half the diagonal, and the neighbours that are mixed in
    size_wh = np.array([frame.shape[1], frame.shape[0]])
    low = np.clip(np.floor(centre_xy - reach), 0, size_wh - 1).astype(int)
    high = np.clip(np.ceil(centre_xy + reach), low + 1, size_wh).astype(int)
    return frame[low[1] : high[1], low[0] : high[0]], low.astype(np.float64)
