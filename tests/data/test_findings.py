"""What is wrong with a data folder is found, and gone once its pictures are set aside."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from emotion.data import corrections
from emotion.data.findings import Finding, find
from emotion.data.layout import scan
from emotion.data.survey import look
from tests.drawn_faces import write_faces


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "faces", train=3, test=2)


def findings(root: Path) -> dict[str, Finding]:
    data = scan(root)
    return {finding.kind: finding for finding in find(data, look(data, root.parent / "cache"))}


def copy(root: Path, source: str, target: str) -> None:
    shutil.copy(root / source, root / target)


def larger(root: Path, source: str, target: str) -> None:
    with Image.open(root / source) as picture:
        picture.resize((96, 96)).save(root / target)


def paths(finding: Finding) -> list[set[str]]:
    return [{one.path for one in group} for group in finding.groups]


def test_nothing_is_found_in_a_clean_folder(root: Path) -> None:
    assert findings(root) == {}


def test_files_that_are_no_pictures_are_found(root: Path) -> None:
    (root / "train" / "1" / "text.png").write_text("no picture")
    (root / "test" / "1" / "empty.jpg").touch()
    found = findings(root)
    assert found.keys() == {"unreadable"}
    assert set(found["unreadable"].spare) == {"train/1/text.png", "test/1/empty.jpg"}


def test_the_same_picture_in_train_and_test_is_a_leak(root: Path) -> None:
    larger(root, "test/1/003.png", "train/1/copy.png")
    found = findings(root)
    assert found.keys() == {"leak"}
    assert paths(found["leak"]) == [{"train/1/copy.png", "test/1/003.png"}]
    assert found["leak"].spare == ("train/1/copy.png",)  # the test stays as it was
    assert found["leak"].pictures == 2


def test_the_same_picture_in_two_classes_is_a_contradiction(root: Path) -> None:
    copy(root, "train/1/000.png", "train/4/other.png")
    found = findings(root)
    assert found.keys() == {"contradiction"}
    assert set(found["contradiction"].spare) == {"train/1/000.png", "train/4/other.png"}


def test_the_same_file_twice_in_a_class_is_an_exact_duplicate(root: Path) -> None:
    copy(root, "train/1/000.png", "train/1/again.png")
    copy(root, "train/1/000.png", "train/1/and_again.png")
    found = findings(root)
    assert found.keys() == {"exact"}
    assert found["exact"].pictures == 3
    assert len(found["exact"].spare) == 2


def test_of_near_duplicates_the_largest_is_kept(root: Path) -> None:
    larger(root, "train/1/000.png", "train/1/large.png")
    found = findings(root)
    assert found.keys() == {"near"}
    assert found["near"].spare == ("train/1/000.png",)


def test_a_picture_can_be_wrong_in_several_ways(root: Path) -> None:
    copy(root, "train/1/000.png", "test/4/other.png")
    assert findings(root).keys() == {"contradiction", "leak"}


@pytest.mark.parametrize("kind", ["unreadable", "contradiction", "leak", "exact", "near"])
def test_what_is_spare_ends_the_finding_and_undo_brings_it_back(root: Path, kind: str) -> None:
    (root / "train" / "2" / "text.png").write_text("no picture")
    copy(root, "train/3/000.png", "train/4/other.png")
    copy(root, "train/5/000.png", "test/5/leak.png")
    copy(root, "train/6/000.png", "train/6/again.png")
    larger(root, "train/7/000.png", "train/7/large.png")
    before = findings(root)
    assert len(before) == 5
    made = corrections.add(root, [corrections.set_aside(path) for path in before[kind].spare])
    assert findings(root).keys() == before.keys() - {kind}
    corrections.undo(root, made)
    assert findings(root) == before


def test_a_contradiction_ends_when_the_wrong_one_is_relabelled(root: Path) -> None:
    copy(root, "train/1/000.png", "train/4/other.png")
    corrections.add(root, [corrections.relabel("train/4/other.png", "surprise")])
    assert findings(root).keys() == {"exact"}
