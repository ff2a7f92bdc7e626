"""The choice of the model on the live page, the trial of another, and no model at all."""

import json
import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion.models.card import CARD_FILE
from emotion.models.load import load_classifier
from emotion.models.store import active_name, find_model
from emotion.settings import PROJECT_DIR, Settings
from emotion.ui.live_trial import same_label
from emotion.vision.trial import Trial
from tests.pages.analysis_page import texts
from tests.ui.test_live_reading import Camera, camera, classifier, pipeline
from tests.ui.test_live_stream import portrait

__all__ = ["camera", "classifier", "pipeline"]  # fixtures
NEVER = {"threshold": 1.0, "coverage": 0.0, "accuracy": None, "pictures": 60}
SOME = {"threshold": 0.8, "coverage": 0.5, "accuracy": 0.9}


@pytest.fixture
def two_models(models_dir: Path, tmp_path: Path) -> Path:
    """A folder with `tiny` and `second`, which is the same."""
    for name in ("tiny", "second"):
        shutil.copytree(models_dir / "tiny", tmp_path / "models" / name)
    return tmp_path / "models"


def change_card(models_dir: Path, name: str, **values: object) -> None:
    path = models_dir / name / CARD_FILE
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def choice(models_dir: Path, **link: str) -> AppTest:
    """The choice of the model, on a page whose address holds `link`."""

    def page() -> None:
        import streamlit as st

        from emotion.ui.live_model import choose_model

        st.session_state["chosen"] = choose_model(st.session_state["models_dir"])

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["models_dir"], app.session_state["language"] = models_dir, "en"
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("source", ["camera", "pictures", "video"])
def test_without_a_model_the_live_page_says_so_and_shows_the_way_out(
    empty_places: Path, source: str
) -> None:
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=60)
    page.session_state["source_kept"], page.session_state["language"] = source, "en"
    page.switch_page("pages/live.py").run()
    assert not page.exception
    assert "There is no model to read with." in texts(page.markdown)
    assert str(empty_places) in texts(page.markdown)
    links = [link.proto.label for link in page.get("page_link")]
    assert links == ["Import a model", "Train"]


def test_the_active_model_is_chosen_and_another_on_demand(two_models: Path) -> None:
    (two_models / "active.json").write_text('{"name": "tiny"}')
    app = choice(two_models)
    assert app.session_state["chosen"] == "tiny"
    app.session_state["model_next"] = "second"
    assert app.run().session_state["chosen"] == "second"
    assert app.run().session_state["chosen"] == "second"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (NEVER, "tiny shows no labels: every face is “not sure”. On its 60 pictures"),
        (None, "The card of tiny names no confidence threshold"),
        (NEVER | SOME, ""),
        (NEVER | SOME | {"certain": False}, "Labels are shown from 80% on: there 90% of 30 were"),
    ],
)
def test_a_model_that_shows_no_label_or_has_no_threshold_is_told_with_why(
    two_models: Path, record: dict[str, object] | None, words: str
) -> None:
    change_card(two_models, "tiny", confidence_threshold=record)
    shutil.rmtree(two_models / "second")
    app = choice(two_models)
    assert len(app.warning) == bool(words)
    assert words in texts(app.warning)


def trial_page(camera: Camera, models_dir: Path, name: str) -> AppTest:
    def page() -> None:
        import streamlit as st

        from emotion.ui.live_trial import trial_controls

        trial_controls(st.session_state["stream"], "tiny", st.session_state["models_dir"])

    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["stream"], app.session_state["models_dir"] = camera.stream, models_dir
    app.session_state["language"] = "en"
    app.query_params["try"] = name
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def places(two_models: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001
    from emotion.settings import load_settings

    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(two_models))
    load_settings.cache_clear()
    st.cache_resource.clear()
    return two_models


def test_the_address_begins_a_trial_and_a_button_ends_it(camera: Camera, places: Path) -> None:
    app = trial_page(camera, places, "second")
    assert camera.reading.trial is not None
    (face,) = camera.see(portrait())
    assert face.trial is not None and face.trial.track_id == face.track_id
    app.button(key="trial_end").click().run()
    assert camera.reading.trial is None
    assert "try" not in app.query_params
    (face,) = camera.see(portrait())
    assert face.trial is None


def test_the_model_on_trial_becomes_the_active_one(camera: Camera, places: Path) -> None:
    app = trial_page(camera, places, "second")
    app.button(key="trial_use").click().run()
    assert active_name(places) == "second"
    assert app.session_state["model_next"] == "second"
    assert camera.reading.trial is None
    assert "try" not in app.query_params


@pytest.mark.parametrize(("name", "sentence"), [("none", "There is no model none"), ("tiny", "")])
def test_no_trial_of_what_is_not_there_or_reads_already(
    camera: Camera, places: Path, name: str, sentence: str
) -> None:
    app = trial_page(camera, places, name)
    assert camera.reading.trial is None
    assert "try" not in app.query_params
    assert sentence in texts(app.error)
    assert not app.button


def test_how_often_both_say_the_same_is_counted_by_face(camera: Camera, models_dir: Path) -> None:
    camera.see(portrait())
    assert same_label(camera.stream.recent) is None
    camera.reading.trial = Trial("again", load_classifier(find_model(models_dir, "tiny")))
    camera.see(portrait(), 1.0)
    assert same_label([(0.0, camera.stream.newest)]) == 1.0  # type: ignore[list-item]


def test_a_model_that_is_not_the_active_one_stands_in_the_link_which_restores_it(
    two_models: Path,
) -> None:
    (two_models / "active.json").write_text('{"name": "tiny"}')
    app = choice(two_models)
    assert "model" not in app.query_params
    app.selectbox[0].select("second").run()
    assert app.query_params["model"] == "second"

    app = choice(two_models, model="second")
    assert app.session_state["chosen"] == "second"
    app.selectbox[0].select("tiny").run()
    assert app.session_state["chosen"] == "tiny"
    assert "model" not in app.query_params

    app = choice(two_models, model="one that is gone")
    assert app.session_state["chosen"] == "tiny"
    assert "model" not in app.query_params
