"""The frames of a video file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from emotion.errors import PictureError
from emotion.vision.types import FrameBgr

VIDEO_SUFFIXES: Final = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm"})
USUAL_RATE: Final = Fraction(30)
"""Frames a second where the file does not say."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video says of itself before it is read: width and height in pixels as stored,
    frames a second, and seconds (None where it does not say: browsers record such files)."""

    size_wh: tuple[int, int]
    rate: Fraction
    duration_s: float | None


def is_video(path: Path) -> bool:
    """Whether the name looks like a video's; hidden files do not count."""
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith(".")


def video_facts(path: Path) -> VideoFacts:
    """What the video says of itself. Raises `PictureError` when it is missing or no video."""
    with _explained(path, lambda: 0.0), av.open(str(path)) as container:
        stream = _picture_track(container, path)
        lengths = (
            stream.duration and float(stream.duration * stream.time_base),
            container.duration and container.duration / av.time_base,
        )
        duration_s = max((length for length in lengths if length), default=None)
        size_wh = (stream.codec_context.width, stream.codec_context.height)
        return VideoFacts(size_wh, Fraction(stream.average_rate or USUAL_RATE), duration_s)


def read_video(path: Path) -> Iterator[tuple[float, FrameBgr]]:
    """Each frame of the video, upright, with its time in seconds from the start.

    Raises `PictureError` when the file is missing, no video, or broken; a file that breaks
    off gives the frames before that first.
    """
    last_s = 0.0
    with _explained(path, lambda: last_s), av.open(str(path)) as container:
        stream = _picture_track(container, path)
        rate = float(stream.average_rate or USUAL_RATE)
        for index, frame in enumerate(container.decode(stream)):
            last_s = float(frame.time) if frame.time is not None else index / rate
            yield last_s, _upright(frame)


@contextmanager
def _explained(path: Path, reached_s: Callable[[], float]) -> Iterator[None]:
    """Errors of the library as sentences; `reached_s` is how far the reading came."""
    try:
        yield
    except FileNotFoundError as error:
        raise PictureError("The video {path} does not exist.", path=path) from error
    except (av.FFmpegError, OSError) as error:
        seconds = reached_s()
        reason = getattr(error, "strerror", None) or type(error).__name__
        if seconds == 0:
            raise PictureError(
                "The video {path} cannot be read ({reason}). Convert it to MP4 or replace it.",
                path=path,
                reason=reason,
            ) from error
        raise PictureError(
            "The video {path} cannot be read beyond {seconds:.1f} s ({reason}). "
            "Convert it to MP4 or replace it.",
            path=path,
            seconds=seconds,
            reason=reason,
        ) from error


def _picture_track(container: Any, path: Path) -> Any:
    if not container.streams.video:
        raise PictureError("The file {path} has no picture track. Choose a video.", path=path)
    return container.streams.video[0]


def _upright(frame: av.VideoFrame) -> FrameBgr:
    """The frame as BGR, turned as a phone asks for in the video's display matrix."""
    picture = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    quarters = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, quarters)) if quarters else picture
