"""The report of a session, of a part of it, of some of its faces."""

import base64
import re
from datetime import UTC
from pathlib import Path

import pytest

from emotion.locale import translator
from emotion.report.session import SessionData, session_html
from emotion.report.words import marks
from emotion.sessions.finished import save_finished
from emotion.sessions.statistics import Part
from emotion.sessions.store import SessionStore
from tests.sessions.made import Seen, timed, url


@pytest.fixture
def data(tmp_path: Path) -> SessionData:
    """One face is happy for ten seconds, then two others are sad for ten."""
    store = SessionStore(url(tmp_path / "sessions.db"))
    frames = [
        (n / 10, [Seen(1, "happy")] if n < 100 else [Seen(2, "sad"), Seen(3, "sad")])
        for n in range(200)
    ]
    return SessionData(store, store.get(save_finished(store, "talk", "tiny", timed(frames))))


def page(data: SessionData, part: Part | None = None, faces: list[int] | None = None) -> str:
    drawn = marks(
        data.store.read_markers(data.session.id), data.store.read_pauses(data.session.id), str
    )
    return session_html(data, part, faces, drawn, UTC, "es").decode()


def strip(text: str) -> str:
    """The first picture of the page."""
    (data, *_) = re.findall(r"base64,([^\"]*)", text)
    return base64.b64decode(data).decode()


def test_the_report_is_in_the_language_that_is_asked_for(data: SessionData) -> None:
    words = translator("es")
    assert words("Timeline") in page(data)
    assert "feliz" in page(data) and "happy" not in page(data)


def test_the_report_is_of_the_part_and_of_the_faces_that_are_looked_at(data: SessionData) -> None:
    assert "100.0%" not in page(data)
    assert "<td>feliz</td><td>100.0%</td><td>5.0</td>" in page(data, (0.0, 5.0))
    assert "<td>triste</td><td>100.0%</td><td>20.0</td>" in page(data, (10.0, 20.0))
    alone = page(data, None, [3])
    assert "<td>triste</td><td>100.0%</td><td>10.0</td>" in alone
    assert [number for number in "123" if f">Rostro {number}<" in strip(alone)] == ["3"]
    assert [number for number in "123" if f">Rostro {number}<" in strip(page(data))] == [*"123"]


def test_the_axis_ends_where_the_last_sample_does(data: SessionData) -> None:
    assert data.session.duration_s == pytest.approx(19.9)
    assert data.length_s() == pytest.approx(20.0)
