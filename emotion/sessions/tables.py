"""A session's rows as data frames; the columns on which all that reads them relies.

In all of them `time` is the moment in UTC, with zone, and `seconds` the time since the
start with the pauses cut out, so that whatever counts seconds knows of no pause.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from emotion.labels import KEYS

PROBABILITIES: Final = tuple(f"p_{key}" for key in KEYS)
SAMPLE_COLUMNS: Final = (
    "seconds",
    "face",
    "expression",
    "confidence",
    *PROBABILITIES,
    "score",
    "face_width_px",
    "shown",
    "reasons",
    "baseline",
)
FRAME_COLUMNS: Final = ("seconds", "faces", "processing_ms")
Pauses = Sequence[tuple[float, float]]
"""Begin and end of each pause in seconds of the clock that no pause stops, in order."""


def samples_table(
    rows: Sequence[Sequence[Any]], started_at: datetime, pauses: Pauses = ()
) -> pd.DataFrame:
    """One row for each face of each recorded frame, in order of time and then of face.

    Columns: `time`, `seconds`, `face` (id within the session), `expression` (key of the
    face's expression), `confidence`, seven `p_*` (smoothed, in folder order), `score` of
    the detector, `face_width_px`, `shown` (the expression's key, or "unsure"), `reasons`
    (keys of why it was not shown, with commas between), `baseline` (whether the neutral
    baseline was applied). The seconds of `rows` count through the pauses.
    """
    types = {"face": "int64", "baseline": "bool"} | dict.fromkeys(
        ("expression", "shown", "reasons"), "str"
    )
    return _table(rows, SAMPLE_COLUMNS, types, started_at, pauses)


def frames_table(
    rows: Sequence[Sequence[Any]], started_at: datetime, pauses: Pauses = ()
) -> pd.DataFrame:
    """One row for each recorded frame, with faces or without, in order of time.

    Columns: `time`, `seconds`, `faces` seen, `processing_ms`. The seconds of `rows` count
    through the pauses.
    """
    return _table(rows, FRAME_COLUMNS, {"faces": "int64"}, started_at, pauses)


def markers_table(
    rows: Sequence[Sequence[Any]], started_at: datetime, pauses: Pauses = ()
) -> pd.DataFrame:
    """One row for each marker: `time`, `seconds`, `label`."""
    return _table(rows, ("seconds", "label"), {"label": "str"}, started_at, pauses)


def pauses_table(started_at: datetime, pauses: Pauses) -> pd.DataFrame:
    """One row for each pause: `time` of its beginning, `seconds`, `length_s`."""
    rows = [(begin, end - begin) for begin, end in pauses]
    return _table(rows, ("seconds", "length_s"), {}, started_at, pauses)


def _table(
    rows: Sequence[Sequence[Any]],
    columns: tuple[str, ...],
    types: dict[str, str],
    started_at: datetime,
    pauses: Pauses,
) -> pd.DataFrame:
    table = typed(rows, {column: types.get(column, "float64") for column in columns})
    table.insert(0, "time", moments(table["seconds"], started_at))
    table["seconds"] -= paused_before(table["seconds"], pauses)
    return table


def typed(rows: Iterable[Sequence[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """The rows of a query, its columns called and typed as in `types`."""
    # As plain tuples, since pandas asks each of the database's rows what it is.
    table = pd.DataFrame.from_records(list(map(tuple, rows)), columns=list(types))
    # Types are given since a table without rows has none to guess from.
    return table.astype(dict(types))


def moments(seconds: pd.Series, started_at: datetime) -> pd.Series:
    """`seconds` after the start, pauses counted, as moments in UTC."""
    offset = pd.to_timedelta((seconds * 1e6).round().astype("int64"), unit="us")
    return pd.Timestamp(started_at).as_unit("us") + offset


def paused_before(seconds: pd.Series, pauses: Pauses) -> pd.Series:
    """How long recording had been paused at each of `seconds`, which count through pauses."""
    if not pauses:
        return pd.Series(0.0, index=seconds.index)
    begins, ends = np.array(pauses).T
    sums = np.concatenate([[0.0], np.cumsum(ends - begins)])
    ended = np.searchsorted(ends, seconds, side="right")
    begun = np.append(begins, np.inf)[ended]  # of the pause that is next, or that goes on
    return pd.Series(sums[ended] + np.maximum(seconds - begun, 0.0), index=seconds.index)


def through_pauses(seconds: float, pauses: Pauses) -> float:
    """`seconds` of recording as seconds that count through the pauses; the moment of a
    pause is its beginning."""
    for begin, end in pauses:
        if begin >= seconds:
            break
        seconds += end - begin
    return seconds
