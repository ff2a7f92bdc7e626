"""The robustness table of the analysis page: the real app, a real model, drawn faces."""

from collections.abc import Iterator

import pytest
import streamlit as st

from emotion.data.layout import scan
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.robustness import ALTERATIONS, altered_answers
from emotion.evaluation.run import complete
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.settings import Settings
from emotion.ui import resources
from tests.pages.analysis_page import button, open_page, texts
from tests.waiting import wait_for

ROBUSTNESS = {"analysis-view": "models", "analysis-section": "robustness", "analysis-model": "tiny"}


@pytest.fixture(autouse=True)
def new_server(settings: Settings) -> Iterator[None]:  # noqa: ARG001  (the models and faces)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_a_model_is_measured_on_altered_faces() -> None:
    page = open_page(**ROBUSTNESS)
    button(page, "Evaluate 280 pictures").click().run()
    wait_for("the evaluation", lambda: not resources.evaluations().working())
    page.run()
    assert not page.exception
    table = page.table[0].value
    assert list(table["Pictures"])[:3] == ["clean", "darker", "brighter"]
    assert len(table) == 1 + len(ALTERATIONS)
    assert "On 28 pictures." in texts(page.caption)
    assert "python -m emotion robustness --model tiny --data" in texts(page.code)


def test_what_is_answered_is_not_asked_again(settings: Settings) -> None:
    entry = find_model(settings.models_dir, "tiny")
    data, classifier = scan(settings.data_dir), load_classifier(entry)
    folder = settings.cache_dir / EVALUATIONS
    complete(kept_answers(folder, entry), classifier, data, "test")
    covered = altered_answers(folder, entry)["covered"]
    complete(covered, classifier, data, "test", alter=ALTERATIONS["covered"])
    page = open_page(**ROBUSTNESS)
    assert "56 of 280 pictures are answered already." in texts(page.caption)
    assert button(page, "Evaluate 224 pictures")
