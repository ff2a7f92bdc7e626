"""The figures behind the limits of the live page: `python -m benchmarks.limits DATA [--json]`.

They come from the pictures that the model's training run held out of `train`, found anew by
the settings in its card; `test` is not touched. Measured are the limits of
`emotion.vision.thresholds` (the picture's, and `DEFAULT_CONFIDENCE`), `RESTING` of
`emotion.vision.baseline`, and what `emotion.vision.quality` knows of a face from the front.
A limit stands where labels that the live page would show are right three points less often
than of the pictures as they are.
"""

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.held_out import held_out, read, shown
from benchmarks.poses import poses
from benchmarks.worse import SERIES, Series
from emotion.cli.output import print_json, print_table, progress
from emotion.errors import EmotionError
from emotion.evaluation.intervals import wilson
from emotion.evaluation.scores import FloatArray, IntArray
from emotion.evaluation.threshold import SURENESS, choose_threshold
from emotion.labels import BY_KEY, KEYS
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import SHIPPED, find_model
from emotion.settings import load_settings
from emotion.vision import baseline, thresholds
from emotion.vision.classify import least_confidence
from emotion.vision.types import CropGrey

FALL: Final = 0.03
"""Beyond a limit the confidence promises this much more than it keeps."""
CONFIDENCES: Final = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
Rows = list[dict[str, Any]]


def confidences(probabilities: FloatArray, truth: IntArray) -> Rows:
    """What each threshold shows; `at_least` is the lower end that a card's has to reach."""
    rows = []
    for confidence in CONFIDENCES:
        row = shown(probabilities, truth, confidence)
        count = max(1, round(row["shown"] * len(truth)))
        low, _ = wilson(row["shown_right"] * count, count, 2 * SURENESS - 1)
        rows.append({"confidence": confidence, **row, "at_least": float(low)})
    return rows


def worsened(
    series: Series,
    crops: list[CropGrey],
    truth: IntArray,
    clean: FloatArray,
    classifier: Classifier,
) -> dict[str, Any]:
    """The series level by level, and the limit that it leads to; None where it never falls."""
    least, rows = least_confidence(classifier), []
    for level in series.levels:
        worse = [series.worsen(crop, level, seed) for seed, crop in enumerate(crops)]
        read_now = read(classifier, worse)
        measured = [series.measure(crop, level) for crop in worse]
        low, middle, high = np.quantile(measured, [0.01, 0.5, 0.99]).tolist()
        rows.append(
            {"level": level, "measured": middle, "measured_1": low, "measured_99": high}
            | shown(read_now, truth, least)
            | {"another": float((read_now.argmax(axis=1) != clean.argmax(axis=1)).mean())}
        )
    before = shown(clean, truth, least)["shown_right"]
    return {
        "limit": series.limit,
        "in_use": float(getattr(thresholds, series.limit)),
        "measured": where_it_falls(rows, before - FALL),
        "levels": rows,
    }


def where_it_falls(rows: Rows, least: float) -> float | None:
    """The measured figure at which `shown_right` falls below `least`, between two levels in
    proportion; that of the first level where it is below already there."""
    last = None
    for row in rows:
        now = row["shown_right"]
        if now < least:
            if last is None:
                return float(row["measured"])
            part = (last["shown_right"] - least) / (last["shown_right"] - now)
            return float(last["measured"] + part * (row["measured"] - last["measured"]))
        last = row
    return None


def measure(crops: list[CropGrey], truth: IntArray, classifier: Classifier) -> dict[str, Any]:
    """All figures, for `--json`."""
    clean = read(classifier, crops)
    neutral = clean[truth == BY_KEY["neutral"].index].mean(axis=0)
    with progress("Series") as report:
        series = {}
        for number, one in enumerate(SERIES):
            report(number, len(SERIES))
            series[one.name] = worsened(one, crops, truth, clean, classifier)
    return {
        "pictures": len(crops),
        "as_they_are": shown(clean, truth, least_confidence(classifier))
        | {"confidence": least_confidence(classifier), "mean": float(clean.max(axis=1).mean())},
        "confidence": {
            "in_use": thresholds.DEFAULT_CONFIDENCE,
            "measured": choose_threshold(clean, truth).model_dump(),
            "levels": confidences(clean, truth),
        },
        "resting": {
            "in_use": dict(zip(KEYS, map(float, baseline.RESTING), strict=True)),
            "measured": dict(zip(KEYS, map(float, neutral), strict=True)),
            "pictures": int((truth == BY_KEY["neutral"].index).sum()),
        },
        "series": series,
        "poses": poses(crops, truth, classifier),
    }


def show(values: dict[str, Any]) -> None:
    """The figures as tables."""
    print(f"{values['model']} ({values['backend']}), {values['pictures']} pictures held out:")
    print_table(("", *values["as_they_are"]), [("as they are", *values["as_they_are"].values())])
    _show_levels("DEFAULT_CONFIDENCE", values["confidence"]["levels"])
    print("\nRESTING")
    resting = values["resting"]
    print_table(("", *KEYS), [(name, *resting[name].values()) for name in ("in_use", "measured")])
    for name, one in values["series"].items():
        _show_levels(f"{one['limit']}: {name}", one["levels"])
    for name, rows in values["poses"]["angles"].items():
        _show_levels(name, rows)
    print("\nA face from the front:", values["poses"]["front"])
    print("\nLimits")
    print_table(
        ("limit", "series", "in use", "measured"),
        [(s["limit"], n, s["in_use"], s["measured"]) for n, s in values["series"].items()],
    )


def _show_levels(title: str, rows: Rows) -> None:
    print(f"\n{title}")
    print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])


def main() -> None:
    """Measure what the command line asks for; exit code 2 and a sentence where it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--pictures", type=int, help="so many at random; without, all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    try:
        entry = find_model(load_settings().models_dir, asked.model)
        classifier = load_classifier(entry)
        crops, truth = held_out(asked.data, entry)
    except EmotionError as error:
        parser.exit(2, f"{error}\n")
    order = np.random.default_rng(0).permutation(len(crops))[: asked.pictures]
    values = {"model": entry.name, "backend": classifier.backend.description}
    values |= measure([crops[i] for i in order], truth[order], classifier)
    if asked.json:
        print_json(values)
    else:
        show(values)


if __name__ == "__main__":
    main()
