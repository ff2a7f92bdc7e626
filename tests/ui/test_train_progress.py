"""What a run's events say: where it stands, its curves, its end."""

from pathlib import Path
from typing import Any

import pytest

from emotion.data.report import check_held_out
from emotion.errors import DataError, ModelError
from emotion.models.store import find_model
from emotion.training import runs
from emotion.training.run import run as work
from emotion.ui import train_progress
from tests.conftest import tiny_config
from tests.drawn_faces import write_faces
from tests.training.made import READING, STARTED, epoch, run_with, step

STAGES = ({"epochs": 2, "size": 32}, {"epochs": 1, "size": 64})


def english(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("events", "part", "share"),
    [
        ((), "starting", 0.0),
        ((READING,), "reading", 0.0),
        ((READING, ("reading", {"done": 50, "of": 200})), "reading", 0.25),
        ((READING, STARTED), "fitting", 0.0),
        ((STARTED, ("phase", {"name": "features"})), "features", 0.0),
        ((STARTED, ("features", {"done": 30, "of": 40, "seconds_left": 2.0})), "features", 0.75),
        ((STARTED, step(1, 5)), "fitting", 0.25),
        ((STARTED, step(2, 10)), "fitting", 1.0),
        ((STARTED, step(2, 10), ("phase", {"name": "export"})), "export", 1.0),
        ((STARTED, step(1, 5), ("ended", {"state": "stopped"})), "starting", 0.0),
        ((STARTED, ("ended", {"state": "stopped"}), READING), "reading", 0.0),
    ],
)
def test_the_newest_event_says_where_a_run_stands(
    tmp_path: Path, events: tuple[Any, ...], part: str, share: float
) -> None:
    position = train_progress.position(run_with(tmp_path, *events, stages=STAGES))
    assert (position.part, position.share) == (part, share)


def test_a_run_read_briefly_stands_where_it_does(tmp_path: Path) -> None:
    told = [READING, STARTED, *(step(0, n) for n in (1, 5, 10)), epoch(0, 0.5), step(1, 3)]
    whole = run_with(tmp_path, *told, step(1, 4), stages=STAGES)
    brief = runs.read_run(whole.folder, brief=True)
    assert len(brief.of_kind("step")) == 2 < len(whole.of_kind("step"))
    assert train_progress.position(brief) == train_progress.position(whole)
    assert (brief.best, brief.worked_s) == (whole.best, whole.worked_s)


def test_epochs_are_counted_from_one_for_people(tmp_path: Path) -> None:
    position = train_progress.position(run_with(tmp_path, STARTED, step(1, 4), stages=STAGES))
    assert (position.epoch, position.step, position.steps) == (2, 4, 10)
    assert (position.seconds_left, position.pictures_per_s) == (60.0, 100.0)


def test_an_epoch_of_larger_pictures_is_more_of_the_work(tmp_path: Path) -> None:
    config = run_with(tmp_path, stages=STAGES).config
    assert train_progress.done_share(config, 1, 0.0) == pytest.approx(1 / 6)
    assert train_progress.done_share(config, 2, 0.0) == pytest.approx(2 / 6)
    assert train_progress.done_share(config, 3, 0.0) == 1.0


def test_a_step_says_what_it_took_and_an_older_run_says_less(tmp_path: Path) -> None:
    told = step(1, 4, cpu_cores=1.5, input_share=0.2, epoch_seconds_left=9.0, gpu_share=None)
    position = train_progress.position(run_with(tmp_path, STARTED, told, stages=STAGES))
    assert position.taken == {"cpu_cores": 1.5, "input_share": 0.2}
    assert position.epoch_seconds_left == 9.0
    older = train_progress.position(run_with(tmp_path, STARTED, step(1, 4), stages=STAGES))
    assert (older.taken, older.epoch_seconds_left) == ({}, None)


def test_a_stop_is_seen_as_long_as_the_run_has_not_followed_it(tmp_path: Path) -> None:
    run = run_with(tmp_path)
    runs.stop(run.folder)
    assert not train_progress.stopping(run)
    runs.process.record(run.folder, 1)
    assert train_progress.stopping(runs.read_run(run.folder))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (59.9, "1 min"),
        (90, "2 min"),
        (3599, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_a_duration_is_as_fine_as_anyone_needs(seconds: float, words: str) -> None:
    assert train_progress.duration(seconds, english) == words


def test_a_failure_is_said_in_the_language_of_the_page(tmp_path: Path) -> None:
    data = write_faces(tmp_path / "few", train=4)
    run = runs.create(tiny_config(data), tmp_path / "runs")
    with pytest.raises(DataError):
        work(run, tmp_path / "models")
    with pytest.raises(DataError) as known:
        check_held_out({"surprise": 4}, 0.2)

    failed = runs.read_run(run)
    assert failed.state == "failed"
    spanish = {known.value.template: "Hay {count} en la clase {folder}: {share:.0%}."}
    said = train_progress.failure(failed, lambda text: spanish.get(text, text))
    assert said == "Hay 4 en la clase 1: 20%."


def test_a_failure_of_another_kind_is_said_as_it_is(tmp_path: Path) -> None:
    ended = ("ended", {"state": "failed", "reason": "MemoryError: too large"})
    assert train_progress.failure(run_with(tmp_path, ended), english) == "MemoryError: too large"


def test_values_that_do_not_fit_their_sentence_give_the_plain_reason(tmp_path: Path) -> None:
    ended = ("ended", {"state": "failed", "reason": "10% of it", "template": "{share:.0%} of it"})
    ended[1]["values"] = {"share": "0.1"}
    assert train_progress.failure(run_with(tmp_path, ended), english) == "10% of it"


def test_the_test_scores_of_a_model_are_found_or_missed_in_words(models_dir: Path) -> None:
    card = find_model(models_dir, "tiny").card
    assert train_progress.test_scores(card)["n"] == 28
    with pytest.raises(ModelError, match="no scores"):
        train_progress.test_scores(card.model_copy(update={"scores": ()}))
