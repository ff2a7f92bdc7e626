import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion.data.layout import DataSet, scan
from emotion.errors import PictureError
from emotion.evaluation.answers import Answers, kept_answers
from emotion.evaluation.run import complete, evaluate, missing
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry, find_model
from tests.drawn_faces import drawn_face


@pytest.fixture(scope="module")
def entry(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


@pytest.fixture(scope="module")
def classifier(entry: ModelEntry) -> Classifier:
    return load_classifier(entry)


@pytest.fixture
def own_faces(faces_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(faces_dir / "test", tmp_path / "faces" / "test")
    return tmp_path / "faces"


class Counted:
    """A backend that counts the pictures it is asked for."""

    def __init__(self, classifier: Classifier) -> None:
        self.description = classifier.backend.description
        self.asked = 0
        self._backend = classifier.backend

    def logits(self, crops: np.ndarray) -> np.ndarray:
        self.asked += len(crops)
        return self._backend.logits(crops)


def measure(
    classifier: Classifier, folder: Path, entry: ModelEntry, data: DataSet
) -> tuple[int, object]:
    """How many pictures the model was asked for, and the evaluation."""
    backend = Counted(classifier)
    answers = kept_answers(folder, entry)
    result = evaluate(Classifier(classifier.card, backend), data, answers=answers)
    return backend.asked, result


def test_a_second_evaluation_asks_the_model_for_nothing_and_is_the_same(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path
) -> None:
    first, one = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    second, other = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    assert (first, second) == (28, 0)
    assert one.scores == other.scores
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert one.scores == evaluate(classifier, scan(own_faces)).scores


def test_only_what_is_new_is_asked_for(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path
) -> None:
    measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    changed = own_faces / "test" / "4" / "014.png"
    Image.fromarray(drawn_face(2, 99)).save(changed)
    Image.fromarray(drawn_face(1, 98)).save(own_faces / "test" / "1" / "new.png")
    shutil.move(own_faces / "test" / "6" / "014.png", own_faces / "test" / "5" / "moved.png")
    asked, result = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    assert (asked, result.scores.n) == (2, 29)


def test_a_copy_of_the_folder_opens_at_once(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path
) -> None:
    measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    shutil.copytree(own_faces, tmp_path / "copy")
    answers = kept_answers(tmp_path / "kept", entry)
    assert missing(answers, scan(tmp_path / "copy"), "test") == []


def test_other_weights_backends_and_crops_have_answers_of_their_own(
    entry: ModelEntry, tmp_path: Path
) -> None:
    weights = entry.card.weights.model_copy(update={"sha256": "other"})
    other = ModelEntry(entry.folder, entry.card.model_copy(update={"weights": weights}))
    files = {
        kept_answers(tmp_path, entry).path,
        kept_answers(tmp_path, entry, "torch").path,
        kept_answers(tmp_path, other, "torch").path,
        kept_answers(tmp_path, entry, find_faces=True).path,
    }
    assert len(files) == 4
    assert kept_answers(tmp_path, entry, "openvino").path == kept_answers(tmp_path, entry).path


def test_another_temperature_needs_no_model(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path
) -> None:
    measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    card = entry.card.model_copy(update={"temperature": 3.0})
    asked, result = measure(
        Classifier(card, classifier.backend), tmp_path / "kept", ModelEntry(entry.folder, card),
        scan(own_faces),
    )  # fmt: skip
    assert asked == 0
    scaled = np.exp(result.logits / 3.0)
    np.testing.assert_allclose(
        result.probabilities, scaled / scaled.sum(axis=1, keepdims=True), rtol=1e-4
    )


def test_a_broken_picture_is_said_again_with_its_own_path(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (own_faces / "test" / "3" / "a.png").write_bytes(b"\x89PNG no more")
    with caplog.at_level(logging.CRITICAL):
        _, one = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    (own_faces / "test" / "3" / "a.png").rename(own_faces / "test" / "3" / "b.png")
    asked, other = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    assert asked == 0
    assert one.left_out[0] == other.left_out[0].replace("b.png", "a.png")
    assert "b.png" in other.left_out[0]


def test_a_stopped_evaluation_goes_on_from_where_it_was(
    classifier: Classifier, entry: ModelEntry, faces_dir: Path, tmp_path: Path
) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        assert of == 98
        if done == 64:
            raise StopError

    answers = kept_answers(tmp_path, entry)
    with pytest.raises(StopError):
        complete(answers, classifier, scan(faces_dir), "train", progress=stop)
    seen: list[tuple[int, int]] = []
    again = kept_answers(tmp_path, entry)
    complete(again, classifier, scan(faces_dir), "train", progress=lambda *at: seen.append(at))
    assert seen == [(96, 98), (98, 98)]


def test_a_broken_file_of_answers_is_nothing_and_is_replaced(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    path = kept_answers(tmp_path, entry).path
    for content in (b"no archive", b"PK\x03\x04 cut short"):
        path.write_bytes(content)
        with caplog.at_level(logging.WARNING):
            asked, _ = measure(classifier, tmp_path, entry, scan(own_faces))
        assert asked == 28
        assert "cannot be read" in caplog.text
        assert measure(classifier, tmp_path, entry, scan(own_faces))[0] == 0


def test_what_others_wrote_meanwhile_is_kept(tmp_path: Path) -> None:
    one, other = Answers(tmp_path / "a.npz"), Answers(tmp_path / "a.npz")
    one.logits[b"1" * 32] = np.ones(7, np.float32)
    other.refusals[b"2" * 32] = PictureError("No face in {path}.", path=Path("x"))
    one.save()
    other.save()
    both = Answers(tmp_path / "a.npz")
    both.refresh()
    assert (list(both.logits), list(both.refusals)) == ([b"1" * 32], [b"2" * 32])
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_written_costs_no_answer(
    classifier: Classifier, entry: ModelEntry, own_faces: Path, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (tmp_path / "kept").write_text("a file in its place")
    with caplog.at_level(logging.WARNING):
        _, result = measure(classifier, tmp_path / "kept", entry, scan(own_faces))
    assert result.scores.n == 28
    assert "cannot be kept" in caplog.text
