"""A run in a few numbers, for the list of all runs on the page and on the command line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emotion.errors import TrainingError
from emotion.training.runs import CONFIG_FILE, RunInfo, list_runs, read_run


def summary(run: RunInfo) -> dict[str, Any]:
    """What the list says of a run; scores and times that are not known yet are None.

    `score` is the validation score of the kept epoch, by `metric`; `worked_s` seconds of
    work, `size_bytes` of its folder, `made` the time in ISO 8601 with its zone.
    """
    best = run.best
    return {
        "run": run.folder.name,
        "title": run.title,
        "state": run.state,
        "preset": run.config.preset,
        "network": run.config.network,
        "model": run.config.name,
        "metric": run.config.choose_by,
        "score": None if best is None else float(best["validation"][run.config.choose_by]),
        "best_epoch": None if best is None else best["epoch"] + 1,
        "epochs_done": len(run.epochs),
        "epochs": run.config.epochs,
        "worked_s": round(run.worked_s, 1),
        "size_bytes": run.size_bytes,
        "made": datetime.fromtimestamp(run.made_s, UTC).isoformat(timespec="seconds"),
        "note": run.about.note,
    }


def find_run(runs_dir: Path, name: str) -> RunInfo:
    """The run whose folder is called `name`, else the newest one with that title, else with
    that model.

    Raises `TrainingError` when there is none, or its settings cannot be read.
    """
    known = list_runs(runs_dir)
    for matches in (
        [run for run in known if run.folder.name == name],
        [run for run in known if run.title == name],
        [run for run in known if run.config.name == name],
    ):
        if matches:
            return matches[0]
    if Path(name).name == name and (runs_dir / name / CONFIG_FILE).is_file():
        return read_run(runs_dir / name)
    raise TrainingError(
        "There is no run {name} in {folder}. It holds: {known}.",
        name=name,
        folder=runs_dir,
        known=", ".join(run.folder.name for run in known) or "none",
    )
