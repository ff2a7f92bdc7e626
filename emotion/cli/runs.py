"""`python -m emotion runs`: list, show, compare, name and delete training runs."""

from typing import Annotated, Any, Final

import typer

from emotion.cli.output import Json, print_json, print_table, progress
from emotion.evaluation.compare import Difference
from emotion.evaluation.predictions import Predictions
from emotion.evaluation.scores import METRICS, score
from emotion.settings import load_settings
from emotion.training import comparison
from emotion.training import runs as store
from emotion.training.about import write_about
from emotion.training.runs import RunInfo
from emotion.training.summary import find_run, summary

app = typer.Typer(help="The training runs.")
_MISSING: Final[dict[comparison.Missing, str]] = {
    "not_finished": "it is not finished",
    "no_model": "its model is gone",
    "not_measured": "its model was not asked, which --measure does",
}
Name = Annotated[str, typer.Argument(help="Folder of a run, its name, or that of its model.")]
Names = Annotated[list[str], typer.Argument(help="Runs; the first is what others differ from.")]


@app.command("list")
def list_runs(as_json: Json = False) -> None:
    """All runs, the newest first."""
    runs_dir = load_settings().runs_dir
    rows = [summary(run) for run in store.list_runs(runs_dir)]
    broken = {folder.name: str(error) for folder, error in store.broken_runs(runs_dir).items()}
    if as_json:
        print_json({"runs": rows, "broken": broken})
        return
    if rows:
        columns = ("run", "title", "state", "preset", "network", "score", "worked_s", "size_bytes")
        print_table(columns, [[row[column] for column in columns] for row in rows])
    elif not broken:
        print(f"There is no run in {runs_dir}. Start one with python -m emotion train.")
    for sentence in broken.values():
        print(sentence)


@app.command("show")
def show(name: Name, as_json: Json = False) -> None:
    """One run: its state, its settings and the scores of its epochs."""
    run = find_run(load_settings().runs_dir, name)
    settings = run.config.model_dump(mode="json")
    epochs = [
        {"epoch": event["epoch"] + 1, "train": event["train"], "validation": event["validation"]}
        for event in run.epochs
    ]
    if as_json:
        print_json(summary(run) | {"settings": settings, "scores_of_epochs": epochs})
        return
    print_table(("", ""), [(key, _words(one)) for key, one in (summary(run) | settings).items()])
    columns = ("epoch", "loss", *METRICS)
    rows = [(one["epoch"], *(one["validation"][m] for m in columns[1:])) for one in epochs]
    print_table(columns, rows)


@app.command("note")
def note(
    name: Name,
    title: Annotated[str | None, typer.Option(help="Name of the run in lists.")] = None,
    text: Annotated[str | None, typer.Option("--note", help="A note about it.")] = None,
    as_json: Json = False,
) -> None:
    """Give a run a name and a note; what is not given stays."""
    run = find_run(load_settings().runs_dir, name)
    about = write_about(
        run.folder,
        title=run.about.title if title is None else title,
        note=run.about.note if text is None else text,
    )
    if as_json:
        print_json({"run": run.folder.name, **about.model_dump()})
    else:
        print(f"The run {run.folder.name} is called {about.title or run.config.name} now.")


@app.command("delete")
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a run's folder for ever; asks first. Its model stays."""
    runs_dir = load_settings().runs_dir
    broken = {folder.name: folder for folder in store.broken_runs(runs_dir)}
    folder = broken.get(name) or find_run(runs_dir, name).folder
    if not yes:
        typer.confirm(f"Delete the run {folder.name} for ever?", abort=True, err=True)
    store.delete(folder)
    if as_json:
        print_json({"deleted": folder.name})
    else:
        print(f"The run {folder.name} is deleted.")


@app.command("compare")
def compare(
    names: Names,
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure models on test that were not yet.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Runs beside each other: settings that differ, scores on test, and whether these differ
    beyond chance (paired bootstrap, 95 %)."""
    settings = load_settings()
    chosen = [find_run(settings.runs_dir, name) for name in names]
    answers = [_answers(run, measure) for run in chosen]
    values: dict[str, Any] = {
        "runs": [
            {"run": run.folder.name, "title": run.title, **_scores(one)}
            for run, one in zip(chosen, answers, strict=True)
        ],
        "settings": comparison.setting_differences(chosen),
        "differences": [_differences(answers[0], one) for one in answers[1:]],
    }
    if as_json:
        print_json(values)
        return
    _print_comparison(values)


def _print_comparison(values: dict[str, Any]) -> None:
    titles = [one["title"] for one in values["runs"]]
    print_table(
        ("setting", *titles),
        [(name, *map(_words, row)) for name, row in values["settings"].items()],
    )
    print_table(
        ("test", *titles),
        [(metric, *(one.get(metric) for one in values["runs"])) for metric in METRICS],
    )
    for one in values["runs"]:
        if "missing" in one:
            print(f"{one['title']} has no answers on test: {_MISSING[one['missing']]}.")
    for title, rows in zip(titles[1:], values["differences"], strict=True):
        print(_verdict(titles[0], title, rows))


def _words(value: object) -> str:
    """A value of a setting; several in a row, and an epoch's size behind their number."""
    if isinstance(value, dict):
        return " at ".join(map(str, value.values()))
    return ", ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _answers(run: RunInfo, measure: bool) -> Predictions | comparison.Missing:
    models_dir = load_settings().models_dir
    answers = comparison.answers_of(run, models_dir)
    if answers != "not_measured" or not measure:
        return answers
    with progress(f"Measuring {run.title}") as report:
        return comparison.measure(run, models_dir, report)


def _scores(answers: Predictions | comparison.Missing) -> dict[str, Any]:
    if not isinstance(answers, Predictions):
        return {"missing": answers}
    scores = score(answers.truth, answers.probabilities)
    return {"pictures": scores.n} | {metric: getattr(scores, metric) for metric in METRICS}


def _differences(
    first: Predictions | comparison.Missing, second: Predictions | comparison.Missing
) -> list[dict[str, Any]] | None:
    """One of each metric; None where they cannot be compared picture by picture."""
    if not isinstance(first, Predictions) or not isinstance(second, Predictions):
        return None
    found = comparison.differences(first, second)
    return None if found is None else [_row(one) for one in found]


def _row(one: Difference) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "change": one.change,
        "low": one.low,
        "high": one.high,
        "beyond_chance": one.beyond_chance,
    }


def _verdict(first: str, second: str, rows: list[dict[str, Any]] | None) -> str:
    if rows is None:
        return f"{second} and {first} cannot be compared picture by picture."
    told = (
        f"{row['metric']} {row['change']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f}, "
        f"{'beyond' if row['beyond_chance'] else 'within'} chance)"
        for row in rows
    )
    return f"{second} less {first}: {', '.join(told)}"
