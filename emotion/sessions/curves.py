"""What a chart draws over time beside the values themselves: smoothed curves, gaps in quality."""

from typing import Final

import numpy as np
import pandas as pd

from emotion.labels import UNSURE
from emotion.sessions.statistics import Floats
from emotion.sessions.tables import PROBABILITIES
from emotion.vision.types import REASONS

_OF_THE_MODEL: Final = "low_confidence"
"""The one reason that says nothing about the picture."""


def smoothed(reduced: pd.DataFrame, width_s: float) -> pd.DataFrame:
    """`reduced` with the seven `p_*` as means over `width_s` seconds around each row.

    `reduced` has `face`, `stretch`, `seconds`, `end_s` in order of face and time; each row
    holds until the next of its stretch. At the ends of a stretch the mean is over what lies
    within, so nothing is mixed over a gap. The seven still sum to 1.
    """
    if width_s <= 0 or reduced.empty:
        return reduced
    table = reduced.copy()
    columns = list(PROBABILITIES)
    for rows in reduced.groupby(["face", "stretch"]).indices.values():
        part = reduced.iloc[rows]
        edges = np.append(part["seconds"].to_numpy(), part["end_s"].iloc[-1])
        means = _moving_means(edges, part[columns].to_numpy(), width_s)
        table.iloc[rows, table.columns.get_indexer(columns)] = means
    return table


def _moving_means(edges: Floats, values: Floats, width_s: float) -> Floats:
    """Means of a step function around the middle of each step: `edges` `(n + 1,)` in seconds,
    `values` `(n, k)`."""
    steps = np.diff(edges)
    integral = np.vstack([np.zeros(values.shape[1]), np.cumsum(values * steps[:, None], axis=0)])
    middle = (edges[:-1] + edges[1:]) / 2
    begin = np.maximum(middle - width_s / 2, edges[0])
    end = np.minimum(middle + width_s / 2, edges[-1])
    sums = [np.interp(end, edges, one) - np.interp(begin, edges, one) for one in integral.T]
    means: Floats = np.column_stack(sums) / (end - begin)[:, None]
    return means


def quality_gaps(spells: pd.DataFrame, resolution_s: float = 0.0) -> pd.DataFrame:
    """Time in which no expression was shown because the picture was not good enough.

    `spells` as in `statistics.spells`. Columns: `face`, `start_s`, `end_s`, `reasons` (keys
    with commas between). Gaps not further apart than `resolution_s` are one.
    """
    poor = [set(reasons.split(",")) - {_OF_THE_MODEL, ""} for reasons in spells["reasons"]]
    rows = spells[(spells["shown"] == UNSURE) & np.array([bool(one) for one in poor], dtype=bool)]
    apart = rows["start_s"] - rows["end_s"].shift() > resolution_s + 1e-6
    number = (apart | (rows["face"] != rows["face"].shift())).cumsum()
    return (
        rows.groupby(number)
        .agg(
            face=("face", "first"),
            start_s=("start_s", "first"),
            end_s=("end_s", "last"),
            reasons=("reasons", _together),
        )
        .reset_index(drop=True)
    )


def _together(reasons: pd.Series) -> str:
    named = {reason for one in reasons for reason in one.split(",")}
    return ",".join(reason for reason in REASONS if reason in named)
