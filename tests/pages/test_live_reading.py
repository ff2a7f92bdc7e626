"""How faces are read, as the live page offers it: steadiness, neutral baseline, figures."""

import pytest
from streamlit.testing.v1 import AppTest

from emotion.ui.live_meter import Figures
from emotion.vision.baseline import DURATION_S
from emotion.vision.smoothing import delay_ms
from tests.ui.test_live_reading import Camera, camera, classifier, pipeline
from tests.ui.test_live_stream import portrait

__all__ = ["camera", "classifier", "pipeline"]  # fixtures


def app_of(camera: Camera, query: dict[str, str] | None = None) -> AppTest:
    def page() -> None:
        import streamlit as st

        from emotion.ui.live_baseline import baseline_controls
        from emotion.ui.live_controls import picture_controls
        from emotion.ui.live_figures import figures_panel

        stream = st.session_state["stream"]
        picture_controls(stream, running=True)
        baseline_controls(stream.reading, stream.newest)
        figures_panel(stream.figures, stream.reading)

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["stream"], app.session_state["language"] = camera.stream, "en"
    for name, value in (query or {}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> None:
    (button,) = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def shown_delay(app: AppTest) -> str:
    (metric,) = [metric for metric in app.metric if metric.label == "Delay of the label"]
    return str(metric.value)


def test_steadiness_is_in_force_at_once_with_its_delay_beside_it_and_in_the_address(
    camera: Camera,
) -> None:
    app = app_of(camera)
    assert "steadiness" not in app.query_params
    assert shown_delay(app) == f"{delay_ms(0.5):.0f} ms"
    app.slider(key="picture_steadiness").set_value(80).run()
    assert camera.reading.strength == 0.8
    assert shown_delay(app) == f"{delay_ms(0.8):.0f} ms"
    assert app.query_params["steadiness"] == "80"


@pytest.mark.parametrize(("value", "strength"), [("0", 0.0), ("95", 0.95), ("101", 0.5)])
def test_an_address_sets_how_steady_labels_are(camera: Camera, value: str, strength: float) -> None:
    app_of(camera, {"steadiness": value})
    assert camera.reading.strength == pytest.approx(strength)


def test_nobody_is_calibrated_before_the_button_is_pressed(camera: Camera) -> None:
    (face,) = camera.see(portrait())
    assert not face.baseline
    assert "Calibrate to this face" in labels(app_of(camera))


def test_calibrating_shows_how_far_it_is_then_that_it_is_on_and_can_be_undone(
    camera: Camera,
) -> None:
    camera.see(portrait())
    app = app_of(camera)
    press(app, "Calibrate to this face")
    camera.see(portrait(), 2.2)
    app.run()
    (progress,) = app.get("progress")
    assert progress.proto.value == pytest.approx(100 * 2 / DURATION_S, abs=1)
    assert progress.proto.text == "Keep a neutral face and look into the camera … 1 s"
    assert "Cancel" in labels(app)
    camera.see(portrait(), 1.6)
    app.run()
    assert any("Calibrated to this face" in text.value for text in app.markdown)
    press(app, "Undo")
    (face,) = camera.see(portrait())
    assert not face.baseline
    app.run()
    assert "Calibrate to this face" in labels(app)


def test_why_a_calibration_failed_is_told_until_it_is_read_or_tried_again(camera: Camera) -> None:
    camera.see(portrait())
    app = app_of(camera)
    press(app, "Calibrate to this face")
    camera.see(portrait() // 6, DURATION_S + 0.4)
    app.run()
    assert "seen well in only 0 pictures" in app.error[0].value
    press(app, "Close")
    assert not app.error
    press(app, "Calibrate to this face")
    camera.see(portrait() // 6, DURATION_S + 0.4)
    app.run()
    press(app, "Calibrate to this face")
    assert not app.error


def test_the_figures_tell_from_which_confidence_on_labels_are_shown(camera: Camera) -> None:
    camera.see(portrait())
    app = app_of(camera)
    (row,) = [row for row in app.table[0].value.itertuples() if row[0] == "Labels are shown from"]
    assert row[1].startswith(f"{camera.reading.least_confidence:.0%} confidence.")


@pytest.mark.parametrize(
    ("every", "expected"), [(1, []), (2, ["every second frame"]), (3, ["every third frame"])]
)
def test_the_page_says_when_the_detector_leaves_frames_out(every: int, expected: list[str]) -> None:
    def page() -> None:
        import streamlit as st

        from emotion.ui.live_figures import figures_panel

        figures_panel(st.session_state["figures"])

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["figures"], app.session_state["language"] = Figures(looks_every=every), "en"
    app.run()
    badges = [text.value for text in app.markdown if "looked for" in text.value]
    assert len(badges) == len(expected)
    assert all(words in badge for words, badge in zip(expected, badges, strict=True))
