"""The models that take over while a session is recorded, from the recording to a file and back."""

import io
from pathlib import Path

import pytest

from emotion.sessions.export import KINDS, Kind, write_session
from emotion.sessions.importing import import_session, read_session
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, result, url


@pytest.fixture
def session_id(writer: SessionWriter, clock: Clock) -> int:
    """Ten frames a second: two seconds `a`, a pause of five, a second `b`, a second `a` again."""
    recording = writer.start("models", "a")
    for tenth in range(40):
        if tenth == 15:
            recording.pause()
            clock.now += 5
            recording.resume()
        if tenth in (20, 30):
            recording.read_by("b" if tenth == 20 else "a")
            recording.read_by(recording.model)  # the same again
        recording.add(result((1, "sad")))
        clock.now += 0.1
    recording.stop()
    recording.read_by("c")  # too late
    assert recording.wait(5)
    return recording.session_id


@BOTH
def test_each_model_is_kept_with_the_second_of_recording_from_which_it_read(
    store: SessionStore, session_id: int
) -> None:
    times, names = zip(*store.read_models(session_id), strict=True)
    assert names == ("a", "b", "a")
    assert times == pytest.approx((0, 2, 3))
    assert store.get(session_id).model == "a"
    store.delete(session_id)


def test_a_session_with_one_model_has_one(store: SessionStore, writer: SessionWriter) -> None:
    recording = writer.start("one", "a")
    recording.stop()
    assert recording.wait(5)
    assert store.read_models(recording.session_id) == [(0.0, "a")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_of_a_file_names_its_model_and_comes_back(
    store: SessionStore, session_id: int, tmp_path: Path, kind: Kind
) -> None:
    file, name = io.BytesIO(), f"session.{kind}"
    write_session(store, session_id, file, kind)
    content = file.getvalue()
    assert [model for _time, model in read_session(io.BytesIO(content), name).readers] == ["b", "a"]
    other = SessionStore(url(tmp_path / "other.db"))
    back = other.read_models(import_session(other, io.BytesIO(content), name))
    other.close()
    assert [model for _time, model in back] == ["a", "b", "a"]
    assert [time for time, _model in back] == pytest.approx([0, 2, 3], abs=0.002)
