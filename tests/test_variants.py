"""Changes of a model are measured on the pictures that its run held out."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from benchmarks import variants
from emotion.errors import ModelError
from emotion.models.store import ModelEntry, find_model


@pytest.fixture
def tiny(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


def test_each_change_is_measured_beside_the_model_as_it_is(
    tiny: ModelEntry,
    faces_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = variants.measure(faces_dir, tiny, [tiny])
    assert values["pictures"] > 7
    changes = values["changes"]
    assert {"with its mirror image", "input of 64 px", "tiny"} < set(changes)
    firsts = {scores["accuracy"]["first"] for scores in changes.values()}
    assert len(firsts) == 1
    same = changes["tiny"]["accuracy"]
    assert (same["first"], same["low"], same["high"]) == (same["second"], 0, 0)
    assert not same["beyond_chance"]
    monkeypatch.setenv("COLUMNS", "200")
    variants.show(values)
    assert "with its mirror image" in capsys.readouterr().out


def test_what_the_class_weights_do_is_measured_where_there_were_some(
    tiny: ModelEntry, faces_dir: Path
) -> None:
    pictures = variants.find_held_out(faces_dir, tiny)
    assert pictures.weights.tolist() == pytest.approx([1.0] * 7, abs=0.2)
    # Weighted so, the first class is answered wherever its weight is left in, and nowhere else.
    heavy = replace(pictures, weights=torch.tensor([1e9] + [1.0] * 6))

    def answers(**recipe: object) -> dict[str, list[int]]:
        card = tiny.card.model_copy(update={"recipe": tiny.card.recipe | recipe})
        told = variants.variants(ModelEntry(tiny.folder, card), heavy)
        return {name: found.tolist() for name, found in told if name.startswith("class weights")}

    (left,) = answers(prior_kept=True).items()
    assert left == ("class weights left in the answers", [0] * len(pictures.truth))
    (taken,) = answers(prior_kept=False).items()
    assert taken[0] == "class weights taken back"
    assert 0 not in taken[1]
    assert answers(class_weights="none") == {}


def test_each_size_is_cut_from_the_pictures_themselves(tiny: ModelEntry, faces_dir: Path) -> None:
    pictures = variants.find_held_out(faces_dir, tiny)
    own = cv2.imread(str(pictures.files[0]), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(pictures.crops(48)[0].numpy(), own)  # as they are drawn
    assert pictures.crops(64).shape == (len(pictures.truth), 64, 64)


def test_a_model_that_is_not_known_is_refused_in_a_sentence(
    faces_dir: Path, models_dir: Path
) -> None:
    entry = find_model(models_dir, "tiny")
    imported = ModelEntry(entry.folder, entry.card.model_copy(update={"recipe": {}}))
    with pytest.raises(ModelError, match="does not say how it was trained"):
        variants.measure(faces_dir, imported, [])
