"""Two models are compared on the analysis page: the real app, real models, drawn faces."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from emotion.data.layout import scan
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.versus import versus
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.settings import load_settings
from emotion.ui import resources
from tests.other_model import add_other_model
from tests.pages.analysis_page import button, charts, open_page, pick, texts
from tests.waiting import wait_for

COMPARE = {"analysis-view": "models", "analysis-section": "compare", "analysis-model": "tiny"}


@pytest.fixture
def models(
    settings: object,  # noqa: ARG001  (the other places)
    faces_dir: Path,
    models_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """`tiny` in a folder of the test's own, and the test faces alone."""
    shutil.copytree(models_dir, tmp_path / "models")
    shutil.copytree(faces_dir / "test", tmp_path / "own" / "faces" / "test")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "own"))
    load_settings.cache_clear()
    st.cache_resource.clear()
    yield tmp_path / "models"
    st.cache_resource.clear()


def evaluated(name: str) -> run.Evaluation:
    settings = load_settings()
    entry = find_model(settings.models_dir, name)
    answers = kept_answers(settings.cache_dir / EVALUATIONS, entry)
    data = scan(settings.data_dir / "faces")
    return run.evaluate(load_classifier(entry), data, answers=answers)


@pytest.mark.usefixtures("models")
def test_one_model_alone_is_told_how_to_get_another() -> None:
    page = open_page(**COMPARE)
    assert "tiny is the only model" in texts(page.info)


def test_both_models_are_evaluated_and_compared(models: Path) -> None:
    add_other_model(models)
    page = open_page(**COMPARE)
    assert [one.value for one in page.subheader] == ["other", "tiny"]
    for key in ("evaluate other", "evaluate tiny"):
        (one,) = [one for one in page.button if one.key == key]
        one.click().run()
        assert not page.exception
        wait_for("the evaluation", lambda: not resources.evaluations().working())
    page.run()
    assert "How much better is tiny?" in texts(page.subheader)
    assert not [one for one in page.button if one.label.startswith("Evaluate")]
    assert f'compare other tiny --data "{load_settings().data_dir / "faces"}"' in texts(page.code)


def test_the_faces_are_those_that_one_alone_reads_right(models: Path) -> None:
    add_other_model(models)
    other, tiny = evaluated("other"), evaluated("tiny")
    result = versus(other, tiny)
    assert len(result.only_first) + len(result.only_second)
    page = open_page(**COMPARE)
    assert any("one model less the other" in alt for alt in charts(page))
    for name, wrong, positions in (
        ("other", tiny, result.only_first),
        ("tiny", other, result.only_second),
    ):
        pick(page, "Faces", f"Only {name} is right · {len(positions)}")
        shown = [one.value for one in page.caption if one.value.endswith(".png")]
        assert shown == [Path(wrong.samples[i].path).name for i in positions][:12]
        if len(positions):
            assert f"{name}: " in texts(page.caption)
        else:
            assert "There is no such picture." in texts(page.info)


def test_a_picture_set_aside_there_is_gone_from_both(models: Path) -> None:
    add_other_model(models)
    result = versus(evaluated("other"), evaluated("tiny"))
    page = open_page(**COMPARE)
    side, n = max(("other", len(result.only_first)), ("tiny", len(result.only_second)),
                  key=lambda one: one[1])  # fmt: skip
    pick(page, "Faces", f"Only {side} is right · {n}")
    aside = [one for one in page.button if one.key and one.key.startswith("aside ")]
    aside[0].click().run()
    assert not page.exception
    assert "On 27 pictures." in texts(page.caption)
    button(page, "Undo").click().run()
    assert "On 28 pictures." in texts(page.caption)
