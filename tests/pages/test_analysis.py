"""The analysis page as a user finds it: the real app and real sessions."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from emotion.sessions.store import SessionStore
from emotion.settings import PROJECT_DIR, load_settings
from emotion.ui.analysis_downloads import session_file
from tests.pages.analysis_page import (
    ZONE,
    button,
    chart_rows,
    charts,
    figures,
    open_page,
    texts,
)
from tests.pages.recorder import TWO_FACES, Faces, Recorder

pytestmark = pytest.mark.usefixtures("empty_places")


def session_box(page: AppTest) -> Any:
    return page.selectbox[0]


def test_without_sessions_the_page_says_how_to_record_one() -> None:
    page = open_page()
    assert "No session has been recorded yet" in texts(page.info)
    (link,) = page.get("page_link")
    assert link.label == "Go to the live page"
    assert not page.selectbox


def test_the_newest_session_is_shown_first(record: Recorder) -> None:
    record("older", TWO_FACES)
    newer = record("newer", [[(1, "sad")]])
    box = session_box(open_page())
    assert box.value == newer
    assert [option.split(" · ")[0] for option in box.options] == ["newer", "older"]


def test_a_session_in_the_list_says_its_name_start_length_and_faces(
    store: SessionStore, record: Recorder
) -> None:
    number = record("a talk", TWO_FACES)
    start = store.get(number).started_at.astimezone(ZoneInfo(ZONE))
    (label,) = session_box(open_page()).options
    assert label == f"a talk · {start:%Y-%m-%d %H:%M} · 0:06 · 2 faces · #{number}"


def test_what_was_just_recorded_is_opened_once(record: Recorder) -> None:
    first = record("first", TWO_FACES)
    second = record("second", TWO_FACES)
    page = open_page(recorded=first)
    assert session_box(page).value == first
    session_box(page).select(second).run()
    page.switch_page("pages/train.py").run()
    page.switch_page("pages/analysis.py").run()
    assert session_box(page).value == second


def test_one_session_after_another_can_be_picked(record: Recorder) -> None:
    numbers = [record(f"session {i}", [[(1, "sad")]] * (i + 1)) for i in range(3)]
    page = open_page()
    for number in (*numbers, numbers[0], numbers[1]):
        session_box(page).select(number).run()
        assert session_box(page).value == number
        assert figures(page)["Samples"] == str(numbers.index(number) + 1)


def test_the_figures_of_a_session_worked_out_by_hand(record: Recorder) -> None:
    record("talk", TWO_FACES)
    assert figures(open_page()) == {
        "Length": "0:06",
        "Faces": "2",
        "In view at once": "1.1",  # 14 samples in 13 frames of half a second
        "Samples": "14",
        "Mean confidence": "70%",
    }


def test_the_number_of_faces_over_time_is_drawn(record: Recorder) -> None:
    record("talk", TWO_FACES)
    rows = chart_rows(charts(open_page())["Number of faces over time"])
    assert rows["faces"].tolist() == [1] * 4 + [2] * 4 + [1] * 2 + [0] * 3


def test_the_csv_has_real_times_in_the_zone_and_a_face_on_each_row(
    store: SessionStore, record: Recorder
) -> None:
    session = store.get(record("niño", TWO_FACES))
    content = session_file(store, session.id, "csv", ZoneInfo(ZONE))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["face"] for row in rows[:6]] == ["1", "1", "1", "1", "1", "2"]
    assert {row["session"] for row in rows} == {"niño"}
    for row in rows:
        moment = datetime.fromisoformat(row["time"])
        assert moment.utcoffset() == ZoneInfo(ZONE).utcoffset(moment.replace(tzinfo=None))
        since = moment - session.started_at
        assert abs(since - timedelta(seconds=float(row["seconds"]))) < timedelta(milliseconds=2)


def test_the_json_says_what_the_csv_says(store: SessionStore, record: Recorder) -> None:
    session = store.get(record("talk", TWO_FACES))
    content = json.loads(session_file(store, session.id, "json", ZoneInfo(ZONE)))
    assert content["session"]["name"] == "talk"
    assert [row["face"] for row in content["samples"]].count(2) == 6


def test_a_file_of_each_kind_is_offered(record: Recorder) -> None:
    record("talk", TWO_FACES)
    labels = [one.label for one in open_page().get("download_button")]
    assert labels[:3] == ["Download CSV", "Download Parquet", "Download JSON"]


def test_a_session_gets_another_name(store: SessionStore, record: Recorder) -> None:
    number = record("talk", TWO_FACES)
    page = open_page()
    page.text_input[0].set_value("  *an* interview ")
    button(page, "Save name and note").click().run()
    assert store.get(number).name == "*an* interview"
    assert session_box(page).options[0].startswith("*an* interview · ")
    assert session_box(page).value == number


def test_an_empty_name_is_refused_in_words(store: SessionStore, record: Recorder) -> None:
    number = record("talk", TWO_FACES)
    page = open_page()
    page.text_input[0].set_value("   ")
    button(page, "Save name and note").click().run()
    assert "The name of a session has 0 characters" in texts(page.error)
    assert store.get(number).name == "talk"


def test_deleting_asks_first_and_the_next_session_is_shown(
    store: SessionStore, record: Recorder
) -> None:
    kept, gone = record("kept", TWO_FACES), record("gone", TWO_FACES)
    page = open_page()
    assert "Delete **gone** with its 14 samples? This cannot be undone." in texts(page.markdown)
    assert len(store.list_sessions()) == 2
    button(page, "Delete for ever").click().run()
    assert [session.id for session in store.list_sessions()] == [kept]
    assert gone != session_box(page).value == kept
    button(page, "Delete for ever").click().run()
    assert "No session has been recorded yet" in texts(page.info)


def test_a_session_that_is_recorded_says_so_and_grows_when_asked(record: Recorder) -> None:
    recording = record.start("now", [[(1, "sad")]] * 3)
    page = open_page()
    assert session_box(page).options[0].endswith(f" · recording · #{recording.session_id}")
    assert figures(page)["Samples"] == "3"
    assert page.get("popover")[1].proto.popover.disabled
    record.add(recording, [[(1, "sad"), (2, "happy")]] * 2)
    button(page, "Refresh").click().run()
    assert figures(page)["Samples"] == "7"
    recording.stop()
    assert recording.wait(5)
    page.run()
    assert session_box(page).options[0].endswith(f" · 0:02 · 2 faces · #{recording.session_id}")
    assert not page.get("popover")[1].proto.popover.disabled


def test_a_session_whose_process_died_says_so(store: SessionStore) -> None:
    program = (
        "import os, sys\n"
        "from emotion.sessions.store import SessionStore\n"
        "from emotion.sessions.writer import SessionWriter\n"
        "SessionWriter(SessionStore(sys.argv[1])).start('cut', 'tiny')\n"
        "os._exit(1)\n"
    )
    url = load_settings().database_url
    subprocess.run([sys.executable, "-c", program, url], cwd=PROJECT_DIR, check=False)
    assert [session.state for session in store.list_sessions()] == ["recording"]
    page = open_page()
    assert "did not end by itself" in texts(page.warning)
    assert "cut short" in texts(page.markdown)
    assert not page.get("popover")[1].proto.popover.disabled


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        ([[]] * 4, "No face was seen in this session."),
        ([], "it ended before the first picture was analysed"),
    ],
    ids=["no face", "no frame"],
)
def test_a_session_without_faces_says_so(
    record: Recorder, frames: Sequence[Faces], sentence: str
) -> None:
    record("nobody", frames)
    page = open_page()
    assert sentence in texts(page.info)
    assert figures(page)["Mean confidence"] == "–"
    assert not charts(page)


def test_the_page_speaks_spanish_and_keeps_the_choice(record: Recorder) -> None:
    first = record("first", TWO_FACES)
    record("second", TWO_FACES)
    page = open_page()
    session_box(page).select(first).run()
    page.session_state["language"] = "es"
    page.run()
    assert page.title[0].value == "Análisis"
    assert session_box(page).value == first
    assert page.table[0].value.iloc[3, 0] == "feliz"


def test_a_database_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sessions.db").write_text("no database " * 100)
    page = open_page()
    assert "is not a database of sessions" in texts(page.error)
