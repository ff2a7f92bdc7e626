import pytest

from emotion.errors import SessionError
from emotion.sessions.faces import join_faces, name_face, split_face
from emotion.sessions.finished import save_finished
from emotion.sessions.reduced import reduced
from emotion.sessions.store import SessionStore
from emotion.sessions.totals import face_times, spells
from tests.sessions.made import BOTH, Seen, timed

pytestmark = BOTH


@pytest.fixture
def session(store: SessionStore) -> int:
    """Face 1 leaves after 2 s and comes back as face 3 after 5 s; face 2 is there all the time."""
    frames = [
        (
            step / 10,
            [
                *([Seen(1, "sad")] if step < 20 else []),
                Seen(2, "happy"),
                *([Seen(3, "fear")] if step >= 50 else []),
            ],
        )
        for step in range(80)
    ]
    return save_finished(store, "a", "m", timed(frames))


def faces(store: SessionStore, session: int) -> list[tuple[int, str, float]]:
    table = face_times(store, session)
    return [(row.face, row.name, round(row.seconds, 3)) for row in table.itertuples()]


def test_joined_faces_are_one_wherever_they_are_read(store: SessionStore, session: int) -> None:
    join_faces(store, session, 1, 3)
    assert faces(store, session) == [(2, "", 8.0), (1, "", 5.0)]
    assert set(store.read_samples(session)["face"]) == {1, 2}
    assert store.get(session).faces == 2
    found = spells(store, session)
    assert found.loc[found["face"] == 1, "shown"].tolist() == ["sad", "fear"]
    assert found.loc[found["face"] == 1, "stretch"].tolist() == [0, 1]
    assert set(reduced(store, session, faces=[1]).samples["expression"]) == {"sad", "fear"}


def test_what_was_joined_can_be_split_again(store: SessionStore, session: int) -> None:
    before = faces(store, session)
    join_faces(store, session, 3, 1)
    assert faces(store, session) != before
    split_face(store, session, 3)
    assert faces(store, session) == before


def test_faces_that_were_seen_at_once_are_two_people(store: SessionStore, session: int) -> None:
    with pytest.raises(SessionError, match=r"1 and 2 are seen at the same time, 0\.0 seconds"):
        join_faces(store, session, 1, 2)
    join_faces(store, session, 1, 3)
    with pytest.raises(SessionError, match="2 and 1 are seen at the same time"):
        join_faces(store, session, 2, 1)
    assert store.get(session).faces == 2


def test_a_face_keeps_its_name(store: SessionStore, session: int) -> None:
    name_face(store, session, 1, "  Ana\nMaría ")
    name_face(store, session, 3, "gone")
    join_faces(store, session, 1, 3)
    assert faces(store, session)[1] == (1, "Ana María", 5.0)
    name_face(store, session, 1, "")
    assert faces(store, session)[1] == (1, "", 5.0)
    with pytest.raises(SessionError, match="201 characters"):
        name_face(store, session, 1, "x" * 201)


def test_a_face_that_is_not_there_is_named(store: SessionStore, session: int) -> None:
    for change in (
        lambda: name_face(store, session, 9, "a"),
        lambda: join_faces(store, session, 1, 9),
        lambda: split_face(store, session, 9),
    ):
        with pytest.raises(SessionError, match="no face 9"):
            change()
