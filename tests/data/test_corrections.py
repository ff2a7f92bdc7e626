"""Decisions on single pictures: kept beside the data, honoured, undone, never lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from emotion.data import corrections
from emotion.data.corrections import FILE, Correction, add, current, read, relabel, set_aside, undo
from emotion.data.layout import Sample, scan
from emotion.data.votes import read_votes
from emotion.errors import DataError
from emotion.labels import KEYS
from emotion.settings import PROJECT_DIR
from tests.drawn_faces import write_faces


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "faces", train=2, test=1)


def test_a_relabelled_picture_stands_in_its_new_class_and_stays_where_it_is(root: Path) -> None:
    before = scan(root)
    add(root, [relabel("train/1/000.png", "happy", "she smiles")])
    data = scan(root)
    assert data.counts()["train"] == before.counts()["train"] | {"surprise": 1, "happy": 3}
    assert data.relabelled() == (Sample("train/1/000.png", 3, corrected=True),)
    assert data.path(data.relabelled()[0]).is_file()
    assert data.counts()["test"] == before.counts()["test"]


def test_a_picture_that_was_set_aside_is_in_no_split(root: Path) -> None:
    add(root, [set_aside("test/2/002.png", "blurred")])
    data = scan(root)
    assert data.counts()["test"]["fear"] == 0
    assert data.set_aside == (Sample("test/2/002.png", 1),)
    assert (root / "test" / "2" / "002.png").is_file()


def test_the_pictures_stay_in_order_of_class_and_path(root: Path) -> None:
    add(root, [relabel("train/7/001.png", "surprise")])
    paths = [sample.path for sample in scan(root).samples("train")[:3]]
    assert paths == ["train/1/000.png", "train/1/001.png", "train/7/001.png"]


def test_without_them_the_folders_alone_count(root: Path) -> None:
    plain = scan(root)
    add(root, [set_aside("train/1/000.png"), relabel("train/2/000.png", "sad")])
    assert scan(root, corrected=False) == plain
    assert scan(root) != plain


def test_the_class_of_the_folder_itself_is_no_correction(root: Path) -> None:
    add(root, [relabel("train/1/000.png", "surprise")])
    assert scan(root).relabelled() == ()
    assert scan(root).fingerprint() == scan(root, corrected=False).fingerprint()


def test_each_decision_changes_the_fingerprint_and_undo_brings_it_back(root: Path) -> None:
    prints = [scan(root).fingerprint()]
    made = []
    for decision in (
        relabel("train/1/000.png", "sad"),
        relabel("train/1/000.png", "fear"),
        set_aside("train/1/000.png"),
    ):
        made += add(root, [decision])
        prints.append(scan(root).fingerprint())
    assert len(set(prints)) == 4
    for decision, before in zip(reversed(made), reversed(prints[:-1]), strict=True):
        assert undo(root, [decision]) == 1
        assert scan(root).fingerprint() == before
    assert not (root / FILE).exists()


def test_undo_works_on_what_another_process_reads_from_the_file(root: Path) -> None:
    add(root, [relabel("train/1/000.png", "sad", "ñandú, «quoted»\nand a second line")])
    assert undo(root, read(root)) == 1
    assert read(root) == ()


def test_undo_takes_back_exactly_what_it_is_given(root: Path) -> None:
    first = add(root, [relabel("train/1/000.png", "sad")])
    second = add(root, [set_aside("train/1/000.png")])
    assert undo(root, first) == 1
    assert undo(root, first) == 0
    assert read(root) == second


def test_many_pictures_are_set_aside_and_brought_back_at_once(root: Path) -> None:
    add(root, [set_aside("train/3/000.png")])
    paths = [sample.path for sample in scan(root).samples("test")]
    made = add(root, [set_aside(path, "leak") for path in paths])
    assert current(read(root)).keys() == {"train/3/000.png", *paths}
    assert undo(root, made) == 7
    assert [decision.path for decision in read(root)] == ["train/3/000.png"]


def test_what_is_in_force_already_is_not_written_twice(root: Path) -> None:
    add(root, [set_aside("train/1/000.png")])
    assert add(root, [set_aside("train/1/000.png", "again")]) == ()
    assert len(read(root)) == 1


def test_a_decision_on_a_picture_that_is_gone_changes_nothing(root: Path) -> None:
    add(root, [set_aside("train/1/gone.png")])
    assert scan(root) == scan(root, corrected=False)


def test_an_unknown_expression_is_a_wrong_argument() -> None:
    with pytest.raises(ValueError, match="joy"):
        relabel("a.png", "joy")


def test_a_person_may_write_the_file_with_names_in_spanish_and_few_columns(root: Path) -> None:
    lines = ("\ufeffpath,action,expression", "train/1/000.png,relabel,Feliz")
    (root / FILE).write_bytes("\r\n".join([*lines, "train/1/001.png,set_aside,"]).encode())
    assert read(root) == (
        Correction("train/1/000.png", "relabel", "happy"),
        Correction("train/1/001.png", "set_aside"),
    )


def test_a_file_name_that_is_no_utf8_is_kept_as_it_is(root: Path) -> None:
    name = b"ni\xf1o.png".decode("utf-8", "surrogateescape")
    try:
        (root / "train" / "1" / "000.png").rename(root / "train" / "1" / name)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    add(root, [relabel(f"train/1/{name}", "sad")])
    (sample,) = scan(root).relabelled()
    assert sample.path == f"train/1/{name}"
    assert scan(root).fingerprint()


BROKEN = {
    "another table": "image,label\na.png,3\n",
    "a column more": "path,action,expression,when,why,colour\na,set_aside,,,,red\n",
    "an action": "path,action\na.png,delete\n",
    "no expression": "path,action,expression\na.png,relabel,\n",
    "an expression too many": "path,action,expression\na.png,set_aside,sad\n",
    "an unknown expression": "path,action,expression\na.png,relabel,bored\n",
    "no path": "path,action\n,set_aside\n",
    "cut short": 'path,action,expression,when,why\na.png,relabel,sad,2026,"beca',
    "a value too few": "path,action,expression\na.png,set_aside\n",
    "a value too many": "path,action\na.png,set_aside,,\n",
    "nothing": "",
    "no text": "\0\1\2\xff\0",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_said_and_left_as_it_is(root: Path, text: str) -> None:
    (root / FILE).write_text(text, "latin-1")
    for attempt in (
        lambda: read(root),
        lambda: scan(root),
        lambda: add(root, [set_aside("train/1/000.png")]),
        lambda: undo(root, [set_aside("train/1/000.png")]),
    ):
        with pytest.raises(DataError, match=r"corrections\.csv cannot be read .* correct it"):
            attempt()
    assert (root / FILE).read_text("latin-1") == text


def test_a_folder_that_cannot_be_written_is_said_and_nothing_changes(root: Path) -> None:
    (root / ".corrections.lock").mkdir()  # also for root, who may write into every folder
    with pytest.raises(DataError, match="cannot be written"):
        add(root, [set_aside("train/1/000.png")])
    assert read(root) == ()


def test_a_missing_folder_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        add(tmp_path / "gone", [set_aside("train/1/000.png")])
    assert not (tmp_path / "gone").exists()


WRITER = """
import sys
from pathlib import Path
from emotion.data.corrections import add, set_aside
for number in range(25):
    add(Path(sys.argv[1]), [set_aside(f"train/{sys.argv[2]}/{number}.png")])
"""


def test_two_processes_that_write_at_once_lose_nothing(root: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(root), name], cwd=PROJECT_DIR)
        for name in "12"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    paths = [decision.path for decision in read(root)]
    assert sorted(paths) == sorted(f"train/{name}/{n}.png" for name in "12" for n in range(25))


def test_threads_of_one_server_lose_nothing_either(root: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: add(root, [set_aside(f"train/1/{n}.png")]), range(40)))
    assert set(read(root)) == {decision for decisions in made for decision in decisions}
    assert len(read(root)) == 40


def test_a_corrected_picture_does_not_learn_the_votes_for_another_class(root: Path) -> None:
    lines = ["path," + ",".join(KEYS), "train/1/000.png,10,0,0,0,0,0,0"]
    (root / "votes.csv").write_text("\n".join(lines) + "\n")
    corrections.add(root, [relabel("train/1/000.png", "neutral")])
    samples = scan(root).relabelled()
    np.testing.assert_array_equal(read_votes(root, samples), [[0, 0, 0, 0, 0, 0, 1]])
