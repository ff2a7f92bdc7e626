"""The app with video that goes back untouched: what `bench browser` compares the page with.

    python -m emotion.bench.untouched run app.py

It is the same page, server and connection; only nothing is done to the frames.
"""

import runpy

import av

from emotion.vision.stream import FrameProcessor


def untouched(self: FrameProcessor, frame: av.VideoFrame) -> av.VideoFrame:  # noqa: ARG001
    """The frame itself."""
    return frame


if __name__ == "__main__":
    FrameProcessor.process = untouched  # type: ignore[method-assign]
    runpy.run_module("streamlit", run_name="__main__")
