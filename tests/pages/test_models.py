"""The list of models as a user finds it: the real page, real files, real processes."""

import shutil
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from emotion.models.archive import write_archive
from emotion.models.card import CARD_FILE
from emotion.models.store import active_name, find_model, list_models
from emotion.models.torch_networks import build_body
from emotion.settings import PROJECT_DIR, Settings, load_settings
from emotion.ui.models_files import exported, usable_name
from tests.pages.analysis_page import texts


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder of the test's own, with `tiny`, the active one, and `second`."""
    models = tmp_path / "models"
    for name in ("tiny", "second"):
        shutil.copytree(settings.models_dir / "tiny", models / name)
    (models / "active.json").write_text('{"name": "tiny"}')
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(models))
    load_settings.cache_clear()
    return models


def open_models() -> AppTest:
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=60)
    page.session_state["language"], page.session_state["train-view"] = "en", "models"
    page.switch_page("pages/train.py").run()
    assert not page.exception
    return page


def press_import(page: AppTest, name: str, content: bytes, called: str = "") -> None:
    page.file_uploader(key="models-file").set_value((name, content, "application/octet-stream"))
    page.text_input(key="models-name").set_value(called)
    (button,) = [button for button in page.button if button.label == "Import"]
    button.click().run()
    assert not page.exception


def test_each_model_is_listed_with_its_card(folder: Path) -> None:
    page = open_models()
    assert [title.value for title in page.subheader] == ["second", "tiny"]
    told = texts(page.caption)
    assert "2 models, " in told and str(folder.name) in told
    assert "ResNet18 · 32 px · OpenVINO " in told
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Pictures"] == "28" and shown["Accuracy"].endswith("%")
    (first, _) = page.table
    facts = dict(first.value.itertuples(index=False))
    assert facts["Why this precision"].startswith("int8 kept the label")


def test_another_model_is_made_active_and_back_without_a_question(folder: Path) -> None:
    page = open_models()
    page.button(key="use-second").click().run()
    assert active_name(folder) == "second"
    assert (folder / "emotion_classifier_resnet18.pth").is_file()
    assert page.toast[0].value == "second is the active model now."
    page.button(key="use-tiny").click().run()
    assert active_name(folder) == "tiny"


def test_a_model_is_deleted_after_a_question_and_the_active_one_not(folder: Path) -> None:
    page = open_models()
    kept = page.button(key="models-delete-tiny")
    assert kept.disabled and "is the active one" in kept.proto.help
    page.button(key="models-delete-second").click().run()
    assert [entry.name for entry in list_models(folder)] == ["tiny"]
    assert [title.value for title in page.subheader] == ["tiny"]


def test_a_broken_model_is_told_and_can_be_deleted(folder: Path) -> None:
    (folder / "second" / CARD_FILE).write_text("{")
    page = open_models()
    assert "second/card.json is not valid" in texts(page.error)
    page.button(key="models-delete-second").click().run()
    assert not page.error and not (folder / "second").exists()


def test_a_zip_is_imported_under_its_own_name_or_another(folder: Path, tmp_path: Path) -> None:
    write_archive(find_model(folder, "second"), tmp_path / "a.zip")
    page = open_models()
    press_import(page, "a.zip", (tmp_path / "a.zip").read_bytes())
    assert "A model called tiny exists already" in texts(page.error)
    press_import(page, "a.zip", (tmp_path / "a.zip").read_bytes(), "third")
    assert [entry.name for entry in list_models(folder)] == ["second", "third", "tiny"]


def test_weights_are_imported_under_the_name_of_their_file(folder: Path, tmp_path: Path) -> None:
    torch.save({"state_dict": build_body("mobilenet_v2").state_dict()}, tmp_path / "w.pth")
    page = open_models()
    press_import(page, "Mi modelo (1).pth", (tmp_path / "w.pth").read_bytes())
    entry = find_model(folder, "mi-modelo-1")
    assert entry.card.network == "mobilenet_v2"
    assert "mi-modelo-1" in [title.value for title in page.subheader]
    assert "names no confidence threshold" in texts(page.warning)


def test_a_file_that_is_none_is_a_sentence_with_the_files_own_name(folder: Path) -> None:
    page = open_models()
    press_import(page, "broken.zip", b"PK\x03\x04 and no more")
    assert "The zip broken.zip cannot be read" in texts(page.error)
    assert len(list_models(folder)) == 2
    assert not list(folder.glob(".building-*"))


def test_nothing_is_imported_without_a_file(folder: Path) -> None:  # noqa: ARG001
    page = open_models()
    (button,) = [button for button in page.button if button.label == "Import"]
    button.click().run()
    assert "Choose a file first." in texts(page.warning)


def test_without_models_the_view_says_so(empty_places: Path) -> None:
    assert f"There is no model in {empty_places}" in texts(open_models().info)


def test_a_download_is_made_when_it_is_asked_for(folder: Path) -> None:
    assert exported(find_model(folder, "tiny"), "zip")().startswith(b"PK")


@pytest.mark.parametrize(
    ("stem", "name"),
    [("Mi modelo (1)", "mi-modelo-1"), ("emotion_v2", "emotion_v2"), ("¿?", "imported")],
)
def test_a_file_name_becomes_a_name_that_a_model_may_have(stem: str, name: str) -> None:
    assert usable_name(stem) == name
