"""A session in time on the analysis page: faces, parts, curves, names."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from emotion.labels import KEYS, UNSURE, name
from tests.pages.analysis_page import button, chart_rows, charts, figures, open_page, pick, texts
from tests.pages.recorder import TWO_FACES, Recorder

pytestmark = pytest.mark.usefixtures("empty_places")


def shares(page: AppTest) -> dict[str, tuple[str, str]]:
    table = page.table[0].value
    return {row[0]: (row[1], row[2]) for row in table.itertuples(index=False)}


def pick_faces(page: AppTest, *faces: int) -> None:
    (box,) = page.multiselect
    box.set_value(list(faces)).run()
    assert not page.exception


def test_the_shares_are_of_the_faces_that_were_picked(record: Recorder) -> None:
    record("talk", TWO_FACES)
    page = open_page()
    assert list(shares(page)) == [name(key, "en") for key in (*KEYS, UNSURE)]
    assert shares(page)["happy"] == ("57.1%", "4.0")
    assert shares(page)["afraid"] == ("0.0%", "0.0")
    pick_faces(page, 2)
    assert shares(page)["sad"] == ("66.7%", "2.0")
    assert shares(page)["angry"] == ("33.3%", "1.0")
    assert shares(page)["happy"] == ("0.0%", "0.0")
    pick_faces(page, 1)
    assert shares(page)["happy"] == ("100.0%", "4.0")
    pick_faces(page)
    assert shares(page)["happy"] == ("57.1%", "4.0")


DETAIL = "The probabilities of the seven expressions of Face {} over time"


def test_the_faces_that_were_picked_are_drawn_in_detail_and_all_of_them_in_the_strip(
    record: Recorder,
) -> None:
    record("talk", TWO_FACES)
    page = open_page()
    assert {DETAIL.format(1), DETAIL.format(2)} <= set(charts(page))
    pick_faces(page, 2)
    assert DETAIL.format(1) not in charts(page)
    rows = chart_rows(charts(page)[DETAIL.format(2)])
    assert set(rows["face"]) == {2}
    assert rows["expression"].tolist() == ["sad"] * 4 + ["angry"] * 2
    strip = chart_rows(charts(page)["What each face showed over time"])
    assert set(strip["name"]) == {"Face 1", "Face 2"}


def test_one_face_alone_is_shown_without_asking(record: Recorder) -> None:
    record("alone", [[(1, "sad")]] * 4)
    page = open_page()
    assert not page.multiselect
    assert DETAIL.format(1) in charts(page)


def test_a_face_gets_a_name_and_two_are_joined_and_taken_apart_again(record: Recorder) -> None:
    record("talk", [*[[(1, "happy")]] * 4, *[[(2, "sad")]] * 4])
    page = open_page()
    (name_box,) = [box for box in page.text_input if box.label == "Name of the face"]
    name_box.set_value("Ana").run()
    (first,) = [box for box in page.selectbox if box.label == "Face to change"]
    assert first.options[0].startswith("Ana · ")
    assert figures(page)["Faces"] == "2"
    button(page, "Join the two").click().run()
    assert figures(page)["Faces"] == "1"
    assert shares(page)["sad"] == ("50.0%", "2.0")
    strip = chart_rows(charts(page)["What each face showed over time"])
    assert set(strip["name"]) == {"Ana"}
    button(page, "Take the joining back").click().run()
    assert figures(page)["Faces"] == "2"


def test_two_faces_that_meet_are_not_joined(record: Recorder) -> None:
    record("talk", TWO_FACES)
    page = open_page()
    button(page, "Join the two").click().run()
    assert "seen at the same time" in texts(page.error)
    assert figures(page)["Faces"] == "2"


def test_a_part_chosen_by_its_times_is_what_the_numbers_are_of_until_all_is_back(
    record: Recorder,
) -> None:
    record("talk", TWO_FACES)  # 6.5 s: happy until 4.0, from 2.0 on sad until 4.0, angry until 5.0
    page = open_page()
    (slider,) = [one for one in page.slider if one.label == "Seconds since the start"]
    assert slider.value == (0.0, 6.0)
    slider.set_value((3.0, 4.5)).run()
    assert not page.exception
    assert "**0:03 – 0:04** · 0:02 of 0:06" in texts(page.markdown)
    assert "Of the part from 0:03 to 0:04." in texts(page.caption)
    assert shares(page)["happy"] == ("40.0%", "1.0")
    assert shares(page)["sad"] == ("40.0%", "1.0")
    assert shares(page)["angry"] == ("20.0%", "0.5")
    assert chart_rows(charts(page)[DETAIL.format(1)])["seconds"].tolist() == [3.0, 3.5]
    button(page, "Whole session").click().run()
    assert shares(page)["happy"] == ("57.1%", "4.0")


def test_a_part_between_two_markers(record: Recorder) -> None:
    recording = record.start("talk", TWO_FACES[:4])
    recording.mark("bell")
    record.add(recording, TWO_FACES[4:8])
    recording.mark("joke")
    record.add(recording, TWO_FACES[8:])
    recording.stop()
    assert recording.wait(5)
    page = open_page()
    pick(page, "From", "0:02 · bell")
    pick(page, "To", "0:02 · bell")
    assert button(page, "Show what lies between").disabled
    pick(page, "To", "0:04 · joke")
    button(page, "Show what lies between").click().run()
    assert shares(page)["happy"] == shares(page)["sad"] == ("50.0%", "2.0")


def test_curves_are_smoothed_when_asked_and_the_ribbon_stays(record: Recorder) -> None:
    record("talk", [[(1, "sad")], [(1, "happy")]] * 8)
    page = open_page()
    before = chart_rows(charts(page)[DETAIL.format(1)])
    (slider,) = [one for one in page.slider if one.label == "Smoothing (seconds)"]
    slider.set_value(4.0).run()
    after = chart_rows(charts(page)[DETAIL.format(1)])
    assert before["sad"].std() > 0.2
    assert after["sad"].std() < before["sad"].std() / 4
    assert after["expression"].tolist() == before["expression"].tolist()


def test_the_expressions_to_draw_can_be_chosen(record: Recorder) -> None:
    record("talk", TWO_FACES)
    page = open_page()
    (pills,) = [one for one in page.pills if one.label == "Expressions"]
    pills.set_value(["sad"]).run()
    spec = json.loads(charts(page)[DETAIL.format(2)].spec)
    assert spec["layer"][0]["transform"][0]["fold"] == ["sad"]
