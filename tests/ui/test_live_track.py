"""What goes back is the answer to the newest frame, and a stop from anywhere ends it at once."""

import asyncio
import threading
import time

import av
import pytest
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from emotion.ui.live_stream import LiveStream
from emotion.ui.live_track import LiveTrack
from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.worker import Worker
from tests.ui.test_live_stream import av_frame, portrait


class Nothing:
    """A pipeline that finds nothing."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        return FrameResult(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]), (), {})


class Slow(LiveStream):
    """A stream that takes its time for each frame."""

    seconds = 0.0

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        time.sleep(self.seconds)
        return super().process(frame)


class Camera(MediaStreamTrack):
    """Gives the frames that `show` names, one after the other as they are shown."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[av.VideoFrame | None] = asyncio.Queue()

    def show(self, number: int | None) -> None:
        self._frames.put_nowait(None if number is None else av_frame(portrait(), number))

    async def recv(self) -> av.VideoFrame:
        frame = await self._frames.get()
        if frame is None:
            raise MediaStreamError
        return frame


def made(camera: Camera, seconds: float = 0.0) -> tuple[LiveTrack, Slow]:
    stream = Slow(Worker(), Nothing(), language="en", budget_ms=15)
    stream.seconds = seconds
    track = LiveTrack(stream)
    assert not track.hasTrack()
    track.addTrack(camera)
    assert track.hasTrack()
    track.start()
    return track, stream


def test_each_answer_is_that_of_its_own_frame_and_comes_before_the_next() -> None:
    async def look() -> None:
        camera = Camera()
        track, _ = made(camera)
        for number in range(5):
            camera.show(number)
            answer = await asyncio.wait_for(track.recv(), 5)
            assert answer.pts == av_frame(portrait(), number).pts
        track.stop()

    asyncio.run(look())


def test_frames_that_come_meanwhile_are_skipped_but_for_the_newest() -> None:
    async def look() -> None:
        camera = Camera()
        track, _ = made(camera, seconds=0.3)
        camera.show(0)
        first = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0.1)
        for number in (1, 2, 3):
            camera.show(number)
        pts = [(await first).pts, (await asyncio.wait_for(track.recv(), 5)).pts]
        assert pts == [av_frame(portrait(), number).pts for number in (0, 3)]
        track.stop()

    asyncio.run(look())


@pytest.mark.parametrize("waiting", ["for the camera", "for an answer"])
def test_a_stop_from_another_thread_wakes_who_waits(waiting: str) -> None:
    async def look() -> None:
        camera = Camera()
        track, stream = made(camera, seconds=0.2)
        if waiting == "for an answer":
            camera.show(0)
        answer = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0.1)
        threading.Thread(target=track.stop).start()
        if waiting == "for an answer":
            assert (await asyncio.wait_for(answer, 5)).pts == av_frame(portrait(), 0).pts
        else:
            with pytest.raises(MediaStreamError):
                await asyncio.wait_for(answer, 5)
        assert stream.ended
        with pytest.raises(MediaStreamError):
            await asyncio.wait_for(track.recv(), 5)

    asyncio.run(look())


def test_a_stop_in_a_slow_step_returns_at_once() -> None:
    async def look() -> None:
        camera = Camera()
        track, _ = made(camera, seconds=1.0)
        camera.show(0)
        answer = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0.1)
        track.stop()
        assert not answer.done()
        await answer

    asyncio.run(look())


def test_the_end_of_the_camera_ends_the_stream() -> None:
    async def look() -> None:
        camera = Camera()
        track, stream = made(camera)
        camera.show(None)
        with pytest.raises(MediaStreamError):
            await asyncio.wait_for(track.recv(), 5)
        assert stream.ended and track.readyState == "ended"

    asyncio.run(look())
