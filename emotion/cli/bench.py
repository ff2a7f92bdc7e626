"""`python -m emotion bench`: how fast this machine is, beside the original system."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from emotion.cli.output import Json, ModelName, print_json, print_table
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.settings import load_settings

app = typer.Typer(
    help="Measure: one frame, the video in a browser, the start, a run, a long session."
)

Seconds = Annotated[float, typer.Option(min=2, help="How long each page is watched.")]
Rounds = Annotated[int, typer.Option(min=1, help="Turns of 12 frames.")]


@app.command("live")
def live(model: ModelName = None, rounds: Rounds = 40, as_json: Json = False) -> None:
    """One frame with 1, 2 and 4 faces, beside the original's loop in the same process."""
    from emotion.bench.live import measure_live

    classifier = load_classifier(find_model(load_settings().models_dir, model))
    _show(measure_live(classifier, rounds), as_json)


@app.command("browser")
def browser(seconds: Seconds = 20, as_json: Json = False) -> None:
    """The page in a real Chromium: rate, delay and lost pictures, beside untouched video."""
    from emotion.bench.browser import measure_browser

    _show(measure_browser(seconds), as_json)


class Part(StrEnum):
    """What of training is measured."""

    SPEED = "speed"
    QUICK = "quick"
    PAGE = "page"
    LIVE = "live"


@app.command("train")
def train(
    data: Annotated[
        Path | None, typer.Option(help="Folder with train/1 … 7; without, that of the settings.")
    ] = None,
    only: Annotated[
        Path | None, typer.Option(help="CSV file with a column path: use these pictures alone.")
    ] = None,
    start: Annotated[str, typer.Option(help="shipped, imagenet, or a model's name.")] = "shipped",
    parts: Annotated[
        list[Part] | None, typer.Option("--part", help="speed, quick, page or live; or all.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Of the original's loop.")] = 15,
    turns: Annotated[int, typer.Option(min=1, help="Of the speed, in turn.")] = 5,
    seconds: Seconds = 60,
    as_json: Json = False,
) -> None:
    """A run beside a plain transcription of the original's, on the same pictures."""
    from emotion.bench.beside import measure_live as measure_live_beside
    from emotion.bench.beside import measure_page
    from emotion.bench.quick import measure_quick
    from emotion.bench.train import measure_speed, read_task

    settings = load_settings()
    task = read_task(data or settings.data_dir, only, start, settings.models_dir)
    measures: dict[Part, Callable[[], dict[str, Any]]] = {
        Part.SPEED: lambda: measure_speed(task, turns),
        Part.QUICK: lambda: measure_quick(task, epochs),
        Part.PAGE: lambda: measure_page(task, seconds),
        Part.LIVE: lambda: measure_live_beside(task, seconds),
    }
    chosen = [part for part in measures if part in (parts or measures)]
    pictures = len(task.data.without(task.aside).samples("train"))
    _show({"pictures": pictures} | {str(part): measures[part]() for part in chosen}, as_json)


@app.command("startup")
def startup(as_json: Json = False) -> None:
    """From `streamlit run` to a usable live page, cold and warm."""
    from emotion.bench.startup import measure_startup

    _show(measure_startup(), as_json)


@app.command("analysis")
def analysis(
    hours: Annotated[float, typer.Option(min=0.1, help="Length of the session.")] = 10,
    faces: Annotated[int, typer.Option(min=1, help="Faces in view all the time.")] = 3,
    database: Annotated[
        str | None, typer.Option(help="Address of a database; without, a SQLite file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """A session of a million samples as the analysis page reads it, and its downloads."""
    from emotion.bench.analysis import measure_analysis

    _show(measure_analysis(hours, faces, database), as_json)


def _show(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    rows = [(".".join(path), value) for path, value in _leaves(report)]
    print_table(("figure", "value"), rows)


def _leaves(report: dict[str, Any], *path: str) -> list[tuple[tuple[str, ...], Any]]:
    """Each value with the names that lead to it."""
    found = []
    for name, value in report.items():
        place = (*path, name)
        found += _leaves(value, *place) if isinstance(value, dict) else [(place, value)]
    return found
