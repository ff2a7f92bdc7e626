"""Calibrate to a face, see that it is calibrated, and undo it."""

from math import ceil

import streamlit as st

from emotion.errors import CameraError
from emotion.ui import messages
from emotion.ui.language import translate as _
from emotion.ui.live_reading import Reading
from emotion.vision.baseline import DURATION_S
from emotion.vision.types import FrameResult, TrackedFace


def baseline_controls(reading: Reading, result: FrameResult | None) -> None:
    """For each face of the newest result a button, or a badge and the way back."""
    if reading.calibrating is not None:
        _under_way(reading, *reading.calibrating)
        return
    if reading.failed is not None:
        _failed(reading, reading.failed)
    faces = () if result is None else sorted(result.faces, key=lambda face: face.track_id)
    several = len(faces) > 1
    for face in faces:
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"baseline_{face.track_id}"
        ):
            if face.baseline:
                _calibrated(reading, face, several=several)
            else:
                _offer(reading, face, several=several)


def _under_way(reading: Reading, track_id: int, progress: float) -> None:
    left = ceil((1 - progress) * DURATION_S)
    st.progress(
        progress,
        _("Keep a neutral face and look into the camera … {seconds} s").format(seconds=left),
    )
    st.button(
        _("Cancel"),
        icon=":material/close:",
        key="baseline_cancel",
        on_click=reading.undo,
        args=(track_id,),
    )


def _failed(reading: Reading, why: CameraError) -> None:
    """Why the last calibration did not succeed, until it is read or tried again."""
    messages.show(why)
    st.button(_("Close"), icon=":material/close:", key="baseline_close", on_click=reading.dismiss)


def _calibrated(reading: Reading, face: TrackedFace, *, several: bool) -> None:
    text = _("Calibrated to face {id}") if several else _("Calibrated to this face")
    st.badge(text.format(id=face.track_id), icon=":material/check:", color="green")
    undo = _("Undo for face {id}") if several else _("Undo")
    st.button(
        undo.format(id=face.track_id),
        icon=":material/undo:",
        key=f"baseline_undo_{face.track_id}",
        on_click=reading.undo,
        args=(face.track_id,),
    )


def _offer(reading: Reading, face: TrackedFace, *, several: bool) -> None:
    text = _("Calibrate to face {id}") if several else _("Calibrate to this face")
    st.button(
        text.format(id=face.track_id),
        icon=":material/face_retouching_natural:",
        key=f"baseline_offer_{face.track_id}",
        on_click=reading.calibrate,
        args=(face.track_id,),
        help=_(
            "Some faces at rest look sad or angry to the model. After three seconds of a neutral "
            "face this is taken off for this person. It is forgotten when the face has been "
            "out of view for two seconds or when another model is chosen; a recording notes "
            "that it was on."
        ),
    )
