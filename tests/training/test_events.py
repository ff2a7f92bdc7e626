import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.training.events import EVENTS_FILE, EventLog, EventReader, read_events


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path)
    yield log
    log.close()


def kinds(folder: Path) -> list[str]:
    return [event["kind"] for event in read_events(folder)]


def test_events_come_back_in_order_with_their_values(log: EventLog, tmp_path: Path) -> None:
    log.write("phase", name="reading")
    log.write("step", loss=0.5, confusion=[[1, 2]])
    first, second = read_events(tmp_path)
    assert (first["kind"], first["name"]) == ("phase", "reading")
    assert (second["loss"], second["confusion"]) == (0.5, [[1, 2]])
    assert first["time"] <= second["time"]


def test_a_run_without_events_has_none(tmp_path: Path) -> None:
    assert read_events(tmp_path) == []


def test_a_reader_goes_on_where_it_was(log: EventLog, tmp_path: Path) -> None:
    reader = EventReader(tmp_path)
    log.write("a")
    log.write("b")
    assert [event["kind"] for event in reader.read_new()] == ["a", "b"]
    assert reader.read_new() == []
    log.write("c")
    assert [event["kind"] for event in reader.read_new()] == ["c"]


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    reader = EventReader(tmp_path)
    with (tmp_path / EVENTS_FILE).open("w") as file:
        file.write('{"kind": "a", "time": 1}\n{"kind"')
        file.flush()
        assert [event["kind"] for event in reader.read_new()] == ["a"]
        assert reader.read_new() == []
        file.write(': "b", "time": 2}\n')
        file.flush()
        assert [event["kind"] for event in reader.read_new()] == ["b"]


def test_half_a_line_of_a_killed_run_is_not_joined_to_the_next(tmp_path: Path) -> None:
    (tmp_path / EVENTS_FILE).write_text('{"kind": "a", "time": 1}\n{"kind": "half')
    reader = EventReader(tmp_path)
    assert len(reader.read_new()) == 1
    log = EventLog(tmp_path)
    log.write("b")
    log.close()
    assert kinds(tmp_path) == ["a", "b"]
    assert [event["kind"] for event in reader.read_new()] == ["b"]


def test_a_full_disk_is_a_sentence_and_leaves_whole_lines(log: EventLog, tmp_path: Path) -> None:
    log.write("a")
    size = (tmp_path / EVENTS_FILE).stat().st_size
    for room in (0, 20):
        with (
            files_of_at_most(size + room),
            pytest.raises(TrainingError, match="cannot be written"),
        ):
            log.write("b", text="x" * 100)
        assert kinds(tmp_path) == ["a"]
    log.write("c")
    assert kinds(tmp_path) == ["a", "c"]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No such file or directory"):
        EventLog(tmp_path / "none")
