"""What the form of a new run offers and refuses; no words, no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from emotion.data.report import DataReport
from emotion.data.roots import checked
from emotion.errors import DataError, ModelError, TrainingError
from emotion.models.store import check_name
from emotion.training import runs
from emotion.training.config import Preset, TrainConfig
from emotion.training.presets import make_config
from emotion.training.starts import Start, find_start, starts

FILE: Final = "file"
"""Among the starts: a weights file, whose path is typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose in the form; `settings` are changes for `make_config`."""

    preset: Preset
    data: Path
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def typed_folder(text: str) -> Path:
    """The folder that was typed. Raises `DataError` when nothing was."""
    if not text.strip():
        raise DataError("Type the path of a folder with pictures.")
    return Path(text.strip()).expanduser()


def typed_weights(text: str, roots: tuple[Path, ...], models_dir: Path) -> Start:
    """The weights file that was typed. Raises `ModelError` when there is none of that name,
    `DataError` when it lies where the page may not read."""
    if not text.strip():
        raise ModelError("Type the path of a .pth or .safetensors file.")
    path = Path(text.strip()).expanduser()
    checked(path.parent, roots)
    return find_start(str(path.absolute()), models_dir)


def offered_starts(models_dir: Path) -> list[str]:
    """Values to choose from: what is built in, a file, then the user's own models."""
    every = starts(models_dir)
    built_in = [start for start in every if start in ("shipped", "imagenet", "scratch")]
    return [*built_in, FILE, *every[len(built_in) :]]


def preset_settings(preset: Preset, start: Start) -> TrainConfig:
    """The preset's settings where `start` is what a run begins with, to fill the form."""
    sees = {key: value for key, value in start.settings().items() if key != "network"}
    return make_config(preset, data=Path("data"), name="new", **sees)


def framed(values: Mapping[str, Any], defaults: TrainConfig) -> dict[str, Any]:
    """The form's values; the frame around another input size follows it, unless it was
    changed as well."""
    size, resize = values["size"], values["test_resize"]
    if not resize or resize != defaults.test_resize:
        return dict(values)
    return {**values, "test_resize": round(resize * size / defaults.input_size)}


def free_name(wanted: str, models_dir: Path, known: list[runs.RunInfo]) -> str:
    """`wanted`, with a number behind it where a model or a run has the name already."""
    taken = {run.config.name for run in known}
    number, name = 1, wanted
    while name in taken or (models_dir / name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name


def check_run_name(name: str, models_dir: Path, known: list[runs.RunInfo]) -> None:
    """Raise `ModelError` or `TrainingError` when a new run cannot be called `name`.

    A run that can still be continued keeps the name for its model.
    """
    check_name(models_dir, name)
    for run in known:
        if run.config.name == name and run.state != "finished":
            raise TrainingError(
                "The run {run} is to become the model {name} and can still be continued. Choose "
                "another name, or delete that run.",
                run=run.folder.name,
                name=name,
            )


def config_of(choice: Choice) -> TrainConfig:
    """The settings of the run. Raises `RefusedSettingsError` naming each that is wrong."""
    return make_config(choice.preset, data=choice.data, name=choice.name, **choice.settings)


def checked_config(
    choice: Choice, report: DataReport, models_dir: Path, known: list[runs.RunInfo]
) -> TrainConfig:
    """The settings of a run that can start now.

    Raises the `EmotionError` that says why it cannot: the name, settings that cannot be used
    (`RefusedSettingsError`), or the data.
    """
    check_run_name(choice.name, models_dir, known)
    config = config_of(choice)
    report.check(config.validation_share)
    return config


def launch(config: TrainConfig, runs_dir: Path) -> Path:
    """Make the run's folder and start its process; the folder.

    Raises `TrainingError` when it does not start; the folder is then gone again.
    """
    folder = runs.create(config, runs_dir)
    try:
        runs.start(folder)
    except TrainingError:
        runs.delete(folder)
        raise
    return folder
