"""The values that flow through one frame: face, tracked face, result."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from emotion.labels import KEYS, UNSURE

FloatArray = npt.NDArray[np.float32]
FrameBgr = npt.NDArray[np.uint8]
"""One picture of the video, `(height, width, 3)`, BGR."""
CropGrey = npt.NDArray[np.uint8]
"""The aligned square that the classifier sees, `(size, size)`, grey."""

Reason = Literal[
    "partly_out_of_view",
    "too_small",
    "too_dark",
    "too_bright",
    "turned_away",
    "blurred",
    "low_confidence",
]
"""Why no label is shown: the picture is not good enough, or the model is not sure."""
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
"""All of them, in the order in which they are told: first what most easily causes others."""


@dataclass(frozen=True, slots=True)
class Face:
    """A detected face.

    `box_xyxy` is `(left, top, right, bottom)` in pixels of the frame, not clipped.
    `landmarks_xy` is `(5, 2)`: the eye and then, on the same sides, the mouth corner of
    the person: right eye, left eye, nose tip, right mouth corner, left mouth corner.
    `score` is the detector's, 0 to 1.
    """

    box_xyxy: FloatArray
    landmarks_xy: FloatArray
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the picture of one face is (`emotion.vision.quality` measures it).

    `side_px` is the box's height in pixels of the frame; `brightness` and `saturated` the
    mean grey level and the share of pixels at white, 0 to 1; `sharpness` 0 to 1; angles are
    in degrees: `yaw` positive when the nose points to the right of the picture, `pitch`
    positive when it points down, `roll` positive clockwise on the screen; `visible` the
    share of the box inside of the frame. `reasons` are those of this frame alone.
    """

    side_px: float
    brightness: float
    saturated: float
    sharpness: float
    yaw: float
    pitch: float
    roll: float
    visible: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """A face of one frame with what the classifier says of it.

    `probabilities` are the seven calibrated ones of this frame alone, in folder order;
    `smoothed` those of its track, which the interface shows, with the person's neutral
    baseline applied when `baseline` says so. `held` is the expression that the track
    holds on to (an index; None: the most likely one), `reasons` why it is not shown, in the
    order of `REASONS`, and `quality` the picture's, where it was measured. `trial` is what a
    second model says of the same face, where one is on trial.
    """

    track_id: int
    face: Face
    probabilities: FloatArray
    smoothed: FloatArray
    held: int | None = None
    reasons: tuple[Reason, ...] = ()
    quality: Quality | None = None
    baseline: bool = False
    trial: "TrackedFace | None" = None

    @property
    def expression_index(self) -> int:
        """The track's expression, 0 to 6: the one it holds, else the most likely."""
        return int(self.smoothed.argmax()) if self.held is None else self.held

    @property
    def confidence(self) -> float:
        """The track's probability of that expression."""
        return float(self.smoothed[self.expression_index])

    @property
    def shown(self) -> str:
        """What the interface says: the expression's key, or `UNSURE` while there is a reason."""
        return UNSURE if self.reasons else KEYS[self.expression_index]


@dataclass(frozen=True, slots=True)
class FrameResult:
    """All that was read from one frame.

    `time_s` is the stream's own clock, `size_wh` the frame's width and height in
    pixels, `timings_ms` the wall time of each step (`detect`, `classify`, `quality`,
    `track`, and `trial` where a second model is tried). Where `detected` is False the
    detector was left out for this frame, and the boxes are those of the last one, moved along
    with their tracks.
    """

    time_s: float
    size_wh: tuple[int, int]
    faces: tuple[TrackedFace, ...]
    timings_ms: dict[str, float]
    detected: bool = True
