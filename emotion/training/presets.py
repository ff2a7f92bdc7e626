"""The presets, and how a preset and a user's changes become the settings of a run."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from emotion.data.votes import VOTES_FILE
from emotion.errors import TrainingError
from emotion.locale import marked
from emotion.training.config import REFUSED, Preset, Stage, TrainConfig

PRESETS: Final[dict[Preset, dict[str, Any]]] = {
    # The backbone stays; features of each picture and of some views of it are computed once.
    "quick": {
        "start": "shipped",
        "stages": ({"epochs": 30, "size": 112},),
        "batch_size": 64,
        "learning_rate": 0.001,
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "schedule": "cosine",
        "frozen": True,
        "class_weights": "sqrt",
        "prior_kept": True,
        "label_smoothing": 0.05,
        "augmentation": "mild",
        "views": 4,
        "patience": 8,
    },
    # Head first, then all layers, with lower rates towards the input.
    "fine-tune": {
        "start": "shipped",
        "stages": ({"epochs": 10, "size": 112},),
        "batch_size": 32,
        "learning_rate": 0.0005,
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "head_epochs": 1,
        "layer_decay": 0.7,
        "class_weights": "sqrt",
        "prior_kept": True,
        "label_smoothing": 0.05,
        "augmentation": "mild",
        "ema_decay": 0.99,
        "patience": 4,
    },
    # The original system to the letter, less its three faults.
    "seed": {
        "start": "imagenet",
        "stages": ({"epochs": 15, "size": 224},),
        "batch_size": 16,
        "learning_rate": 0.001,
        "optimizer": "adam",
        "frozen": True,
        "augmentation": "original",
        "test_resize": 256,
        "choose_by": "accuracy",
        "precision": "float32",
    },
    # The first of the three runs of the model that comes with Semblante (the README has all).
    "shipped": {
        "start": "scratch",
        "stages": (
            {"epochs": 10, "size": 64},
            {"epochs": 7, "size": 96},
            {"epochs": 4, "size": 112},
        ),
        "batch_size": 64,
        "learning_rate": 0.001,
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "class_weights": "sqrt",
        "prior_kept": True,
        "soft_labels": True,
        "augmentation": "mild",
        "ema_decay": 0.998,
    },
}
_LIMITS: Final = {
    "greater_than_equal": ("ge", marked("{field} cannot be {value}: it must be at least {limit}.")),
    "greater_than": ("gt", marked("{field} cannot be {value}: it must be more than {limit}.")),
    "less_than_equal": ("le", marked("{field} cannot be {value}: it must be at most {limit}.")),
    "less_than": ("lt", marked("{field} cannot be {value}: it must be less than {limit}.")),
}


class RefusedSettingsError(TrainingError):
    """Settings that cannot be used; `by_field` has a sentence for each that is wrong."""

    def __init__(self, by_field: Mapping[str, TrainingError]) -> None:
        first = next(iter(by_field.values()))
        super().__init__(first.template, **first.values)
        self.by_field = dict(by_field)


def make_config(
    preset: Preset,
    *,
    data: Path,
    name: str,
    epochs: int | None = None,
    size: int | None = None,
    **changes: Any,
) -> TrainConfig:
    """The preset's settings with `changes`; `None` stands for the preset's own value.

    `epochs` and `size` are those of the whole run and of its last stage; earlier stages
    follow in proportion. A preset that learns the annotators' votes does so where the data
    has them (`votes.csv`). Raises `RefusedSettingsError`, or `TrainingError` where there is no
    such preset.
    """
    if preset not in PRESETS:
        raise TrainingError(
            "There is no preset {preset!r}. Choose one of {known}.",
            preset=preset,
            known=", ".join(PRESETS),
        )
    values = PRESETS[preset] | {key: value for key, value in changes.items() if value is not None}
    if changes.get("soft_labels") is None and not (data / VOTES_FILE).is_file():
        values["soft_labels"] = False
    wrong: dict[str, TrainingError] = {}
    try:
        values["stages"] = stages = _stages(values["stages"], epochs, size)
        if size is not None and values.get("test_resize") and not changes.get("test_resize"):
            framed = values["test_resize"] / PRESETS[preset]["stages"][-1]["size"]
            values["test_resize"] = round(stages[-1].size * framed)
    except ValidationError as error:
        wrong |= _sentences(error)
    try:
        config = TrainConfig(preset=preset, data=data.absolute(), name=name, **values)
    except ValidationError as error:
        wrong |= _sentences(error)
    if wrong:
        raise RefusedSettingsError(wrong)
    return config


def with_devices(config: TrainConfig, devices: int) -> TrainConfig:
    """The settings for so many devices. Raises `RefusedSettingsError` where that cannot be."""
    try:
        return TrainConfig.model_validate(config.model_dump() | {"devices": devices})
    except ValidationError as error:
        raise RefusedSettingsError(_sentences(error)) from error


def _stages(given: Sequence[Any], epochs: int | None, size: int | None) -> tuple[Stage, ...]:
    stages = tuple(Stage.model_validate(stage) for stage in given)
    if not stages:
        return stages
    whole = Stage(
        epochs=sum(stage.epochs for stage in stages) if epochs is None else epochs,
        size=stages[-1].size if size is None else size,
    )
    return with_epochs(with_size(stages, whole.size), whole.epochs)


def parse_stages(text: str) -> tuple[Stage, ...]:
    """Stages written as `14x96,4x112`: epochs and the side of the input in pixels.

    Raises `TrainingError` for anything else.
    """
    try:
        pairs = [map(int, part.split("x")) for part in text.split(",")]
        return tuple(Stage(epochs=epochs, size=size) for epochs, size in pairs)
    except ValueError as error:  # also pydantic's
        raise TrainingError(
            "The stages {text!r} cannot be read. Write epochs (1 to 1000) and the side of the "
            "input in pixels (32 to 512) for each, as 14x96,4x112.",
            text=text,
        ) from error


def with_size(stages: tuple[Stage, ...], size: int) -> tuple[Stage, ...]:
    """The stages with `size` in the last one; earlier ones keep their proportion to it."""
    last = stages[-1].size
    return tuple(
        Stage(epochs=stage.epochs, size=max(32, round(stage.size * size / last)))
        for stage in stages
    )


def with_epochs(stages: tuple[Stage, ...], epochs: int) -> tuple[Stage, ...]:
    """The stages cut or stretched to `epochs` in all (at least 1), in the same proportion.

    The last stage keeps at least one epoch; earlier ones may go.
    """
    total = sum(stage.epochs for stage in stages)
    ends = [round(end * epochs / total) for end in accumulate(stage.epochs for stage in stages)]
    ends = [min(end, epochs - 1) for end in ends[:-1]] + [epochs]
    starts = [0, *ends[:-1]]
    return tuple(
        Stage(epochs=end - start, size=stage.size)
        for stage, start, end in zip(stages, starts, ends, strict=True)
        if end > start
    )


def _sentences(error: ValidationError) -> dict[str, TrainingError]:
    """A sentence for each field, in order; the first one where there are several."""
    found: dict[str, TrainingError] = {}
    for details in error.errors():
        found.setdefault(str(details["loc"][0]), _sentence(details))
    return found


def _sentence(details: ErrorDetails) -> TrainingError:
    field, value, context = details["loc"][0], details["input"], details.get("ctx", {})
    if details["type"] == REFUSED:
        return context["error"]  # type: ignore[no-any-return]
    if details["type"] in _LIMITS:
        limit, template = _LIMITS[details["type"]]
        return TrainingError(template, field=field, value=value, limit=context[limit])
    return TrainingError(
        "{field} cannot be {value!r}: {reason}.", field=field, value=value, reason=details["msg"]
    )
