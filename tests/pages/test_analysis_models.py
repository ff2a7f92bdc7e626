"""The models on the analysis page: the real app and cards in real folders."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion.evaluation.intervals import intervals
from emotion.evaluation.scores import Scores, score
from emotion.labels import KEYS, name
from emotion.models.card import (
    ChoiceRecord,
    DataRecord,
    ExportRecord,
    InputSpec,
    ModelCard,
    ScoreRecord,
    WeightsRecord,
    write_card,
)
from emotion.models.store import activate, find_model
from emotion.settings import Settings
from tests.pages.analysis_page import chart_rows, charts, figures, open_page, pick, texts


def made_scores(shift: int = 0) -> Scores:
    """Twelve predictions: a happy face is taken for sad, and there is none that is afraid."""
    truth = np.array([0, 0, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    predicted = np.array([0, 0, 2, 2, 3, 4, 4, 4, 5, 5, 6, 6])
    certain = np.full((12, 7), 0.05, dtype=np.float32)
    certain[np.arange(12), (predicted + shift) % 7] = 0.7
    return score(truth, certain)


def record(scores: Scores, backend: str = "OpenVINO int8") -> ScoreRecord:
    return ScoreRecord(
        data="faces",
        split="test",
        command=f"python -m emotion evaluate --data faces --backend {backend.split()[0].lower()}",
        backend=backend,
        scores=scores.model_dump(),
    )


def save(models: Path, title: str, *scores: ScoreRecord, **changes: object) -> None:
    """Write the card of a model called `title`."""
    card = ModelCard(
        name=title,
        network="resnet18",
        input=InputSpec(resize=256, crop=224),
        temperature=1.25,
        created=datetime(2026, 3, 14, 9, 26, tzinfo=UTC),
        choice=ChoiceRecord(epoch=3, epochs=5, score="macro_f1", pictures=1428),
        data=DataRecord(
            name="faces",
            fingerprint="0",
            counts={"train": dict.fromkeys(KEYS, 200), "test": dict.fromkeys(KEYS, 4)},
            licence="For research alone.",
        ),
        weights=WeightsRecord(file="weights.safetensors", dtype="float16", sha256="0"),
        exports=(
            ExportRecord(
                file="openvino-int8.xml",
                precision="int8",
                sha256="0",
                agreement=0.987,
                pictures=1234,
                accuracy_change=-0.0015,
            ),
        ),
        scores=scores,
    )
    (models / title).mkdir(parents=True)
    write_card(models / title, card.model_copy(update=changes))


def open_models(section: str = "scores") -> AppTest:
    page = open_page(**{"analysis-view": "models", "analysis-section": section})
    assert page.button_group[0].value == "models"
    return page


def test_without_models_the_page_says_where_to_make_one(empty_places: Path) -> None:
    page = open_models()
    assert f"There is no model in {empty_places}" in texts(page.info)
    assert [link.label for link in page.get("page_link")] == ["Train"]


def test_the_figures_are_those_of_the_card(empty_places: Path) -> None:
    save(empty_places, "one", record(made_scores()))
    assert figures(open_models()) == {
        "Accuracy": "91.7%",
        "Balanced accuracy": "91.7%",
        "Macro-F1": "0.911",
        "Calibration error": "0.217",
        "Pictures": "12",
    }


def test_each_class_has_its_scores_and_one_without_pictures_says_so(empty_places: Path) -> None:
    save(empty_places, "one", record(made_scores()))
    table = open_models().table[0].value
    assert table.columns.tolist() == ["Expression", "Precision", "Recall", "F1", "Support"]
    rows = {row[0]: list(row[1:]) for row in table.itertuples(index=False)}
    assert list(rows) == [name(key, "en") for key in KEYS]
    assert [cell.split()[0] for cell in rows["happy"]] == ["1.000", "0.500", "0.667", "2"]
    assert [cell.split()[0] for cell in rows["sad"]] == ["0.667", "1.000", "0.800", "2"]
    assert rows["afraid"] == ["–", "–", "–", "no samples"]
    low, high = intervals(made_scores()).per_class["happy"].recall
    assert f"{low:.2f}\u2060–\u2060{high:.2f}" in rows["happy"][1]


def test_the_precision_of_what_was_never_predicted_is_no_0(empty_places: Path) -> None:
    save(empty_places, "one", record(made_scores(shift=3)))  # nothing becomes sad
    rows = {row[0]: row for row in open_models().table[0].value.itertuples(index=False)}
    assert rows["sad"][1] == "never predicted"
    assert rows["sad"][2].startswith("0.000 ")  # two pictures, none found


def test_the_confusion_matrix_shows_shares_and_pictures(empty_places: Path) -> None:
    save(empty_places, "one", record(made_scores()))
    page = open_models("matrix")
    title = "Confusion matrix: rows are the true expression, columns the predicted one"
    cells = chart_rows(charts(page)[title])
    happy_as_sad = cells[(cells["true"] == "happy") & (cells["predicted"] == "sad")]
    assert happy_as_sad[["count", "of_row", "of_column"]].values.tolist() == [[1, 0.5, 1 / 3]]
    for cells, field in (("rows", "of_row"), ("columns", "of_column"), ("counts", "count")):
        (numbers,) = [one for one in page.button_group if one.label == "Numbers in the cells"]
        numbers.set_value(cells).run()
        assert f"datum.{field}" in charts(page)[title].spec.split("calculate")[1][:60]


def test_each_set_of_scores_stands_with_its_command(empty_places: Path) -> None:
    save(
        empty_places,
        "one",
        record(made_scores()),
        record(made_scores(shift=1), "torch float32 on cpu"),
    )
    page = open_models()
    assert page.code[0].value.endswith("--backend openvino")
    assert figures(page)["Accuracy"] == "91.7%"
    pick(page, "Measured on", "faces · test · torch")
    assert page.code[0].value.endswith("--backend torch")
    assert figures(page)["Accuracy"] == "0.0%"


def test_the_card_is_told_in_words(empty_places: Path) -> None:
    save(empty_places, "one", record(made_scores()))
    page = open_models("about")
    facts = dict(page.table[0].value.itertuples(index=False))
    assert facts["Network"] == "ResNet18"
    assert facts["Input"].endswith("256 x 256 pixels, of which the middle 224 x 224")
    assert facts["Made"] == "2026-03-14 03:26"
    assert facts["Trained on"] == "faces: train 1,400, test 28 (face crops)"
    assert facts["Choice of the epoch"].startswith(r"Epoch 3 of 5\: the best macro-F1 on 1,428")
    assert facts["Temperature"].startswith("1.25")
    assert "98.7% of 1,234 pictures held out, accuracy changed by -0.15" in facts["Export"]
    assert (
        chart_rows(charts(page)["Pictures of each expression in training and test"])[
            "pictures"
        ].tolist()
        == [200] * 7 + [4] * 7
    )
    assert "For research alone." in texts(page.markdown)
    assert "article 5(1)(f)" in texts(page.markdown)
    assert next(one.label for one in page.get("download_button")) == "Download as Markdown"


def test_the_active_model_is_marked_and_shown_first(empty_places: Path) -> None:
    save(empty_places, "a", record(made_scores()))
    save(empty_places, "b", record(made_scores()))
    activate(empty_places, "b")
    page = open_models()
    assert page.selectbox[0].options == ["a", "b · active"]
    assert page.selectbox[0].value == "b"


def test_a_model_without_scores_says_how_to_measure_it(empty_places: Path) -> None:
    save(empty_places, "new", data=None, exports=())
    page = open_models()
    assert "holds no scores" in texts(page.info)
    assert page.code[0].value == "python -m emotion evaluate --data FOLDER --model new"
    about = open_models("about").table[0].value
    assert not {"Trained on", "Export"} & set(about["fact"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("accuracy", "high"), ("confusion", [[1, 2], [3, 4]]), ("per_class", {})],
)
def test_scores_that_cannot_be_read_are_a_sentence_and_the_card_is_still_told(
    empty_places: Path, field: str, value: object
) -> None:
    good = record(made_scores())
    save(empty_places, "one", good.model_copy(update={"scores": good.scores | {field: value}}))
    page = open_models()
    assert f"in the card of one cannot be read at {field}" in texts(page.error)
    assert "ResNet18" in open_models("about").table[0].value["value"].tolist()


def test_a_trained_model_is_shown_with_its_test_scores(settings: Settings) -> None:
    page = open_models()
    scores = Scores.model_validate(find_model(settings.models_dir, "tiny").card.scores[0].scores)
    assert figures(page)["Macro-F1"] == f"{scores.macro_f1:.3f}"
    assert figures(page)["Pictures"] == "28"
    assert page.table[0].value["Support"].tolist() == ["4"] * 7
