import shutil
from pathlib import Path

import numpy as np
import pytest

from emotion.data import split_file
from emotion.data.layout import scan
from emotion.data.split import divide, hold_out
from emotion.data.survey import look
from emotion.errors import DataError
from emotion.labels import KEYS
from tests.drawn_faces import write_faces

LABELS = [index for index in range(7) for _ in range(14)]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_the_share_of_each_class_is_held_out(share: float) -> None:
    fit, validation = hold_out(LABELS, np.arange(98), share, seed=0)
    assert sorted([*fit, *validation]) == list(range(98))
    for index in range(7):
        held = sum(LABELS[i] == index for i in validation)
        assert held == pytest.approx(14 * share, abs=1)


def test_the_same_seed_holds_out_the_same_pictures() -> None:
    first, again, other = (hold_out(LABELS, np.arange(98), 0.2, seed)[1] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_no_group_stands_on_both_sides_and_every_class_on_both(seed: int) -> None:
    groups = np.arange(98) // 3
    fit, validation = hold_out(LABELS, groups, 0.2, seed)
    assert not set(groups[fit]) & set(groups[validation])
    for side in (fit, validation):
        assert {LABELS[i] for i in side} == set(range(7))


def test_a_class_without_pictures_is_no_hindrance() -> None:
    labels = [0] * 20 + [6] * 20
    fit, validation = hold_out(labels, np.arange(40), 0.1, seed=0)
    assert (len(fit), len(validation)) == (36, 4)


def test_a_class_too_small_to_be_held_out_is_named_with_its_number() -> None:
    with pytest.raises(DataError, match=r"\b9\b"):
        hold_out([0] * 20 + [4] * 9, np.arange(29), 0.1, seed=0)


def test_a_class_that_is_one_picture_many_times_is_refused() -> None:
    groups = np.array([*range(20), *[20] * 20])
    with pytest.raises(DataError, match="Class 5 has 20 pictures in train, but only 1 that"):
        hold_out([0] * 20 + [4] * 20, groups, 0.1, seed=0)


def test_a_flat_folder_is_divided_by_class_with_near_duplicates_on_one_side(
    tmp_path: Path,
) -> None:
    root = write_faces(tmp_path / "faces", all=10) / "all"
    for folder in "1234567":
        shutil.copy(root / folder / "000.png", root / folder / "copy.png")
    data = scan(root)
    survey = look(data, tmp_path / "cache")
    paths = [sample.path for sample in data.samples("test")]
    divide(data, survey.groups(paths))
    counts = scan(root).counts()
    assert all(counts["train"][key] + counts["test"][key] == 11 for key in KEYS)
    assert all(1 <= counts["test"][key] <= 4 for key in KEYS)
    sides = split_file.read(root)
    assert all(sides[f"{f}/000.png"] == sides[f"{f}/copy.png"] for f in "1234567")


def test_a_flat_folder_with_too_few_pictures_is_not_divided(tmp_path: Path) -> None:
    root = write_faces(tmp_path / "faces", all=2) / "all"
    data = scan(root)
    with pytest.raises(DataError, match="at least 5"):
        divide(data, np.arange(14))
    assert scan(root) == data
