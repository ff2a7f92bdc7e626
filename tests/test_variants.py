"""Changes of a model are measured on the pictures that its run held out."""

from pathlib import Path

import pytest

from benchmarks import variants
from emotion.errors import ModelError
from emotion.models.store import ModelEntry, find_model


@pytest.fixture
def tiny(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


def test_each_change_is_measured_beside_the_model_as_it_is(
    tiny: ModelEntry, faces_dir: Path, capsys: pytest.CaptureFixture[str]
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
    variants.show(values)
    assert "with its mirror image" in capsys.readouterr().out


def test_weights_that_were_taken_back_are_those_of_the_pictures(tiny: ModelEntry) -> None:
    assert tiny.card.data is not None
    few = {key: 9 if key == "happy" else 1 for key in tiny.card.data.counts["train"]}
    data = tiny.card.data.model_copy(update={"counts": {"train": few}})
    card = tiny.card.model_copy(update={"data": data})
    weights = variants.weights_in_training(ModelEntry(tiny.folder, card))
    assert weights is not None
    assert float(weights[0] / weights[3]) == pytest.approx(3)
    left = card.model_copy(update={"recipe": card.recipe | {"prior_kept": False}})
    assert variants.weights_in_training(ModelEntry(tiny.folder, left)) is None


def test_a_model_that_is_not_known_is_refused_in_a_sentence(
    faces_dir: Path, models_dir: Path
) -> None:
    entry = find_model(models_dir, "tiny")
    imported = ModelEntry(entry.folder, entry.card.model_copy(update={"recipe": {}}))
    with pytest.raises(ModelError, match="does not say how it was trained"):
        variants.measure(faces_dir, imported, [])
