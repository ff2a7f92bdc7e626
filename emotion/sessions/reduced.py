"""A session, or a part of it, reduced by the database to what a chart can show.

reduced(store, 3)                            # the whole session
reduced(store, 3, start_s=600, end_s=660)    # zoomed in: more detail
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import Double, cast, false, func, select, true

from emotion.labels import UNSURE
from emotion.sessions.ranges import Range, open_range
from emotion.sessions.spans import MEANS, SLOT_S, floored, stretches
from emotion.sessions.store import SessionStore

POINTS: Final = 600
MAX_FACES: Final = 12
MIN_WIDTH_S: Final = 0.01
"""Of a bin; no video is read so often."""
SAMPLE_COLUMNS: Final = (
    "time",
    "seconds",
    "end_s",
    "face",
    "stretch",
    "expression",
    "unsure",
    "reasons",
    "seen_s",
    "samples",
    *MEANS,
)
FRAME_COLUMNS: Final = ("time", "seconds", "faces", "faces_mean")
_TYPES: Final = {
    "face": "int64",
    "bin": "int64",
    "shown": "str",
    "reasons": "str",
    "start_s": "float64",
    "until_s": "float64",
    "seen_s": "float64",
    "samples": "int64",
} | dict.fromkeys(MEANS, "float64")


@dataclass(frozen=True, slots=True)
class Reduced:
    """Bins of equal time, `width_s` wide, of a session from `start_s` to `end_s`.

    `samples` has one row for each face and bin in which it was seen, in order of face and
    time: `time` (UTC) and `seconds` of its first sample, `end_s` until when its last one
    stands, `face`, `stretch` (counts the face's appearances from 0), `expression` (shown
    longest in the bin: a key or "unsure"), `unsure` (0 to 1, share of the bin's time in
    which no expression was shown), `reasons` (those that lasted longest then, keys with
    commas between), `seen_s`, `samples`, and `confidence`, the seven `p_*` and `baseline` (1
    where it was applied), which are means over time. `frames` has one row for each bin with
    frames: `time` and `seconds` of its first, `faces` (the most at once) and `faces_mean`.

    All seconds are those of recording, without pauses.
    """

    samples: pd.DataFrame
    frames: pd.DataFrame
    start_s: float
    end_s: float
    width_s: float


def reduced(
    store: SessionStore,
    session_id: int,
    start_s: float | None = None,
    end_s: float | None = None,
    points: int = POINTS,
    faces: Sequence[int] | None = None,
    frames: bool = True,
) -> Reduced:
    """At most about `points` bins of each of `faces`, the `MAX_FACES` seen longest without.

    Without `frames` their table stays empty, which saves a tenth of a second or more.

    Times are seconds of recording, the whole session without. The averages are those of
    all samples; nothing is left out. Raises `SessionError` when it cannot be read.
    """
    with open_range(store, session_id, start_s, end_s) as chosen:
        width_s = _width((chosen.end_s - chosen.start_s) / points)
        kept = chosen.faces_by_time()["face"].tolist()[:MAX_FACES] if faces is None else faces
        samples = _samples(chosen, width_s, kept)
        counted = _frames(chosen, width_s, frames)
    return Reduced(samples, counted, chosen.start_s, chosen.end_s, width_s)


def _width(width_s: float) -> float:
    """Of a bin: whole slots, so that stored spans lie within it, or less than one."""
    return max(width_s, MIN_WIDTH_S) if width_s < SLOT_S else math.ceil(width_s / SLOT_S) * SLOT_S


def _samples(chosen: Range, width_s: float, faces: Sequence[int]) -> pd.DataFrame:
    own = chosen.spans(min(width_s, SLOT_S)).c
    keys = [own.face, floored(own.start_s / width_s).label("bin"), own.shown, own.reasons]
    query = (
        select(
            *keys,
            func.min(own.start_s).label("start_s"),
            func.max(own.end_s).label("until_s"),
            func.sum(own.seconds).label("seen_s"),
            func.sum(own.samples).label("samples"),
            *(func.sum(own[name] * own.seconds).label(name) for name in MEANS),
        )
        .where(own.face.in_(faces) if faces else false())
        .group_by(*keys)
    )
    return _bins(chosen.table(query, _TYPES), chosen)


def _bins(rows: pd.DataFrame, chosen: Range) -> pd.DataFrame:
    """One row for each face and bin, from those of its labels and reasons."""
    keys = ["face", "bin"]
    bins = rows.groupby(keys)
    table = bins.agg(start_s=("start_s", "min"), until_s=("until_s", "max"))
    table[["seen_s", "samples", *MEANS]] = bins[["seen_s", "samples", *MEANS]].sum()
    table[list(MEANS)] = table[list(MEANS)].div(table["seen_s"], axis=0)
    table["expression"] = _longest(rows, keys, "shown")
    unsure = rows[rows["shown"] == UNSURE]
    table["reasons"] = _longest(unsure, keys, "reasons").reindex(table.index, fill_value="")
    seconds = unsure.groupby(keys)["seen_s"].sum().reindex(table.index, fill_value=0.0)
    table["unsure"] = seconds / table["seen_s"]
    table = table.reset_index()
    table["stretch"] = stretches(table.rename(columns={"until_s": "end_s"}))
    table["time"] = chosen.moments(table["start_s"])
    table["seconds"] = chosen.recorded(table["start_s"])
    table["end_s"] = chosen.recorded(table["until_s"])
    return table[list(SAMPLE_COLUMNS)]


def _longest(rows: pd.DataFrame, keys: list[str], name: str) -> pd.Series:
    """Of each group of `keys`, the value of the column `name` that lasted longest."""
    time_of = rows.groupby([*keys, name])["seen_s"].sum().reset_index()
    order = time_of.sort_values("seen_s", ascending=False, kind="stable")
    return order.drop_duplicates(keys).set_index(keys)[name]


def _frames(chosen: Range, width_s: float, wanted: bool) -> pd.DataFrame:
    own = chosen.presence(min(width_s, SLOT_S)).c
    number = floored(own.start_s / width_s).label("bin")
    # As a fraction: SQLite and PostgreSQL divide whole numbers each in its own way.
    mean: Any = cast(func.sum(own.faces * own.frames), Double) / func.sum(own.frames)
    query = (
        select(
            func.min(own.start_s).label("start_s"),
            func.max(own.faces).label("faces"),
            mean.label("faces_mean"),
        )
        .where(true() if wanted else false())
        .group_by(number)
        .order_by(number)
    )
    columns = {"start_s": "float64", "faces": "int64", "faces_mean": "float64"}
    table = chosen.table(query, columns)
    table["time"] = chosen.moments(table["start_s"])
    table["seconds"] = chosen.recorded(table["start_s"])
    return table[list(FRAME_COLUMNS)]
