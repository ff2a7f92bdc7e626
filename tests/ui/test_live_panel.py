"""What the panel says of a face: its label, or that it is not sure, why, and what helps."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from emotion.ui.live_panel import main_face, recent_table
from emotion.vision.reasons import reason_name
from emotion.vision.types import REASONS, FrameResult, Reason
from tests.vision.made import made_result

BOX = (100, 100, 200, 220)


def panel(result: FrameResult | None, language: str = "en", least: float | None = None) -> AppTest:
    def page() -> None:
        import streamlit as st

        from emotion.ui.live_panel import faces_panel

        faces_panel(st.session_state["result"], st.session_state["least"])

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["result"], app.session_state["least"] = result, least
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app


def html(result: FrameResult, language: str = "en", least: float | None = None) -> str:
    (found,) = panel(result, language, least).get("html")
    return str(found.proto.body).partition("</style>")[2]


def unsure(*reasons: Reason, confidence: float = 0.87) -> FrameResult:
    result = made_result(0.0, (640, 480), BOX, confidence=confidence)
    return replace(result, faces=(replace(result.faces[0], reasons=reasons),))


def test_a_sure_face_has_its_label_and_confidence() -> None:
    text = html(made_result(0.0, (640, 480), BOX))
    assert "<h4>Happy · 87%</h4>" in text
    assert text.count('class="face-row top"') == 1
    assert "unsure" not in text


def test_without_a_face_it_says_so() -> None:
    assert panel(None).info[0].value == "No face in view."


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "low_confidence"])
def test_a_poor_picture_is_named_with_what_helps(reason: Reason, language: str) -> None:
    text = html(unsure(reason, "low_confidence"), language)
    named = f"<b>{reason_name(reason, language).capitalize()}.</b> "
    _, _, way_out = text.partition(named)
    assert len(way_out.partition("</p>")[0]) > 10
    assert text.count("face-why") == 1, "low confidence follows from the picture"


def test_not_sure_is_told_in_words_and_by_form_and_no_expression_stands_out() -> None:
    text = html(unsure("too_small"))
    assert '<span class="face-mark" aria-hidden="true">?</span>Not sure</h4>' in text
    assert "Happy" not in text and "face-row top" not in text
    assert "Come closer" in text


def test_low_confidence_names_the_likeliest_and_from_when_on_labels_are_shown() -> None:
    text = html(unsure("low_confidence", confidence=0.52), least=0.72)
    assert "Most likely happy, 52%. Labels are shown from 72% on." in text


def test_each_of_several_faces_has_its_number() -> None:
    result = made_result(0.0, (640, 480), BOX, (300, 100, 400, 220))
    doubtful = replace(result.faces[1], reasons=("blurred",))
    text = html(replace(result, faces=(result.faces[0], doubtful)))
    assert "<h4>Face 1: Happy · 87%</h4>" in text
    assert "</span>Face 2: Not sure</h4>" in text


def test_faces_stand_in_the_order_of_their_numbers_whichever_is_larger() -> None:
    result = made_result(0.0, (640, 480), BOX, (300, 100, 400, 220))
    text = html(replace(result, faces=result.faces[::-1]))
    assert text.index("Face 1") < text.index("Face 2")


SMALL, LARGE = BOX, (300, 100, 500, 340)


def test_the_last_minute_is_that_of_the_smoothed_probabilities_of_one_face() -> None:
    result = made_result(0.0, (640, 480), SMALL, LARGE)
    smoothed = result.faces[1].smoothed[::-1].copy()
    large = replace(result.faces[1], smoothed=smoothed)
    recent = [(-1.0, replace(result, faces=(result.faces[0], large)))]
    assert main_face(recent) == 2
    table = recent_table(recent, 2)
    assert table.iloc[0].tolist() == pytest.approx([-1.0, *smoothed])


def test_the_last_minute_stays_with_its_face_while_two_are_about_as_large() -> None:
    first = made_result(0.0, (640, 480), LARGE, SMALL)
    then = made_result(0.0, (640, 480), LARGE, (100, 100, 300, 341))
    recent = [(-3.0, first), (-2.0, first), (-1.0, then)]
    assert main_face(recent) == 1
    assert len(recent_table(recent, 1)) == 3


def test_the_last_minute_goes_on_with_a_face_that_is_in_view() -> None:
    both = made_result(0.0, (640, 480), LARGE, SMALL)
    gone = replace(both, faces=both.faces[1:])
    nobody = replace(both, faces=())
    assert main_face([(-2.0, both), (-1.0, gone)]) == 2
    assert main_face([(-2.0, both), (-1.0, nobody)]) == 1
    assert main_face([(-1.0, nobody)]) is None
