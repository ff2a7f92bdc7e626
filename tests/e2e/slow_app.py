"""The live page's camera with a step that takes seconds: `streamlit run tests/e2e/slow_app.py`."""

import time

import streamlit as st

from emotion.settings import load_settings
from emotion.ui import resources
from emotion.ui.camera import camera
from emotion.ui.live_stream import LiveStream
from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.view import ViewOptions

SECONDS = 3.0


class Slow:
    """A pipeline without faces and in no hurry."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        time.sleep(SECONDS)
        return FrameResult(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]), (), {})


stream = st.session_state.get("stream")
if stream is None or stream.ended:
    stream = LiveStream(resources.worker(), Slow(), language="en", budget_ms=15)
    stream.show(ViewOptions(hide="blur"))  # a frame then waits longest
    st.session_state["stream"] = stream
camera(stream, load_settings(), (640, 480))


@st.fragment(run_every=0.5)
def state() -> None:
    st.text(f"received {min(stream.figures.received, 1)}, worker {resources.worker().running}")


state()
