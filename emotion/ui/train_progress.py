"""What a run's events say to a person: where it stands, what it takes, its end. No widgets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from emotion.errors import EmotionError, ModelError
from emotion.models.card import ModelCard
from emotion.training.config import TrainConfig
from emotion.training.events import Event
from emotion.training.history import worked_s
from emotion.training.runs import STOP_FILE, WORKING, RunInfo

Part = Literal[
    "starting", "reading", "teachers", "features", "fitting", "finishing", "export", "test"
]
COUNTED: Final = ("reading", "teachers", "features")
"""Parts that go through the pictures once."""
CONTINUABLE: Final = ("waiting", "stopped", "failed", "lost")
"""States from which a run can go on."""
TAKEN: Final = ("cpu_cores", "memory_bytes", "gpu_share", "gpu_memory_bytes", "input_share")
"""What a step says of the machine; older runs and machines without a GPU say less."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a working run stands.

    `share` of the present part, 0 to 1; `epoch` from 1; `step` of `steps` in the epoch, or
    pictures of a part in `COUNTED`; `elapsed_s` of its work so far, `epoch_elapsed_s` of the
    epoch. What is not known yet is None. `taken` is what the newest step took, as in
    `training.meter`.
    """

    part: Part
    share: float = 0.0
    epoch: int | None = None
    step: int | None = None
    steps: int | None = None
    elapsed_s: float = 0.0
    epoch_elapsed_s: float | None = None
    seconds_left: float | None = None
    epoch_seconds_left: float | None = None
    pictures_per_s: float | None = None
    learning_rate: float | None = None
    taken: Mapping[str, float | None] = field(default_factory=dict)


def position(run: RunInfo) -> Position:
    """Where `run` stands by its newest event of interest."""
    for event in reversed(run.events):
        kind = event["kind"]
        if kind == "ended":  # of the time before it was continued
            break
        if kind in COUNTED:
            return Position(
                kind,
                share=event["done"] / max(event["of"], 1),
                step=event["done"],
                steps=event["of"],
                seconds_left=event.get("seconds_left"),
            )
        if kind == "phase":
            begins = event["name"] in COUNTED
            return Position(event["name"], share=float(not begins))
        if kind == "started":
            share = done_share(run.config, event["epoch"], 0.0)
            return Position("fitting", share=share, epoch=event["epoch"] + 1)
        if kind == "step":
            return _fitting(run, event)
    return Position("starting")


def done_share(config: TrainConfig, epoch: int, of_epoch: float) -> float:
    """How much of all the work is done, 0 to 1, in `epoch` (from 0) of which `of_epoch` is.

    Pictures of a larger stage count for their area, as they do in the time left.
    """
    work = [config.size_at(number) ** 2 for number in range(config.epochs)]
    now = work[epoch] * of_epoch if epoch < len(work) else 0.0
    return (sum(work[:epoch]) + now) / sum(work)


def _fitting(run: RunInfo, step: Event) -> Position:
    seconds = worked_s(run.events)
    return Position(
        "fitting",
        share=done_share(run.config, step["epoch"], step["step"] / step["steps"]),
        epoch=step["epoch"] + 1,
        step=step["step"],
        steps=step["steps"],
        elapsed_s=seconds[-1],
        epoch_elapsed_s=seconds[-1] - seconds[_epoch_start(run.events)],
        seconds_left=step["seconds_left"],
        epoch_seconds_left=step.get("epoch_seconds_left"),
        pictures_per_s=step["pictures_per_s"],
        learning_rate=step["learning_rate"],
        taken={key: step[key] for key in TAKEN if step.get(key) is not None},
    )


def _epoch_start(events: Sequence[Event]) -> int:
    """The number of the event with which the present epoch began in this process."""
    numbers = range(len(events) - 1, -1, -1)
    return next((n for n in numbers if events[n]["kind"] in ("started", "epoch")), 0)


def stopping(run: RunInfo) -> bool:
    """Whether a stop was asked for that the run has not followed yet."""
    return run.state in WORKING and (run.folder / STOP_FILE).exists()


def duration(seconds: float, translate: Callable[[str], str]) -> str:
    """`seconds` in words, no finer than anyone needs: 2 h 5 min, 12 min, 40 s."""
    whole = max(round(seconds), 1)
    if whole < 60:
        return translate("{seconds} s").format(seconds=whole)
    minutes = round(seconds / 60)
    if minutes < 60:
        return translate("{minutes} min").format(minutes=minutes)
    return translate("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def failure(run: RunInfo, translate: Callable[[str], str]) -> str:
    """Why the run failed, as a sentence in the language of `translate`."""
    ended = run.of_kind("ended")[-1]
    reason = str(ended["reason"])
    template, values = ended.get("template"), ended.get("values", {})
    if template is None:
        return reason
    try:
        return EmotionError(template, **values).translated(translate)
    except (ValueError, KeyError):  # values of an older version, kept as texts
        return reason


def test_scores(card: ModelCard) -> dict[str, Any]:
    """The scores on `test`, used once at the end. Raises `ModelError` when there are none."""
    for record in card.scores:
        if record.split == "test":
            return record.scores
    raise ModelError(
        "The model {name} has no scores: there were no pictures in test. Put some there and "
        "evaluate it.",
        name=card.name,
    )
