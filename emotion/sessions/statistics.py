"""Numbers of a session: how long each label was shown, why none was, how many faces, how sure.

Pure functions on data frames. Time counts, not rows: a row stands for the time until the
next one of the same face, so a slow moment weighs no less. Samples are first put together
to spells, which are far fewer; all that follows is computed from those.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.labels import KEYS, UNSURE
from emotion.sessions.spans import LONE_S, MAX_GAP_S
from emotion.vision.types import REASONS

LABELS: Final = (*KEYS, UNSURE)
"""What a face can show: the expressions in folder order, and "unsure"."""
Floats = npt.NDArray[np.float64]
Part = tuple[float, float]
"""Begin and end of a part of a session, in seconds of recording."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a session or of a part of it.

    `recorded_s` is the time that was recorded, `faces` counts the faces, `faces_mean` (over
    time) and `faces_most` those seen at once, `face_s` is the time that faces were seen,
    summed over faces, `baseline_share` the part of it with a neutral baseline.
    `mean_confidence` is None where no face was seen.
    """

    recorded_s: float
    faces: int
    faces_mean: float
    faces_most: int
    face_s: float
    mean_confidence: float | None
    baseline_share: float


def durations(seconds: pd.Series, groups: pd.Series | None = None) -> Floats:
    """Seconds that each row stands for: until the next row of the same group.

    Where there is no next row within `MAX_GAP_S`, the row stands for as long as the one
    before it, and without one for `LONE_S`: the rule of `spans`. `seconds` must ascend
    within a group. Shape `(n,)`.
    """
    steps = seconds.diff() if groups is None else seconds.groupby(groups).diff()
    following = steps.shift(-1) if groups is None else steps.groupby(groups).shift(-1)
    before = steps.where(steps <= MAX_GAP_S, LONE_S)
    stands: Floats = following.where(following <= MAX_GAP_S, before).to_numpy(dtype=np.float64)
    return stands


def stretches(samples: pd.DataFrame) -> pd.Series:
    """The number of the appearance of its face to which each of `samples` belongs, from 0:
    a gap over `MAX_GAP_S`, or a pause as long, starts a new one. Sorted by face and time."""
    away = samples.groupby("face")["time"].diff() > pd.Timedelta(seconds=MAX_GAP_S)
    return away.groupby(samples["face"]).cumsum().astype("int64")


def spells(samples: pd.DataFrame, part: Part | None = None) -> pd.DataFrame:
    """Time in which a face showed the same label for the same reasons, one row for each.

    `samples` as in `tables.samples_table`. Columns: `face`, `stretch`, `start_s`, `end_s`,
    `shown`, `reasons`, `confidence` (mean over time) and `baseline` (the share of time in
    which it was on), by face and time. What lies outside of `part` is cut off.
    """
    rows = samples.sort_values(["face", "seconds"], kind="stable")
    seconds = rows["seconds"]
    rows = rows.assign(
        start_s=seconds, end_s=seconds + durations(seconds, rows["face"]), stretch=stretches(rows)
    )
    rows = within(rows, part)
    return joined(rows, lengths(rows))


def joined(rows: pd.DataFrame, seconds: pd.Series) -> pd.DataFrame:
    """The rows of a face that follow each other in one stretch with the same label and reasons
    as one. `rows` have the columns of `spells`, by face and time, and stand for `seconds`."""
    keys = ["face", "stretch", "shown", "reasons"]
    first = np.flatnonzero((rows[keys] != rows[keys].shift()).any(axis=1))
    last = np.append(first[1:], len(rows)) - 1 if len(first) else first
    weight = seconds.to_numpy()
    table = rows.iloc[first][[*keys, "start_s"]].assign(end_s=rows["end_s"].to_numpy()[last])
    for column in ("confidence", "baseline"):
        sums = np.add.reduceat(weight * rows[column].to_numpy(dtype=np.float64), first)
        table[column] = sums / np.add.reduceat(weight, first)
    return table.reset_index(drop=True)


def within(table: pd.DataFrame, part: Part | None) -> pd.DataFrame:
    """The rows of `table` (`start_s`, `end_s`) that reach into `part`, cut at its ends."""
    if part is None:
        return table
    start_s, end_s = table["start_s"].clip(lower=part[0]), table["end_s"].clip(upper=part[1])
    inside = end_s > start_s
    return table[inside].assign(start_s=start_s[inside], end_s=end_s[inside])


def lengths(table: pd.DataFrame) -> pd.Series:
    """Seconds from `start_s` to `end_s` of each row."""
    return table["end_s"] - table["start_s"]


def expression_shares(spells: pd.DataFrame) -> pd.DataFrame:
    """Time of each of `LABELS`, those never shown too.

    Columns: `expression` (key or "unsure"), `seconds` (summed over faces), `share` (0 to 1; 0
    everywhere when no face was seen).
    """
    seconds = lengths(spells).groupby(spells["shown"]).sum().reindex(LABELS, fill_value=0.0)
    return pd.DataFrame(
        {"expression": LABELS, "seconds": seconds.to_numpy(), "share": _shares(seconds)}
    )


def unsure_reasons(spells: pd.DataFrame) -> pd.DataFrame:
    """Why no expression was shown, the most frequent reason first; those that never
    occurred are left out.

    Columns: `reason` (key), `seconds`, `share` (of the time "not sure"). Several reasons can
    hold at once, so the shares may add up to more than 1.
    """
    unsure = spells[spells["shown"] == UNSURE]
    seconds = lengths(unsure)
    total_s = float(seconds.sum()) or 1.0
    named = unsure["reasons"].str.split(",")
    times = {
        reason: float(seconds[[reason in names for names in named]].sum()) for reason in REASONS
    }
    rows = [(reason, time, time / total_s) for reason, time in times.items() if time > 0]
    rows.sort(key=lambda row: -row[1])
    return pd.DataFrame(rows, columns=["reason", "seconds", "share"])


def faces_at_once(frames: pd.DataFrame, part: Part | None = None) -> pd.DataFrame:
    """For how long no face, one face, two faces, ... were seen.

    Columns: `faces`, `seconds`, `share` of the recorded time; no number up to the most is
    left out.
    """
    seconds = frames["seconds"]
    rows = within(frames.assign(start_s=seconds, end_s=seconds + durations(seconds)), part)
    most = int(rows["faces"].max()) if len(rows) else 0
    times = lengths(rows).groupby(rows["faces"]).sum().reindex(range(most + 1), fill_value=0.0)
    return pd.DataFrame(
        {"faces": range(most + 1), "seconds": times.to_numpy(), "share": _shares(times)}
    )


def summarise(spells: pd.DataFrame, at_once: pd.DataFrame) -> Summary:
    """The numbers of a session from its `spells` and its `faces_at_once`."""
    weight = lengths(spells).to_numpy()
    face_s = float(weight.sum())
    return Summary(
        recorded_s=float(at_once["seconds"].sum()),
        faces=spells["face"].nunique(),
        faces_mean=float(at_once["faces"] @ at_once["share"]),
        faces_most=int(at_once["faces"].max()),
        face_s=face_s,
        mean_confidence=float(weight @ spells["confidence"]) / face_s if face_s else None,
        baseline_share=float(weight @ spells["baseline"]) / (face_s or 1.0),
    )


def _shares(seconds: pd.Series) -> Floats:
    shares: Floats = seconds.to_numpy(dtype=np.float64) / (float(seconds.sum()) or 1.0)
    return shares
