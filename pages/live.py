"""The live page: the camera's faces and their expressions, and recording a session."""

import time

import streamlit as st

from emotion.errors import EmotionError
from emotion.settings import load_settings
from emotion.ui import messages, resources
from emotion.ui.camera import camera, is_running
from emotion.ui.camera_doctor import camera_doctor
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.live_controls import picture_controls
from emotion.ui.live_model import choose_model
from emotion.ui.live_reading import Reading
from emotion.ui.live_record import filmed_notice, record_controls
from emotion.ui.live_sources import CAMERA, choose_source, other_source
from emotion.ui.live_stream import LiveStream
from emotion.ui.live_trial import trial_controls
from emotion.ui.live_view import minute, newest
from emotion.ui.shell import inside_app
from emotion.vision.cadence import READ_BUDGET_MS, Cadence
from emotion.vision.pipeline import Pipeline
from emotion.vision.tracker import Tracker
from emotion.vision.wanted import WantedFaces


def open_stream(model: str) -> LiveStream:
    """This tab's stream; a new one after the last has ended."""
    stream: LiveStream | None = st.session_state.get("stream")
    if stream is not None and not stream.ended and st.session_state["stream_model"] == model:
        stream.speak(language())
        return stream
    wanted = WantedFaces(resources.detector())
    classifier, cadence = resources.classifier(model), Cadence(READ_BUDGET_MS)
    if stream is not None and not stream.ended:
        tracker = stream.reading.tracker if stream.reading else Tracker()
        pipeline = Pipeline(wanted, classifier, tracker, cadence)
        stream.use(pipeline, wanted, Reading(pipeline))
    else:
        pipeline = Pipeline(wanted, classifier, Tracker(), cadence)
        stream = LiveStream(
            resources.worker(),
            pipeline,
            language=language(),
            budget_ms=settings.frame_budget_ms,
            wanted=wanted,
            reading=Reading(pipeline),
        )
    if stream.recording is not None:
        stream.recording.read_by(model)
    st.session_state["stream"], st.session_state["stream_model"] = stream, model
    return stream


def stream_with(model: str | None) -> LiveStream | None:
    """This tab's stream, read by `model`. Where there is none or it cannot be loaded, a video
    that runs goes on with the model it has: a page that left it out would end it."""
    running: LiveStream | None = st.session_state.get("stream")
    if model is not None:
        try:
            with st.spinner(_("Loading the model …")):
                return open_stream(model)
        except EmotionError as error:
            messages.show(error)
    if running is None or running.ended:
        return None
    kept = st.session_state["stream_model"]
    st.caption(_("Reading goes on with {model}.").format(model=kept))
    return running


def end_stream() -> None:
    """Another source was chosen: the page no longer shows the video, which ends it."""
    stream: LiveStream | None = st.session_state.pop("stream", None)
    if stream is not None:
        stream.end()
    st.session_state.pop("playing_since", None)


def from_camera() -> None:
    """The video, its controls and the recording, and beside it what its faces show."""
    video, side = st.columns([3, 2], gap="large")
    with side:
        stream = stream_with(choose_model(settings.models_dir))
        if stream is None:
            return
        model = str(st.session_state["stream_model"])
        trial_controls(stream, model, settings.models_dir)
    with video:
        place = st.container()
        picture = picture_controls(stream, is_running())
        with place:
            context = camera(stream, settings, picture.size_wh)
            playing = bool(context.state.playing)
            camera_doctor(settings, playing)
            if playing:
                filmed_notice()
        record_controls(stream, model, playing)
    with side:
        if playing:
            newest(stream, model, st.session_state.setdefault("playing_since", time.monotonic()))
        else:
            st.session_state.pop("playing_since", None)
            st.info(_("Press start and allow the camera."), icon=":material/play_circle:")
    if playing:
        st.subheader(_("The last minute"), anchor=False)
        minute(stream)


inside_app("pages/live.py")
with messages.stop_on_error():
    settings = load_settings()
st.title(_("Live"), anchor=False)
about = st.empty()
source = choose_source()
about.caption(
    _(
        "The camera's picture is analysed on this server and not kept. The labels say what a "
        "face shows, not what a person feels. Tell those in view that they are filmed."
    )
    if source == CAMERA
    else _("The labels say what a face shows, not what a person feels.")
)
# No st.stop() here: a script that is stopped leaves the fragments of the view before alive.
if source == CAMERA:
    from_camera()
else:
    end_stream()
    other_source(source, lambda: choose_model(settings.models_dir))
