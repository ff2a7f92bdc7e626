"""A model as a zip: it comes back as it went, and what is no such zip leaves nothing behind."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.labels import KEYS
from emotion.models import archive
from emotion.models.archive import write_archive
from emotion.models.card import CARD_FILE
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.models.torch_import import import_model
from tests.drawn_faces import drawn_face

Files = dict[str, bytes]


@pytest.fixture
def packed(models_dir: Path, tmp_path: Path) -> Path:
    write_archive(find_model(models_dir, "tiny"), tmp_path / "tiny.zip")
    return tmp_path / "tiny.zip"


@pytest.fixture
def files(packed: Path) -> Files:
    with zipfile.ZipFile(packed) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def pack(path: Path, files: Files, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return path


def refused(path: Path, models_dir: Path, match: str) -> None:
    """The zip is refused with the sentence, and nothing is left of it."""
    with pytest.raises(ModelError, match=match):
        import_model(models_dir, path, "other")
    assert not models_dir.exists() or not list(models_dir.iterdir())


def test_an_exported_model_is_imported_as_it_was(
    packed: Path, models_dir: Path, tmp_path: Path
) -> None:
    made = import_model(tmp_path / "models", packed)
    assert made.name == made.card.name == "tiny"
    renamed = import_model(tmp_path / "models", packed, "second")
    assert renamed.card == made.card.model_copy(update={"name": "second"})
    assert [path.name for path in packed.parent.glob("*.part")] == []
    crops = np.stack([drawn_face(folder, 1, 32) for folder in range(1, 8)])
    before = load_classifier(find_model(models_dir, "tiny")).probabilities(crops)
    np.testing.assert_array_equal(load_classifier(renamed).probabilities(crops), before)


def test_a_model_that_was_packed_again_in_a_folder_with_other_files_is_taken(
    files: Files, tmp_path: Path
) -> None:
    again = {f"my model/{name}": content for name, content in files.items()}
    again |= {"__MACOSX/my model/._card.json": b"x", "my model/notes.txt": b"mine"}
    made = import_model(tmp_path / "models", pack(tmp_path / "a.zip", again, zipfile.ZIP_DEFLATED))
    assert sorted(path.name for path in made.folder.iterdir()) == sorted(files)


def test_a_taken_name_is_refused_and_the_model_of_that_name_stays(
    packed: Path, tmp_path: Path
) -> None:
    before = import_model(tmp_path / "models", packed)
    with pytest.raises(ModelError, match="tiny exists already"):
        import_model(tmp_path / "models", packed)
    assert find_model(tmp_path / "models", "tiny") == before
    assert len(list((tmp_path / "models").iterdir())) == 1


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "..\\evil", "a/../../evil"])
def test_a_path_that_leads_out_is_refused(files: Files, tmp_path: Path, name: str) -> None:
    refused(pack(tmp_path / "a.zip", files | {name: b"x"}), tmp_path / "models", "leads out of it")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_zip_that_was_cut_short_is_refused(packed: Path, tmp_path: Path, share: float) -> None:
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * share)])
    refused(packed, tmp_path / "models", r"tiny\.zip cannot be read")


def test_a_damaged_zip_is_refused(packed: Path, tmp_path: Path) -> None:
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 1  # in the weights: the checksum of the zip tells
    packed.write_bytes(content)
    refused(packed, tmp_path / "models", "cannot be read|is not the one")


def change(files: Files, **values: object) -> Files:
    card = json.loads(files[CARD_FILE]) | values
    return files | {CARD_FILE: json.dumps(card).encode()}


def without_weights(files: Files) -> Files:
    return {name: content for name, content in files.items() if "weights" not in name}


def other_weights(files: Files) -> Files:
    name = next(name for name in files if "weights" in name)
    return files | {name: files[name][:-1] + b"x"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (lambda _files: {"readme.txt": b"hello"}, "holds 0 files called"),
        (lambda files: files | {"second/card.json": files[CARD_FILE]}, "holds 2 files called"),
        (lambda files: files | {CARD_FILE: b"{"}, r"a\.zip.card\.json is not valid"),
        (without_weights, r"weights\.safetensors is missing"),
        (other_weights, r"weights\.safetensors .* is not the one that its card describes"),
        (
            lambda files: change(files, network="mobilenet_v2"),
            "of the network resnet18, not of mobilenet_v2",
        ),
        (lambda files: change(files, input={"resize": 48, "crop": 48}), "does not fit its card"),
        (lambda files: change(files, classes=sorted(KEYS)), "in the order angry, disgust"),
        (lambda files: change(files, classes=KEYS[:6]), "not valid"),
    ],
)
def test_what_is_no_whole_model_is_refused(
    files: Files, tmp_path: Path, changed: Callable[[Files], Files], sentence: str
) -> None:
    refused(pack(tmp_path / "a.zip", changed(files)), tmp_path / "models", sentence)


def test_a_zip_that_grows_without_end_is_refused(files: Files, tmp_path: Path) -> None:
    """A bomb: a hundred megabytes of zeros in one; no more than the limit is written."""
    name = next(name for name in files if "weights" in name)
    path = pack(tmp_path / "a.zip", files | {name: bytes(10**8)}, zipfile.ZIP_DEFLATED)
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelError, match="larger than 20 MB"):
        archive.unpack(path, tmp_path / "out", most=20 * 10**6)
    assert sum(file.stat().st_size for file in (tmp_path / "out").iterdir()) <= 20 * 10**6


def test_a_locked_zip_is_refused(files: Files, tmp_path: Path) -> None:
    content = bytearray(pack(tmp_path / "a.zip", files).read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:  # say in the list of files that each is encrypted
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    (tmp_path / "a.zip").write_bytes(content)
    refused(tmp_path / "a.zip", tmp_path / "models", "cannot be read.*encrypted")


def test_a_model_with_a_broken_file_is_not_exported(models_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(models_dir / "tiny", tmp_path / "tiny")
    entry = find_model(tmp_path, "tiny")
    (entry.folder / entry.card.weights.file).write_bytes(b"short")
    with pytest.raises(ModelError, match="is not the one"):
        write_archive(entry, tmp_path / "tiny.zip")
    assert not list(tmp_path.glob("*.zip*"))


def test_a_place_that_cannot_be_written_is_named(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none/tiny\.zip could not be written"):
        write_archive(find_model(models_dir, "tiny"), tmp_path / "none" / "tiny.zip")
