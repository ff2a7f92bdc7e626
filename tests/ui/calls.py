"""A call to a live stream as a browser makes it: real peers, and streamlit-webrtc's own worker."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import av
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from streamlit_webrtc.webrtc import WebRtcWorker

from emotion.ui.live_stream import LiveStream
from emotion.vision.types import FrameBgr
from tests.ui.test_live_stream import make_webrtc_worker

Value = TypeVar("Value")


class Camera(VideoStreamTrack):
    """Shows its pictures in turn, `each` frames of each, thirty a second, and starts over."""

    def __init__(self, pictures: Sequence[FrameBgr], each: int = 1) -> None:
        super().__init__()
        self._pictures, self._each, self._sent = pictures, each, 0

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        picture = self._pictures[self._sent // self._each % len(self._pictures)]
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        self._sent += 1
        return frame


class Loop:
    """An event loop in a thread of its own, as the server has one for all its tabs."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="server-loop")
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Value], timeout_s: float = 30.0) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout_s)

    def close(self) -> None:
        self.run(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Call:
    """What the browser's side sees of a call."""

    def __init__(self, loop: Loop, peer: RTCPeerConnection, worker: WebRtcWorker) -> None:
        self._loop, self._peer, self._worker = loop, peer, worker
        self._returned: asyncio.Queue[av.VideoFrame] = asyncio.Queue()
        self._reading: asyncio.Future[None] | None = None

    def frames(self, count: int, timeout_s: float = 20.0) -> list[av.VideoFrame]:
        """The next `count` frames that come back."""
        return self._loop.run(self._next(count, timeout_s), timeout_s * 2)

    def stop(self) -> None:
        """Press stop: as a page's script does it, outside of the loop."""
        self._loop.run(self._stop())

    async def _next(self, count: int, timeout_s: float) -> list[av.VideoFrame]:
        while not self._returned.empty():
            self._returned.get_nowait()
        async with asyncio.timeout(timeout_s):
            return [await self._returned.get() for _ in range(count)]

    async def _read(self, track: MediaStreamTrack) -> None:
        while True:
            await self._returned.put(await track.recv())

    async def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        await self._loop.loop.run_in_executor(None, self._worker.stop)
        await self._peer.close()

    async def connect(self, camera: Camera) -> None:
        self._peer.addTransceiver(camera, direction="sendrecv")

        @self._peer.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            self._reading = asyncio.ensure_future(self._read(track))

        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = self._peer.localDescription
        answer = await self._loop.loop.run_in_executor(
            None, lambda: self._worker.process_offer(offer.sdp, offer.type, timeout=10)
        )
        await self._peer.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))


@contextmanager
def calling(loop: Loop, stream: LiveStream, camera: Camera) -> Iterator[Call]:
    """A call from start to stop; `stop` may also be called earlier."""

    async def make() -> Call:
        return Call(loop, RTCPeerConnection(), make_webrtc_worker(stream, loop.loop))

    call = loop.run(make())
    try:
        loop.run(call.connect(camera))
        yield call
    finally:
        call.stop()
