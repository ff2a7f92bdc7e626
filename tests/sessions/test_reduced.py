import numpy as np
import pytest

from emotion.errors import SessionError
from emotion.labels import UNSURE
from emotion.sessions.finished import save_finished
from emotion.sessions.reduced import FRAME_COLUMNS, MAX_FACES, SAMPLE_COLUMNS, reduced
from emotion.sessions.spans import MEANS
from emotion.sessions.statistics import durations
from emotion.sessions.store import SessionStore
from tests.sessions.made import BOTH, Seen, lively, timed

pytestmark = BOTH
LENGTH_S = 120.0


@pytest.fixture
def session(store: SessionStore) -> int:
    return save_finished(store, "a", "m", lively(LENGTH_S))


@pytest.mark.parametrize(
    ("start_s", "end_s", "points"),
    [(None, None, 20), (None, None, 300), (10.0, 61.0, 7), (33.0, 35.0, 50), (90.0, None, 3)],
)
def test_each_bin_is_what_all_its_samples_say(
    store: SessionStore, session: int, start_s: float | None, end_s: float | None, points: int
) -> None:
    found = reduced(store, session, start_s, end_s, points)
    rows = store.read_samples(session)
    rows["stands_s"] = durations(rows["seconds"], rows["face"])
    last_s = np.inf if end_s is None else end_s
    rows = rows[rows["seconds"].between(start_s or 0, last_s, inclusive="left")]
    rows["bin"] = rows["seconds"] // found.width_s
    groups = list(rows.groupby(["face", "bin"]))
    assert len(found.samples) == len(groups)
    for row, (_key, group) in zip(found.samples.itertuples(), groups, strict=True):
        weights = group["stands_s"]
        times = weights.groupby(group["shown"]).sum()
        assert row.face == group["face"].iloc[0]
        assert row.samples == len(group)
        assert row.seconds == pytest.approx(group["seconds"].iloc[0])
        assert row.end_s == pytest.approx((group["seconds"] + weights).iloc[-1])
        assert row.seen_s == pytest.approx(weights.sum())
        assert times[row.expression] == pytest.approx(times.max())
        assert row.unsure == pytest.approx(times.get(UNSURE, 0.0) / weights.sum())
        unsure = group[group["shown"] == UNSURE]
        why = unsure["stands_s"].groupby(unsure["reasons"]).sum()
        assert row.reasons == "" if why.empty else why[row.reasons] == pytest.approx(why.max())
        for name in MEANS:
            mean = np.average(group[name], weights=weights)
            assert getattr(row, name) == pytest.approx(mean, rel=1e-5)
    assert len(found.frames) <= points + 1


def test_the_number_of_faces_in_each_bin(store: SessionStore, session: int) -> None:
    found = reduced(store, session, points=20)
    frames = store.read_frames(session)
    groups = frames.groupby(frames["seconds"] // found.width_s)
    assert found.frames["faces"].tolist() == groups["faces"].max().tolist()
    assert found.frames["faces_mean"].tolist() == pytest.approx(groups["faces"].mean().tolist())
    assert found.frames["seconds"].tolist() == pytest.approx(groups["seconds"].min().tolist())
    assert (found.frames["time"].iloc[0], found.end_s) == (
        frames["time"].iloc[0],
        frames["seconds"].iloc[-1],
    )


def test_zooming_in_shows_more(store: SessionStore, session: int) -> None:
    whole = reduced(store, session, points=30).samples
    part = reduced(store, session, 40.0, 50.0, points=30).samples
    assert whole["seconds"].between(40, 50).sum() < 0.3 * len(part)
    assert reduced(store, session, 40.0, 41.0).samples["samples"].max() == 1


def test_a_face_that_was_away_comes_back_in_a_new_stretch(store: SessionStore) -> None:
    times = (0.0, 0.5, 1.0, 9.0, 9.5, 20.0)
    number = save_finished(store, "a", "m", timed([(t, [Seen(1, "sad")]) for t in times]))
    assert reduced(store, number).samples["stretch"].tolist() == [0, 0, 0, 1, 1, 2]
    assert reduced(store, number, points=10).samples["stretch"].tolist() == [0, 1, 2]


def test_only_the_faces_seen_longest_are_kept_and_others_can_be_asked_for(
    store: SessionStore,
) -> None:
    frames = [
        (step / 10, [Seen(face, "sad") for face in range(1, 16) if step < 20 * face])
        for step in range(300)
    ]
    number = save_finished(store, "a", "m", timed(frames))
    kept = set(reduced(store, number).samples["face"])
    assert kept == set(range(16 - MAX_FACES, 16))
    assert set(reduced(store, number, faces=[1, 7]).samples["face"]) == {1, 7}


def test_nothing_recorded_gives_tables_without_rows(store: SessionStore) -> None:
    found = reduced(store, save_finished(store, "a", "m", []))
    assert found.samples.empty
    assert found.frames.empty
    assert tuple(found.samples) == SAMPLE_COLUMNS
    assert tuple(found.frames) == FRAME_COLUMNS


def test_a_session_that_is_not_there_is_named(store: SessionStore) -> None:
    with pytest.raises(SessionError, match="no session 5"):
        reduced(store, 5)


def test_what_is_not_asked_for_is_not_read(store: SessionStore, session: int) -> None:
    assert reduced(store, session, frames=False).frames.empty
    assert len(reduced(store, session, frames=False).samples)
    only = reduced(store, session, faces=[])
    assert only.samples.empty
    assert len(only.frames)
