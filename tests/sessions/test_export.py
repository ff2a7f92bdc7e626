import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from emotion.labels import KEYS
from emotion.sessions import export
from emotion.sessions.export import (
    EXPORT_COLUMNS,
    Kind,
    armed,
    defused,
    session_facts,
    write_session,
)
from emotion.sessions.finished import save_finished
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, Seen, lively, result, timed

pytestmark = BOTH
BOGOTA = timezone(timedelta(hours=-5))


def written(store: SessionStore, number: int, kind: Kind = "csv") -> bytes:
    file = io.BytesIO()
    write_session(store, number, file, kind, BOGOTA)
    assert not file.closed
    return file.getvalue()


def rows(store: SessionStore, number: int) -> list[dict[str, str]]:
    text = written(store, number).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def session(store: SessionStore) -> int:
    frames = [(0.0, [Seen(1, "happy")]), (1.5, [Seen(2, "sad", 0.4, ("too_dark", "blurred"))])]
    return save_finished(store, "niño, «uno»", "tiny", timed(frames))


def test_the_columns_stand_in_the_documented_order(store: SessionStore, session: int) -> None:
    header = written(store, session).decode().split("\r\n")[0]
    probabilities = ",".join(f"p_{key}" for key in KEYS)
    assert header == (
        f"time,seconds,face,face_name,expression,confidence,{probabilities},score,"
        "face_width_px,shown,reasons,baseline,marker,session,model"
    )
    assert tuple(header.split(",")) == EXPORT_COLUMNS


def test_times_are_real_with_milliseconds_and_zone(store: SessionStore, session: int) -> None:
    times = [row["time"] for row in rows(store, session)]
    assert all(time.endswith("-05:00") and len(time) == 29 for time in times)
    moments = [datetime.fromisoformat(time) for time in times]
    assert moments[1] - moments[0] == timedelta(seconds=1.5)
    assert abs(moments[0] - store.get(session).started_at) < timedelta(milliseconds=1)


def test_each_row_says_which_face_showed_what_and_why_not(
    store: SessionStore, session: int
) -> None:
    first, second = rows(store, session)
    assert [first[key] for key in ("seconds", "face", "expression", "shown", "reasons")] == [
        *("0.0", "1", "happy", "happy", "")
    ]
    assert [second[key] for key in ("seconds", "face", "expression", "shown", "reasons")] == [
        *("1.5", "2", "sad", "unsure", "too_dark,blurred")
    ]
    assert [second[f"p_{key}"] for key in ("sad", "fear")] == ["0.4", "0.1"]
    assert {(row["session"], row["model"]) for row in (first, second)} == {("niño, «uno»", "tiny")}
    assert (second["score"], second["face_width_px"]) == ("0.875", "100.0")
    assert {row["baseline"] for row in (first, second)} == {"False"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r", "'"])
def test_a_text_that_a_spreadsheet_would_run_is_made_text_and_text_again(
    start: str,
    store: SessionStore,  # noqa: ARG001  (its module's tests run on both databases)
) -> None:
    text = start + "cmd|' /C calc'!A0"
    assert defused(text) == "'" + text
    assert armed(defused(text)) == text
    assert armed(defused("a=1")) == defused("a=1") == "a=1"


def test_the_json_and_the_parquet_file_hold_the_facts_and_the_same_rows(
    store: SessionStore, session: int
) -> None:
    content = json.loads(written(store, session, "json"))
    assert content["session"]["name"] == "niño, «uno»"
    assert content["session"]["started_at"].endswith("-05:00")
    assert tuple(content["samples"][0]) == EXPORT_COLUMNS[:-2]
    for row, line in zip(content["samples"], rows(store, session), strict=True):
        assert {key: str(value) for key, value in row.items()} == {
            key: line[key] for key in EXPORT_COLUMNS[:-2]
        }
    table = pd.read_parquet(io.BytesIO(written(store, session, "parquet")))
    assert tuple(table) == EXPORT_COLUMNS
    assert table["face"].tolist() == [1, 2]
    assert table["time"].iloc[0].utcoffset() == timedelta(hours=-5)
    assert table["shown"].tolist() == ["happy", "unsure"]


def test_a_marker_stands_at_the_nearest_moment_and_in_the_json_at_its_own(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    began = clock.now
    for moment, labels in (
        (0.0, ()),
        (0.8, ("in",)),
        (1.0, ()),
        (1.4, ("bell; again",)),
        (2.0, ()),
    ):
        clock.now = began + moment
        if labels:
            recording.mark(*labels)
        else:
            recording.add(result((1, "sad"), (2, "sad")))
    clock.now = began + 9
    recording.mark("=out")
    recording.stop()
    assert recording.wait(5)
    found = [row["marker"] for row in rows(store, recording.session_id)]
    assert found == ["", "", "in; bell, again", "in; bell, again", "'=out", "'=out"]
    told = json.loads(written(store, recording.session_id, "json"))["markers"]
    assert [(one["seconds"], one["label"]) for one in told] == [
        *((0.8, "in"), (1.4, "bell; again"), (9.0, "=out"))
    ]
    first = datetime.fromisoformat(told[0]["time"])
    moment = store.get(recording.session_id).started_at + timedelta(seconds=0.8)
    assert abs(first - moment) < timedelta(milliseconds=1)


def test_a_session_of_many_pieces_is_written_whole(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_CHUNK", 500)
    frames = lively(15)
    many = [replace(frames[n % len(frames)], number=n, time_s=n / 10) for n in range(1200)]
    number = save_finished(store, "long", "m", many)
    expected = sum(max(len(one.result.faces), 1) for one in many)
    assert expected > 4 * export._CHUNK
    assert written(store, number, "csv").count(b"\r\n") == expected + 1
    assert len(json.loads(written(store, number, "json"))["samples"]) == expected
    assert len(pd.read_parquet(io.BytesIO(written(store, number, "parquet")))) == expected


def test_a_session_without_frames_is_a_header(store: SessionStore) -> None:
    number = save_finished(store, "none", "m", [])
    assert written(store, number).decode() == ",".join(EXPORT_COLUMNS) + "\r\n"
    assert json.loads(written(store, number, "json"))["samples"] == []
    assert pd.read_parquet(io.BytesIO(written(store, number, "parquet"))).empty


def test_a_session_that_is_being_recorded_has_no_end_yet(store: SessionStore, session: int) -> None:
    facts = session_facts(replace(store.get(session), state="recording", ended_at=None), UTC)
    assert facts["ended_at"] is None
    assert json.loads(json.dumps(facts)) == facts
