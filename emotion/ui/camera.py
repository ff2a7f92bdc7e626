"""The browser's camera through streamlit-webrtc: the one place that knows the library."""

import logging
from typing import Any, Final, cast

import streamlit as st
from aiortc.codecs import CODECS
from aiortc.contrib.media import MediaPlayer
from streamlit_webrtc import WebRtcMode, WebRtcStreamerContext, webrtc_streamer

from emotion.settings import Settings
from emotion.ui.language import translate as _
from emotion.ui.live_stream import LiveStream
from emotion.ui.live_track import LiveTrack

KEY: Final = "camera"
RATE: Final = 30
_ASKED: Final = "camera_size_wh"


def camera(
    stream: LiveStream, settings: Settings, size_wh: tuple[int, int]
) -> WebRtcStreamerContext[Any, Any]:
    """Show the video with its start and stop button; frames go through `stream`.

    `size_wh` is asked of the camera at the next start. It must be reached on every full run
    of the page: a run without it ends the video.
    """
    _let_libraries_speak()
    negotiate_vp8()
    width, height = _size_of_start(size_wh)
    track = LiveTrack(stream)  # taken by the run that starts the video
    return webrtc_streamer(
        key=KEY,
        mode=WebRtcMode.SENDRECV,
        # Explicit: unset, the library asks a public server, and nothing may leave this machine.
        rtc_configuration={
            "iceServers": [s.model_dump(exclude_none=True) for s in settings.ice_servers]
        },
        media_stream_constraints={
            "audio": False,
            "video": {
                "width": {"ideal": width},
                "height": {"ideal": height},
                "frameRate": {"ideal": RATE},
            },
        },
        sink_video_track=track,
        # Not as a source track: the library would leave a task of it behind at each stop.
        # Of a player it asks only for its audio and its video.
        player_factory=lambda: cast(MediaPlayer, track),
        video_html_attrs={
            "autoPlay": True,
            "controls": False,
            "muted": True,
            "style": {"width": "100%", "borderRadius": "0.5rem"},
        },
        translations={
            "start": _("Start"),
            "stop": _("Stop"),
            "select_device": _("Select device"),
            "media_api_not_available": _(
                "This browser gives no camera here. Open the page on localhost or over HTTPS."
            ),
            "device_ask_permission": _("Please allow this page to use the camera."),
            "device_not_available": _("No camera was found. Connect one and press start again."),
            "device_access_denied": _(
                "The browser was not allowed to use the camera. Allow it in the address bar's "
                "site settings and press start again."
            ),
            "turn_camera_on": _("Turn the camera on"),
            "turn_camera_off": _("Turn the camera off"),
            "select_camera": _("Select the camera"),
        },
    )


def is_running() -> bool:
    """Whether the camera is on or being connected, as far as this script run knows."""
    context = st.session_state.get(KEY)
    return context is not None and (context.state.playing or context.state.signalling)


def _size_of_start(size_wh: tuple[int, int]) -> tuple[int, int]:
    """The size to ask for; it does not change under a video that runs."""
    if not is_running():
        st.session_state[_ASKED] = size_wh
    width, height = st.session_state.setdefault(_ASKED, size_wh)
    return width, height


def negotiate_vp8() -> None:
    """Answer every browser with VP8: a frame costs aiortc 2 ms in VP8 and 12 ms in H264.

    Safari names H264 first, and aiortc follows the browser's order. Every browser with
    WebRTC has VP8 (RFC 7742, section 5).
    """
    CODECS["video"][:] = [codec for codec in CODECS["video"] if codec.mimeType != "video/H264"]


def _let_libraries_speak() -> None:
    """The libraries' loggers are silent unless they are given a handler."""
    for name in ("streamlit_webrtc", "aiortc", "aioice"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
            logger.addHandler(handler)
            logger.setLevel(logging.WARNING)
