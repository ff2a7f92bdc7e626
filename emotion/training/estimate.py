"""How long a run will take, by the speed of earlier runs on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from emotion.training.config import TrainConfig
from emotion.training.runs import RunInfo


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of all epochs, and the run by whose speed they are told."""

    seconds: float
    run: str


def estimate(config: TrainConfig, pictures: int, known: Sequence[RunInfo]) -> Estimate | None:
    """For `pictures` of `train`; None where no run of `known` (the newest first) did the same
    kind of work. Pictures count for their area."""
    for run in known:
        if _kind(run.config) != _kind(config):
            continue
        speed = _area_per_s(run)
        if speed:
            return Estimate(_area(config, pictures) / speed, run.config.name)
    return None


def _kind(config: TrainConfig) -> tuple[object, ...]:
    """What makes one run's speed another's."""
    learns_all = not config.frozen
    place = (config.device, config.devices, config.precision, config.threads)
    return (config.network, learns_all, config.views > 0, config.augmentation, *place)


def _area(config: TrainConfig, pictures: int) -> float:
    """Pixels that go through the network in a run that is not ended early."""
    if config.views:
        return float(pictures * (config.views + 1) * config.input_size**2)
    return float(sum(pictures * stage.epochs * stage.size**2 for stage in config.stages))


def _area_per_s(run: RunInfo) -> float | None:
    """Pixels a second, its time for evaluation within; None where it has not come so far."""
    if run.config.views:
        told = run.of_kind("features")
        return told[-1]["pictures_per_s"] * run.config.input_size**2 if told else None
    epochs, started = run.of_kind("epoch"), run.of_kind("started")
    seconds = sum(event["seconds"] for event in epochs)
    if not started or not seconds:
        return None
    pictures = started[-1]["fit"] + started[-1]["validation"]
    return float(sum(pictures * event["size"] ** 2 for event in epochs) / seconds)
