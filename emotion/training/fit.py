"""The epoch loop: train, evaluate, save, stop, log.

Everything random in a step comes from a seed made of the run's seed, the epoch and the
step, so that a run goes on from a checkpoint as if it had never stopped. Several processes
go through the same steps, each with its part of every batch and of the held-out pictures.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from emotion.errors import TrainingError
from emotion.evaluation.scores import Scores, score
from emotion.models.torch_networks import GreyNetwork, save_weights
from emotion.training import augment
from emotion.training.checkpoint import BEST_FILE, average_with_warmup, restore, save
from emotion.training.clock import Clock
from emotion.training.config import TrainConfig
from emotion.training.device import Device, choose_device
from emotion.training.distributed import ALONE, Processes
from emotion.training.events import Log
from emotion.training.inputs import Pictures
from emotion.training.meter import Meter
from emotion.training.rates import adjustment, class_weights, make_optimizer, schedule

SAVE_EVERY_S: Final = 120.0
REPORT_EVERY_S: Final = 1.0
EVALUATION_BATCH: Final = 128
_DROPOUT_SEED: Final = 2**40
"""Apart from the seeds of steps, so that each process drops other units of its pictures."""


class Fit:
    """One run's epochs over `fit`, chosen by `validation`; `run` goes through them."""

    def __init__(
        self,
        config: TrainConfig,
        folder: Path,
        model: GreyNetwork,
        fit: Pictures,
        validation: Pictures,
        events: Log,
        processes: Processes = ALONE,
    ) -> None:
        self.config, self.folder, self.events = config, folder, events
        self.fit, self.validation, self.processes = fit, validation, processes
        self.device = choose_device(config, processes.gpu)
        self.model = processes.prepared(model, self.device)
        self.optimizer = make_optimizer(config, self.model)
        self.average = (
            AveragedModel(
                self.model, multi_avg_fn=average_with_warmup(config.ema_decay), use_buffers=True
            )
            if config.ema_decay
            else None
        )
        self.class_weights = class_weights(config, fit.labels).to(
            self.device.name, fit.targets.dtype
        )
        self.adjustment = adjustment(config, self.class_weights)
        self.steps = steps_of(len(fit), config.batch_size, max(2, processes.count))
        self.parts = self._parts()
        self.progress = restore(folder, self.parts)
        self._clock = Clock(config, self.steps, self.progress)
        self._meter = Meter(self.device.name)
        self._network: nn.Module = self.model

    def run(self, should_stop: Callable[[], bool]) -> bool:
        """Train to the end or until `should_stop`; whether the end was reached."""
        progress = self.progress
        while not self._done():
            # train
            if not self._train_epoch(should_stop):
                self._save()
                return False

            # evaluate
            best = self._evaluate()

            # save
            if best and self.processes.first:
                self._keep_best()
            progress.next_epoch()
            self._save()
        return True

    def _parts(self) -> dict[str, Any]:
        """What a checkpoint holds beside the progress: objects with a `state_dict`."""
        parts: dict[str, Any] = {"model": self.model, "optimizer": self.optimizer}
        return parts | ({} if self.average is None else {"average": self.average})

    def _save(self) -> None:
        if self.processes.first:
            save(self.folder, self.progress, self.parts)

    def _keep_best(self) -> None:
        save_weights(self.judged, self.folder / BEST_FILE, torch.float32)

    def _done(self) -> bool:
        """All epochs are through, or the patience is: no better one for too long."""
        progress, patience = self.progress, self.config.patience
        waited = progress.epoch - 1 - progress.best_epoch
        impatient = bool(patience) and progress.best_epoch >= 0 and waited >= (patience or 0)
        return impatient or progress.epoch >= self.config.epochs

    @property
    def judged(self) -> GreyNetwork:
        """The network that is evaluated and kept: the average where there is one."""
        return self.average.module if self.average is not None else self.model  # type: ignore[return-value]

    def _train_epoch(self, should_stop: Callable[[], bool]) -> bool:
        config, progress = self.config, self.progress
        size = config.size_at(progress.epoch)
        order = _order(len(self.fit), config.seed, progress.epoch)
        set_mode(self.model, frozen=config.frozen or progress.epoch < config.head_epochs)
        self._network = self.processes.shared(self.model)
        saved = reported = time.monotonic()
        while progress.step < self.steps:
            if self.processes.any(should_stop()):
                return False
            start = progress.step * config.batch_size
            last = progress.step == self.steps - 1
            rate = self._set_learning_rate()
            self._train_batch(order[start : None if last else start + config.batch_size], size)
            progress.step += 1
            self._clock.tick(size)
            now = time.monotonic()
            if now - reported >= REPORT_EVERY_S or progress.step == self.steps:
                reported = now
                self._report_step(rate)
            if now - saved >= SAVE_EVERY_S:
                self._save()
                saved = now
        return True

    def _train_batch(self, indices: Tensor, size: int) -> None:
        n, part = len(indices), self.processes.part(len(indices))
        seed = step_seed(self.config.seed, self.progress.epoch, self.progress.step)
        torch.manual_seed(seed)
        with self._meter.input():
            inputs = self._inputs(indices, size).to(self.device.name)
        targets = self.fit.targets[indices[part]].to(self.device.name)
        torch.manual_seed(seed + _DROPOUT_SEED * (1 + self.processes.rank))
        self.optimizer.zero_grad(set_to_none=True)
        with self.device.autocast():
            logits = self._forward(inputs)
        losses = F.cross_entropy(
            logits.to(targets.dtype) + self.adjustment,
            targets,
            weight=self.class_weights,
            label_smoothing=self.config.label_smoothing,
            reduction="none",
        )
        self._note(indices, losses.detach(), logits.detach().argmax(dim=1))
        # The mean over all pictures, once the gradients' mean over all processes is taken.
        (losses.sum() * (self.processes.count / n)).backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.model)

    def _note(self, indices: Tensor, losses: Tensor, answers: Tensor) -> None:
        """Put the losses and answers of all processes together, for the events."""
        n, progress = len(indices), self.progress
        told = self.processes.whole(torch.stack([losses, answers.to(losses.dtype)], dim=1), n)
        value = float(told[:, 0].mean())
        if not math.isfinite(value):
            raise TrainingError(
                "The loss became {value} in epoch {epoch}, so nothing more can be learned. "
                "Start a new run with a learning rate below {rate}.",
                value=value,
                epoch=progress.epoch + 1,
                rate=self.config.learning_rate,
            )
        self._meter.count(value, n)
        progress.loss_sum += value * n
        progress.seen += self.fit.labels[indices].tolist()
        progress.answered += told[:, 1].int().tolist()

    def _inputs(self, indices: Tensor, size: int) -> Tensor:
        """This process's part of the batch of pictures at `indices`."""
        share = augment.Share(len(indices), self.processes.part(len(indices)))
        own = indices[share.part]
        if self.config.augmentation == "original":
            return augment.original([self.fit.whole[i] for i in own.tolist()], size, share)
        crops = self.fit.crops[own].to(self.device.name)
        return augment.mild(crops, size, self.config.erasing, share)

    def _forward(self, inputs: Tensor) -> Tensor:
        return self._network(inputs)  # type: ignore[no-any-return]

    def _set_learning_rate(self) -> float:
        done = self.progress.epoch + self.progress.step / self.steps
        factor = schedule(self.config, done)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * group["factor"] * factor
        return self.config.learning_rate * factor

    def _report_step(self, rate: float) -> None:
        progress = self.progress
        self.events.write(
            "step",
            epoch=progress.epoch,
            step=progress.step,
            steps=self.steps,
            loss=progress.loss_sum / len(progress.seen),
            learning_rate=rate,
            pictures_per_s=self._clock.pictures_per_s,
            seconds_left=self._clock.seconds_left,
            epoch_seconds_left=self._clock.epoch_seconds_left,
            **self._meter.read(),
        )

    def _evaluate(self) -> bool:
        """Score the epoch on the held-out part; whether it is the best so far."""
        config, progress = self.config, self.progress
        size = config.size_at(progress.epoch)
        logits = self._held_out_logits(size)
        truth = self.validation.labels.numpy()
        scores = score(truth, torch.softmax(logits, 1).numpy())
        trained = score(
            np.array(progress.seen), np.eye(7, dtype=np.float32)[np.array(progress.answered)]
        )
        value = scores.accuracy if config.choose_by == "accuracy" else scores.macro_f1
        # Only epochs at the size that the model keeps can be chosen.
        best = size == config.input_size and value > progress.best_score
        if best:
            progress.best_score, progress.best_epoch = value, progress.epoch
        self.events.write(
            "epoch",
            epoch=progress.epoch,
            size=size,
            train=_summary(trained, progress.loss_sum / len(progress.seen)),
            validation=_summary(scores, float(F.cross_entropy(logits, self.validation.labels))),
            confusion=scores.confusion,
            best=best,
            seconds=self._clock.epoch_seconds(),
        )
        return best

    def _held_out_logits(self, size: int) -> Tensor:
        """What the network answers for the held-out pictures, `(n, 7)`; each is seen once."""
        resize = self.config.resize if size == self.config.input_size else size
        n = len(self.validation)
        crops = self.validation.crops[self.processes.part(n)]
        return self.processes.whole(predict(self.judged, crops, resize, size, self.device), n)


@torch.inference_mode()
def predict(model: GreyNetwork, crops: Tensor, resize: int, size: int, device: Device) -> Tensor:
    """Logits `(n, 7)` in float32 on the CPU: crops scaled to `resize`, their middle `size`."""
    model.eval()
    logits = []
    for batch in torch.split(crops, EVALUATION_BATCH):
        inputs = augment.plain(batch.to(device.name), resize, size)
        with device.autocast():
            logits.append(model(inputs).float().cpu())
    return torch.cat(logits)


def steps_of(pictures: int, batch_size: int, least: int = 2) -> int:
    """Batches of an epoch; the last one takes fewer than `least` left-over pictures in.

    BatchNorm has no deviation over a single one, and each process needs one of its own.
    """
    return max(1, math.ceil((pictures - least + 1) / batch_size))


def set_mode(model: GreyNetwork, *, frozen: bool) -> None:
    """Training mode; a frozen backbone takes no gradient and its BatchNorm stands still."""
    model.train(not frozen)
    model.body.requires_grad_(not frozen)
    model.head.train().requires_grad_(True)


def _summary(scores: Scores, loss: float) -> dict[str, float]:
    return {
        "loss": loss,
        "accuracy": scores.accuracy,
        "balanced_accuracy": scores.balanced_accuracy,
        "macro_f1": scores.macro_f1,
    }


def _order(n: int, seed: int, epoch: int) -> Tensor:
    return torch.randperm(n, generator=torch.Generator().manual_seed(step_seed(seed, epoch, 0)))


def step_seed(seed: int, epoch: int, step: int) -> int:
    """A seed for all that is random in one step (or one batch of a view)."""
    return (seed * 1_000_003 + epoch * 100_003 + step) % 2**63
