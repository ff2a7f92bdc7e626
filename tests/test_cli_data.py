"""The report of a data folder as a script reads it."""

import os
import shutil
from pathlib import Path

import pytest

from emotion.cli import main
from emotion.data import split_file
from emotion.data.corrections import add, relabel, set_aside
from emotion.labels import KEYS
from tests.drawn_faces import write_faces
from tests.test_cli import refused, run_json

pytestmark = pytest.mark.usefixtures("settings")


def test_the_report_holds_counts_sizes_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_faces(tmp_path / "faces", train=2, val=1)
    shutil.copy(root / "val" / "1" / "002.png", root / "train" / "1" / "leak.png")
    (root / "train" / "2" / "text.png").write_text("no picture")
    (root / "train" / "8").mkdir()
    shutil.copy(root / "train" / "1" / "000.png", root / "train" / "8" / "lost.png")
    add(root, [set_aside("train/3/000.png"), relabel("train/3/001.png", "sad")])
    values = run_json(capsys, "data", str(root))
    train = dict.fromkeys(KEYS, 2) | {"surprise": 3, "fear": 3, "disgust": 0, "sad": 3}
    assert values["counts"] == {"train": train, "test": dict.fromkeys(KEYS, 1)}
    assert values["read_as"] == ["val → test"]
    assert values["unread"] == {"train/8": 1}
    assert (values["relabelled"], values["set_aside"], values["imbalance"]) == (1, 1, 1.5)
    assert values["sizes"] == {
        "smallest": [48, 48],
        "median_longer_side": 48,
        "largest": [48, 48],
    }
    assert values["looked_into"]["pictures"] == 7 * 3 + 2
    assert {finding["kind"]: finding["spare"] for finding in values["findings"]} == {
        "unreadable": ["train/2/text.png"],
        "leak": ["train/1/leak.png"],
    }


def test_people_see_the_pictures_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_faces(tmp_path / "faces", train=2)
    shutil.copy(root / "train" / "1" / "000.png", root / "train" / "1" / "again.png")
    assert main(["data", str(root)]) == 0
    printed = capsys.readouterr().out
    assert "exact: 2 pictures" in printed
    assert "  train/1/000.png  train/1/again.png\n" in printed


def test_names_that_are_no_utf_8_are_printed_with_question_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_faces(tmp_path / "faces", train=2)
    shutil.copy(root / "train/1/000.png", root / os.fsdecode(b"train/1/caf\xe9.png"))
    (finding,) = run_json(capsys, "data", str(root))["findings"]
    assert finding["groups"] == [["train/1/000.png", "train/1/caf?.png"]]
    assert main(["data", str(root)]) == 0
    assert "  train/1/000.png  train/1/caf?.png\n" in capsys.readouterr().out


def test_a_flat_folder_is_divided_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_faces(tmp_path / "faces", all=10) / "all"
    before = run_json(capsys, "data", str(root))
    assert before["flat"] and not (root / split_file.FILE).exists()
    values = run_json(capsys, "data", str(root), "--split")
    assert values["counts"] == {"train": dict.fromkeys(KEYS, 8), "test": dict.fromkeys(KEYS, 2)}
    again = run_json(capsys, "data", str(root), "--split")
    assert (again["counts"], again["flat"]) == (values["counts"], True)


def test_a_folder_that_cannot_be_used_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "does not exist" in refused(capsys, "data", str(tmp_path / "none"))
    few = write_faces(tmp_path / "few", all=2) / "all"
    assert "at least 5" in refused(capsys, "data", str(few), "--split")
