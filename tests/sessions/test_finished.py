import pytest

from emotion.errors import SessionError
from emotion.sessions.finished import BATCH, save_finished
from emotion.sessions.rows import TimedResult
from emotion.sessions.store import SessionStore
from tests.sessions.made import BOTH
from tests.vision.made import made_result

pytestmark = BOTH
BOX = (10.0, 10.0, 50.0, 60.0)


def made(count: int, step_s: float = 0.1) -> list[TimedResult]:
    """One face in each second frame."""
    return [
        TimedResult(
            n, n * step_s, made_result(n * step_s, (640, 480), *([BOX] if n % 2 == 0 else []))
        )
        for n in range(count)
    ]


def test_a_finished_session_has_its_own_times_and_has_ended(store: SessionStore) -> None:
    number = save_finished(store, "  a  video ", "tiny", made(31), note="from a file")
    session = store.get(number)
    assert (session.name, session.state, session.note) == ("a video", "ended", "from a file")
    assert session.duration_s == pytest.approx(3.0)
    assert (session.samples, session.faces) == (16, 1)
    seconds = store.read_samples(number)["seconds"].tolist()
    assert seconds == pytest.approx([n * 0.2 for n in range(16)])


def test_more_than_one_batch_is_one_session(store: SessionStore) -> None:
    number = save_finished(store, "long", "tiny", made(2 * BATCH + 3))
    frames = store.read_frames(number)
    assert len(frames) == 2 * BATCH + 3
    assert frames["seconds"].is_monotonic_increasing


def test_a_session_without_frames_is_empty(store: SessionStore) -> None:
    assert store.get(save_finished(store, "none", "tiny", [])).duration_s == 0


def test_nothing_is_written_when_a_part_cannot_be(store: SessionStore) -> None:
    twice = [*made(BATCH), *made(1)]  # the second frame 0 breaks the key, in the second batch
    with pytest.raises(SessionError):
        save_finished(store, "broken", "tiny", twice)
    assert store.list_sessions() == []


def test_a_session_needs_a_name(store: SessionStore) -> None:
    with pytest.raises(SessionError, match="0 characters"):
        save_finished(store, "  ", "tiny", made(2))
    assert store.list_sessions() == []
