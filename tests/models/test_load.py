import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.models.backend import CropsGrey
from emotion.models.card import write_card
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry, find_model
from tests.drawn_faces import drawn_face


@pytest.fixture
def entry(models_dir: Path, tmp_path: Path) -> ModelEntry:
    """A copy of `tiny` that a test may spoil."""
    shutil.copytree(models_dir / "tiny", tmp_path / "tiny")
    return find_model(tmp_path, "tiny")


@pytest.fixture(scope="module")
def crops() -> CropsGrey:
    return np.stack([drawn_face(folder, seed, 32) for folder in range(1, 8) for seed in (90, 91)])


def test_probabilities_are_seven_for_each_crop_and_sum_to_one(
    entry: ModelEntry, crops: CropsGrey
) -> None:
    probabilities = load_classifier(entry).probabilities(crops)
    assert probabilities.shape == (14, 7)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_the_export_agrees_with_torch(entry: ModelEntry, crops: CropsGrey) -> None:
    exported, original = (load_classifier(entry, name) for name in ("openvino", "torch"))
    difference = exported.probabilities(crops) - original.probabilities(crops)
    most = 0.3 if entry.card.exports[0].precision == "int8" else 0.02
    assert np.abs(difference).max() < most


def test_only_the_middle_of_a_crop_is_seen_where_the_card_says_so(
    entry: ModelEntry, crops: CropsGrey
) -> None:
    wide = entry.card.model_copy(
        update={"input": entry.card.input.model_copy(update={"resize": 40})}
    )
    plain, cut = load_classifier(entry), load_classifier(ModelEntry(entry.folder, wide))
    assert (plain.crop_size, cut.crop_size) == (32, 40)
    framed = np.pad(crops, ((0, 0), (4, 4), (4, 4)), constant_values=255)
    np.testing.assert_array_equal(cut.probabilities(framed), plain.probabilities(crops))


def test_a_higher_temperature_lowers_confidence_and_keeps_labels(
    entry: ModelEntry, crops: CropsGrey
) -> None:
    warm = entry.card.model_copy(update={"temperature": entry.card.temperature * 3})
    before = load_classifier(entry).probabilities(crops)
    after = load_classifier(ModelEntry(entry.folder, warm)).probabilities(crops)
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    assert (after.max(axis=1) < before.max(axis=1)).all()


def test_many_threads_share_one_model_and_each_gets_its_own_answers(
    entry: ModelEntry, crops: CropsGrey
) -> None:
    classifier = load_classifier(entry, "openvino")
    expected = [classifier.probabilities(crop[None]) for crop in crops]
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda i: classifier.probabilities(crops[i % 14, None]), range(200))
        for i, answer in enumerate(answers):
            np.testing.assert_array_equal(answer, expected[i % 14])


def test_a_model_without_export_is_run_by_torch(entry: ModelEntry) -> None:
    plain = ModelEntry(entry.folder, entry.card.model_copy(update={"exports": ()}))
    assert load_classifier(plain).backend.description == "torch float32 on cpu"
    with pytest.raises(ModelError, match="tiny has no OpenVINO export"):
        load_classifier(plain, "openvino")


def test_a_file_that_was_cut_short_or_changed_or_lost_is_named(entry: ModelEntry) -> None:
    for backend, file in (("torch", entry.card.weights.file), ("openvino", _bin(entry))):
        path = entry.folder / file
        content = path.read_bytes()
        flipped = content[:100] + bytes([content[100] ^ 1]) + content[101:]
        for broken in (content[: len(content) // 2], b"", flipped):
            path.write_bytes(broken)
            with pytest.raises(ModelError, match=f"{file} of the model tiny is not the one"):
                load_classifier(entry, backend)  # type: ignore[arg-type]
        path.unlink()
        with pytest.raises(ModelError, match=f"{file} of the model tiny is missing"):
            load_classifier(entry, backend)  # type: ignore[arg-type]


@pytest.mark.parametrize("keep", [0.0, 0.5])
def test_a_description_of_an_export_that_was_cut_short_is_refused(
    entry: ModelEntry, keep: float
) -> None:
    path = entry.folder / entry.card.exports[0].file
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(ModelError, match=r"\.xml cannot be loaded"):
        load_classifier(entry, "openvino")


def test_weights_of_another_network_than_the_card_says_are_refused(entry: ModelEntry) -> None:
    write_card(entry.folder, entry.card.model_copy(update={"network": "mobilenet_v2"}))
    with pytest.raises(ModelError, match="of the network resnet18, not of mobilenet_v2"):
        load_classifier(find_model(entry.folder.parent, "tiny"), "torch")


def _bin(entry: ModelEntry) -> str:
    return Path(entry.card.exports[0].file).with_suffix(".bin").name
