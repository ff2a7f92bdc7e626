"""A run and the app beside each other: what the page costs the run, and the run the video.

python -m emotion bench train --data FOLDER --part page --part live --json
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from emotion.bench.browser import camera_script, figures, watch
from emotion.bench.measure import mean
from emotion.bench.server import PATIENCE_S, Server, chromium, running_app
from emotion.bench.train import Task
from emotion.errors import TrainingError
from emotion.training import runs
from emotion.training.events import Event

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TURNS: Final = 3
SETTLE_S: Final = 5.0
"""After a page was opened or closed, before its turn begins."""


def measure_page(task: Task, seconds: float) -> dict[str, Any]:
    """Pictures a second of a run of `fine-tune` while its page is open and while it is not, in
    turn, `seconds` each in all; `more_time` is the share by which an open page prolongs it."""
    open_rates, closed_rates = [], []
    with chromium() as browser, _app_and_run(task) as (server, folder):
        for _ in range(TURNS):
            with _page(browser, f"{server.url}/train"):
                open_rates.append(rate(folder, seconds / TURNS))
            closed_rates.append(rate(folder, seconds / TURNS))
    with_page, without = mean(open_rates), mean(closed_rates)
    return {
        "open_pictures_per_s": with_page,
        "closed_pictures_per_s": without,
        "more_time": round(without / with_page - 1, 4),
    }


def measure_live(task: Task, seconds: float) -> dict[str, Any]:
    """The live page's video as in `bench browser`, with a run of one thread beside it and
    without, in turn; the run works at low priority, as every run that a page starts."""
    script = camera_script()
    beside, alone = [], []
    with chromium() as browser:
        for _ in range(TURNS):
            with _app_and_run(task, threads=1) as (server, _):
                beside.append(watch(browser, server, script, seconds / TURNS))
            with TemporaryDirectory() as root, running_app(Path(root)) as server:
                alone.append(watch(browser, server, script, seconds / TURNS))
    return {"beside_a_run": figures(beside), "alone": figures(alone)}


@contextmanager
def _app_and_run(task: Task, threads: int | None = None) -> Iterator[tuple[Server, Path]]:
    """The app's server, and the folder of a run that it shows and that has learned already."""
    with TemporaryDirectory() as root:
        runs_dir = Path(root) / "runs"
        config = task.config("fine-tune", Path(root), epochs=1000, patience=1000, threads=threads)
        folder = runs.create(config, runs_dir)
        runs.start(folder)
        try:
            _wait_for_steps(folder)
            with running_app(Path(root), SEMBLANTE_RUNS_DIR=str(runs_dir)) as server:
                yield server, folder
        finally:
            runs.end_now(folder)
            _wait_for_end(folder)


@contextmanager
def _page(browser: "Browser", url: str) -> Iterator[None]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(url)
    page.locator("canvas, svg.marks").first.wait_for()  # the run's curves
    try:
        yield
    finally:
        context.close()


def rate(folder: Path, seconds: float, settle_s: float = SETTLE_S) -> float:
    """Pictures a second that the run learns from, in so many seconds after it has settled."""
    time.sleep(settle_s)
    first = _last_step(folder)
    time.sleep(seconds)
    while (last := _last_step(folder))["time"] <= first["time"]:
        time.sleep(0.1)  # it evaluates, or hardly gets on
    pictures = (_steps(last) - _steps(first)) * runs.read_config(folder).batch_size
    return pictures / float(last["time"] - first["time"])


def _steps(event: Event) -> int:
    return int(event["epoch"] * event["steps"] + event["step"])


def _last_step(folder: Path) -> Event:
    return runs.read_run(folder).of_kind("step")[-1]


def _wait_for_steps(folder: Path) -> None:
    """Raises `TrainingError` when the run ends before its second epoch."""
    while len(runs.read_run(folder).of_kind("epoch")) < 1:
        info = runs.read_run(folder)
        if info.state not in runs.WORKING:
            raise TrainingError(
                "The run that was to be measured ended ({reason}). Start one with these pictures "
                "to see why.",
                reason=(info.last or {}).get("reason", info.state),
            )
        time.sleep(0.5)


def _wait_for_end(folder: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while runs.read_run(folder).state in runs.WORKING and time.monotonic() < end:
        time.sleep(0.1)
