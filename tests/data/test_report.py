"""The report of a data folder, shown before a run."""

from pathlib import Path

import pytest
from PIL import Image

from emotion.data.corrections import add, set_aside
from emotion.data.layout import DataSet, scan
from emotion.data.report import FEW, DataReport, check_held_out, picture_sizes, read_report
from emotion.data.survey import look
from emotion.errors import DataError
from emotion.labels import KEYS
from tests.drawn_faces import write_faces


def report_of(train: dict[str, int], test: dict[str, int] | None = None) -> DataReport:
    counts = {
        split: {key: given.get(key, 0) for key in KEYS}
        for split, given in (("train", train), ("test", test or {}))
    }
    return DataReport(DataSet(Path("faces"), {"train": (), "test": ()}), counts)


def test_pictures_are_counted_by_split_and_class(faces_dir: Path) -> None:
    report = read_report(faces_dir)
    assert report.counts == {
        "train": dict.fromkeys(KEYS, 14),
        "test": dict.fromkeys(KEYS, 4),
    }
    assert (report.total("train"), report.total("test")) == (98, 28)
    assert report.data.notes == ()


def test_a_folder_without_test_counts_none_there(tmp_path: Path) -> None:
    report = read_report(write_faces(tmp_path, train=1))
    assert report.total("test") == 0
    assert report.empty("test") == list(KEYS)


def test_val_in_place_of_test_is_noted(tmp_path: Path) -> None:
    report = read_report(write_faces(tmp_path, train=1, val=2))
    assert report.total("test") == 14
    assert report.data.notes == ("val → test",)


def test_a_folder_with_test_alone_is_refused_since_nothing_can_be_learned(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures for train"):
        read_report(write_faces(tmp_path, test=1))


def test_a_name_that_no_folder_can_have_is_refused_in_words() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_report(Path("/" + "x" * 5000))


def test_classes_with_few_and_with_no_pictures_are_told_apart() -> None:
    report = report_of({"happy": FEW, "sad": FEW - 1})
    assert report.few() == ["sad"]
    assert report.empty("train") == [key for key in KEYS if key not in ("happy", "sad")]


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ({"happy": 50}, "pictures of 1 class"),
        ({}, "pictures of 0 class"),
        ({"happy": 50, "sad": 9}, "Class 5 has 9 pictures in train; at least 10"),
        ({"happy": 50, "sad": 1}, "Class 5 has 1 pictures in train; at least 10"),
    ],
)
def test_what_a_run_cannot_learn_from_is_refused(train: dict[str, int], said: str) -> None:
    with pytest.raises(DataError, match=said):
        report_of(train).check(0.1)


def test_two_classes_with_enough_pictures_are_enough() -> None:
    report_of({"happy": 10, "sad": 10}).check(0.1)


def test_the_least_number_follows_the_share_that_is_held_out() -> None:
    check_held_out({"happy": 5}, 0.2)
    with pytest.raises(DataError, match="at least 5"):
        check_held_out({"happy": 4}, 0.2)


def test_the_imbalance_is_that_of_the_largest_class_to_the_smallest() -> None:
    assert report_of({"happy": 120, "sad": 40, "fear": 60}).imbalance() == 3
    assert report_of({}).imbalance() is None


def test_a_flat_folder_has_to_be_divided_first(tmp_path: Path) -> None:
    report = read_report(write_faces(tmp_path, test=2) / "test")
    assert report.undivided
    assert report.total("test") == 14
    with pytest.raises(DataError, match="no train and test"):
        report.check(0.1)


def test_a_train_whose_pictures_are_all_set_aside_still_has_a_report(tmp_path: Path) -> None:
    root = write_faces(tmp_path, train=1)
    add(root, [set_aside(sample.path) for sample in scan(root).samples("train")])
    report = read_report(root)
    assert report.total("train") == 0
    assert len(report.data.set_aside) == 7


def test_picture_sizes_are_those_of_readable_pictures_in_use(tmp_path: Path) -> None:
    root = write_faces(tmp_path / "faces", train=1)
    Image.new("L", (300, 200)).save(root / "train" / "1" / "large.png")
    (root / "train" / "1" / "broken.png").touch()
    data = scan(root)
    sizes = picture_sizes(data, look(data, tmp_path / "cache"))
    assert sizes is not None
    assert (sizes.smallest, sizes.middle, sizes.largest) == ((48, 48), 48, (300, 200))
    assert sizes.commonest == (((48, 48), 7), ((300, 200), 1))
    empty = DataSet(root, {"train": ()})
    assert picture_sizes(empty, look(data, tmp_path / "cache")) is None
