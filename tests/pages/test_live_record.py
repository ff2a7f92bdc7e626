"""Recording as the live page offers it: consent, name and note, pause, markers, the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emotion.sessions.recording import Recording
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from emotion.ui.live_stream import LiveStream
from emotion.vision.worker import Worker
from tests.ui.test_live_stream import av_frame, portrait
from tests.vision.made import GatedPipeline

pytestmark = pytest.mark.usefixtures("empty_places")


APP = """
import streamlit as st
from emotion.ui.live_record import filmed_notice, record_controls

def live():
    filmed_notice()
    record_controls(st.session_state["stream"], "tiny", playing=st.session_state["playing"])

st.navigation([st.Page(live), st.Page("pages/analysis.py")]).run()
"""
"""The part of the live page that records; the test puts the stream into the state."""


@pytest.fixture
def stream() -> Iterator[LiveStream]:
    made = LiveStream(Worker(), GatedPipeline(), language="en", budget_ms=500)
    made.process(av_frame(portrait()))
    yield made
    made.end()


@pytest.fixture
def store() -> Iterator[SessionStore]:
    opened = SessionStore(load_settings().database_url)
    yield opened
    opened.close()


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app of two pages, of which the first records."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "analysis.py").touch()
    (tmp_path / "app.py").write_text(APP, "utf-8")
    return tmp_path / "app.py"


def open_controls(
    app: Path, stream: LiveStream, *, playing: bool = True, language: str = "en"
) -> AppTest:
    page = AppTest.from_file(str(app), default_timeout=30)
    page.session_state["stream"], page.session_state["playing"] = stream, playing
    page.session_state["language"] = language
    page.run()
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> None:
    (button,) = [button for button in page.button if button.label == label]
    button.click().run()
    assert not page.exception


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def field(page: AppTest, label: str) -> Any:
    (found,) = [box for box in page.text_input if box.label == label]
    return found


def record(page: AppTest, stream: LiveStream) -> Recording:
    press(page, "Record")
    press(page, "Everyone agreed: record")
    assert stream.recording is not None
    return stream.recording


def test_those_in_view_are_told_in_both_languages(app: Path, stream: LiveStream) -> None:
    (notice,) = open_controls(app, stream, language="es").get("html")
    assert '<p lang="en">The camera is on' in notice.proto.body
    assert '<p lang="es">' in notice.proto.body


def test_nothing_is_recorded_before_those_in_view_agreed(
    app: Path, stream: LiveStream, store: SessionStore
) -> None:
    page = open_controls(app, stream)
    press(page, "Record")
    assert stream.recording is None
    press(page, "Do not record")
    assert labels(page) == ["Record"]
    assert stream.recording is None
    assert store.list_sessions() == []


def test_consent_is_asked_for_once_in_a_browser_session(app: Path, stream: LiveStream) -> None:
    page = open_controls(app, stream)
    record(page, stream)
    press(page, "Stop recording")
    press(page, "Record")
    assert stream.recording is not None
    other = open_controls(app, stream)
    press(other, "Stop recording")
    press(other, "Record")
    assert "Everyone agreed: record" in labels(other)


def test_without_the_camera_nothing_can_be_recorded(app: Path, stream: LiveStream) -> None:
    (button,) = open_controls(app, stream, playing=False).button
    assert (button.label, button.disabled) == ("Record", True)


def test_a_session_gets_its_name_and_note(
    app: Path, stream: LiveStream, store: SessionStore
) -> None:
    page = open_controls(app, stream)
    field(page, "Name of the session").set_value(" interview ").run()
    field(page, "Note").set_value("second try").run()
    recording = record(page, stream)
    info = store.get(recording.session_id)
    assert (info.name, info.note, info.model) == ("interview", "second try", "tiny")


def test_a_pause_stops_the_clock_and_the_recording(app: Path, stream: LiveStream) -> None:
    page = open_controls(app, stream)
    recording = record(page, stream)
    press(page, "Pause recording")
    assert recording.is_paused
    assert "Paused 0:00" in page.markdown[0].value
    (mark,) = [button for button in page.button if button.label == "Mark this moment"]
    assert mark.disabled
    press(page, "Resume recording")
    assert not recording.is_paused


def test_markers_get_the_label_or_a_number_and_are_listed(
    app: Path, stream: LiveStream, store: SessionStore
) -> None:
    page = open_controls(app, stream)
    recording = record(page, stream)
    press(page, "Mark this moment")
    field(page, "Label of the marker").set_value("a *joke*").run()
    press(page, "Mark this moment")
    press(page, "Mark this moment")
    assert page.caption[0].value == r"0:00 a \*joke\* · 0:00 a \*joke\* · 0:00 Event 1"
    press(page, "Stop recording")
    assert store.read_markers(recording.session_id)["label"].tolist() == [
        "Event 1",
        "a *joke*",
        "a *joke*",
    ]


def test_a_key_marks_a_moment_too(app: Path, stream: LiveStream) -> None:
    page = open_controls(app, stream)
    record(page, stream)
    (mark,) = [button for button in page.button if button.label == "Mark this moment"]
    assert mark.proto.shortcut == "m"


@pytest.mark.parametrize("by", ["button", "end of the video"])
def test_the_page_leads_to_what_was_recorded(
    app: Path, stream: LiveStream, store: SessionStore, by: str
) -> None:
    page = open_controls(app, stream)
    recording = record(page, stream)
    if by == "button":
        press(page, "Stop recording")
    else:
        stream.end()
        assert recording.wait(5)
        page.run()
    assert page.session_state["recorded"] == recording.session_id
    assert "The session is saved." in page.success[0].value
    assert store.get(recording.session_id).state == "ended"


def test_a_session_that_was_deleted_is_not_called_saved(
    app: Path, stream: LiveStream, store: SessionStore
) -> None:
    page = open_controls(app, stream)
    recording = record(page, stream)
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM session")
    stream.process(av_frame(portrait(), 1))
    press(page, "Stop recording")
    assert recording.wait(5)
    page.run()
    assert not page.success
    assert "was deleted while it was recorded" in page.error[0].value


def test_two_tabs_record_two_sessions(app: Path, stream: LiveStream, store: SessionStore) -> None:
    second = LiveStream(Worker(), GatedPipeline(), language="en", budget_ms=500)
    recordings = [record(open_controls(app, one), one) for one in (stream, second)]
    second.end()
    assert recordings[1].wait(5)
    states = {info.id: info.state for info in store.list_sessions()}
    assert states == {recordings[0].session_id: "recording", recordings[1].session_id: "ended"}
