"""The live stream without a browser: real peers, the real callback, a real model."""

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
import skimage.data
from aiortc import RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaPlayer, MediaRelay
from streamlit_webrtc import WebRtcMode
from streamlit_webrtc.webrtc import WebRtcWorker

from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from emotion.ui.live_stream import LiveStream
from emotion.ui.live_track import LiveTrack
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.tracker import Tracker
from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.view import ViewOptions
from emotion.vision.wanted import WantedFaces
from emotion.vision.worker import Worker


def portrait() -> FrameBgr:
    """A real face in a picture of 640 x 480."""
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, 64:576] = skimage.data.astronaut()[:480, :, ::-1]
    return frame


def av_frame(picture: FrameBgr, number: int = 0) -> av.VideoFrame:
    """`picture` as the browser's frame `number` at 30 a second."""
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
    frame.pts, frame.time_base = number * 3000, Fraction(1, 90000)
    return frame


class PortraitTrack(VideoStreamTrack):
    """A camera that sees the portrait, a little brighter with each frame."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        picture = np.clip(portrait().astype(np.int16) + self.sent % 20, 0, 255).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        self.sent += 1
        return frame


@pytest.fixture
def pipeline(models_dir: Path) -> Pipeline:
    classifier = load_classifier(find_model(models_dir, "tiny"))
    return Pipeline(FaceDetector(), classifier, Tracker())


@pytest.fixture
def stream(pipeline: Pipeline) -> Iterator[LiveStream]:
    live = LiveStream(Worker(), pipeline, language="es", budget_ms=20_000)
    yield live
    live.end()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own, as the server has one."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


# streamlit-webrtc makes an event loop for each callback thread and leaves it to be collected.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_frames_of_a_real_peer_come_back_annotated_over_vp8(
    stream: LiveStream, loop: asyncio.AbstractEventLoop
) -> None:
    asyncio.run_coroutine_threadsafe(_call_and_look(stream, loop), loop).result(60)
    deadline = time.monotonic() + 10
    while not stream.ended and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stream.ended, "the end of the video must release the stream"
    gc.collect()


async def _call_and_look(stream: LiveStream, loop: asyncio.AbstractEventLoop) -> None:
    peer = RTCPeerConnection()
    received: asyncio.Queue[av.VideoFrame] = asyncio.Queue()
    readers: list[asyncio.Future[None]] = []
    camera = PortraitTrack()
    peer.addTransceiver(camera, direction="sendrecv")

    @peer.on("track")
    def on_track(track: VideoStreamTrack) -> None:
        async def read() -> None:
            for _ in range(20):
                await received.put(await track.recv())

        readers.append(asyncio.ensure_future(read()))

    await peer.setLocalDescription(await peer.createOffer())
    worker = make_webrtc_worker(stream, loop)
    offer = peer.localDescription
    answer = await loop.run_in_executor(
        None, lambda: worker.process_offer(offer.sdp, offer.type, timeout=10)
    )
    await peer.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))
    assert "VP8/90000" in answer.sdp
    try:
        frames = [await asyncio.wait_for(received.get(), 20) for _ in range(20)]
    finally:
        await loop.run_in_executor(None, worker.stop)
        await peer.close()

    result = stream.newest
    assert result is not None
    assert len(result.faces) == 1
    expected = portrait()
    changed = np.abs(frames[-1].to_ndarray(format="bgr24").astype(int) - expected).max(axis=2) > 90
    left, top, right, bottom = result.faces[0].face.box_xyxy.astype(int)
    assert changed[top - 40 : bottom + 6, left - 6 : right + 60].sum() > 200, "no box was drawn"


def make_webrtc_worker(stream: LiveStream, loop: asyncio.AbstractEventLoop) -> WebRtcWorker:
    """What `webrtc_streamer` makes for each camera, with our track."""
    track = LiveTrack(stream)
    return WebRtcWorker(
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=None,
        source_video_track=None,
        source_audio_track=None,
        sink_video_track=track,
        sink_audio_track=None,
        player_factory=lambda: cast(MediaPlayer, track),
        in_recorder_factory=None,
        out_recorder_factory=None,
        video_frame_callback=None,
        audio_frame_callback=None,
        queued_video_frames_callback=None,
        queued_audio_frames_callback=None,
        on_video_ended=None,
        on_audio_ended=None,
        video_processor_factory=None,
        audio_processor_factory=None,
        async_processing=True,
        video_receiver_size=4,
        audio_receiver_size=4,
        sendback_video=True,
        sendback_audio=False,
        loop=loop,
        relay=MediaRelay(),
    )


def test_a_frame_comes_back_with_its_face_and_the_page_sees_it(stream: LiveStream) -> None:
    returned = stream.process(av_frame(portrait(), 3))

    assert returned.pts == 9000
    assert stream.newest is not None
    assert [face.track_id for face in stream.newest.faces] == [1]
    assert not np.array_equal(returned.to_ndarray(format="bgr24"), portrait())
    assert stream.figures.results_per_s > 0


def test_after_the_end_frames_go_through_untouched_and_nothing_is_opened_again(
    pipeline: Pipeline,
) -> None:
    worker = Worker()
    stream = LiveStream(worker, pipeline, language="en", budget_ms=20_000)
    stream.process(av_frame(portrait()))
    stream.end()
    stream.end()

    frame = av_frame(portrait(), 1)
    assert stream.process(frame) is frame
    deadline = time.monotonic() + 5
    while worker.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not worker.running


class Broken:
    """A pipeline that fails at every frame."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        raise RuntimeError(f"broken at {time_s} with {frame_bgr.shape}")


def test_a_failing_pipeline_is_told_and_the_plain_video_goes_on(pipeline: Pipeline) -> None:
    stream = LiveStream(Worker(), Broken(), language="en", budget_ms=20_000)
    try:
        returned = stream.process(av_frame(portrait()))
        assert np.array_equal(
            returned.to_ndarray(format="bgr24"),
            av_frame(portrait()).to_ndarray(format="bgr24"),
        )
        assert isinstance(stream.error, RuntimeError)

        stream.use(pipeline)
        stream.process(av_frame(portrait(), 1))
        assert stream.newest is not None
    finally:
        stream.end()


def test_a_recording_holds_what_was_seen_and_ends_with_the_stream(
    stream: LiveStream, tmp_path: Path
) -> None:
    store = SessionStore(f"sqlite:///{tmp_path / 'sessions.db'}")
    writer = SessionWriter(store)
    try:
        stream.process(av_frame(portrait()))
        stream.start_recording(writer, "first", "tiny")
        recording = stream.recording
        assert recording is not None
        for number in range(1, 8):
            stream.process(av_frame(portrait(), number))
            time.sleep(0.1)
        stream.end()
        assert recording.wait(5)
        info = store.get(recording.session_id)
        assert (info.name, info.state, info.faces) == ("first", "ended", 1)
        assert info.samples >= 5
    finally:
        writer.close()
        store.close()


def test_the_last_minute_keeps_four_results_a_second(stream: LiveStream) -> None:
    for number in range(12):
        stream.process(av_frame(portrait(), number))
        time.sleep(0.05)
    ages = [seconds for seconds, _ in stream.recent]
    assert 2 <= len(ages) <= 4
    assert ages == sorted(ages)
    assert all(-2 < age <= 0 for age in ages)


def test_what_is_shown_may_change_while_the_stream_runs(pipeline: Pipeline) -> None:
    stream = LiveStream(Worker(), pipeline, language="en", budget_ms=20_000)
    stream.show(ViewOptions(overlay=False))
    plain = av_frame(portrait())
    assert stream.process(plain) is plain
    stream.show(ViewOptions())
    drawn = stream.process(av_frame(portrait(), 1))
    assert stream.shown is not None
    assert np.array_equal(stream.shown, drawn.to_ndarray(format="bgr24"))
    stream.end()


def test_faces_below_the_least_size_are_not_read(models_dir: Path) -> None:
    wanted = WantedFaces(FaceDetector())
    classifier = load_classifier(find_model(models_dir, "tiny"))
    pipeline = Pipeline(wanted, classifier, Tracker())
    stream = LiveStream(Worker(), pipeline, language="en", budget_ms=20_000, wanted=wanted)
    counts = []
    for number, share in enumerate((0.1, 0.9)):
        stream.show(ViewOptions(min_face_share=share))
        stream.process(av_frame(portrait(), number))
        assert stream.newest is not None
        counts.append(len(wanted.ignored_shares))
    assert counts == [0, 1]
    stream.end()


def test_while_paused_nothing_is_recorded(stream: LiveStream, tmp_path: Path) -> None:
    store = SessionStore(f"sqlite:///{tmp_path / 'sessions.db'}")
    writer = SessionWriter(store)
    try:
        stream.process(av_frame(portrait()))
        stream.start_recording(writer, "paused", "tiny")
        recording = stream.recording
        assert recording is not None
        stream.show(ViewOptions(paused=True))
        for number in range(1, 5):
            stream.process(av_frame(portrait(), number))
            time.sleep(0.05)
        assert stream.figures.processed == 1
        stream.end()
        assert recording.wait(5)
        assert store.get(recording.session_id).samples == 0
    finally:
        writer.close()
        store.close()


def test_after_the_end_a_face_that_was_hidden_stays_hidden(pipeline: Pipeline) -> None:
    stream = LiveStream(Worker(), pipeline, language="en", budget_ms=20_000)
    stream.show(ViewOptions(hide="blur"))
    stream.end()
    picture = stream.process(av_frame(portrait())).to_ndarray(format="bgr24")
    assert len(FaceDetector().detect(portrait())) == 1
    assert FaceDetector().detect(picture) == ()
