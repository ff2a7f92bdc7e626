import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from emotion.data.layout import scan
from emotion.errors import DataError
from emotion.evaluation.run import evaluate
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model


@pytest.fixture(scope="module")
def classifier(models_dir: Path) -> Classifier:
    return load_classifier(find_model(models_dir, "tiny"))


@pytest.fixture
def own_faces(faces_dir: Path, tmp_path: Path) -> Path:
    """A copy of the data that a test may spoil."""
    shutil.copytree(faces_dir, tmp_path / "faces")
    return tmp_path / "faces"


def test_the_card_of_a_trained_model_holds_what_evaluate_finds(
    classifier: Classifier, faces_dir: Path
) -> None:
    result = evaluate(classifier, scan(faces_dir), "test")
    recorded = classifier.card.scores[0]
    assert result.scores.model_dump() == recorded.scores
    assert result.scores.accuracy > 2 / 7  # it has learned something
    assert recorded.command == (
        "python -m emotion evaluate --data faces --model tiny --backend openvino"
    )


def test_answers_stand_beside_their_pictures(classifier: Classifier, faces_dir: Path) -> None:
    result = evaluate(classifier, scan(faces_dir), "train")
    assert len(result.samples) == len(result.truth) == len(result.probabilities) == 98
    assert [sample.expression for sample in result.samples] == result.truth.tolist()
    np.testing.assert_allclose(result.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_progress_counts_up_to_all_pictures(classifier: Classifier, faces_dir: Path) -> None:
    seen: list[tuple[int, int]] = []
    evaluate(classifier, scan(faces_dir), "train", progress=lambda *step: seen.append(step))
    assert seen == [(32, 98), (64, 98), (96, 98), (98, 98)]


def test_pictures_that_cannot_be_read_are_left_out_and_said(
    classifier: Classifier, own_faces: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = own_faces / "test" / "3" / "zz.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no more")
    (own_faces / "test" / "3" / "zzz.png").write_text("a text")
    with caplog.at_level(logging.WARNING):
        result = evaluate(classifier, scan(own_faces), "test")
    assert result.scores.n == 28
    assert len(result.left_out) == len(caplog.records) == 2
    assert str(broken) in result.left_out[0]
    assert all(sample.path.endswith("png") for sample in result.samples)


def test_a_split_of_which_nothing_can_be_read_is_refused(
    classifier: Classifier, tmp_path: Path
) -> None:
    for folder in "12":
        (tmp_path / "test" / folder).mkdir(parents=True)
        (tmp_path / "test" / folder / "a.png").touch()
    with pytest.raises(DataError, match=r"None of the 2 pictures for test .*1/a\.png"):
        evaluate(classifier, scan(tmp_path), "test")


def test_a_split_that_is_not_there_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "train" / "1").mkdir(parents=True)
    (tmp_path / "train" / "1" / "a.png").touch()
    with pytest.raises(DataError, match="no pictures for test"):
        evaluate(classifier, scan(tmp_path))


def test_faces_are_found_where_pictures_are_whole(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "4").mkdir()
    Image.fromarray(astronaut()).save(tmp_path / "4" / "a.png")
    Image.new("L", (100, 100)).save(tmp_path / "4" / "b.png")
    result = evaluate(classifier, scan(tmp_path), find_faces=True)
    assert [sample.path for sample in result.samples] == ["4/a.png"]
    assert "No face was found" in result.left_out[0]
