"""What the database sums up agrees with the same worked out from every single sample."""

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import delete, func, select

from emotion.sessions import statistics
from emotion.sessions.finished import save_finished
from emotion.sessions.schema import Presence, Span
from emotion.sessions.spans import stored_until
from emotion.sessions.store import SessionStore
from emotion.sessions.totals import face_times, faces_at_once, spells
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, lively, result
from tests.waiting import wait_for

pytestmark = BOTH
RANGES = [(None, None), (0.0, 40.0), (3.3, 91.7), (20.0, 20.5), (117.0, None), (500.0, 600.0)]
LENGTH_S = 120.0


@pytest.fixture(params=["stored", "not stored"])
def session(request: pytest.FixtureRequest, store: SessionStore) -> int:
    """A session whose spans are stored, or have to be made when it is read."""
    number = save_finished(store, "a", "m", lively(LENGTH_S))
    if request.param == "not stored":
        with store.writing() as connection:
            connection.execute(delete(Span))
            connection.execute(delete(Presence))
    return number


def close(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The same rows; numbers may differ as those of four bytes do."""
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("start_s", "end_s"), RANGES)
def test_spells(
    store: SessionStore, session: int, start_s: float | None, end_s: float | None
) -> None:
    found = spells(store, session, start_s, end_s)
    part = (start_s or 0.0, np.inf if end_s is None else end_s)
    expected = statistics.spells(store.read_samples(session), part)
    if start_s is not None:
        # The appearances are counted from the beginning of the part, and the means of what
        # its beginning cuts are those of the whole second before, too.
        found["stretch"] = expected["stretch"]
        cut = expected["start_s"] == start_s
        expected.loc[cut, ["confidence", "baseline"]] = found[cut][["confidence", "baseline"]]
    close(found, expected)


def test_faces_by_the_time_for_which_they_were_seen(store: SessionStore, session: int) -> None:
    found = face_times(store, session)
    rows = statistics.spells(store.read_samples(session))
    expected = statistics.lengths(rows).groupby(rows["face"]).sum().sort_values(ascending=False)
    assert found["face"].tolist() == expected.index.tolist()
    assert found["seconds"].tolist() == pytest.approx(expected.tolist())
    assert set(found["name"]) == {""}


@pytest.mark.parametrize(("start_s", "end_s"), RANGES)
def test_how_many_faces_were_seen_at_once(
    store: SessionStore, session: int, start_s: float | None, end_s: float | None
) -> None:
    found = faces_at_once(store, session, start_s, end_s)
    part = (start_s or 0.0, np.inf if end_s is None else end_s)
    close(found, statistics.faces_at_once(store.read_frames(session), part))


def test_a_recording_stores_its_spans_as_it_goes_and_the_rest_at_its_end(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")

    def seen_until(steps: int) -> float:
        for _ in range(steps):
            recording.add(result((1, "sad")))
            clock.now += 0.1
        wait_for("the writer", lambda: recording.waiting == 0)
        with store.reading() as connection:
            return stored_until(connection, recording.session_id)

    assert seen_until(50) == 0.0
    assert seen_until(60) == 8.0  # the samples after 10 s may still change what stands there
    assert spells(store, recording.session_id)["end_s"].tolist() == pytest.approx([11.0])
    recording.stop()
    assert recording.wait(5)
    with store.reading() as connection:
        assert stored_until(connection, recording.session_id) == 12.0
        rows = connection.execute(
            select(func.count(), func.sum(Span.samples), func.max(Span.end_s))
        ).one()
        assert stored_until(connection, recording.session_id, Presence) == 12.0
        frames = connection.scalar(select(func.sum(Presence.frames)))
    assert tuple(rows) == (6, 110, pytest.approx(11.0))
    assert frames == 110


def test_spans_go_with_their_session(store: SessionStore) -> None:
    store.delete(save_finished(store, "a", "m", lively(20)))
    with store.reading() as connection:
        for table in (Span, Presence):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_pause_ends_a_span_and_is_not_counted(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    for step in range(60):
        if step == 30:
            recording.pause()
            clock.now += 100.0
            recording.resume()
        recording.add(result((1, "sad")))
        clock.now += 0.1
    recording.stop()
    assert recording.wait(5)
    found = spells(store, recording.session_id)
    assert found["stretch"].tolist() == [0, 1]
    assert found["start_s"].tolist() == pytest.approx([0.0, 3.0])
    assert found["end_s"].tolist() == pytest.approx([3.0, 6.0])
    later = spells(store, recording.session_id, 2.95, 3.95)
    assert later["end_s"].tolist() == pytest.approx([3.0, 3.95])
