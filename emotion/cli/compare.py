"""`python -m emotion compare A B`: two models on the same labelled pictures."""

from dataclasses import asdict
from typing import Annotated

import typer

from emotion.cli.output import FindFaces, Json, Labelled, Split, print_json, print_table, progress
from emotion.data.layout import DataSet, scan
from emotion.errors import ModelError
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.intervals import CONFIDENCE
from emotion.evaluation.versus import versus
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry, find_model
from emotion.settings import load_settings


def compare(
    first: Annotated[str, typer.Argument(help="Name of a saved model.")],
    second: Annotated[str, typer.Argument(help="Name of another one.")],
    data: Labelled,
    split: Split = "test",
    find_faces: FindFaces = False,
    as_json: Json = False,
) -> None:
    """How much better the second model is than the first, and whether beyond chance.

    Parentheses hold 95 % intervals (paired bootstrap, 10,000 times); p is McNemar's test.
    """
    models_dir = load_settings().models_dir
    one, other = find_model(models_dir, first), find_model(models_dir, second)
    if one.folder.resolve() == other.folder.resolve():
        raise ModelError("{name} was named twice. Name two different models.", name=one.name)
    pictures = scan(data)
    ours, theirs = (_ask(entry, pictures, split, find_faces) for entry in (one, other))
    result = versus(ours, theirs)
    if as_json:
        print_json(
            {
                "first": one.name,
                "second": other.name,
                "n": result.n,
                "differences": {
                    d.metric: asdict(d) | {"change": d.change} for d in result.differences
                },
                "mcnemar": asdict(result.mcnemar),
                "confusion_difference": result.confusion.tolist(),
                "only_first": [theirs.samples[i].path for i in result.only_first],
                "only_second": [ours.samples[i].path for i in result.only_second],
            }
        )
        return
    print(f"{other.name} less {one.name} on {result.n} pictures of {data}:")
    rows = [
        (
            one_score.metric.replace("_", " "),
            one_score.first,
            one_score.second,
            f"{one_score.change:+.3f} ({one_score.low:+.3f} to {one_score.high:+.3f})",
            "yes" if one_score.beyond_chance else "no",
        )
        for one_score in result.differences
    ]
    print_table(("score", one.name, other.name, "difference", "beyond chance"), rows)
    test = result.mcnemar
    print(
        f"Right: both {test.both}, only {one.name} {test.only_first}, only {other.name} "
        f"{test.only_second}, neither {test.neither}. McNemar's test: p = {test.p:.2g}; below "
        f"{1 - CONFIDENCE:.2f} the difference in accuracy is beyond chance."
    )


def _ask(entry: ModelEntry, data: DataSet, split: str, find_faces: bool) -> run.Evaluation:
    folder = load_settings().cache_dir / EVALUATIONS
    with progress(f"Evaluating {entry.name}") as report:
        return run.evaluate(
            load_classifier(entry),
            data,
            split,
            find_faces=find_faces,
            progress=report,
            answers=kept_answers(folder, entry, find_faces=find_faces),
        )
