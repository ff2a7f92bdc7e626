"""Exports to one file, in this process and in one of their own."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from emotion.errors import ModelError
from emotion.labels import KEYS
from emotion.models import jobs
from emotion.models.backend import CropsGrey
from emotion.models.card import CARD_FILE, write_card
from emotion.models.load import load_classifier
from emotion.models.openvino_backend import OpenVinoBackend
from emotion.models.store import ModelEntry, find_model
from emotion.models.torch_import import import_model
from emotion.models.torch_jobs import export_model
from tests.drawn_faces import drawn_face


@pytest.fixture(scope="module")
def entry(models_dir: Path) -> ModelEntry:
    return find_model(models_dir, "tiny")


@pytest.fixture(scope="module")
def crops() -> CropsGrey:
    return np.stack([drawn_face(folder, seed, 32) for folder in range(1, 8) for seed in (5, 6)])


@pytest.fixture(scope="module")
def onnx_file(entry: ModelEntry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "tiny.onnx"
    jobs.export_model(entry, "onnx", path)
    return path


def test_onnx_answers_as_torch_does_for_any_number_of_crops(
    entry: ModelEntry, crops: CropsGrey, onnx_file: Path
) -> None:
    core = ov.Core()
    compiled = core.compile_model(onnx_file, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    expected = load_classifier(entry, "torch").backend.logits(crops)
    for n in (1, len(crops)):
        answer = compiled([crops[:n]])[0]
        np.testing.assert_allclose(answer, expected[:n], rtol=1e-3, atol=1e-3)


def test_onnx_tells_what_its_input_must_be(entry: ModelEntry, onnx_file: Path) -> None:
    import onnx

    model = onnx.load(onnx_file)
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(told["classes"]) == list(KEYS)
    assert "uint8 (n, 32, 32), grey" in told["input"] and "divides by 255" in told["input"]
    assert float(told["temperature"]) == entry.card.temperature
    onnx.checker.check_model(model)


def test_openvino_is_the_export_of_the_model_with_its_card(
    entry: ModelEntry, tmp_path: Path
) -> None:
    export_model(entry, "openvino", tmp_path / "tiny.zip")
    with zipfile.ZipFile(tmp_path / "tiny.zip") as packed:
        file = entry.card.exports[0].file
        assert packed.namelist() == [file, file.replace(".xml", ".bin"), CARD_FILE]
        assert packed.read(file) == (entry.folder / file).read_bytes()


def test_openvino_is_made_for_a_model_without_an_export(
    entry: ModelEntry, crops: CropsGrey, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(entry.folder, plain)
    write_card(plain, entry.card.model_copy(update={"exports": ()}))
    export_model(find_model(tmp_path, "plain"), "openvino", tmp_path / "plain.zip")
    with zipfile.ZipFile(tmp_path / "plain.zip") as packed:
        packed.extractall(tmp_path / "out")
    (xml,) = (tmp_path / "out").glob("*.xml")
    np.testing.assert_allclose(
        OpenVinoBackend(xml, "float32").logits(crops),
        load_classifier(entry, "torch").backend.logits(crops),
        rtol=0.01,
        atol=0.02,
    )


def test_a_state_dict_and_a_zip_come_back_through_the_pages_process(
    entry: ModelEntry, tmp_path: Path
) -> None:
    jobs.export_model(entry, "pth", tmp_path / "tiny.pth")
    made = jobs.import_model(tmp_path / "models", tmp_path / "tiny.pth", "from-pth")
    assert made.card.weights.sha256 == entry.card.weights.sha256
    export_model(entry, "zip", tmp_path / "tiny.zip")
    assert import_model(tmp_path / "models", tmp_path / "tiny.zip").card == entry.card


def test_an_error_of_the_other_process_comes_back_with_its_values(tmp_path: Path) -> None:
    (tmp_path / "w.pth").write_bytes(b"")
    with pytest.raises(ModelError, match=r"w\.pth cannot be read") as raised:
        jobs.import_model(tmp_path / "models", tmp_path / "w.pth", "other")
    assert raised.value.values == {"path": str(tmp_path / "w.pth")}


def test_a_fault_of_the_other_process_is_a_sentence_and_stands_whole_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ModelError, match=r"without an answer \(KeyError: 'nonsense'\)"):
        jobs.run("nonsense")
    assert "Traceback" in caplog.text
