from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.training import runs
from emotion.training.about import ABOUT_FILE, About, read_about, write_about
from tests.training.made import run_with


def test_a_run_is_called_by_its_model_until_it_gets_a_name(tmp_path: Path) -> None:
    run = run_with(tmp_path)
    assert (run.title, run.about.note) == ("tiny", "")
    write_about(run.folder, title=" First try ", note="low light\nold camera ")
    named = runs.read_run(run.folder)
    assert (named.title, named.about.note) == ("First try", "low light\nold camera")
    assert named.config.name == "tiny"  # its model's name stays
    write_about(run.folder, title="", note="")
    assert runs.read_run(run.folder).title == "tiny"


def test_what_is_too_long_or_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    write_about(tmp_path, title="kept", note="")
    with pytest.raises(TrainingError, match=r"80 characters.*have 81 and 0\. Shorten"):
        write_about(tmp_path, title="x" * 81, note="")
    assert read_about(tmp_path).title == "kept"
    with pytest.raises(TrainingError, match="cannot be written"):
        write_about(tmp_path / "none", title="", note="")


@pytest.mark.parametrize("content", ["", "[]", '{"title": 3}', '{"title": "' + "x" * 90 + '"}'])
def test_a_file_that_is_no_note_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / ABOUT_FILE).write_text(content)
    assert read_about(tmp_path) == About()
