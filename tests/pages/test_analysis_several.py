"""Several sessions side by side on the analysis page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.analysis_page import button, chart_rows, charts, open_page, texts
from tests.pages.recorder import Faces, Recorder

pytestmark = pytest.mark.usefixtures("empty_places")

SHARES = "Share of time of each expression in each session"
RATES = "Episodes per minute of each expression in each session"
RESPONSE = "Mean probability of each expression around the marker"
HAPPY: list[Faces] = [[(1, "happy")]] * 8
SAD: list[Faces] = [[(1, "sad")]] * 8


def compare(page: AppTest, *sessions: int) -> None:
    (box,) = [box for box in page.multiselect if box.label == "Sessions to compare"]
    box.set_value(list(sessions)).run()
    assert not page.exception


def marked(record: Recorder, name: str, label: str, before: list[Faces], after: list[Faces]) -> int:
    recording = record.start(name, before)
    recording.mark(label)
    record.add(recording, after)
    recording.stop()
    assert recording.wait(5)
    return recording.session_id


def test_one_session_alone_is_not_compared(record: Recorder) -> None:
    record("alone", HAPPY)
    page = open_page()
    assert "With a second session, the two can be seen side by side" in texts(page.caption)
    assert not page.multiselect


def test_nothing_is_compared_until_two_are_chosen(record: Recorder) -> None:
    one, two = record("a", HAPPY), record("b", SAD)
    page = open_page()
    assert SHARES not in charts(page)
    compare(page, one)
    assert "Choose two or more" in texts(page.caption)
    compare(page, one, two)
    assert SHARES in charts(page)
    compare(page)
    assert SHARES not in charts(page)


def test_shares_and_rates_stand_side_by_side_and_short_sessions_have_no_interval(
    record: Recorder,
) -> None:
    short, long = record("a", HAPPY), record("b", [*HAPPY, *SAD] * 15)  # 4 s and 120 s
    page = open_page()
    compare(page, short, long)
    rows = chart_rows(charts(page)[SHARES]).set_index(["name", "expression"])["share"]
    assert rows[f"a #{short}", "happy"] == pytest.approx(1.0)
    assert rows[f"b #{long}", "sad"] == pytest.approx(0.5)
    table = page.table[-1].value.set_index("Expression")
    assert table.loc["happy", f"a #{short}"] == "100.0%"
    assert table.loc["happy", f"b #{long}"].startswith("50.0% (")
    switch = next(one for one in page.segmented_control if one.label == "Show")
    switch.set_value("per_minute").run()
    assert RATES in charts(page)
    table = page.table[-1].value.set_index("Expression")
    assert table.loc["sad", f"b #{long}"].startswith("7.50 (")
    assert table.loc["not sure", f"b #{long}"] == "–"
    assert f"sessions-{short}-{long}-expressions.csv" in downloads(page)


def test_names_are_shown_as_they_were_typed(record: Recorder) -> None:
    one, two = record("*a*", HAPPY), record("=1+1", SAD)
    page = open_page()
    compare(page, one, two)
    titles = list(page.table[-1].value.columns[1:])
    assert titles == [rf"\*a\* #{one}", f"=1+1 #{two}"]


def downloads(page: AppTest) -> str:
    return "\n".join(str(one.proto.id) for one in page.get("download_button"))


def test_without_a_common_marker_the_page_says_how_to_get_one(record: Recorder) -> None:
    one = marked(record, "a", "bell", HAPPY, SAD)
    two = marked(record, "b", "joke", HAPPY, SAD)
    page = open_page()
    compare(page, one, two)
    assert "no marker in common" in texts(page.info)
    assert RESPONSE not in charts(page)


def test_the_response_to_a_common_marker_is_the_mean_over_sessions(record: Recorder) -> None:
    one = marked(record, "a", "bell", SAD, HAPPY)
    two = marked(record, "b", "bell", SAD, SAD)
    page = open_page()
    compare(page, one, two)
    rows = chart_rows(charts(page)[RESPONSE])
    happy = rows[rows["expression"] == "happy"].set_index("seconds")
    assert happy["mean"][-0.125] == pytest.approx(0.05)
    assert happy["mean"][0.125] == pytest.approx((0.7 + 0.05) / 2)
    assert (happy["low"][0.125], happy["high"][0.125]) == (0, 1)  # two sessions tell little
    (slider,) = [one for one in page.slider if one.label == "Seconds around the marker"]
    slider.set_value((-1, 2)).run()
    rows = chart_rows(charts(page)[RESPONSE])
    assert (rows["seconds"].min(), rows["seconds"].max()) == (-0.875, 1.875)
    slider = next(one for one in page.slider if one.label == "Seconds around the marker")
    slider.set_value((3, 5)).run()
    assert "from before the marker to after it" in texts(page.info)


def test_a_session_that_is_deleted_leaves_the_comparison(record: Recorder) -> None:
    one, two = record("a", HAPPY), record("b", SAD)
    page = open_page()
    compare(page, one, two)
    button(page, "Delete for ever").click().run()
    assert not page.exception
    assert SHARES not in charts(page)
