"""A head on kept features: a run like any other, only that features are computed once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from emotion.models.card import Network
from emotion.models.torch_features import backbone_of, make_extractor
from emotion.models.torch_networks import HEAD, GreyNetwork
from emotion.training import augment
from emotion.training.checkpoint import BEST_FILE
from emotion.training.config import TrainConfig
from emotion.training.events import EventLog, read_events
from emotion.training.head import HeadFit
from tests.conftest import tiny_config
from tests.training.conftest import StopAfter, pictures

TRAINED, HELD_OUT = pictures(12), pictures(2, first=50)
OPEN_LOGS: list[EventLog] = []


@pytest.fixture(autouse=True)
def closed_logs() -> Iterator[None]:
    yield
    while OPEN_LOGS:
        OPEN_LOGS.pop().close()


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    """Four epochs with two varied views, which the second and third epoch add."""
    return tiny_config(
        tmp_path,
        frozen=True,
        start="shipped",
        views=2,
        stages=({"epochs": 4, "size": 32},),
        schedule="constant",
    )


def network(seed: int = 0, kind: Network = "resnet18") -> GreyNetwork:
    torch.manual_seed(seed)
    return GreyNetwork(kind)


def fit_of(folder: Path, config: TrainConfig, seed: int = 0) -> HeadFit:
    folder.mkdir(exist_ok=True)
    OPEN_LOGS.append(EventLog(folder))
    return HeadFit(config, folder, network(seed), TRAINED, HELD_OUT, OPEN_LOGS[-1])


def never() -> bool:
    return False


@pytest.mark.parametrize("calls", [1, 3, 7, 20, 30])
def test_a_run_that_was_stopped_and_continued_is_the_same_to_the_bit(
    config: TrainConfig, tmp_path: Path, calls: int
) -> None:
    """Asked to stop among the first views, between views, and among the steps."""
    through, stopped = (fit_of(tmp_path / name, config) for name in ("through", "stopped"))
    assert through.run(never)
    assert not stopped.run(StopAfter(calls))
    continued = fit_of(tmp_path / "stopped", config)
    assert continued.run(never)
    assert continued.progress == through.progress
    first, second = (load_file(tmp_path / name / BEST_FILE) for name in ("through", "stopped"))
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_only_the_last_layer_learns_and_the_best_of_it_is_kept_with_the_backbone(
    config: TrainConfig, tmp_path: Path
) -> None:
    before = network().body.state_dict()
    fit = fit_of(tmp_path / "run", config)
    assert fit.run(never)
    after = load_file(tmp_path / "run" / BEST_FILE)
    assert {key for key in before if not torch.equal(before[key], after[key])} == {
        "fc.weight",
        "fc.bias",
    }
    epochs = [event for event in read_events(tmp_path / "run") if event["kind"] == "epoch"]
    losses = [event["train"]["loss"] for event in epochs]
    assert losses[-1] < losses[0]
    extract = make_extractor(fit.model, 32, "cpu", torch.float32)
    with torch.inference_mode():
        logits = fit.model.head(extract(HELD_OUT.crops.float()))
    right = (logits.argmax(dim=1) == HELD_OUT.labels).float().mean()
    best = epochs[fit.progress.best_epoch]["validation"]["accuracy"]
    assert float(right) == pytest.approx(best)


def test_the_first_epochs_add_a_view_each_and_the_work_is_told(
    config: TrainConfig, tmp_path: Path
) -> None:
    fit = fit_of(tmp_path / "run", config)
    fit.run(lambda: fit.progress.epoch == 1 and fit.progress.step > 0)
    kept = sorted(path.name for path in (tmp_path / "run").glob("features-*"))
    assert kept == [f"features-{name}.safetensors" for name in ("held-out", "view-0", "view-1")]
    fit = fit_of(tmp_path / "run", config)
    assert fit.run(never)
    told = [event for event in read_events(tmp_path / "run") if event["kind"] == "features"]
    assert told[-1]["done"] == told[-1]["of"] == 14 + 3 * 84
    assert told[-1]["seconds_left"] == 0
    assert not list((tmp_path / "run").glob("features-*"))


def test_a_kept_view_that_is_broken_is_computed_again(config: TrainConfig, tmp_path: Path) -> None:
    fit = fit_of(tmp_path / "run", config)
    fit.run(lambda: fit.progress.step > 0)
    whole = load_file(tmp_path / "run" / "features-view-0.safetensors")["features"].clone()
    (tmp_path / "run" / "features-view-0.safetensors").write_bytes(b"cut short")
    again = fit_of(tmp_path / "run", config)
    again.run(lambda: again.progress.step > 1)
    kept = load_file(tmp_path / "run" / "features-view-0.safetensors")["features"]
    assert torch.equal(kept, whole)


@pytest.mark.parametrize("kind", HEAD)
def test_features_are_what_the_last_layer_sees(kind: Network) -> None:
    model = network(kind=kind)
    crops = augment.plain(HELD_OUT.crops, 32, 32)
    features = make_extractor(model, 32, "cpu", torch.float32)(crops)
    assert features.shape == (14, model.head.in_features)
    with torch.inference_mode():
        torch.testing.assert_close(features, backbone_of(model)(crops), rtol=1e-3, atol=1e-3)
        logits = model.eval()(crops)
        torch.testing.assert_close(model.head(features), logits, rtol=1e-3, atol=1e-3)


def test_a_network_keeps_its_last_layer() -> None:
    model = network()
    backbone_of(model)
    assert model(HELD_OUT.crops).shape == (14, 7)
