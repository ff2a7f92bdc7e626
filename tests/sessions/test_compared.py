import numpy as np
import pytest
from sqlalchemy import insert

from emotion.errors import SessionError
from emotion.labels import BY_KEY
from emotion.sessions.compared import response_of, sides
from emotion.sessions.finished import save_finished
from emotion.sessions.schema import Marker
from emotion.sessions.statistics import durations
from emotion.sessions.store import SessionStore
from emotion.sessions.tables import PROBABILITIES
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, lively, result
from tests.waiting import wait_for

HAPPY = BY_KEY["happy"].index


@BOTH
def test_the_sides_of_sessions_stand_below_each_other(store: SessionStore) -> None:
    one, two = (save_finished(store, str(n), "m", lively(130.0, seed=n)) for n in (1, 2))
    table = sides(store, [two, one])
    assert table["session"].tolist() == [two] * 8 + [one] * 8
    rows = store.read_samples(one)
    stands = durations(rows["seconds"], rows["face"])
    happy = table[(table["session"] == one) & (table["expression"] == "happy")].iloc[0]
    assert happy["seconds"] == pytest.approx(stands[rows["shown"] == "happy"].sum())
    assert happy["share_low"] < happy["share"] < happy["share_high"]
    with pytest.raises(SessionError):
        sides(store, [one, 99])


def recorded(writer: SessionWriter, clock: Clock, script: str) -> int:
    """A session in half seconds: `h` and `s` a look, `|` a marker, `_` a pause of 20 s."""
    recording = writer.start("a", "m")
    for letter in script:
        if letter == "|":
            recording.mark("go")
        elif letter == "_":
            recording.pause()
            clock.now += 20
            recording.resume()
        else:
            recording.add(result((1, "happy" if letter == "h" else "sad")))
            clock.now += 0.5
        wait_for("the frames", lambda: recording.waiting == 0)
    recording.stop()
    assert recording.wait(5)
    return recording.session_id


def test_the_response_to_the_first_and_to_all_markers(
    writer: SessionWriter, store: SessionStore, clock: Clock
) -> None:
    number = recorded(writer, clock, "ssss|hhhhssssssss|sshhssss")
    first = response_of(store, number, "go", 1.0, 2.0, first_only=True)[:, HAPPY]
    assert first == pytest.approx([0.05] * 4 + [0.7] * 8)
    both = response_of(store, number, "go", 1.0, 2.0)[:, HAPPY]
    assert both == pytest.approx([0.05] * 4 + [0.375] * 4 + [0.7] * 4)


def test_what_follows_a_pause_does_not_follow_the_marker_before_it(
    writer: SessionWriter, store: SessionStore, clock: Clock
) -> None:
    number = recorded(writer, clock, "ss|hh_ssss")
    found = response_of(store, number, "go", 1.0, 3.0)[:, HAPPY]
    assert found[:8] == pytest.approx([0.05] * 4 + [0.7] * 4)
    assert np.isnan(found[8:]).all()


def test_a_response_is_the_mean_of_the_samples_around_it(store: SessionStore) -> None:
    number = save_finished(store, "a", "m", lively(60.0))
    with store.writing() as connection:
        connection.execute(
            insert(Marker).values(session_id=number, number=0, time_s=30.0, label="go")
        )
    found = response_of(store, number, "go", 5.0, 5.0)
    rows = store.read_samples(number)
    rows["end_s"] = rows["seconds"] + durations(rows["seconds"], rows["face"])
    for step, value in enumerate(found):
        begin = 25.0 + step * 0.25
        inside_s = rows["end_s"].clip(upper=begin + 0.25) - rows["seconds"].clip(lower=begin)
        inside = rows.assign(inside_s=inside_s)[inside_s > 1e-9]
        people = [
            np.average(own[list(PROBABILITIES)], axis=0, weights=own["inside_s"])
            for _, own in inside.groupby("face")
        ]
        expected = np.mean(people, axis=0) if people else np.full(7, np.nan)
        assert value == pytest.approx(expected, abs=1e-5, nan_ok=True)
