"""The epoch loop on a few drawn faces, in float32 and in one thread: every run is repeatable."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from emotion.errors import TrainingError
from emotion.evaluation.scores import score
from emotion.models.torch_networks import GreyNetwork
from emotion.training.checkpoint import BEST_FILE
from emotion.training.config import TrainConfig
from emotion.training.device import Device
from emotion.training.events import EventLog, read_events
from emotion.training.fit import Fit, predict, steps_of
from emotion.training.inputs import Pictures
from tests.training.conftest import StopAfter, pictures

TRAINED, HELD_OUT = pictures(3), pictures(1, first=50)


OPEN_LOGS: list[EventLog] = []


@pytest.fixture(autouse=True)
def closed_logs() -> Iterator[None]:
    yield
    while OPEN_LOGS:
        OPEN_LOGS.pop().close()


def network(seed: int = 0) -> GreyNetwork:
    torch.manual_seed(seed)
    return GreyNetwork("resnet18")


def fit_of(
    folder: Path,
    config: TrainConfig,
    *,
    fit: Pictures = TRAINED,
    validation: Pictures = HELD_OUT,
    seed: int = 0,
) -> Fit:
    folder.mkdir(exist_ok=True)
    OPEN_LOGS.append(EventLog(folder))
    return Fit(config, folder, network(seed), fit, validation, OPEN_LOGS[-1])


def train(folder: Path, config: TrainConfig, **pictures: Pictures) -> Fit:
    """A run from its start to its end."""
    fit = fit_of(folder, config, **pictures)
    assert fit.run(lambda: False)
    return fit


def weights(fit: Fit) -> dict[str, Tensor]:
    parts = {"model": fit.model, "judged": fit.judged}
    return {f"{n}.{k}": v for n, part in parts.items() for k, v in part.state_dict().items()}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    """Whether both hold the same numbers, to the bit."""
    assert first.keys() == second.keys()
    return all(torch.equal(first[key], second[key]) for key in first)


RECIPES = {
    "averaged": {"ema_decay": 0.9, "schedule": "cosine", "label_smoothing": 0.1},
    "head first": {"head_epochs": 1, "class_weights": "sqrt"},
    "original": {"augmentation": "original", "optimizer": "adam"},
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_that_was_stopped_and_continued_is_the_same_to_the_bit(
    config: TrainConfig, tmp_path: Path, recipe: str
) -> None:
    config = config.model_copy(update=RECIPES[recipe])
    through = train(tmp_path / "through", config)
    # Within the first epoch, and at the edge of the second; the network that a continued run
    # begins with is forgotten.
    for steps, seed in ((1, 0), (2, 8)):
        stopped = fit_of(tmp_path / "stopped", config, seed=seed)
        assert not stopped.run(StopAfter(steps))
    assert stopped.progress.epoch == 1
    continued = fit_of(tmp_path / "stopped", config, seed=9)
    assert continued.run(lambda: False)
    assert same(weights(continued), weights(through))
    assert continued.progress == through.progress
    best = [load_file(tmp_path / name / BEST_FILE) for name in ("through", "stopped")]
    assert same(*best)


def test_another_seed_is_another_run(config: TrainConfig, tmp_path: Path) -> None:
    one = train(tmp_path / "one", config)
    other = train(tmp_path / "other", config.model_copy(update={"seed": 1}))
    assert not same(weights(one), weights(other))


def test_class_weights_stay_in_the_answers_unless_they_are_taken_back(
    config: TrainConfig, tmp_path: Path
) -> None:
    """Twelve pictures of one class, one of each other: the last layer learns how often."""
    few = pictures(12).part(np.flatnonzero((np.arange(84) < 12) | (np.arange(84) % 12 == 0)))
    shares = {}
    for kept in (True, False):
        changes = {"class_weights": "full", "prior_kept": kept, "frozen": True}
        changes["learning_rate"] = 0.01
        fit = train(tmp_path / str(kept), config.model_copy(update=changes), fit=few)
        answers = predict(fit.judged, few.crops, 32, 32, Device("cpu", torch.float32, ""))
        shares[kept] = float(answers.softmax(1).mean(0)[0])
    assert shares[True] > shares[False] + 0.05


def test_training_lowers_the_loss(config: TrainConfig, tmp_path: Path) -> None:
    stages = (config.stages[0].model_copy(update={"epochs": 12}),)
    train(tmp_path / "run", config.model_copy(update={"stages": stages}))
    losses = [e["train"]["loss"] for e in read_events(tmp_path / "run") if e["kind"] == "epoch"]
    assert losses[-1] < 0.95 * losses[0]


def test_the_weights_that_are_kept_are_those_of_the_best_epoch(
    config: TrainConfig, tmp_path: Path
) -> None:
    """What epoch 1 answers is made the truth: no later epoch can be better."""
    stages = (config.stages[0].model_copy(update={"epochs": 3}),)
    config = config.model_copy(update={"stages": stages, "schedule": "constant"})
    once = fit_of(tmp_path / "once", config)
    once.run(lambda: once.progress.epoch == 1)
    answers = predict(once.judged, HELD_OUT.crops, 32, 32, once.device).argmax(dim=1)
    first_is_right = replace(HELD_OUT, labels=answers)

    through = train(tmp_path / "through", config, validation=first_is_right)
    assert (through.progress.best_epoch, through.progress.best_score) == (0, 1.0)
    kept = load_file(tmp_path / "through" / BEST_FILE)
    assert same(kept, once.judged.body.state_dict())
    assert not same(kept, through.judged.body.state_dict())


def test_patience_ends_a_run_and_a_continued_one_does_not_go_on(
    config: TrainConfig, tmp_path: Path
) -> None:
    stages = (config.stages[0].model_copy(update={"epochs": 50}),)
    config = config.model_copy(update={"stages": stages, "patience": 1})
    ended = train(tmp_path / "run", config)
    assert ended.progress.epoch < 50
    again = fit_of(tmp_path / "run", config)
    assert again.run(lambda: False)
    assert again.progress == ended.progress


def test_only_epochs_at_the_size_that_is_kept_can_be_chosen(
    config: TrainConfig, tmp_path: Path
) -> None:
    stages = tuple(config.stages[0].model_copy(update={"epochs": 1, "size": s}) for s in (48, 32))
    assert train(tmp_path / "run", config.model_copy(update={"stages": stages})).progress
    epochs = [event for event in read_events(tmp_path / "run") if event["kind"] == "epoch"]
    assert [(event["size"], event["best"]) for event in epochs] == [(48, False), (32, True)]


def test_a_frozen_backbone_keeps_its_weights_and_its_batch_norm(
    config: TrainConfig, tmp_path: Path
) -> None:
    frozen = config.model_copy(update={"start": "imagenet", "frozen": True})
    before = network().body.state_dict()
    after = train(tmp_path / "run", frozen).model.body.state_dict()
    moved = {key for key in before if not torch.equal(before[key], after[key])}
    assert moved == {"fc.weight", "fc.bias"}


def test_after_the_head_all_layers_learn(config: TrainConfig, tmp_path: Path) -> None:
    before = network().body.state_dict()
    fit = fit_of(tmp_path / "run", config.model_copy(update={"head_epochs": 1}))
    fit.run(lambda: fit.progress.epoch == 1)
    assert torch.equal(fit.model.body.state_dict()["conv1.weight"], before["conv1.weight"])
    assert fit.run(lambda: False)
    after = fit.model.body.state_dict()
    assert not any(
        torch.equal(before[key], after[key]) for key in ("conv1.weight", "bn1.running_mean")
    )


@pytest.mark.parametrize(
    ("n", "batch", "steps"),
    [(1, 8, 1), (8, 8, 1), (9, 8, 1), (10, 8, 2), (16, 8, 2), (17, 8, 2), (18, 8, 3), (3, 2, 1)],
)
def test_no_batch_is_a_single_picture(n: int, batch: int, steps: int) -> None:
    assert steps_of(n, batch) == steps


def test_every_picture_is_seen_once_in_an_epoch_also_the_odd_one(
    config: TrainConfig, tmp_path: Path
) -> None:
    fit = fit_of(tmp_path / "run", config.model_copy(update={"batch_size": 10}))  # 10 and 11
    seen: list[int] = []

    class Watch(EventLog):
        def write(self, kind: str, **values: object) -> None:
            if kind == "epoch":
                seen[:] = fit.progress.seen
            super().write(kind, **values)

    OPEN_LOGS.append(Watch(tmp_path / "run"))
    fit.events = OPEN_LOGS[-1]
    fit.run(lambda: fit.progress.epoch == 1)
    assert fit.steps == 2
    assert sorted(seen) == TRAINED.labels.tolist()


def test_the_events_tell_the_scores_of_each_epoch(config: TrainConfig, tmp_path: Path) -> None:
    fit = train(tmp_path / "run", config)
    last = [event for event in read_events(tmp_path / "run") if event["kind"] == "epoch"][-1]
    logits = predict(fit.judged, HELD_OUT.crops, 32, 32, fit.device)
    scores = score(HELD_OUT.labels.numpy(), torch.softmax(logits, 1).numpy())
    assert last["confusion"] == scores.confusion
    assert last["validation"]["macro_f1"] == scores.macro_f1
    assert last["epoch"] == 1
    assert 0 <= last["train"]["accuracy"] <= 1


def test_the_steps_tell_their_own_loss_and_what_they_take(
    config: TrainConfig, tmp_path: Path
) -> None:
    train(tmp_path / "run", config)
    steps = [event for event in read_events(tmp_path / "run") if event["kind"] == "step"]
    assert [event["step"] for event in steps][-1] == steps[-1]["steps"]
    for event in steps:
        assert 0 < event["step_loss"] < 10
        assert 0 < event["input_share"] < 1
        assert event["memory_bytes"] > 0
    # The whole epoch was one report: its mean is the running mean of the epoch.
    assert steps[0]["step_loss"] == pytest.approx(steps[0]["loss"])


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(
    config: TrainConfig, tmp_path: Path
) -> None:
    broken = replace(TRAINED, targets=TRAINED.targets * float("nan"))
    fit = fit_of(tmp_path / "run", config, fit=broken)
    with pytest.raises(TrainingError, match=r"loss became nan in epoch 1.*learning rate below 0"):
        fit.run(lambda: False)


@pytest.mark.parametrize("device", ["abacus", "cuda:99"])
def test_a_device_that_is_not_there_is_a_sentence(
    config: TrainConfig, tmp_path: Path, device: str
) -> None:
    with pytest.raises(TrainingError, match=f"device {device} cannot be used here"):
        fit_of(tmp_path, config.model_copy(update={"device": device}))


def test_the_held_out_pictures_are_seen_in_the_middle_as_the_card_says() -> None:
    model, device = network(), Device("cpu", torch.float32, "for the test")
    framed = torch.nn.functional.pad(HELD_OUT.crops, (4, 4, 4, 4), value=255)
    assert torch.equal(
        predict(model, framed, 40, 32, device), predict(model, HELD_OUT.crops, 32, 32, device)
    )
