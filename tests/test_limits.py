"""The figures behind the limits come from held-out pictures, and say where labels fall."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from benchmarks import limits
from benchmarks.held_out import held_out, shown
from benchmarks.limits import where_it_falls
from benchmarks.poses import front
from benchmarks.worse import SERIES, Series
from emotion.errors import DataError, ModelError
from emotion.labels import KEYS
from emotion.models.store import ModelEntry, find_model
from emotion.settings import Settings
from emotion.training.events import read_events
from emotion.vision.detector import FaceDetector
from emotion.vision.types import CropGrey


@pytest.fixture
def tiny(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


def portrait() -> CropGrey:
    grey = skimage.data.astronaut().mean(axis=2)[50:178, 160:288]
    return np.ascontiguousarray(grey.astype(np.uint8))


def test_the_pictures_are_those_that_the_run_held_out(
    tiny: ModelEntry, tiny_run: Path, faces_dir: Path
) -> None:
    crops, truth = held_out(faces_dir, tiny)
    (started,) = [event for event in read_events(tiny_run) if event["kind"] == "started"]
    assert len(crops) == len(truth) == started["validation"]
    assert set(truth) == set(range(len(KEYS)))
    assert {crop.shape for crop in crops} == {(32, 32)}


def test_other_pictures_than_those_of_the_run_are_refused(
    tiny: ModelEntry, faces_dir: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(faces_dir, tmp_path / "other"))
    shutil.copy(next((other / "train" / "1").iterdir()), other / "train" / "1" / "one_more.png")
    with pytest.raises(DataError, match="may have learned from some"):
        held_out(other, tiny)


@pytest.mark.parametrize("recipe", [{}, {"made": "elsewhere"}])
def test_a_model_that_does_not_say_how_it_was_trained_is_refused(
    tiny: ModelEntry, faces_dir: Path, recipe: dict[str, str]
) -> None:
    imported = tiny.card.model_copy(update={"recipe": recipe})
    with pytest.raises(ModelError, match="does not say how it was trained"):
        held_out(faces_dir, ModelEntry(tiny.folder, imported))


def test_a_list_of_pictures_that_the_run_did_not_see_is_needed(
    tiny: ModelEntry, faces_dir: Path
) -> None:
    assert tiny.card.data is not None
    record = tiny.card.data.model_copy(update={"set_aside": "gone.csv"})
    card = tiny.card.model_copy(update={"data": record})
    with pytest.raises(DataError, match=r"gone\.csv cannot be read"):
        held_out(faces_dir, ModelEntry(tiny.folder, card))


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series.name)
def test_each_series_gets_worse_from_level_to_level(series: Series) -> None:
    crop = portrait()
    worse = [series.worsen(crop, level, 0) for level in series.levels]
    assert {one.shape for one in worse} == {crop.shape}
    measured = [series.measure(one, level) for one, level in zip(worse, series.levels, strict=True)]
    rises = series.limit.startswith("MAX")
    assert measured == sorted(measured, reverse=not rises)
    far = [np.abs(one.astype(int) - crop).mean() for one in worse]
    assert far == sorted(far)
    assert far[-1] > far[0]


def test_shown_labels_are_those_above_the_confidence() -> None:
    probabilities = np.full((4, 7), 0.05, np.float32)
    probabilities[[0, 1, 2, 3], [0, 1, 2, 3]] = [0.7, 0.7, 0.6, 0.7]
    row = shown(probabilities, np.array([0, 1, 2, 0]), 0.65)
    assert row == {"right": 0.75, "shown": 0.75, "shown_right": pytest.approx(2 / 3)}


def test_a_limit_lies_where_the_fall_is_between_two_levels() -> None:
    rows = [
        {"measured": 30.0, "shown_right": 0.92},
        {"measured": 20.0, "shown_right": 0.90},
        {"measured": 10.0, "shown_right": 0.80},
    ]
    assert where_it_falls(rows, 0.85) == pytest.approx(15.0)
    assert where_it_falls(rows, 0.95) == 30.0
    assert where_it_falls(rows, 0.5) is None


def test_a_face_from_the_front_is_upright_and_the_same_on_both_sides() -> None:
    frame = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    face = front(list(FaceDetector().detect(frame)))
    right_eye, left_eye, nose, right_mouth, left_mouth = np.array(face["landmarks"])
    assert right_eye == pytest.approx(left_eye * [-1, 1])
    assert right_eye[1] < nose[1] < right_mouth[1] == left_mouth[1]
    assert nose[0] == 0
    assert 0.3 < face["eyes_to_mouth"] < 0.5


def test_the_command_prints_one_json_object(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(settings.data_dir), "--model", "tiny", "--json"]
    monkeypatch.setattr("sys.argv", ["limits", *arguments])
    limits.main()
    values = json.loads(capsys.readouterr().out)
    assert values["model"] == "tiny"
    assert set(values["series"]) == {series.name for series in SERIES}
    assert sum(values["resting"]["measured"].values()) == pytest.approx(1)
    assert [row["turned"] for row in values["poses"]["angles"]["MAX_ROLL"]] == [0, 10, 20, 30, 40]


def test_a_folder_that_is_not_there_is_told_in_one_sentence(
    settings: Settings,  # noqa: ARG001  (the environment)
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["limits", "nowhere", "--model", "tiny"])
    with pytest.raises(SystemExit) as ended:
        limits.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("The data folder nowhere does not exist.")
