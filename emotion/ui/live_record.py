"""Record a session from the live page: notice and consent, name and note, start, pause,
stop, and how long it has been going."""

from datetime import datetime
from html import escape
from typing import Final

import streamlit as st

from emotion.errors import EmotionError
from emotion.locale import LANGUAGES, translator
from emotion.report.words import clock
from emotion.sessions.recording import Recording
from emotion.ui import messages, resources
from emotion.ui.language import translate as _
from emotion.ui.live_markers import marker_controls
from emotion.ui.live_stream import LiveStream

RECORDED: Final = "recorded"
"""In the session state: the number of the session that was recorded last."""
CONSENT: Final = "record_consent"
"""In the session state: that the user said that those in view agreed."""
_GOING: Final = "record_going"
_ASKING: Final = "record_asking"
_ERROR: Final = "record_error"
_NAME_CHARS: Final = 120
_NOTE_CHARS: Final = 2000
_STYLE: Final = """<style>
.filmed{border:2px solid currentColor;border-radius:.5rem;padding:.4rem .8rem;font-weight:600}
.filmed p{margin:.1rem 0;font-size:.95rem}
</style>"""


def filmed_notice() -> None:
    """Tell those in view, in every language of the app, that the camera is on.

    They need not speak the language of the one who sits at the page.
    """
    lines = ""
    for code in LANGUAGES:
        translate = translator(code)
        text = translate("The camera is on: everyone in view is being filmed and analysed.")
        lines += f'<p lang="{code}">{escape(text)}</p>'
    st.html(f'{_STYLE}<div class="filmed" role="note">{lines}</div>')


@st.fragment(run_every=1.0)
def record_controls(stream: LiveStream, model: str, playing: bool) -> None:
    """What records a session; `model` is the name of the one that reads."""
    _note_the_end()
    if error := st.session_state.get(_ERROR):
        messages.show(error)
    recording = stream.recording
    if recording is not None:
        _going(stream, recording)
    else:
        asking = playing and _ASKING in st.session_state
        _ready(stream, model, playing=playing, asking=asking)
        if asking:
            _ask(stream, model)
    if RECORDED in st.session_state:
        st.success(_("The session is saved."), icon=":material/check:")
        st.page_link("pages/analysis.py", label=_("See its timeline"), icon=":material/monitoring:")


def _note_the_end() -> None:
    """The recording of before has ended, by its button or with the video."""
    recording: Recording | None = st.session_state.get(_GOING)
    if recording is not None and recording.is_stopped:
        del st.session_state[_GOING]
        if recording.error is None:
            st.session_state[RECORDED] = recording.session_id
        else:
            st.session_state[_ERROR] = recording.error


def _ready(stream: LiveStream, model: str, *, playing: bool, asking: bool) -> None:
    """Name and note, and the button that starts."""
    name, note = st.columns(2)
    name.text_input(
        _("Name of the session"),
        key="session_name",
        placeholder=_("date and time"),
        max_chars=_NAME_CHARS,
    )
    note.text_input(_("Note"), key="session_note", placeholder=_("optional"), max_chars=_NOTE_CHARS)
    st.button(
        _("Record"),
        icon=":material/radio_button_checked:",
        on_click=_start if st.session_state.get(CONSENT) else _begin_asking,
        args=(stream, model),
        disabled=asking or not playing,
        help=None if playing else _("Start the camera first."),
        key="record",
        width="stretch",
    )


def _ask(stream: LiveStream, model: str) -> None:
    """Before the first recording of a browser session: did those in view agree?"""
    with st.container(border=True):
        st.markdown(
            "**{question}** {facts}".format(
                question=_("Does everyone in view know of the recording and agree to it?"),
                facts=_(
                    "It keeps the labels, their numbers and their times, never the picture. Ask "
                    "again whenever someone joins."
                ),
            )
        )
        yes, no = st.columns(2)
        yes.button(
            _("Everyone agreed: record"),
            icon=":material/check:",
            type="primary",
            on_click=_agree,
            args=(stream, model),
            width="stretch",
        )
        no.button(_("Do not record"), on_click=_stop_asking, width="stretch")


def _going(stream: LiveStream, recording: Recording) -> None:
    """Clock, pause and stop of a recording, its markers, and why it cannot be written."""
    paused = recording.is_paused
    text = _("Paused") if paused else _("Recording numbers, no pictures")
    icon = ":material/pause:" if paused else ":material/fiber_manual_record:"
    color = "orange" if paused else "red"
    st.badge(f"{text} {clock(recording.elapsed_s)}", icon=icon, color=color)  # type: ignore[arg-type]
    hold, stop = st.columns(2)
    hold.button(
        _("Resume recording") if paused else _("Pause recording"),
        icon=":material/play_arrow:" if paused else ":material/pause:",
        on_click=recording.resume if paused else recording.pause,
        key="record_hold",
        width="stretch",
    )
    stop.button(
        _("Stop recording"),
        icon=":material/stop_circle:",
        type="primary",
        on_click=_stop,
        args=(stream,),
        width="stretch",
    )
    marker_controls(recording)
    if recording.error is not None:
        messages.show(recording.error)


def _begin_asking(_stream: LiveStream, _model: str) -> None:
    st.session_state[_ASKING] = True


def _stop_asking() -> None:
    st.session_state.pop(_ASKING, None)


def _agree(stream: LiveStream, model: str) -> None:
    _stop_asking()
    st.session_state[CONSENT] = True
    _start(stream, model)


def _start(stream: LiveStream, model: str) -> None:
    typed = str(st.session_state.get("session_name", ""))
    name = typed.strip() or f"{datetime.now():%Y-%m-%d %H:%M:%S}"
    for key in (RECORDED, _ERROR):
        st.session_state.pop(key, None)
    try:
        note = str(st.session_state.get("session_note", "")).strip()
        stream.start_recording(resources.writer(), name, model, note)
        st.session_state[_GOING] = stream.recording
    except EmotionError as error:
        st.session_state[_ERROR] = error


def _stop(stream: LiveStream) -> None:
    recording = stream.stop_recording()
    if recording is not None:
        recording.wait(3)
