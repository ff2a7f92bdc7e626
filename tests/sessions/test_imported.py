"""A checked file on its way into the store, written in the way of each database."""

from dataclasses import replace

import pandas as pd
import pytest

from emotion.bench.analysis import long_session
from emotion.errors import SessionError
from emotion.sessions.imported import save
from emotion.sessions.store import SessionStore
from emotion.sessions.tables import PROBABILITIES
from tests.sessions.made import BOTH

pytestmark = BOTH


def test_all_rows_are_written_as_they_are(store: SessionStore) -> None:
    one = long_session(0.01, faces=2)
    one = replace(one, samples=one.samples.assign(baseline=one.samples["track_number"] == 2))
    number = save(store, one)
    rows = store.read_samples(number)
    columns = [*PROBABILITIES, "confidence", "score"]
    expected = one.samples.sort_values(["frame_number", "track_number"], ignore_index=True)
    pd.testing.assert_frame_equal(
        rows[columns], expected[columns], check_dtype=False, rtol=1e-6, atol=1e-7
    )
    assert rows["shown"].tolist() == expected["shown"].tolist()
    assert rows["reasons"].tolist() == expected["reasons"].tolist()
    assert set(rows["reasons"]) == {"", "low_confidence"}
    assert rows["baseline"].tolist() == expected["baseline"].tolist()
    assert store.read_frames(number)["seconds"].tolist() == one.frames["time_s"].tolist()


def test_what_the_database_refuses_is_told_in_a_sentence_and_leaves_nothing(
    store: SessionStore,
) -> None:
    one = long_session(0.01, faces=1)
    twice = pd.concat([one.samples, one.samples.tail(1)])
    with pytest.raises(SessionError, match="cannot be read or written"):
        save(store, replace(one, samples=twice))
    assert store.list_sessions() == []
