"""`python -m docs.figures DATA`: the README's pictures of how good the shipped model is.

DATA is a folder in the layout of `DATASET` whose `test` the model did not learn from. Writes
`docs/confusion.png`, `docs/reliability.png` and `docs/robustness.png`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from emotion.charts.calibration import reliability_chart
from emotion.charts.confusion import confusion_chart
from emotion.charts.pictures import as_png
from emotion.charts.robustness import robustness_chart
from emotion.data.layout import scan
from emotion.evaluation import run
from emotion.evaluation.answers import EVALUATIONS
from emotion.evaluation.calibration import reliability
from emotion.evaluation.robustness import ALTERATIONS, altered_answers, robustness
from emotion.models.classifier import calibrated
from emotion.models.load import load_classifier
from emotion.models.store import SHIPPED, find_model
from emotion.settings import load_settings

FOLDER = Path(__file__).parent
WIDTH_PX = 420


def main(data: Path) -> None:
    """Answer the test as it is and made worse, and draw what came of it."""
    settings = load_settings()
    entry = find_model(settings.models_dir, SHIPPED)
    classifier, pictures = load_classifier(entry), scan(data)
    clean = run.evaluate(classifier, pictures, "test")
    altered = altered_answers(settings.cache_dir / EVALUATIONS, entry)
    for alteration, answers in altered.items():
        run.complete(answers, classifier, pictures, "test", alter=ALTERATIONS[alteration])
    changes = pd.DataFrame(
        {"pictures": alteration.replace("_", " "), "change": one.change}
        | {"low": one.low, "high": one.high}
        for alteration, differences in robustness(altered, clean, pictures, "test").items()
        for one in differences
        if one.metric == "accuracy"
    )
    raw = reliability(calibrated(clean.logits, 1.0), clean.truth)
    fitted = reliability(clean.probabilities, clean.truth)
    charts = {
        "confusion": confusion_chart(np.array(clean.scores.confusion), "en", str),
        "reliability": reliability_chart(raw, fitted, str),
        "robustness": robustness_chart(changes, str),
    }
    for name, chart in charts.items():
        (FOLDER / f"{name}.png").write_bytes(as_png(chart, WIDTH_PX))
    print(changes.to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
