from pathlib import Path

import numpy as np
import pytest

from emotion.data.layout import Sample
from emotion.data.votes import VOTES_FILE, read_votes
from emotion.errors import DataError
from emotion.labels import KEYS

SAMPLES = (Sample("train/1/a.png", 0), Sample("train/4/b.png", 3))
HEADER = "path," + ",".join(KEYS)


def votes_of(root: Path, *lines: str) -> list[list[float]]:
    (root / VOTES_FILE).write_text("\n".join(lines) + "\n", "utf-8")
    votes = read_votes(root, SAMPLES)
    assert votes.dtype == np.float32
    return [[round(float(value), 3) for value in row] for row in votes]


def test_votes_become_shares(tmp_path: Path) -> None:
    rows = votes_of(tmp_path, HEADER, "train/1/a.png,6,2,0,0,0,0,0", "train/4/b.png,0,0,0,10,0,0,0")
    assert rows == [[0.75, 0.25, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0]]


def test_a_picture_without_votes_is_what_its_folder_says(tmp_path: Path) -> None:
    rows = votes_of(tmp_path, HEADER, "train/1/a.png,0,0,0,0,0,0,0")
    assert rows == [[1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0]]


def test_the_order_of_columns_is_free_and_others_are_not_counted(tmp_path: Path) -> None:
    header = ",".join(["contempt", *reversed(KEYS), "path"])
    rows = votes_of(tmp_path, header, "9,0,0,0,0,0,1,1,train/1/a.png", "1,1,1,1,1,1,1,1,other.png")
    assert rows[0] == [0.5, 0.5, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"path,surprise\n",
        b"path,surprise\ntrain/1/a.png,1\n",
        HEADER.encode() + b"\ntrain/1/a.png,many,0,0,0,0,0,0\n",
        HEADER.encode() + b"\ntrain/1/a.png,1,0\n",
        HEADER.encode() + b"\ntrain/1/a.png,-1,0,0,2,0,0,0\n",
        HEADER.encode() + b"\ntrain/1/a.png,nan,0,0,2,0,0,0\n",
        b"\xff\xfe\x00",
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / VOTES_FILE).write_bytes(content)
    with pytest.raises(DataError, match=r"votes\.csv"):
        read_votes(tmp_path, SAMPLES)


def test_a_missing_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train without soft labels"):
        read_votes(tmp_path, SAMPLES)
