"""Whole runs: in this process where they fail early, in their own where they train."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from emotion.data.corrections import add, read, relabel, set_aside, undo
from emotion.data.layout import scan
from emotion.errors import DataError, EmotionError, ModelError, TrainingError
from emotion.models.card import ChoiceRecord, ModelCard, read_card
from emotion.models.store import find_model
from emotion.models.torch_networks import GreyNetwork, load_weights
from emotion.training import process, runs
from emotion.training.events import EVENTS_FILE, Event, EventLog
from emotion.training.run import run
from emotion.training.work import starting_network
from tests.conftest import tiny_config
from tests.drawn_faces import write_faces
from tests.training.conftest import stays_behind
from tests.waiting import wait_for


@pytest.fixture
def card(models_dir: Path) -> ModelCard:
    return read_card(models_dir / "tiny")


def test_a_finished_run_tells_its_course(tiny_run: Path) -> None:
    info = runs.read_run(tiny_run)
    phases = [event["name"] for event in info.of_kind("phase")]
    assert phases == ["reading", "finishing", "export", "test"]
    (started,) = info.of_kind("started")
    assert (started["fit"], started["validation"], started["epochs"]) == (78, 20, 6)
    assert [event["epoch"] for event in info.of_kind("epoch")] == list(range(6))
    assert info.last is not None
    assert (info.last["state"], info.last["model"]) == ("finished", "tiny")
    assert not (tiny_run / process.PROCESS_FILE).exists()


def test_a_finished_run_keeps_its_best_weights_and_no_checkpoint(tiny_run: Path) -> None:
    files = {path.name for path in tiny_run.iterdir()}
    assert files == {"best.safetensors", "config.json", "events.jsonl", "log.txt"}


def test_the_card_says_how_the_model_came_about(tiny_run: Path, card: ModelCard) -> None:
    epochs = runs.read_run(tiny_run).of_kind("epoch")
    best = max(epochs, key=lambda event: event["validation"]["macro_f1"])
    assert card.choice == ChoiceRecord(
        epoch=best["epoch"] + 1, epochs=6, score="macro_f1", pictures=20
    )
    assert (card.input.resize, card.input.crop) == (32, 32)
    assert card.recipe["learning_rate"] == 0.001
    assert "data" not in card.recipe  # a path of this machine
    assert card.data is not None
    assert sum(card.data.counts["train"].values()) == 98
    (export,) = card.exports
    assert export.pictures == 20
    assert export.precision == "int8" or export.reason
    assert [(record.split, record.backend.split()[0]) for record in card.scores] == [
        ("test", "OpenVINO"),
        ("test", "torch"),
    ]


def test_the_saved_weights_are_those_of_the_best_epoch(tiny_run: Path, models_dir: Path) -> None:
    kept, best = GreyNetwork("resnet18"), GreyNetwork("resnet18")
    load_weights(kept, models_dir / "tiny" / "weights.safetensors")
    load_weights(best, tiny_run / "best.safetensors")
    for key, value in best.body.state_dict().items():
        rounded = value.half().float() if value.is_floating_point() else value
        assert torch.equal(kept.body.state_dict()[key], rounded), key


def test_a_run_is_stopped_killed_continued_and_finished_without_some_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from the page: each time a process of its own, which outlives nobody's patience."""
    monkeypatch.chdir(tmp_path)  # relative settings mean the same to the run
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", "models")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    faces = write_faces(tmp_path / "faces", train=8)
    aside = tmp_path / "aside.csv"
    aside.write_text("path\ntrain/1/000.png\ntrain/2/001.png\n", "utf-8")
    add(faces, [relabel("train/3/000.png", "sad"), set_aside("train/4/000.png")])
    config = tiny_config(faces, "slow", stages=({"epochs": 3, "size": 32},), without=aside)
    folder = runs.create(config, Path("runs"))

    def events(kind: str) -> list[Event]:
        return runs.read_run(folder).of_kind(kind)

    def state_is(wanted: str) -> Callable[[], bool]:
        return lambda: runs.read_run(folder).state == wanted

    runs.start(folder)
    assert runs.read_run(folder).state == "running"  # from the first moment
    working = process.working(folder)
    assert working is not None
    assert working.nice() >= process.LOW_PRIORITY
    assert os.getpgid(working.pid) == working.pid
    wait_for("the start", lambda: events("started"))
    assert stays_behind(working)
    runs.stop(folder)
    wait_for("the stop", state_is("stopped"))

    runs.start(folder)
    wait_for("the second start", lambda: len(events("started")) == 2)
    runs.end_now(folder)
    wait_for("the loss", state_is("lost"))

    runs.start(folder)
    wait_for("the end", lambda: runs.read_run(folder).state != "running")
    assert runs.read_run(folder).state == "finished", runs.log_tail(folder)
    assert {event["epoch"] for event in events("epoch")} == {0, 1, 2}
    assert {event["fit"] + event["validation"] for event in events("started")} == {7 * 8 - 3}
    card = find_model(tmp_path / "models", "slow").card
    assert card.scores == ()
    assert card.data is not None
    assert card.data.set_aside == "aside.csv"
    assert sum(card.data.counts["train"].values()) == 7 * 8 - 3
    assert card.data.counts["train"]["sad"] == 9
    assert (card.data.relabelled, card.data.corrected_out) == (1, 1)


def failed(folder: Path, models_dir: Path, kind: type[EmotionError]) -> Event:
    """The last event of a run that must fail with an error of `kind`."""
    with pytest.raises(kind) as caught:
        run(folder, models_dir)
    info = runs.read_run(folder)
    assert info.state == "failed"
    assert info.last is not None
    assert info.last["reason"] == str(caught.value)
    assert info.last["template"] == caught.value.template
    return info.last


def test_a_taken_name_is_refused_before_a_picture_is_read(models_dir: Path, tmp_path: Path) -> None:
    folder = runs.create(tiny_config(tmp_path / "no data at all"), tmp_path / "runs")
    last = failed(folder, models_dir, ModelError)
    assert "called tiny exists already" in last["reason"]


def test_a_missing_data_folder_is_said(tmp_path: Path) -> None:
    folder = runs.create(tiny_config(tmp_path / "none"), tmp_path / "runs")
    assert "none does not exist" in failed(folder, tmp_path / "models", DataError)["reason"]


def test_a_class_that_is_too_small_is_said(tmp_path: Path) -> None:
    faces = write_faces(tmp_path / "faces", train=3)
    folder = runs.create(tiny_config(faces), tmp_path / "runs")
    assert "at least 5" in failed(folder, tmp_path / "models", DataError)["reason"]


def test_a_run_does_not_go_on_with_other_pictures_than_it_began_with(
    models_dir: Path, tmp_path: Path
) -> None:
    """What it learned from could else be held out to judge it."""
    data = write_faces(tmp_path / "faces", train=10)
    folder = runs.create(tiny_config(data, "new"), tmp_path / "runs")
    log = EventLog(folder)
    log.write("started", epoch=0, data=scan(data).fingerprint())
    log.close()
    (folder / runs.CHECKPOINT_FILE).touch()
    add(data, [relabel("train/1/000.png", "sad")])
    event = failed(folder, models_dir, TrainingError)
    assert "not those that the run began with" in event["reason"]
    undo(data, read(data))
    event = failed(folder, models_dir, TrainingError)  # as far as the checkpoint, which is empty
    assert "checkpoint" in event["reason"]


def test_a_run_that_failed_can_be_started_again_when_its_reason_is_gone(
    faces_dir: Path, tmp_path: Path
) -> None:
    folder = runs.create(tiny_config(tmp_path / "faces"), tmp_path / "runs")
    failed(folder, tmp_path / "models", DataError)
    (tmp_path / "faces").symlink_to(faces_dir)
    runs.stop(folder)  # so that it ends before it trains for long
    assert run(folder, tmp_path / "models") == "stopped"
    assert runs.read_run(folder).state == "stopped"


def test_a_run_whose_events_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    folder = runs.create(tiny_config(tmp_path), tmp_path / "runs")
    (folder / EVENTS_FILE).mkdir()
    with pytest.raises(TrainingError, match=r"cannot be written to .*events\.jsonl"):
        run(folder, tmp_path / "models")


def test_signals_are_as_before_when_a_run_is_over(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    folder = runs.create(tiny_config(tmp_path / "none"), tmp_path / "runs")
    failed(folder, tmp_path / "models", DataError)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_network_begins_with_the_weights_it_starts_from(models_dir: Path, tmp_path: Path) -> None:
    begun = starting_network(tiny_config(tmp_path, start="tiny"), models_dir)
    saved = GreyNetwork("resnet18")
    load_weights(saved, models_dir / "tiny" / "weights.safetensors")
    assert torch.equal(begun.head.weight, saved.head.weight)
    with pytest.raises(ModelError, match="of the network resnet18, not of mobilenet_v2"):
        starting_network(tiny_config(tmp_path, start="tiny", network="mobilenet_v2"), models_dir)
