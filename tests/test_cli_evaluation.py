"""`python -m emotion compare` and `robustness`: real models on drawn faces."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from emotion.cli import main
from emotion.evaluation.robustness import ALTERATIONS
from emotion.models.store import find_model
from emotion.settings import Settings, load_settings
from tests.other_model import add_other_model
from tests.test_cli import refused, run_json

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def two_models(
    settings: Settings,  # noqa: ARG001  (first: it sets the models folder as well)
    tmp_path: Path,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(models_dir, tmp_path / "models")
    add_other_model(tmp_path / "models")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()


@pytest.mark.usefixtures("two_models")
def test_two_models_are_compared_as_each_is_evaluated(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(faces_dir)]
    values = run_json(capsys, "compare", "tiny", "other", *data)
    scores = {
        name: run_json(capsys, "evaluate", "--model", name, *data) for name in ("tiny", "other")
    }
    assert values["n"] == 28
    for one in values["differences"].values():
        first, second = (scores[name][one["metric"]] for name in ("tiny", "other"))
        assert (one["first"], one["second"]) == pytest.approx((first, second))
        assert one["low"] <= one["change"] <= one["high"]
    change = np.array(scores["other"]["confusion"]) - np.array(scores["tiny"]["confusion"])
    assert change.any()
    assert values["confusion_difference"] == change.tolist()
    test = values["mcnemar"]
    assert len(values["only_first"]) == test["only_first"]
    assert len(values["only_second"]) == test["only_second"]
    assert test["only_second"] - test["only_first"] == np.trace(change)
    assert main(["compare", "tiny", "other", *data]) == 0
    assert "McNemar's test: p = " in capsys.readouterr().out


def test_a_model_is_not_compared_with_itself(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "named twice" in refused(capsys, "compare", "tiny", "tiny", "--data", str(faces_dir))


def test_altered_pictures_are_scored_against_the_clean_ones(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(faces_dir), "--model", "tiny"]
    values = run_json(capsys, "robustness", *data)
    scores = run_json(capsys, "evaluate", *data)
    assert values["clean"]["macro_f1"] == scores["macro_f1"]
    assert list(values["altered"]) == list(ALTERATIONS)
    for scored in values["altered"].values():
        one = scored["accuracy"]
        assert one["first"] == pytest.approx(scores["accuracy"])
        assert one["change"] == pytest.approx(one["second"] - one["first"])
        assert one["low"] <= one["change"] <= one["high"]
    assert run_json(capsys, "robustness", *data) == values
    assert main(["robustness", *data]) == 0
    assert "lower contrast" in capsys.readouterr().out


def test_what_altered_pictures_cost_is_kept_in_the_card_where_that_is_asked_for(
    faces_dir: Path,
    models_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Path(shutil.copytree(models_dir, tmp_path / "own"))
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(own))
    load_settings.cache_clear()
    before = find_model(own, "tiny").card
    data = ("--data", str(faces_dir), "--model", "tiny")
    values = run_json(capsys, "robustness", *data)
    assert find_model(own, "tiny").card == before
    assert run_json(capsys, "robustness", *data, "--keep") == values
    card = find_model(own, "tiny").card
    assert card.model_copy(update={"robustness": None}) == before
    assert card.robustness is not None
    assert card.robustness.pictures == values["n"]
    kept = card.robustness.changes["covered"]["accuracy"].model_dump()
    assert kept.items() <= values["altered"]["covered"]["accuracy"].items()


def test_a_folder_without_pictures_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "train/1" in refused(capsys, "robustness", "--data", "tests/ui", "--model", "tiny")


def test_the_card_of_a_model_is_printed_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = run_json(capsys, "models", "card", "tiny")
    assert values["markdown"].startswith("# tiny\n")
    assert main(["models", "card", "tiny", "--output", str(tmp_path / "card.md")]) == 0
    assert (tmp_path / "card.md").read_text("utf-8") == values["markdown"]
    capsys.readouterr()
    nowhere = str(tmp_path / "no" / "card.md")
    assert nowhere in refused(capsys, "models", "card", "tiny", "--output", nowhere)
    assert "none" in refused(capsys, "models", "card", "none")
