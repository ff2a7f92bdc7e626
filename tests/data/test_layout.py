import shutil
from pathlib import Path

import pytest

from emotion.data import split_file
from emotion.data.layout import DataSet, Sample, scan
from emotion.errors import DataError
from emotion.labels import EXPRESSIONS, KEYS
from tests.drawn_faces import write_faces


def made(root: Path, *files: str) -> Path:
    """Empty files below `root`: the layout is read from names alone."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def test_the_usual_layout_is_read_class_by_class(faces_dir: Path) -> None:
    data = scan(faces_dir)
    assert data.counts() == {"train": dict.fromkeys(KEYS, 14), "test": dict.fromkeys(KEYS, 4)}
    assert data.notes == ()
    first = data.samples("train")[0]
    assert first == Sample("train/1/000.png", 0)
    assert data.path(first) == faces_dir / "train" / "1" / "000.png"


@pytest.mark.parametrize("name", ["val", "validation", "valid", "Validation"])
def test_a_validation_folder_stands_for_a_missing_test(tmp_path: Path, name: str) -> None:
    data = scan(made(tmp_path, "train/1/a.png", f"{name}/2/b.png"))
    assert data.samples("test") == (Sample(f"{name}/2/b.png", 1),)
    assert data.notes == (f"{name} → test",)


def test_a_validation_folder_beside_a_test_is_left_alone(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "train/1/a.png", "test/1/b.png", "val/1/c.png"))
    assert data.samples("test") == (Sample("test/1/b.png", 0),)
    assert data.unread == {"val": 1}


@pytest.mark.parametrize(
    ("folder", "expression"),
    [("Anger", "angry"), ("happiness", "happy"), ("Alegría", "happy"), ("ALEGRI\u0301A", "happy")],
)
def test_class_folders_may_carry_names_that_other_data_sets_use(
    tmp_path: Path, folder: str, expression: str
) -> None:
    (sample,) = scan(made(tmp_path, f"train/{folder}/a.png")).samples("train")
    assert KEYS[sample.expression] == expression


def test_splits_may_have_capitals_and_spanish_names(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "Entrenamiento/1/a.png", "Test/1/b.png"))
    assert data.samples("train") == (Sample("Entrenamiento/1/a.png", 0),)
    assert data.samples("test") == (Sample("Test/1/b.png", 0),)
    assert data.notes == ("Entrenamiento → train", "Test → test")


@pytest.mark.parametrize("wrapping", ["faces", "faces/faces"])
def test_a_folder_that_wraps_the_data_is_looked_through(tmp_path: Path, wrapping: str) -> None:
    made(tmp_path, f"{wrapping}/train/1/a.png", f"{wrapping}/test/2/b.png")
    data = scan(tmp_path)
    assert data.root == tmp_path / wrapping
    assert data.samples("train") == (Sample("train/1/a.png", 0),)
    assert data.path(data.samples("test")[0]).is_file()
    assert data.within == wrapping
    assert data.notes == ()


def test_a_folder_between_split_and_class_is_looked_through(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "train/images/1/a.png", "test/1/b.png"))
    assert data.samples("train") == (Sample("train/images/1/a.png", 0),)


@pytest.mark.parametrize("inner", ["1", "images", "images/aligned"])
def test_a_folder_within_a_class_is_looked_through(tmp_path: Path, inner: str) -> None:
    data = scan(made(tmp_path, f"train/1/{inner}/a.png", "train/2/b.png"))
    assert data.samples("train")[0] == Sample(f"train/1/{inner}/a.png", 0)
    assert data.unread == {}


def test_two_folders_of_one_class_are_one_class(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "train/1/b.png", "train/surprise/a.png"))
    assert [sample.path for sample in data.samples("train")] == [
        "train/1/b.png",
        "train/surprise/a.png",
    ]


def test_pictures_without_a_place_in_the_layout_are_counted_by_folder(tmp_path: Path) -> None:
    made(tmp_path, "train/1/a.png", "train/1/more/b.png", "train/1/more/c.png", "train/d.png")
    made(tmp_path, "train/8/e.png", "f.png", ".hidden/1/g.png", "__MACOSX/train/1/h.png")
    data = scan(tmp_path)
    assert data.counts() == {"train": dict.fromkeys(KEYS, 0) | {"surprise": 1}}
    assert data.unread == {".": 1, "train": 1, "train/1": 2, "train/8": 1}


@pytest.mark.parametrize("folder", ["mine", "zip/inside"])
def test_a_data_set_within_another_is_one_of_its_own(tmp_path: Path, folder: str) -> None:
    data = scan(made(tmp_path, "train/1/a.png", f"{folder}/train/1/b.png"))
    assert data.unread == {}
    assert len(data.samples("train")) == 1


def test_a_flat_folder_is_divided_as_its_split_file_says(tmp_path: Path) -> None:
    made(tmp_path, "1/a.png", "1/b.png", "7/new.png")
    split_file.write(tmp_path, {"1/a.png": "test", "1/b.png": "train", "2/gone.png": "test"})
    data = scan(tmp_path)
    assert data.flat
    assert data.samples("test") == (Sample("1/a.png", 0),)
    assert data.samples("train") == (Sample("1/b.png", 0), Sample("7/new.png", 6))
    split_file.remove(tmp_path)
    assert len(scan(tmp_path).samples("test")) == 3


@pytest.mark.parametrize("text", ["path\n1/a.png\n", "path,split\n1/a.png,val\n", "\0\1"])
def test_a_broken_split_file_is_said(tmp_path: Path, text: str) -> None:
    made(tmp_path, "1/a.png")
    (tmp_path / split_file.FILE).write_text(text)
    assert "split.csv cannot be read" in refused(tmp_path)


def test_a_split_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        split_file.write(tmp_path / "gone", {"1/a.png": "test"})


@pytest.mark.parametrize("language", ["key", "spanish", "english"])
def test_class_folders_may_carry_names(tmp_path: Path, language: str) -> None:
    names = [getattr(expression, language) for expression in EXPRESSIONS]
    data = scan(made(tmp_path, *(f"train/{name.title()}/a.jpg" for name in names)))
    assert [sample.expression for sample in data.samples("train")] == list(range(7))
    expected = {f"{name.title()} → {folder}" for folder, name in enumerate(names, 1)}
    assert set(data.notes) == expected


def test_one_split_alone_is_read_as_test(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "1/a.png", "7/b.png"))
    assert data.samples("test") == (Sample("1/a.png", 0), Sample("7/b.png", 6))
    with pytest.raises(DataError, match="no pictures for train"):
        data.samples("train")


def test_a_data_set_without_test_has_none(tmp_path: Path) -> None:
    data = scan(made(tmp_path, "train/1/a.png"))
    with pytest.raises(DataError, match="no pictures for test"):
        data.samples("test")


def test_other_files_and_folders_are_not_counted(tmp_path: Path) -> None:
    made(tmp_path, "train/1/a.PNG", "train/1/.b.png", "train/1/c.txt", "train/8/d.png")
    made(tmp_path, "train/1/deeper/e.png", "train/f.png", "train/readme.md")
    assert scan(tmp_path).splits == {"train": (Sample("train/1/a.PNG", 0),)}


def test_the_fingerprint_is_that_of_names_and_sizes(tmp_path: Path) -> None:
    original = scan(write_faces(tmp_path / "a", train=1)).fingerprint()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert scan(tmp_path / "b").fingerprint() == original
    (tmp_path / "b" / "train" / "1" / "000.png").rename(tmp_path / "b" / "train" / "2" / "x.png")
    assert scan(tmp_path / "b").fingerprint() != original


def refused(root: Path) -> str:
    with pytest.raises(DataError) as caught:
        scan(root)
    return str(caught.value)


def test_a_missing_folder_is_refused_with_the_shape_that_is_meant(tmp_path: Path) -> None:
    sentence = refused(tmp_path / "none")
    assert f"{tmp_path / 'none'} does not exist" in sentence
    assert "train/1 … train/7" in sentence


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "it holds nothing" in refused(tmp_path)


@pytest.mark.parametrize(
    "files", [("cats/a.png",), ("train/1/a.txt", "test/1/b.txt"), ("a.png",), ("train/a.png",)]
)
def test_a_folder_of_another_shape_is_refused_with_what_it_holds(
    tmp_path: Path, files: tuple[str, ...]
) -> None:
    sentence = refused(made(tmp_path, *files))
    assert "No pictures were found" in sentence
    assert files[0].split("/")[0] in sentence


def test_only_the_first_names_of_a_full_folder_are_listed(tmp_path: Path) -> None:
    sentence = refused(made(tmp_path, *(f"file{i}" for i in range(1000))))
    assert sentence.endswith("file0, file1, file10, file100, file101, file102, file103, file104 ….")


def test_a_data_set_counts_every_class_also_the_empty_ones() -> None:
    data = DataSet(Path(), {"train": (Sample("a", 0), Sample("b", 0))})
    assert data.counts() == {"train": dict.fromkeys(KEYS, 0) | {"surprise": 2}}
