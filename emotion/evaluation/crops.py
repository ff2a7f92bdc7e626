"""A picture file as the crop that a classifier sees; faces that were found are kept on disk."""

import hashlib
import logging
import threading
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from emotion.data.pictures import digest_of, read_bgr, read_grey
from emotion.errors import PictureError
from emotion.files import replacing
from emotion.settings import load_settings
from emotion.vision.crop import crop_face, fit_crop
from emotion.vision.detector import YUNET_SHA256, FaceDetector
from emotion.vision.types import CropGrey

CROP_RULE: Final = 1
"""Raise it when `emotion.vision` makes other crops of the same picture."""

log = logging.getLogger(__name__)
_thread = threading.local()


def read_crop(path: Path, size: int, *, find_faces: bool) -> CropGrey:
    """The grey square `(size, size)` of the picture at `path`.

    With `find_faces` it is the largest face, cropped as live faces are, and found only once:
    crops are kept in the cache folder by the content of the picture. Without, it is the
    whole picture. Raises `PictureError` when it cannot be read or no face is found.
    """
    if not find_faces:
        return fit_crop(read_grey(path), size)
    kept = _place(digest_of(path), size)
    crop = _kept(kept, size)
    if crop is None:
        crop = _found(path, size)
        _keep(kept, crop)
    if crop.size == 0:
        raise PictureError(
            "No face was found in {path}. Use a picture that shows one, or tell that the "
            "pictures are face crops already.",
            path=path,
        )
    return crop


def _found(path: Path, size: int) -> CropGrey:
    """The largest face; an empty array where there is none."""
    picture = read_bgr(path)
    faces = _detector().detect(picture)
    return crop_face(picture, faces[0], size) if faces else np.empty((0, 0), np.uint8)


def _detector() -> FaceDetector:
    """This thread's own: a detector serves one at a time."""
    if not hasattr(_thread, "detector"):
        _thread.detector = FaceDetector()
    detector: FaceDetector = _thread.detector
    return detector


def _place(digest: bytes, size: int) -> Path:
    """Where the crop of a picture with this content is kept."""
    rule = f"{CROP_RULE} {YUNET_SHA256} {size} ".encode()
    name = hashlib.sha256(rule + digest).hexdigest()
    return load_settings().cache_dir / "crops" / name[:2] / f"{name[2:34]}.png"


def _kept(path: Path, size: int) -> CropGrey | None:
    """The crop in the file, which is empty where no face was found; None when it is missing
    or broken."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if not content:
        return np.empty((0, 0), np.uint8)
    crop = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if crop is None or crop.shape != (size, size) else np.asarray(crop, np.uint8)


def _keep(path: Path, crop: CropGrey) -> None:
    """Write the crop in one step. Where that cannot be, it is found again next time."""
    content = cv2.imencode(".png", crop)[1].tobytes() if crop.size else b""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, shared=True) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        log.warning("a face that was found cannot be kept in %s: %s", path, error)
