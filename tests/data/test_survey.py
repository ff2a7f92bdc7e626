"""Every picture of a folder is looked into once; odd ones are told, none ends the look."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from emotion.data.corrections import add, set_aside
from emotion.data.layout import scan
from emotion.data.survey import known, look
from tests.drawn_faces import drawn_face, write_faces
from tests.odd_pictures import odd_pictures


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "faces", train=2, test=1)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_every_picture_has_its_size_and_a_group(root: Path, cache: Path) -> None:
    Image.fromarray(drawn_face(1, 90)).resize((30, 40)).save(root / "train" / "1" / "tall.png")
    survey = look(scan(root), cache)
    assert survey.seen["train/1/tall.png"].size_wh == (30, 40)
    assert survey.seen["train/1/000.png"].size_wh == (48, 48)
    assert len(set(survey.group.values())) == len(survey.group) == 22
    assert survey.digest == {}


def test_copies_share_a_group_and_exact_ones_their_content(root: Path, cache: Path) -> None:
    shutil.copy(root / "train" / "1" / "000.png", root / "test" / "2" / "copy.png")
    with Image.open(root / "train" / "1" / "000.png") as picture:
        picture.resize((96, 96)).save(root / "train" / "1" / "large.png")
    survey = look(scan(root), cache)
    paths = ["train/1/000.png", "test/2/copy.png", "train/1/large.png"]
    assert len({survey.group[path] for path in paths}) == 1
    assert survey.digest[paths[0]] == survey.digest[paths[1]] != survey.digest[paths[2]]


def test_a_second_look_is_known_and_reads_only_what_has_changed(root: Path, cache: Path) -> None:
    data = scan(root)
    assert known(data, cache) is None
    first = look(data, cache)
    assert known(data, cache) is known(data, cache), "what has not changed is not read again"
    for path in root.rglob("*.png"):  # other content, same size and time: nobody reads it
        stat = path.stat()
        path.write_bytes(b"x" * stat.st_size)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    Image.fromarray(drawn_face(5, 77)).save(root / "train" / "5" / "new.png")
    (root / "train" / "1" / "000.png").unlink()
    (root / "train" / "1" / "001.png").write_text("changed")
    data = scan(root)
    assert known(data, cache) is None
    second = look(data, cache)
    assert second.problem("train/1/001.png") is not None
    assert second.seen["train/5/new.png"].size_wh == (48, 48)
    assert "train/1/000.png" not in second.seen
    same = [path for path in second.seen if path in first.seen and path != "train/1/001.png"]
    assert all(second.seen[path].size_wh == (48, 48) for path in same)
    assert len(same) == 19


def test_pictures_that_are_set_aside_are_looked_into_as_well(root: Path, cache: Path) -> None:
    look(scan(root), cache)
    add(root, [set_aside("train/1/000.png")])
    survey = known(scan(root), cache)
    assert survey is not None and "train/1/000.png" in survey.seen


def test_what_was_read_before_it_was_ended_is_not_read_again(root: Path, cache: Path) -> None:
    shares: list[float] = []

    def end_it(share: float) -> None:
        shares.append(share)
        if len(shares) == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look(scan(root), cache, end_it)
    assert shares == sorted(shares)
    assert known(scan(root), cache) is None
    for path in ("train/1/000.png", "train/7/001.png"):  # the first is known, the last is not
        stat = (root / path).stat()
        (root / path).write_bytes(b"x" * stat.st_size)
        os.utime(root / path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    survey = look(scan(root), cache)
    broken = [path for path in survey.seen if survey.problem(path) is not None]
    assert len(broken) == 1
    assert shares[-1] < 1


def test_a_broken_cache_is_made_anew_and_a_place_that_cannot_be_written_is_done_without(
    root: Path, tmp_path: Path
) -> None:
    look(scan(root), tmp_path / "cache")
    (file,) = (tmp_path / "cache" / "surveys").iterdir()
    file.write_bytes(file.read_bytes()[:500])
    assert len(look(scan(root), tmp_path / "cache").seen) == 21
    (tmp_path / "no-folder").touch()
    assert len(look(scan(root), tmp_path / "no-folder").seen) == 21


def test_odd_pictures_are_read_and_broken_ones_are_told(root: Path, cache: Path) -> None:
    wanted = odd_pictures(root / "train" / "1")
    look(scan(root), cache)
    survey = known(scan(root), cache)  # as it comes back from the file
    assert survey is not None
    for name, size in wanted.items():
        path = f"train/1/{name}"
        assert survey.seen[path].size_wh == (size or (0, 0))
        problem = survey.problem(path)
        assert (problem is None) == (size is not None)
        assert problem is None or name in str(problem)
