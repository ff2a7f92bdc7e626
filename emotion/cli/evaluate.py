"""`python -m emotion evaluate`: how good a model is on a folder of labelled pictures."""

from pathlib import Path
from typing import Annotated

import typer

from emotion.cli.output import (
    FindFaces,
    Json,
    Labelled,
    ModelName,
    Split,
    print_json,
    print_table,
    progress,
)
from emotion.data.layout import scan
from emotion.data.lists import read_paths
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.intervals import intervals, with_interval
from emotion.models.load import BackendChoice, load_classifier
from emotion.models.store import find_model
from emotion.settings import load_settings


def evaluate(
    data: Labelled,
    split: Split = "test",
    model: ModelName = None,
    find_faces: FindFaces = False,
    backend: Annotated[BackendChoice, typer.Option(help="auto, openvino or torch.")] = "auto",
    without: Annotated[
        Path | None,
        typer.Option(help="CSV with a column named as the split, or path: pictures left out."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask the model anew also where its answers are kept.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Score a model on labelled pictures; averages are over classes that have samples.

    Parentheses hold 95 % intervals: bootstrap for averages, Wilson's for single classes.
    """
    settings = load_settings()
    entry = find_model(settings.models_dir, model)
    classifier = load_classifier(entry, backend)
    pictures = scan(data)
    if without is not None:
        pictures = pictures.without(read_paths(without, split))
    answers = kept_answers(settings.cache_dir / EVALUATIONS, entry, backend, find_faces=find_faces)
    if fresh:
        answers.forget()
    with progress("Evaluating") as report:
        result = run.evaluate(
            classifier, pictures, split, find_faces=find_faces, progress=report, answers=answers
        )
    scores = result.scores
    ends = intervals(scores)
    if as_json:
        print_json(
            {
                "model": entry.name,
                "backend": classifier.backend.description,
                **scores.model_dump(),
                "intervals": ends.model_dump(),
                "left_out": list(result.left_out),
            }
        )
        return
    print(
        f"{entry.name} ({classifier.backend.description}) on {scores.n} pictures of {data}: "
        f"accuracy {with_interval(scores.accuracy, ends.accuracy)}, "
        f"balanced accuracy {with_interval(scores.balanced_accuracy, ends.balanced_accuracy)}, "
        f"macro-F1 {with_interval(scores.macro_f1, ends.macro_f1)}, ECE {scores.ece:.3f}"
    )
    rows = [
        (
            key,
            with_interval(one.precision, ends.per_class[key].precision, 2),
            with_interval(one.recall, ends.per_class[key].recall, 2),
            with_interval(one.f1, ends.per_class[key].f1, 2),
            one.support or "no samples",
        )
        for key, one in scores.per_class.items()
    ]
    print_table(("expression", "precision", "recall", "F1", "support"), rows)
    if result.left_out:
        print(f"{len(result.left_out)} pictures were left out; see standard error.")
