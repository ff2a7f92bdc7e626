"""`python -m emotion robustness`: the scores of a model on the same pictures made worse."""

import shlex
from dataclasses import asdict
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
from emotion.errors import ModelError
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.compare import Difference
from emotion.evaluation.robustness import ALTERATIONS, altered_answers
from emotion.evaluation.robustness import robustness as measured
from emotion.evaluation.scores import METRICS
from emotion.models.card import ChangeRecord, RobustnessRecord, read_card, write_card
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry, find_model
from emotion.settings import load_settings


def robustness(
    data: Labelled,
    split: Split = "test",
    model: ModelName = None,
    find_faces: FindFaces = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Write the changes into the model's card.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Score a model on darker, blurred, turned, covered … faces against the clean ones.

    Parentheses hold the difference and its 95 % interval (paired bootstrap, 10,000 times).
    """
    settings = load_settings()
    entry = find_model(settings.models_dir, model)
    classifier, pictures = load_classifier(entry), scan(data)
    folder = settings.cache_dir / EVALUATIONS
    kept = kept_answers(folder, entry, find_faces=find_faces)
    altered = altered_answers(folder, entry, find_faces=find_faces)
    with progress("Clean pictures") as report:
        clean = run.evaluate(
            classifier, pictures, split, find_faces=find_faces, progress=report, answers=kept
        )
    for alteration, answers in altered.items():
        with progress(alteration) as report:
            run.complete(
                answers,
                classifier,
                pictures,
                split,
                find_faces=find_faces,
                progress=report,
                alter=ALTERATIONS[alteration],
            )
    result = measured(altered, clean, pictures, split)
    if as_json:
        print_json(
            {
                "model": entry.name,
                "backend": classifier.backend.description,
                "n": clean.scores.n,
                "clean": {metric: getattr(clean.scores, metric) for metric in METRICS},
                "altered": {
                    alteration: {
                        one.metric: asdict(one) | {"change": one.change} for one in differences
                    }
                    for alteration, differences in result.items()
                },
            }
        )
    else:
        print(f"{entry.name} on {clean.scores.n} pictures of {data}:")
        rows = [("clean", *(f"{getattr(clean.scores, metric):.3f}" for metric in METRICS))]
        rows += [(name.replace("_", " "), *map(_words, found)) for name, found in result.items()]
        print_table(("pictures", *(metric.replace("_", " ") for metric in METRICS)), rows)
    if keep:
        name = pictures.root.resolve().name
        words = ["robustness", "--data", name, "--split", split, "--model", entry.name]
        faces = ["--find-faces"] if find_faces else []
        record = RobustnessRecord(
            data=name,
            split=split,
            command=shlex.join(["python", "-m", "emotion", *words, *faces]),
            backend=classifier.backend.description,
            pictures=clean.scores.n,
            changes={
                alteration: {
                    one.metric: ChangeRecord(change=one.change, low=one.low, high=one.high)
                    for one in differences
                }
                for alteration, differences in result.items()
            },
        )
        _keep(entry, record)


def _keep(entry: ModelEntry, record: RobustnessRecord) -> None:
    """Write the record into the card as it is now. Raises `ModelError` where that cannot be."""
    card = read_card(entry.folder)
    if card.weights != entry.card.weights:
        raise ModelError(
            "The model {name} was replaced by another while it was measured, so nothing was "
            "written into its card. Measure again.",
            name=entry.name,
        )
    try:
        write_card(entry.folder, card.model_copy(update={"robustness": record}))
    except OSError as error:
        raise ModelError(
            "The card of {name} in {folder} could not be written ({reason}). Free the place, or "
            "leave --keep out.",
            name=entry.name,
            folder=entry.folder,
            reason=error.strerror,
        ) from error


def _words(one: Difference) -> str:
    return f"{one.second:.3f} ({one.change:+.3f}, {one.low:+.3f} to {one.high:+.3f})"
