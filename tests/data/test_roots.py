"""The page reads data below the roots alone, and offers what is there."""

from pathlib import Path

import pytest

from emotion.data.roots import checked, data_roots, offered
from emotion.errors import DataError
from emotion.settings import Settings
from tests.drawn_faces import write_faces


def test_the_data_folder_is_always_a_root_and_comes_first(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "a", data_roots=[tmp_path / "b", tmp_path / "a"])
    assert data_roots(settings) == (tmp_path / "a", tmp_path / "b")


def test_data_sets_in_the_roots_are_offered_and_their_splits_are_not(tmp_path: Path) -> None:
    first = write_faces(tmp_path / "first", train=1, test=1)
    mine = write_faces(tmp_path / "first" / "mine", train=1)
    flat = write_faces(tmp_path / "more", flat=1) / "flat"
    (tmp_path / "more" / "notes").mkdir()
    roots = (first, tmp_path / "more", tmp_path / "gone")
    assert offered(roots) == [first, mine, flat]
    wrapped = write_faces(tmp_path / "more" / "zip" / "inside", train=1).parent
    assert offered(roots) == [first, mine, flat, wrapped]


def test_the_first_root_is_offered_also_while_it_is_empty(tmp_path: Path) -> None:
    assert offered((tmp_path / "gone",)) == [tmp_path / "gone"]


def test_folders_in_a_root_may_be_read(tmp_path: Path) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)
    assert checked(tmp_path / "root" / "a", [tmp_path / "root"]) == tmp_path / "root" / "a"
    assert checked(tmp_path / "root", [tmp_path / "root"]) == tmp_path / "root"


def test_a_folder_outside_is_refused_however_it_is_reached(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "root-2"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside)
    for way in (outside, root / ".." / "root-2", root / "link", Path("/"), Path("/etc")):
        with pytest.raises(DataError, match="may not be read"):
            checked(way, [root])
