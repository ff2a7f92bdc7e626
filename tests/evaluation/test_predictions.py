import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion.data.layout import scan
from emotion.errors import ModelError
from emotion.evaluation.predictions import (
    PREDICTIONS_FILE,
    Predictions,
    pair,
    predictions_of,
    read_predictions,
    write_predictions,
)
from emotion.evaluation.run import evaluate
from emotion.models.load import load_classifier
from emotion.models.store import find_model


@pytest.fixture(scope="module")
def kept(models_dir: Path) -> Predictions:
    """What the run of `tiny` left beside its card."""
    predictions = read_predictions(models_dir / "tiny")
    assert predictions is not None
    return predictions


def test_a_run_keeps_what_its_model_answered_on_the_test_pictures(
    kept: Predictions, models_dir: Path, faces_dir: Path
) -> None:
    entry, data = find_model(models_dir, "tiny"), scan(faces_dir)
    again = predictions_of(evaluate(load_classifier(entry), data), data, "test")
    assert again.fingerprint == kept.fingerprint
    np.testing.assert_array_equal(again.ids, kept.ids)
    np.testing.assert_array_equal(again.truth, kept.truth)
    np.testing.assert_allclose(again.probabilities, kept.probabilities, atol=1e-6)
    recorded = entry.card.scores[0].scores
    assert (kept.labels == kept.truth).mean() == pytest.approx(recorded["accuracy"])


def test_no_path_of_a_picture_is_in_the_file(models_dir: Path) -> None:
    assert b".png" not in (models_dir / "tiny" / PREDICTIONS_FILE).read_bytes()
    with np.load(models_dir / "tiny" / PREDICTIONS_FILE) as file:
        assert sorted(file) == ["fingerprint", "ids", "probabilities", "truth"]
        assert len(set(file["ids"])) == 28


def test_what_is_written_is_read(kept: Predictions, tmp_path: Path) -> None:
    assert read_predictions(tmp_path) is None
    write_predictions(tmp_path, kept)
    read = read_predictions(tmp_path)
    assert read is not None
    assert read.fingerprint == kept.fingerprint
    np.testing.assert_array_equal(read.probabilities, kept.probabilities)
    assert [path.name for path in tmp_path.iterdir()] == [PREDICTIONS_FILE]


def test_a_broken_file_and_a_folder_that_is_gone_are_sentences(
    kept: Predictions, tmp_path: Path
) -> None:
    for content in (b"", b"PK\x03\x04 half of it", b"{}"):
        (tmp_path / PREDICTIONS_FILE).write_bytes(content)
        with pytest.raises(ModelError, match="have the model measured again"):
            read_predictions(tmp_path)
    with pytest.raises(ModelError, match="No such file or directory"):
        write_predictions(tmp_path / "none", kept)


def test_pictures_are_paired_by_what_they_are_and_not_by_their_place(kept: Predictions) -> None:
    order = np.random.default_rng(0).permutation(len(kept.ids))[:20]
    part = replace(
        kept,
        ids=kept.ids[order],
        truth=kept.truth[order],
        probabilities=kept.probabilities[order],
    )
    both = pair(kept, part)
    assert both is not None
    assert len(both.truth) == 20  # eight were left out by the second
    np.testing.assert_array_equal(both.first, both.second)


def test_answers_on_other_pictures_are_no_pair(
    kept: Predictions, faces_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(faces_dir, tmp_path / "faces")
    assert scan(tmp_path / "faces").fingerprint("test") == kept.fingerprint
    (tmp_path / "faces" / "train" / "1" / "000.png").unlink()  # of no concern to the test
    assert scan(tmp_path / "faces").fingerprint("test") == kept.fingerprint
    (tmp_path / "faces" / "test" / "1" / "014.png").unlink()
    other = scan(tmp_path / "faces").fingerprint("test")
    assert other != kept.fingerprint
    assert pair(kept, replace(kept, fingerprint=other)) is None
    assert pair(kept, replace(kept, ids=kept.ids + np.uint64(1))) is None
