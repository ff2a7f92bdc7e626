"""The controls under the video: how the picture looks, how steady its labels are, pause, and
a snapshot on purpose."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import cv2
import streamlit as st

from emotion.ui.language import translate as _
from emotion.ui.live_controls_address import (
    MIN_FACE_PERCENT,
    SIZES,
    STEADINESS_STEP,
    VALUES,
    PictureSettings,
    from_address,
    to_address,
)
from emotion.ui.live_stream import LiveStream
from emotion.vision.smoothing import delay_ms
from emotion.vision.view import HIDES

_KEPT: Final = "picture_settings"
_PAUSED: Final = "picture_paused"
_SNAPSHOT: Final = "picture_snapshot"


def is_paused() -> bool:
    """Whether the user has paused the video."""
    return bool(st.session_state.get(_PAUSED))


def picture_controls(stream: LiveStream, running: bool) -> PictureSettings:
    """One row: the picture's settings, pause, snapshot; below it a snapshot that was taken.

    The settings are in force at once and stand in the page's address, from which they come
    at first. Call it before the camera's part, which may end the script's run: a control
    that is left out of a run forgets what was chosen.
    """
    if not running:
        st.session_state[_PAUSED] = False
    kept = st.session_state.get(_KEPT) or from_address(st.query_params)
    with st.container(horizontal=True):
        with st.popover(_("Picture"), icon=":material/tune:"):
            settings = _picture(kept)
        with st.popover(_("Labels"), icon=":material/label:"):
            settings = replace(settings, steadiness=_steadiness(kept))
        _pause_button(running)
        st.button(
            _("Snapshot"),
            icon=":material/photo_camera:",
            on_click=_take_snapshot,
            args=(stream,),
            disabled=not running,
            help=_("The picture as it is shown. It stays in this tab until you download it."),
        )
    _snapshot()
    st.session_state[_KEPT] = settings
    _write_address(to_address(settings))
    stream.show(settings.view(paused=is_paused()))
    if stream.reading is not None:
        stream.reading.strength = settings.strength
    return settings


def _pause_button(running: bool) -> None:
    paused = is_paused()
    st.button(
        _("Go on") if paused else _("Pause"),
        icon=":material/play_arrow:" if paused else ":material/pause:",
        key="picture_pause_button",
        on_click=_toggle_pause,
        disabled=not running,
        help=_("While paused nothing is read and nothing is recorded."),
    )


def _picture(kept: PictureSettings) -> PictureSettings:
    size = st.segmented_control(
        _("Resolution"),
        SIZES,
        default=kept.size,
        format_func=lambda size: size.replace("x", " × "),
        key="picture_size",
        required=True,
        help=_(
            "A smaller picture is faster. The camera may not have every size and then gives "
            "the nearest."
        ),
    )
    st.caption(_("A new resolution takes effect with the next start."))
    mirror = st.toggle(_("Mirror the picture"), kept.mirror, key="picture_mirror")
    overlay = st.toggle(_("Show boxes and labels"), kept.overlay, key="picture_overlay")
    names = {"none": _("No"), "blur": _("Blur"), "mosaic": _("Mosaic")}
    hide = st.segmented_control(
        _("Hide faces"),
        HIDES,
        default=kept.hide,
        format_func=lambda hide: names[hide],
        key="picture_hide",
        required=True,
        help=_(
            "Faces that are found are made unrecognisable in the picture and are read all the "
            "same. Where it is not known where faces are, the whole picture is hidden."
        ),
    )
    smallest = st.select_slider(
        _("Smallest face"),
        MIN_FACE_PERCENT,
        kept.smallest,
        format_func=lambda percent: (
            _("{percent} % of the height").format(percent=percent) if percent else _("any")
        ),
        key="picture_smallest",
        help=_("Faces that are smaller are not read, for example people in the background."),
    )
    return PictureSettings(size, mirror, overlay, hide, smallest)


def _steadiness(kept: PictureSettings) -> int:
    """The slider, and beside it what it costs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        percent = st.slider(
            _("Steadiness"),
            0,
            100,
            kept.steadiness,
            STEADINESS_STEP,
            format="%d %%",
            key="picture_steadiness",
            width=190,
            help=_("How long a label is averaged: more flickers less and follows later."),
        )
        delay = delay_ms(percent / 100)
        st.metric(
            _("Delay of the label"),
            f"{delay:.0f} ms",
            width="content",
            help=_(
                "From a change of the face to the change of its label, besides the video's own."
            ),
        )
    return int(percent)


def _snapshot() -> None:
    """The snapshot that was taken, to be looked at, downloaded or thrown away."""
    snapshot = st.session_state.get(_SNAPSHOT)
    if snapshot is None:
        return
    png, name = snapshot
    if png is None:
        st.warning(_("There is no picture yet. Try again in a moment."), icon=":material/info:")
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.image(png, width=120, alt=_("The snapshot that was taken"))
        st.download_button(
            _("Download"),
            png,
            file_name=name,
            mime="image/png",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(_("Discard"), icon=":material/delete:", on_click=_discard)


def _toggle_pause() -> None:
    st.session_state[_PAUSED] = not is_paused()


def _take_snapshot(stream: LiveStream) -> None:
    """Keep what is shown as PNG in this tab's memory; nothing is written to a disk."""
    shown = stream.shown
    name = f"semblante-{datetime.now():%Y%m%d-%H%M%S}.png"
    png = None if shown is None else cv2.imencode(".png", shown)[1].tobytes()
    st.session_state[_SNAPSHOT] = (png, name)


def _discard() -> None:
    st.session_state.pop(_SNAPSHOT, None)


def _write_address(wanted: dict[str, str]) -> None:
    """Bring the page's address up to date where it is not; other things in it stay."""
    for name in VALUES:
        if name in wanted and st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]
        elif name not in wanted and name in st.query_params:
            del st.query_params[name]
