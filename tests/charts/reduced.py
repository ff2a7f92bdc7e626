"""Tables as charts over time take them."""

import pandas as pd

from emotion.labels import KEYS

NO_MARKS = pd.DataFrame({"time": [], "seconds": [], "label": []})


def one_mark() -> pd.DataFrame:
    """A marker called "bell"."""
    return pd.DataFrame(
        {"time": [pd.Timestamp("2026-03-14T09:26:54Z")], "seconds": [0.7], "label": ["bell"]}
    )


def reduced(labels: dict[int, list[str]]) -> pd.DataFrame:
    """Rows of half a second for each face and label."""
    made = [
        {
            "face": face,
            "time": pd.Timestamp("2026-03-14T09:26:53Z") + pd.Timedelta(seconds=step / 2),
            "seconds": step / 2,
            "end_s": step / 2 + 0.5,
            "stretch": 0,
            "expression": key,
            "confidence": 0.7,
            "baseline": 0.0,
            **{f"p_{other}": 0.7 if other == key else 0.05 for other in KEYS},
        }
        for face, keys in labels.items()
        for step, key in enumerate(keys)
    ]
    return pd.DataFrame(made)
