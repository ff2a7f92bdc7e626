"""A model is measured from the analysis page: the real app, a real model, drawn faces."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion.data import corrections
from emotion.data.layout import scan
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS, Answers, kept_answers
from emotion.evaluation.faces import cell, confident_mistakes, unsure_hits
from emotion.labels import KEYS, name
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.settings import Settings, load_settings
from emotion.ui import resources
from emotion.ui.analysis_evaluations import EvaluationWork, Question
from emotion.ui.analysis_words import plain
from tests.pages.analysis_page import button, charts, figures, open_page, pick, texts
from tests.waiting import wait_for


@pytest.fixture
def faces(
    settings: Settings,  # noqa: ARG001  (the models, and the other places)
    faces_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """The test faces in a folder of the test's own, the only one that is offered."""
    shutil.copytree(faces_dir / "test", tmp_path / "own" / "faces" / "test")
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "own"))
    load_settings.cache_clear()
    st.cache_resource.clear()
    yield tmp_path / "own" / "faces"
    st.cache_resource.clear()


@pytest.fixture
def answered(faces: Path) -> run.Evaluation:
    """The model has answered all pictures before the page is opened."""
    return evaluation(faces)


def evaluation(faces: Path) -> run.Evaluation:
    settings = load_settings()
    entry = find_model(settings.models_dir, "tiny")
    answers = kept_answers(settings.cache_dir / EVALUATIONS, entry)
    return run.evaluate(load_classifier(entry), scan(faces), answers=answers)


def open_section(section: str) -> AppTest:
    return open_page(**{"analysis-view": "models", "analysis-section": section})


def headings(page: AppTest) -> list[str]:
    return [heading.value for heading in page.subheader]


def cards(page: AppTest) -> list[str]:
    """The files of the faces that are shown, in their order."""
    return [caption.value for caption in page.caption if caption.value.endswith(".png")]


def names_of(result: run.Evaluation, positions: np.ndarray) -> list[str]:
    return [Path(result.samples[i].path).name for i in positions]


def test_without_data_it_says_where_to_put_some(faces: Path) -> None:
    shutil.rmtree(faces)
    page = open_section("scores")
    assert f"no labelled faces in {plain(str(faces.parent))}" in texts(page.info)
    assert "From the card of the model" in headings(page)
    assert figures(page)["Pictures"] == "28"


def test_a_model_is_evaluated_and_opens_at_once_the_second_time(faces: Path) -> None:
    page = open_section("scores")
    assert "From the card of the model" in headings(page)
    button(page, "Evaluate 28 pictures").click().run()
    wait_for("the evaluation", lambda: not resources.evaluations().working())
    again = open_section("scores")
    assert "From the card of the model" not in headings(again)
    scores = evaluation(faces).scores
    assert figures(again)["Accuracy"] == f"{scores.accuracy:.1%}"
    assert again.code[0].value == f'python -m emotion evaluate --model tiny --data "{faces}"'
    st.cache_resource.clear()  # the server was started anew
    assert "From the card of the model" not in headings(open_section("scores"))


def test_what_could_not_be_read_is_said(faces: Path) -> None:
    (faces / "test" / "3" / "broken.png").write_bytes(b"\x89PNG no more")
    evaluation(faces)
    page = open_section("scores")
    assert [one.label for one in page.expander] == ["Pictures left out: 1"]
    assert "broken" in texts(page.markdown)


@pytest.mark.usefixtures("faces")
def test_who_comes_back_finds_what_goes_on_and_can_cancel_it(settings: Settings) -> None:
    entry = find_model(settings.models_dir, "tiny")
    data = scan(load_settings().data_dir / "faces")
    go = threading.Event()

    def load() -> Classifier:
        assert go.wait(60)
        return load_classifier(entry)

    evaluations = resources.evaluations()
    answers = evaluations.shared(kept_answers(load_settings().cache_dir / EVALUATIONS, entry))
    asked = Question("tiny", data.root, "test")
    evaluations.start(EvaluationWork(asked, data, answers, load))
    page = open_section("scores")
    assert "0 % · 0 of 28 pictures" in page.get("progress")[0].proto.text
    assert "You can leave this page" in texts(page.caption)
    button(page, "Cancel").click().run()
    go.set()
    assert evaluations.jobs[asked].wait(60)
    page.run()
    assert button(page, "Evaluate 28 pictures")


@pytest.mark.usefixtures("faces")
def test_another_evaluation_that_goes_on_is_said(settings: Settings) -> None:
    entry = find_model(settings.models_dir, "tiny")
    data = scan(load_settings().data_dir / "faces")
    go = threading.Event()

    def load() -> Classifier:
        assert go.wait(60)
        return load_classifier(entry)

    page = open_section("scores")
    asked = Question("other", data.root, "test")
    resources.evaluations().start(EvaluationWork(asked, data, Answers(), load))
    page.run()
    assert "other is being evaluated on faces: 0 %" in texts(page.caption)
    assert button(page, "Evaluate 28 pictures")
    go.set()
    assert resources.evaluations().jobs[asked].wait(60)


@pytest.mark.usefixtures("answered")
def test_names_that_are_no_text_are_shown_all_the_same(faces: Path) -> None:
    for path in (faces / "test" / "3").iterdir():
        path.rename(path.with_name(os.fsdecode(b"caf\xe9 " + path.name.encode())))
    page = open_section("matrix")
    page.radio[0].set_value("hits").run()
    pick(page, "True", "disgusted")
    if not cards(page):
        page.radio[0].set_value("mistakes").run()
    file = cards(page)[0]
    assert file.startswith("caf? ")
    (aside, *_rest) = [one for one in page.button if one.key and one.key.startswith("aside ")]
    aside.click().run()
    assert "caf?" in texts(page.markdown)
    assert corrections.read(faces)[0].path.startswith("test/3/caf\udce9")
    assert "caf?" in texts(open_section("corrections").markdown)


@pytest.mark.usefixtures("faces")
def test_a_failed_evaluation_is_a_sentence_and_can_be_tried_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(settings.models_dir, tmp_path / "models")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()
    (export,) = (tmp_path / "models" / "tiny").glob("openvino-*.bin")
    whole = export.read_bytes()
    export.write_bytes(whole[:100])
    page = open_section("scores")
    button(page, "Evaluate 28 pictures").click().run()
    wait_for("the evaluation", lambda: not resources.evaluations().working())
    page.run()
    assert "is not the one that its card describes" in texts(page.error)
    export.write_bytes(whole)
    button(page, "Evaluate 28 pictures").click().run()
    wait_for("the evaluation", lambda: not resources.evaluations().working())
    page.run()
    assert not page.error
    assert figures(page)["Pictures"] == "28"


def test_the_largest_mistake_is_shown_first(answered: run.Evaluation) -> None:
    counts = np.array(answered.scores.confusion)
    np.fill_diagonal(counts, -1)
    true, read = np.unravel_index(int(counts.argmax()), counts.shape)
    page = open_section("matrix")
    words = [name(KEYS[i], "en") for i in (true, read)]
    title = f"{counts[true, read]} labelled {words[0]} and read as {words[1]}"
    assert headings(page) == [title]
    assert cards(page) == names_of(answered, cell(answered, int(true), int(read)))


def test_a_cell_chosen_by_keyboard_shows_its_faces_with_all_that_was_answered(
    answered: run.Evaluation,
) -> None:
    true = int(answered.truth[0])
    read = int(answered.probabilities[0].argmax())
    page = open_section("matrix")
    pick(page, "True", name(KEYS[true], "en"))
    pick(page, "Predicted", name(KEYS[read], "en"))
    inside = cell(answered, true, read)
    assert cards(page) == names_of(answered, inside)
    rows = [one.proto.body for one in page.get("html") if "face-card" in one.proto.body]
    assert len(rows) == len(inside)
    first = answered.probabilities[inside[0]]
    assert all(f'<span class="face-value">{value:.0%}</span>' in rows[0] for value in first)
    assert f"{name(KEYS[true], 'en')} ✓" in rows[0]


def test_an_empty_cell_says_so(answered: run.Evaluation) -> None:
    true, read = np.argwhere(np.array(answered.scores.confusion) == 0)[0]
    page = open_section("matrix")
    pick(page, "True", name(KEYS[true], "en"))
    pick(page, "Predicted", name(KEYS[read], "en"))
    assert "There is no such picture." in texts(page.info)


def test_mistakes_and_hits_of_a_class_are_listed(answered: run.Evaluation) -> None:
    wrong = int(answered.truth[answered.probabilities.argmax(axis=1) != answered.truth][0])
    page = open_section("matrix")
    page.radio[0].set_value("mistakes").run()
    pick(page, "True", name(KEYS[wrong], "en"))
    assert cards(page) == names_of(answered, confident_mistakes(answered, wrong))
    assert "would have to rise by" in texts(page.caption)
    page.radio[0].set_value("hits").run()
    assert cards(page) == names_of(answered, unsure_hits(answered, wrong))


def test_many_faces_are_shown_a_page_at_a_time(faces: Path) -> None:
    first = faces / "test" / "4" / "014.png"
    for number in range(30):
        shutil.copy(first, faces / "test" / "4" / f"copy{number:02d}.png")
    result = evaluation(faces)
    read = int(result.probabilities[result.samples.index(scan(faces).samples("test")[12])].argmax())
    page = open_section("matrix")
    pick(page, "True", "happy")
    pick(page, "Predicted", name(KEYS[read], "en"))
    inside = names_of(result, cell(result, 3, read))
    assert len(inside) > 30
    assert cards(page) == inside[:12]
    page.get("pagination")[0].set_value(3).run()
    assert cards(page) == inside[24:36]
    assert f"of {len(inside)}" in texts(page.caption)


def test_a_corrected_label_counts_at_once_and_can_be_undone(
    answered: run.Evaluation, faces: Path
) -> None:
    before = figures(open_section("scores"))["Accuracy"]
    page = open_section("matrix")
    file = cards(page)[0]
    button_of(page, "correct", file).click().run()
    (decision,) = corrections.read(faces)
    assert decision.path.endswith(file)  # the name alone stands in several classes
    sample = next(one for one in answered.samples if one.path == decision.path)
    read = KEYS[int(answered.probabilities[answered.samples.index(sample)].argmax())]
    assert decision.expression == read
    assert file not in cards(page)
    assert "is labelled" in texts(page.markdown)

    scores = open_section("scores")
    right = round(answered.scores.accuracy * 28) + 1
    assert figures(scores)["Accuracy"] == f"{right / 28:.1%}" != before
    assert "Labels corrected among these pictures: 1" in texts(scores.info)

    button(page, "Undo").click().run()
    assert corrections.read(faces) == ()
    assert file in cards(page)
    assert figures(open_section("scores"))["Accuracy"] == before


def test_pictures_set_aside_are_listed_and_come_back(answered: run.Evaluation, faces: Path) -> None:
    assert answered.scores.n == 28
    page = open_section("matrix")
    file = cards(page)[0]
    button_of(page, "aside", file).click().run()
    assert figures(open_section("scores"))["Pictures"] == "27"
    listed = open_section("corrections")
    assert "is set aside." in texts(listed.markdown)
    assert "its folder says" in texts(listed.caption)
    undo = [one for one in listed.button if one.key and one.key.startswith("undo 'test/")]
    undo[0].click().run()
    assert "Nothing was corrected in faces" in texts(listed.info)
    assert corrections.read(faces) == ()
    assert figures(open_section("scores"))["Pictures"] == "28"


@pytest.mark.usefixtures("answered")
def test_corrections_that_cannot_be_read_are_a_sentence(faces: Path) -> None:
    (faces / corrections.FILE).write_text("no,columns\n1,2\n")
    for section in ("scores", "matrix", "corrections"):
        assert "cannot be read" in texts(open_section(section).error)


@pytest.mark.usefixtures("answered")
def test_a_correction_that_cannot_be_written_changes_nothing(faces: Path) -> None:
    page = open_section("matrix")
    (faces / (corrections.FILE + ".part")).mkdir()
    shown = cards(page)
    button_of(page, "aside", shown[0]).click().run()
    assert "cannot be written" in texts(page.error)
    assert cards(page) == shown


def test_the_threshold_tells_what_it_costs(answered: run.Evaluation) -> None:
    page = open_section("calibration")
    right = answered.scores.accuracy
    page.slider[0].set_value(0.0).run()
    assert figures(page)["Labels shown"] == "100.0%"
    assert figures(page)["of these right"] == f"{right:.1%}"
    assert f"**{100 * right:.0f}** get a right label" in texts(page.markdown)
    page.slider[0].set_value(1.0).run()
    assert figures(page)["Labels shown"] == "0.0%"
    assert figures(page)["of these right"] == "–"
    assert len(charts(page)) == 2
    assert figures(page)["ECE with temperature"] == f"{answered.scores.ece:.3f}"


def button_of(page: AppTest, action: str, file: str) -> object:
    """The button of an action on the face of `file`."""
    (found,) = [
        one
        for one in page.button
        if one.key and one.key.startswith(f"{action} ") and one.key.endswith(f"{file}'")
    ]
    return found
