"""A zip becomes a data folder as a whole, or nothing is left of it."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from emotion.data.archive import check_name, unpack
from emotion.data.layout import scan
from emotion.errors import DataError
from tests.drawn_faces import write_faces


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """The usual layout within a folder of its own, as a zip of a folder has it."""
    write_faces(tmp_path / "made" / "faces", train=2, test=1)
    (tmp_path / "made" / "faces" / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "made" / "faces" / "LICENSE").write_text("mine")
    return Path(shutil.make_archive(str(tmp_path / "faces"), "zip", tmp_path / "made"))


def archive(entries: dict[str, bytes]) -> io.BytesIO:
    """A zip of these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return buffer


def refused(file: io.BytesIO, target: Path) -> str:
    """The sentence; nothing may be left of the archive anywhere."""
    before = sorted(target.parent.parent.rglob("*"))
    with pytest.raises(DataError) as caught:
        unpack(file, target)
    assert sorted(target.parent.parent.rglob("*")) in (before, sorted([*before, target.parent]))
    return str(caught.value)


def test_a_zip_of_a_data_folder_is_one_afterwards(packed: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    with packed.open("rb") as file:
        unpack(file, tmp_path / "data" / "mine", shares.append)
    data = scan(tmp_path / "data" / "mine")
    assert len(data.samples("train")) == 14
    assert shares[-1] == 1
    assert shares == sorted(shares)
    names = {path.name for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert "LICENSE" in names
    assert "run.sh" not in names


def test_an_archive_from_windows_or_a_mac_is_read(tmp_path: Path) -> None:
    face = write_faces(tmp_path / "made", train=1) / "train" / "1" / "000.png"
    content = face.read_bytes()
    file = archive({"train\\Feliz\\a.png": content, "__MACOSX/train/Feliz/._a.png": b"x"})
    unpack(file, tmp_path / "data" / "mine")
    (sample,) = scan(tmp_path / "data" / "mine").samples("train")
    assert sample.path == "train/Feliz/a.png"
    assert not (tmp_path / "data" / "mine" / "__MACOSX").exists()


@pytest.mark.parametrize(
    "name", ["../out.png", "/tmp/out.png", "train/../../out.png", "C:/out.png"]
)
def test_no_entry_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    file = archive({"train/1/a.png": b"x", name: b"x"})
    assert "leads out of its folder" in refused(file, tmp_path / "data" / "mine")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = archive({"train/1/bomb.png": bytes(20_000_000)})
    assert "as no picture does" in refused(file, tmp_path / "data" / "mine")


def test_an_archive_that_says_less_than_it_holds_is_not_unpacked(tmp_path: Path) -> None:
    file = archive({"train/1/a.png": bytes(range(256)) * 40})
    content = file.getvalue().replace((256 * 40).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert "no zip archive that can be read" in refused(
        io.BytesIO(content), tmp_path / "data" / "mine"
    )


def test_an_archive_that_says_too_much_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    content = archive({f"train/1/{n}.png": b"y" * 100 for n in "abc"}).getvalue()
    content = content.replace((100).to_bytes(4, "little"), (2**32 - 2).to_bytes(4, "little"))
    sentence = refused(io.BytesIO(content), tmp_path / "data" / "mine")
    assert "holds 3 files of 12884 MB" in sentence
    assert "room on the disk" in sentence


def test_what_is_no_zip_or_has_a_broken_entry_is_refused(packed: Path, tmp_path: Path) -> None:
    target = tmp_path / "data" / "mine"
    assert "no zip archive" in refused(io.BytesIO(b"not a zip"), target)
    content = bytearray(packed.read_bytes())
    start = content.index(b"000.png") + 60
    content[start : start + 200] = bytes(200)
    assert "no zip archive" in refused(io.BytesIO(bytes(content)), target)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(archive({"train/1/a.png": b"x" * 50}).getvalue())
    content[6] |= 1  # the flag in the file's own header and in the list
    content[content.index(b"PK\1\2") + 8] |= 1
    sentence = refused(io.BytesIO(bytes(content)), tmp_path / "data" / "mine")
    assert "without a password" in sentence


def test_a_zip_without_a_data_set_is_refused(tmp_path: Path) -> None:
    file = archive({"holiday/b.png": b"x"})
    assert "No pictures were found" in refused(file, tmp_path / "data" / "mine")


def test_nothing_is_left_when_it_is_cancelled(packed: Path, tmp_path: Path) -> None:
    def cancel(_: float) -> None:
        raise KeyboardInterrupt

    with packed.open("rb") as file, pytest.raises(KeyboardInterrupt):
        unpack(file, tmp_path / "data" / "mine", cancel)
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a\\b", "x" * 65, "end.", "nul\0"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot be called"):
        check_name(name, tmp_path)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(DataError, match="already"):
        check_name("mine", tmp_path)
    assert check_name("niñas 2", tmp_path) == tmp_path / "niñas 2"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, packed: Path) -> None:
    (tmp_path / "file").touch()
    with packed.open("rb") as file, pytest.raises(DataError, match="Nothing can be written"):
        unpack(file, tmp_path / "file" / "mine")
