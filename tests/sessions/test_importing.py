import csv
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from emotion.errors import SessionError
from emotion.sessions import tables
from emotion.sessions.export import KINDS, Kind, write_session
from emotion.sessions.faces import name_face
from emotion.sessions.finished import save_finished
from emotion.sessions.importing import AlreadyThereError, import_session
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.sessions.totals import face_times, faces_at_once, spells
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, Seen, lively, timed, url

ZONE = ZoneInfo("America/Bogota")


def exported(store: SessionStore, number: int, kind: Kind = "csv") -> bytes:
    file = io.BytesIO()
    write_session(store, number, file, kind, ZONE)
    return file.getvalue()


def imported(store: SessionStore, content: bytes) -> int:
    return import_session(store, io.BytesIO(content), "a file.csv")


@pytest.fixture
def session(store: SessionStore, writer: SessionWriter, clock: Clock) -> int:
    """A recording with a pause, markers, a named face, and moments without a face."""
    recording = writer.start("=niño; «uno»", "tiny", "a note\nof two lines")
    for timed_result in lively(40):
        recording.add(timed_result.result)
        clock.now += 0.1
        if timed_result.number in (20, 100):
            recording.mark(f"@bell {timed_result.number}")
        if timed_result.number == 60:
            recording.pause()
            clock.now += 30
            recording.resume()
    recording.stop()
    assert recording.wait(5)
    name_face(store, recording.session_id, 1, "-Ana")
    return recording.session_id


@pytest.fixture
def other(tmp_path: Path) -> SessionStore:
    """Another store, as on another computer."""
    return SessionStore(url(tmp_path / "other.db"))


def told(info: SessionInfo, kind: Kind) -> tuple[object, ...]:
    facts = (info.name, info.model, info.state, info.samples, info.faces, info.markers)
    return facts if kind == "csv" else (*facts, info.note)


def close(found: pd.DataFrame, expected: pd.DataFrame, atol: float) -> None:
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-3, atol=atol)


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_a_session_comes_back_as_it_was(
    store: SessionStore, other: SessionStore, session: int, kind: Kind
) -> None:
    number = imported(other, exported(store, session, kind))
    before, after = store.get(session), other.get(number)
    assert told(after, kind) == told(before, kind)
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.002)
    assert after.paused_s == pytest.approx(before.paused_s, abs=0.01)
    assert abs((after.started_at - before.started_at).total_seconds()) < 0.002
    columns = ["seconds", "face", "expression", *tables.SAMPLE_COLUMNS[3:]]
    rows, expected = other.read_samples(number), store.read_samples(session)
    close(rows[columns], expected[columns], atol=0.001)
    assert (rows["time"] - expected["time"]).abs().max() < pd.Timedelta(milliseconds=3)
    close(spells(other, number), spells(store, session), atol=0.005)
    close(faces_at_once(other, number), faces_at_once(store, session), atol=0.05)
    assert face_times(other, number)["name"].tolist() == face_times(store, session)["name"].tolist()
    marks, had = other.read_markers(number), store.read_markers(session)
    assert marks["label"].tolist() == had["label"].tolist()
    assert marks["seconds"].tolist() == pytest.approx(had["seconds"].tolist(), abs=0.06)
    other.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_twice_is_recognised(
    store: SessionStore, other: SessionStore, session: int, kind: Kind
) -> None:
    content = exported(store, session, kind)
    number = imported(other, content)
    other.rename(number, "another name")
    for place, known in ((other, number), (store, session)):
        with pytest.raises(AlreadyThereError, match=f"here already: number {known}") as caught:
            imported(place, content)
        assert caught.value.values["number"] == known
        assert len(place.list_sessions()) == 1
    other.delete(number)
    assert imported(other, content) > number
    other.close()


def test_formulas_are_defused_in_the_csv_and_come_back_as_they_were(
    store: SessionStore, other: SessionStore, session: int
) -> None:
    names = ("=1+1", "+1", "-1", "@a", " =1", "'quoted", "'=1", "a=1", "\tb")
    content = exported(store, session)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert {row["session"] for row in rows} == {"'=niño; «uno»"}
    assert {row["marker"] for row in rows} == {"", "'@bell 20", "'@bell 100"}
    assert {row["face_name"] for row in rows} == {"", "'-Ana"}
    for name in names:
        number = save_finished(store, "x" + name, "m", timed([(0.0, [Seen(1, "sad")])]))
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE session SET name = ? WHERE id = ?", (name, number))
        text = exported(store, number).decode("utf-8")
        (row,) = csv.DictReader(io.StringIO(text, newline=""))
        assert row["session"][0] not in "=+-@\t "
        back = imported(other, text.encode())
        assert other.get(back).name == " ".join(name.split())
    other.close()


def test_a_file_that_a_spreadsheet_saved_with_a_mark_of_its_encoding_is_read(
    store: SessionStore, other: SessionStore, session: int
) -> None:
    content = b"\xef\xbb\xbf" + exported(store, session).replace(b"\r\n", b"\n")
    assert other.get(imported(other, content)).samples == store.get(session).samples
    other.close()


def test_moments_without_a_face_have_a_row_of_their_own(store: SessionStore) -> None:
    number = save_finished(store, "a", "m", timed([(0.0, [Seen(1, "sad")]), (0.1, []), (0.2, [])]))
    rows = list(csv.DictReader(io.StringIO(exported(store, number).decode(), newline="")))
    assert [(row["seconds"], row["face"], row["shown"]) for row in rows] == [
        ("0.0", "1", "sad"),
        ("0.1", "", ""),
        ("0.2", "", ""),
    ]
    content = json.loads(exported(store, number, "json"))
    assert [row["face"] for row in content["samples"]] == [1, None, None]
    assert content["samples"][1]["confidence"] is None


FOREIGN = {
    "empty": b"",
    "text": "Querida Ana: ¿cómo estás?".encode(),
    "bytes": bytes(range(256)) * 20,
    "another table": b"a,b\r\n1,2\r\n",
    "another json": b'{"a": [1, 2]}',
    "a deep json": b'{"a":' * 100_000,
    "half a json": b'{"session": {"name": "a"}, "samples": [{"time"',
    "a list": b'{"samples": [1, 2, 3]}',
    "half a parquet": b"PAR1 and no more",
    "uneven": b"a,b\r\n1,2\r\n1,2,3,4\r\n",
    "latin": "time,seconds,niño\r\n1,2,ñ\r\n".encode("latin-1"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_refused_and_changes_nothing(
    store: SessionStore, session: int, name: str
) -> None:
    with pytest.raises(SessionError, match=r"a file\.csv .*Nothing was imported"):
        imported(store, FOREIGN[name])
    assert [info.id for info in store.list_sessions()] == [session]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("time", "yesterday", "Row 5 .*'yesterday' in the column time"),
        ("time", "2026-11-24T10:00:00.000", "time with its zone"),
        ("time", "2020-11-24T10:00:00.000+00:00", "goes back in time"),
        ("seconds", "-1", "'-1' in the column seconds"),
        ("seconds", "0.0", "goes back in time"),
        ("seconds", "0.35", "does not agree with the seconds"),
        ("seconds", "nan", "'nan' in the column seconds"),
        ("face", "0", "'0' in the column face"),
        ("face", "1.5", "'1.5' in the column face"),
        ("face", "Ana", "'Ana' in the column face"),
        ("confidence", "1.2", "a number from 0 to 1"),
        ("score", "inf", "'inf' in the column score"),
        ("p_sad", "", "'' in the column p_sad"),
        ("p_sad", "0.99", "add up to 1"),
        ("expression", "joy", "'joy' in the column expression, .* surprise, fear"),
        ("shown", "", "in the column shown"),
        ("reasons", "too_dark,tired", "'too_dark,tired' in the column reasons"),
        ("baseline", "maybe", "True, False"),
    ],
)
def test_a_broken_value_is_named_with_its_row_and_changes_nothing(
    store: SessionStore, other: SessionStore, column: str, value: str, sentence: str
) -> None:
    number = save_finished(
        store, "a", "m", timed([(step / 10, [Seen(1, "sad")]) for step in range(10)])
    )
    rows = list(csv.DictReader(io.StringIO(exported(store, number).decode(), newline="")))
    rows[4][column] = value
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    with pytest.raises(SessionError, match=sentence) as caught:
        imported(other, text.getvalue().encode())
    assert "Nothing was imported" in str(caught.value)
    assert other.list_sessions() == []
    other.close()


def test_a_face_twice_in_a_moment_is_refused(store: SessionStore, other: SessionStore) -> None:
    number = save_finished(store, "a", "m", timed([(0.0, [Seen(1, "sad"), Seen(2, "sad")])]))
    content = json.loads(exported(store, number, "json"))
    content["samples"][1]["face"] = 1
    with pytest.raises(SessionError, match=r"Row 2 .* second time what face 1"):
        imported(other, json.dumps(content).encode())
    content["samples"][1]["face"] = 2
    for name in ("markers", "models"):
        for seconds in ("late", 10**400):
            entries = [{"seconds": s, "label": "a", "model": "a"} for s in (0, seconds)]
            with pytest.raises(SessionError, match=f"{name} in a file"):
                imported(other, json.dumps(content | {name: entries}).encode())
    content["session"] = 7
    assert other.get(imported(other, json.dumps(content).encode())).name == "a file.csv"
    other.close()


def test_a_session_without_frames_is_told_from_a_broken_file(
    store: SessionStore, other: SessionStore
) -> None:
    content = exported(store, save_finished(store, "a", "m", []))
    with pytest.raises(SessionError, match="holds no moment"):
        imported(other, content)
    other.close()
