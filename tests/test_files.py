"""Files are there whole or not at all."""

from pathlib import Path

import pytest

from emotion.files import replacing


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path, shared: bool, lasting: bool) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("old")
    with replacing(path, shared=shared, lasting=lasting) as temporary:
        temporary.write_text("half of the new")
        assert path.read_text() == "old"
        temporary.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_older_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("old")
    with pytest.raises(ValueError, match="stopped"), replacing(path) as temporary:
        temporary.write_text("half")
        raise ValueError("stopped")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_the_error_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "none" / "notes.txt"
    with pytest.raises(FileNotFoundError), replacing(path) as temporary:
        temporary.write_text("x")


def test_writers_of_a_shared_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    with replacing(path) as alone, replacing(path, shared=True) as own:
        own.write_text("one")
        assert not alone.exists()
        alone.write_text("other")
    assert path.read_text() == "other"
