"""`python -m emotion train`: train a model, or start or continue a run's folder."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from emotion.cli.output import FindFaces, Json, print_json
from emotion.errors import EmotionError
from emotion.models.card import Network
from emotion.models.store import find_model
from emotion.settings import load_settings
from emotion.training import runs
from emotion.training.config import (
    Augmentation,
    ClassWeights,
    Optimizer,
    Preset,
    RunPrecision,
    Schedule,
    Score,
    TrainConfig,
)
from emotion.training.events import Event, failure_of
from emotion.training.presets import PRESETS, make_config, parse_stages
from emotion.training.process import processes_here
from emotion.training.run import run as run_training
from emotion.training.starts import find_start

_ASKED: Final = {"epochs", "size", *TrainConfig.model_fields} - {
    "preset",
    "data",
    "name",
    "stages",
    "find_faces",
    "without",
    "validation",
}
"""Options that are settings of the run by the same name."""
_MORE: Final = "Settings (without one, the preset's value)"


def _setting(text: str, *names: str) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=_MORE)


def train(
    data: Annotated[
        Path | None, typer.Option(help="Folder with train/1 … 7 and test/1 … 7.")
    ] = None,
    preset: Annotated[
        Preset, typer.Option(help="quick, fine-tune, seed (the original system) or shipped.")
    ] = "fine-tune",
    start: Annotated[
        str | None, typer.Option(help="imagenet, shipped, scratch, a model's name or a file.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Of the new model.")] = None,
    network: Annotated[Network | None, typer.Option(help="Without, the start's.")] = None,
    find_faces: FindFaces = False,
    without: Annotated[
        Path | None,
        typer.Option(help="CSV file with a column path: pictures that the run must not see."),
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(help="CSV file with a column path: pictures to choose the best epoch by."),
    ] = None,
    devices: Annotated[
        int | None, typer.Option(min=1, max=64, help="They share every batch, by torchrun.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Start or continue the run in this folder.")
    ] = None,
    epochs: Annotated[int | None, _setting("In all.")] = None,
    size: Annotated[int | None, _setting("Side of the network's input in pixels.")] = None,
    stages: Annotated[str | None, _setting("Epochs by input size, as 14x96,4x112.")] = None,
    batch_size: Annotated[int | None, _setting("Pictures of one step.")] = None,
    learning_rate: Annotated[float | None, _setting("How far a step goes.")] = None,
    optimizer: Annotated[Optimizer | None, _setting("Which one.")] = None,
    weight_decay: Annotated[float | None, _setting("Keeps weights small.")] = None,
    schedule: Annotated[Schedule | None, _setting("The learning rate over time.")] = None,
    warmup_epochs: Annotated[float | None, _setting("In which the rate grows.")] = None,
    frozen: Annotated[bool | None, _setting("Only the last layer learns.")] = None,
    views: Annotated[int | None, _setting("Varied views whose features are kept.")] = None,
    head_epochs: Annotated[int | None, _setting("In which only the last layer learns.")] = None,
    layer_decay: Annotated[float | None, _setting("Of the rate towards the input.")] = None,
    class_weights: Annotated[ClassWeights | None, _setting("Weight of rare classes.")] = None,
    prior_kept: Annotated[bool | None, _setting("Answers as frequent as the classes.")] = None,
    label_smoothing: Annotated[float | None, _setting("Shared out among the seven.")] = None,
    soft_labels: Annotated[bool | None, _setting("Learn the votes of votes.csv.")] = None,
    teachers: Annotated[
        list[str] | None,
        _setting("Models whose mean answer is learned beside the labels.", "--teacher"),
    ] = None,
    teacher_share: Annotated[float | None, _setting("Of the teachers in what is learned.")] = None,
    augmentation: Annotated[Augmentation | None, _setting("How pictures are varied.")] = None,
    erasing: Annotated[float | None, _setting("Share of pictures covered in part.")] = None,
    test_resize: Annotated[int | None, _setting("Scaled to; the middle is seen. 0: all.")] = None,
    ema_decay: Annotated[float | None, _setting("Average of the weights; 0: none.")] = None,
    validation_share: Annotated[float | None, _setting("Of train, held out.")] = None,
    choose_by: Annotated[Score | None, _setting("By which the best epoch is chosen.")] = None,
    patience: Annotated[int | None, _setting("Epochs without a better one; 0: no end.")] = None,
    seed: Annotated[int | None, _setting("Of all that is random.")] = None,
    precision: Annotated[RunPrecision | None, _setting("What it computes in.")] = None,
    device: Annotated[str | None, _setting("auto, cpu, mps, cuda, cuda:0 …")] = None,
    threads: Annotated[int | None, _setting("Of the processor; 0: torch's choice.")] = None,
    quiet: Annotated[bool, typer.Option(hidden=True)] = False,
    as_json: Json = False,
) -> None:
    """Train a model on a folder of labelled faces; Ctrl-C saves, and --run continues."""
    options, settings = locals(), load_settings()

    def folder_of_run() -> Path:
        if run is not None:
            return run
        for teacher in teachers or ():
            find_model(settings.models_dir, teacher)
        asked = {key: options[key] for key in _ASKED if options[key] not in (None, [])}
        brought = find_start(start or PRESETS[preset]["start"], settings.models_dir).settings()
        if stages is not None:  # they say which sizes; the start's own does not count
            brought = {"network": brought["network"]}
        config = make_config(
            preset,
            data=data or settings.data_dir,
            name=name or f"{preset}-{network or brought['network'] or 'resnet18'}",
            **brought | asked,
            stages=stages and parse_stages(stages),
            find_faces=find_faces or None,
            without=without and without.absolute(),
            validation=validation and validation.absolute(),
        )
        return runs.create(config, settings.runs_dir)

    folder: Path | None
    if processes_here() > 1:
        folder = _take_part(folder_of_run, settings.models_dir, quiet)
    else:
        folder = folder_of_run()
        run_training(folder, settings.models_dir, _tell, devices)
    if folder is not None and not quiet:
        _show(runs.read_run(folder), settings.models_dir, as_json)


def _take_part(find_folder: Callable[[], Path], models_dir: Path, quiet: bool) -> Path | None:
    """One of the processes that torchrun started; where it was started by this program,
    `quiet`, that one says how it ended."""
    from emotion.training.torchrun import take_part  # torch is imported here alone

    try:
        return take_part(find_folder, models_dir, _tell)
    except EmotionError:
        if quiet:
            raise typer.Exit(1) from None
        raise


def _show(info: runs.RunInfo, models_dir: Path, as_json: bool) -> None:
    ended = info.of_kind("ended")[-1]
    epochs = info.epochs
    if info.state == "failed":
        raise failure_of(ended)
    if as_json:
        print_json(
            {
                "run": str(info.folder),
                "state": info.state,
                "model": ended.get("model"),
                "epochs": len(epochs),
                "validation": info.best["validation"] if info.best else None,
            }
        )
    elif info.state == "finished":
        print(f"The model {ended['model']} is saved in {models_dir / ended['model']}.")
    else:
        print(f"Stopped after {len(epochs)} epochs. Continue with --run {info.folder}")


def _tell(event: Event) -> None:
    """A line on standard error for each epoch and for what comes before and after."""
    match event["kind"]:
        case "started":
            text = (
                f"{event['fit']} pictures to learn from, {event['validation']} held out, "
                f"{event['device']} in {event['precision']}: {event['reason']}"
            )
        case "epoch":
            train, validation = event["train"], event["validation"]
            text = (
                f"epoch {event['epoch'] + 1}: loss {train['loss']:.3f}, accuracy "
                f"{train['accuracy']:.3f}; held out: loss {validation['loss']:.3f}, accuracy "
                f"{validation['accuracy']:.3f}, macro-F1 {validation['macro_f1']:.3f}"
                f"{' (best)' if event['best'] else ''}; {event['seconds']:.0f} s"
            )
        case "queued":
            text = "waiting for the end of another run …"
        case "phase":
            text = f"{event['name']} …"
        case _:
            return
    print(text, file=sys.stderr, flush=True)
