"""What a run does once it has its turn: read, fit, finish. The only part that needs torch."""

import os
from pathlib import Path
from zlib import crc32

import torch

from emotion.data.layout import DataSet, count_by_key
from emotion.errors import TrainingError
from emotion.models.store import check_name
from emotion.models.torch_foreign import load_any_weights
from emotion.models.torch_imagenet import load_imagenet
from emotion.models.torch_networks import GreyNetwork
from emotion.training import inputs
from emotion.training.config import TrainConfig
from emotion.training.dataset import data_of
from emotion.training.device import choose_device
from emotion.training.distributed import ALONE, Processes
from emotion.training.events import Log, read_events
from emotion.training.finish import finish
from emotion.training.fit import Fit
from emotion.training.head import HeadFit
from emotion.training.runs import CHECKPOINT_FILE, StopRequest
from emotion.training.starts import find_start
from emotion.training.teachers import taught


def work(
    config: TrainConfig,
    folder: Path,
    models_dir: Path,
    events: Log,
    stopped: StopRequest,
    processes: Processes = ALONE,
) -> str:
    """Train from the folder's checkpoint, or from the start; the state that it ends in.

    All `processes` of a run do this together. Raises the `EmotionError` that says why it
    cannot go on.
    """
    data, fit = processes.all_do(lambda: _prepare(config, folder, models_dir, events, processes))
    pictures = (fit.fit, fit.validation)
    marks = [crc32(part.crops.contiguous().numpy().data) for part in pictures]
    processes.check_same(marks, sum(map(len, pictures)))
    events.write(
        "started",
        epoch=fit.progress.epoch,
        epochs=config.epochs,
        fit=len(fit.fit),
        validation=len(fit.validation),
        train=count_by_key(data.samples("train")),
        data=data.fingerprint(),
        device=fit.device.name,
        devices=processes.count,
        precision=str(fit.device.dtype).removeprefix("torch."),
        reason=fit.device.reason,
        pid=os.getpid(),
    )
    if not fit.run(stopped):
        events.write("ended", state="stopped", epoch=fit.progress.epoch)
        return "stopped"
    if processes.first:
        events.write("phase", name="finishing")
        best = fit.progress.best_epoch
        entry = finish(config, folder, models_dir, data, *pictures, best, events)
        events.write("ended", state="finished", model=entry.name, epoch=fit.progress.epoch)
    return "finished"


def _prepare(
    config: TrainConfig, folder: Path, models_dir: Path, events: Log, processes: Processes
) -> tuple[DataSet, Fit]:
    """The data, and the epochs over it as far as the run has come."""
    check_name(models_dir, config.name)
    data = data_of(config)
    _check_unchanged(folder, data)
    events.write("phase", name="reading")
    fit_pictures, validation = inputs.load(
        config, data, lambda done, of: events.write("reading", done=done, of=of)
    )
    if config.threads:
        torch.set_num_threads(config.threads)
    if config.teachers:
        events.write("phase", name="teachers")
        device = choose_device(config, processes.gpu)
        fit_pictures = taught(
            fit_pictures,
            config,
            models_dir,
            device,
            lambda done, of: events.write("teachers", done=done, of=of),
        )
    torch.manual_seed(config.seed)
    model = starting_network(config, models_dir)
    kind = HeadFit if config.views else Fit
    return data, kind(config, folder, model, fit_pictures, validation, events, processes)


def _check_unchanged(folder: Path, data: DataSet) -> None:
    """Raise `TrainingError` when a run would go on with other pictures than it began with:
    some that it learned from could then be held out to judge it."""
    begun = [event for event in read_events(folder) if event["kind"] == "started"]
    known = begun[-1].get("data") if begun and (folder / CHECKPOINT_FILE).exists() else None
    if known is not None and known != data.fingerprint():
        raise TrainingError(
            "The pictures in {root} are not those that the run began with: some were added, "
            "removed, changed or corrected. Undo that to continue the run, or start a new one.",
            root=data.root,
        )


def starting_network(config: TrainConfig, models_dir: Path) -> GreyNetwork:
    """The network that the config starts from. Raises `ModelError` where it cannot be had."""
    model = GreyNetwork(config.network)
    if config.start == "imagenet":
        load_imagenet(model)
        return model
    file = find_start(config.start, models_dir).file
    if file is not None:
        load_any_weights(model, file)
    return model
