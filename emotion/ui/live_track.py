"""The camera's frames on their way through a live stream and back to the browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from emotion.ui.live_stream import LiveStream


class LiveTrack(MediaStreamTrack):
    """Each frame of the camera, sent back as soon as the stream has answered it.

    It is both what streamlit-webrtc calls a sink (the camera's track goes in) and a player
    (its video is sent back). The library's own track for callbacks sends an answer back with
    the frame after it: 33 ms later at 30 frames a second. Frames that come while one is being
    answered are skipped, but for the newest.
    """

    kind = "video"
    audio = None

    def __init__(self, stream: LiveStream) -> None:
        super().__init__()
        self._stream = stream
        self._camera: MediaStreamTrack | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-answers")
        self._newest: av.VideoFrame | None = None
        self._come = asyncio.Event()

    @property
    def video(self) -> "LiveTrack":
        """Itself: what a player plays."""
        return self

    def addTrack(self, track: MediaStreamTrack) -> None:  # noqa: N802, the library's name
        """Take the camera's track."""
        self._camera = track

    def hasTrack(self) -> bool:  # noqa: N802
        """Whether the camera's track has come."""
        return self._camera is not None

    def start(self) -> None:
        """Begin to read the camera. In the event loop."""
        self._loop = asyncio.get_running_loop()
        self._reading = self._loop.create_task(self._read())

    def stop(self) -> None:
        """End the stream and wake who waits for a frame; from any thread, and at once."""
        if self.readyState == "live":
            super().stop()
            self._stream.end()
            self._thread.shutdown(wait=False)
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._leave)

    async def recv(self) -> av.VideoFrame:
        """The next answered frame. Raises `MediaStreamError` after the end."""
        if self.readyState == "live":
            await self._come.wait()
            self._come.clear()
        frame, self._newest = self._newest, None
        if frame is None or self.readyState != "live":
            raise MediaStreamError
        try:
            answer = self._thread.submit(self._stream.process, frame)
        except RuntimeError as error:  # it was stopped in this moment
            raise MediaStreamError from error
        return await asyncio.wrap_future(answer)

    async def _read(self) -> None:
        assert self._camera is not None
        try:
            while True:
                self._newest = cast(av.VideoFrame, await self._camera.recv())
                self._come.set()
        except MediaStreamError:
            self.stop()

    def _leave(self) -> None:
        """A frame that was read holds threads of libswscale: nothing may hold a frame."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._camera = self._newest = None
        self._come.set()
