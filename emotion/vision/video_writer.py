"""Write a video that browsers play: H.264 in MP4, or VP9 or VP8 in WebM."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import cv2
import numpy as np

from emotion.errors import PictureError
from emotion.vision.types import FrameBgr

TICKS_PER_S: Final = 90_000
"""The usual clock of video files: whole numbers for 24, 25, 30 and 60 frames a second."""
RATES: Final = (Fraction(1), Fraction(240))
"""Some files name a rate of thousands; encoders refuse those. The times are kept anyway."""


@dataclass(frozen=True, slots=True)
class VideoKind:
    """An encoder, the file's suffix and MIME type, and the options that make it quick."""

    codec: str
    suffix: str
    mime: str
    options: dict[str, str] = field(default_factory=dict)


KINDS: Final = (
    VideoKind("libx264", ".mp4", "video/mp4", {"preset": "veryfast", "crf": "23"}),
    VideoKind("libvpx-vp9", ".webm", "video/webm", {"deadline": "realtime", "cpu-used": "8"}),
    VideoKind("libvpx", ".webm", "video/webm", {"deadline": "realtime", "cpu-used": "8"}),
)
"""In order of choice. A hundred frames of 640 x 480 took 0.47 s of processor time as H.264,
0.45 as VP9 and 2.3 as VP8; H.264 comes first since programs besides browsers play it too."""


@cache
def best_kind() -> VideoKind:
    """The first of `KINDS` that the installed library can write: builds differ."""
    for kind in KINDS:
        if kind.codec in av.codecs_available:
            return kind
    raise PictureError(
        "No video can be written: the installed package av has none of the encoders {codecs}. "
        "Install av from PyPI.",
        codecs=", ".join(kind.codec for kind in KINDS),
    )


class VideoWriter:
    """Frames with their times into one file; a context manager that ends the file.

    The first frame gives the size (an odd row or column is cut off, as the encoders want
    it); later ones of another size are scaled to it.
    """

    def __init__(self, path: Path, rate: Fraction, kind: VideoKind) -> None:
        self._container = av.open(str(path), "w")
        self._rate = min(max(rate.limit_denominator(1001), RATES[0]), RATES[1])
        self._kind = kind
        self._stream: av.VideoStream | None = None
        self._last_tick = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, frame_bgr: FrameBgr, time_s: float) -> None:
        """Add a frame `(height, width, 3)`; a time that does not go on is moved behind the
        last one, since a file's times must grow."""
        stream = self._stream or self._begin(frame_bgr)
        frame = av.VideoFrame.from_ndarray(_fitted(frame_bgr, stream), format="bgr24")
        self._last_tick = max(round(time_s * TICKS_PER_S), self._last_tick + 1)
        frame.pts, frame.time_base = self._last_tick, Fraction(1, TICKS_PER_S)
        self._container.mux(stream.encode(frame))

    def close(self) -> None:
        """Write what the encoder still holds, and the file's index."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
            self._stream = None
        self._container.close()

    def _begin(self, frame_bgr: FrameBgr) -> av.VideoStream:
        height, width = frame_bgr.shape[:2]
        stream = self._container.add_stream(
            self._kind.codec, rate=self._rate, options=self._kind.options
        )
        assert isinstance(stream, av.VideoStream), "the encoders of KINDS make pictures"
        stream.width, stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        self._stream = stream
        return stream


def _fitted(frame_bgr: FrameBgr, stream: av.VideoStream) -> FrameBgr:
    """The frame in the stream's size: less an odd row or column, or scaled."""
    height, width = frame_bgr.shape[:2]
    if 0 <= height - stream.height <= 1 and 0 <= width - stream.width <= 1:
        return np.ascontiguousarray(frame_bgr[: stream.height, : stream.width])
    size_wh = (stream.width, stream.height)
    return np.asarray(cv2.resize(frame_bgr, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
