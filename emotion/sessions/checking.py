"""Whether the rows of a file can be a session: each value, and how they hang together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from emotion.errors import SessionError
from emotion.labels import KEYS, UNSURE
from emotion.locale import marked
from emotion.sessions.export import MARKER_BREAK
from emotion.sessions.imported import Imported
from emotion.sessions.schema import ENDED, INTERRUPTED, NAME_LENGTH
from emotion.sessions.store import NOTE_LENGTH, usable_name
from emotion.sessions.tables import PROBABILITIES, Pauses, through_pauses
from emotion.vision.types import REASONS

SHARES: Final = ("confidence", *PROBABILITIES, "score")
REQUIRED: Final = ("time", "seconds", "face", "expression", *SHARES, "shown", "reasons", "baseline")
LATER: Final = {"face_name": "", "face_width_px": 0.0, "marker": "", "session": "", "model": ""}
"""Columns that older files lack, and JSON files in part, with what is taken instead."""
SUM_TOLERANCE: Final = 0.01
CLOCK_TOLERANCE_S: Final = 0.005
"""Times and seconds are rounded to milliseconds, each on its own."""
_LONGEST_S: Final = 1e8
_WIDEST_PX: Final = 1e6
_MOST_FACES: Final = 2**31 - 1
_ZONE: Final = r"(?:Z|[+-]\d\d:?\d\d)$"
_TRUTHS: Final = {"True": True, "False": False, "true": True, "false": False}

_FOREIGN: Final = marked(
    "The file {file} is not a session: it has no column {columns}. Choose a file that "
    "Semblante exported. Nothing was imported."
)
_EMPTY: Final = marked("The session in {file} holds no moment. Nothing was imported.")
_NUMBER: Final = marked(
    "Row {row} of {file} has {value!r} in the column {column}, where a number from {least:g} to "
    "{most:g} belongs. Nothing was imported."
)
_KEY: Final = marked(
    "Row {row} of {file} has {value!r} in the column {column}, where one of these belongs: "
    "{known}. Nothing was imported."
)
_TIME: Final = marked(
    "Row {row} of {file} has {value!r} in the column {column}, where a time with its zone "
    "belongs, such as 2026-03-14T09:26:53.589+01:00. Nothing was imported."
)
_SUM: Final = marked(
    "The seven probabilities in row {row} of {file} add up to {value:.3f}, not to 1. Nothing was "
    "imported."
)
_ORDER: Final = marked(
    "Row {row} of {file} goes back in time. Put the rows in the order of time. Nothing was "
    "imported."
)
_TWICE: Final = marked(
    "Row {row} of {file} says a second time what face {value} showed at that moment. Nothing was "
    "imported."
)
_CLOCK: Final = marked(
    "In row {row} of {file} the column {column} does not agree with the seconds: {value!r}. "
    "Nothing was imported."
)
_MODELS: Final = marked("The models in {file} cannot be read. Nothing was imported.")
_MARKERS: Final = marked("The markers in {file} cannot be read. Nothing was imported.")


def checked(rows: pd.DataFrame, facts: dict[str, Any], file: str) -> Imported:
    """The session that `rows` (columns as in `export.EXPORT_COLUMNS`, values as numbers or
    as text) and `facts` (`session` and `markers` as in the JSON, or nothing) are.

    Raises `SessionError` with the first row and value that cannot be.
    """
    missing = [column for column in REQUIRED if column not in rows.columns]
    if missing:
        raise SessionError(_FOREIGN, file=file, columns=", ".join(missing))
    if rows.empty:
        raise SessionError(_EMPTY, file=file)
    later = {name: value for name, value in LATER.items() if name not in rows.columns}
    table = _Checker(rows.reset_index(drop=True).assign(**later), file).table()
    pauses = _pauses(table)
    seen = table[table["face"] > 0]
    frames = table.groupby("frame_number")
    about = facts["session"] if isinstance(facts.get("session"), dict) else {}
    first = table.iloc[0]
    return Imported(
        name=usable_name(str(about.get("name", first["session"] or file))[:NAME_LENGTH]),
        model=str(about.get("model", first["model"]))[:NAME_LENGTH],
        note=str(about.get("note", ""))[:NOTE_LENGTH],
        state=INTERRUPTED if about.get("state") == INTERRUPTED else ENDED,
        started_at=_start(first),
        frames=pd.DataFrame(
            {
                "number": list(frames.groups),
                "time_s": frames["time_s"].first().to_numpy(),
                "faces": (table["face"] > 0).groupby(table["frame_number"]).sum().to_numpy(),
                "processing_ms": 0.0,
            }
        ),
        samples=seen[
            ["frame_number", "expression", *SHARES, "face_width_px", "shown", "reasons", "baseline"]
        ].assign(track_number=seen["face"]),
        tracks={
            int(face): str(name)[:NAME_LENGTH]
            for face, name in seen.groupby("face")["face_name"].first().items()
        },
        markers=_markers(table, facts, pauses, file),
        readers=_readers(table, facts, pauses, file),
        pauses=pauses,
    )


class _Checker:
    """Turns the columns of a file into those of the tables, or refuses the file."""

    def __init__(self, rows: pd.DataFrame, file: str) -> None:
        self._rows = rows
        self._file = file
        empty = rows["face"].isna() | (rows["face"].astype("str").str.strip() == "")
        self._seen = ~empty

    def table(self) -> pd.DataFrame:
        """The rows with `face` 0 where none was seen, and `frame_number` from 0."""
        table = pd.DataFrame({"time": self._times()})
        table["seconds"] = self._numbers("seconds", 0, _LONGEST_S, everywhere=True)
        faces = self._numbers("face", 1, _MOST_FACES)
        self._refuse(_NUMBER, faces % 1 != 0, "face", least=1, most=_MOST_FACES)
        table["face"] = faces.astype("int64")
        for name in SHARES:
            table[name] = self._numbers(name, 0, 1)
        table["face_width_px"] = self._numbers("face_width_px", 0, _WIDEST_PX)
        sums = table[list(PROBABILITIES)].sum(axis=1)
        off = self._seen & ((sums - 1).abs() > SUM_TOLERANCE)
        self._refuse(_SUM, off, "p_surprise", value=sums)
        table["expression"] = self._keys("expression", KEYS)
        table["shown"] = self._keys("shown", (*KEYS, UNSURE))
        table["reasons"] = self._keys("reasons", REASONS, several=True)
        truths = self._rows["baseline"].astype("str")
        wrong = self._seen & ~truths.isin(_TRUTHS)
        self._refuse(_KEY, wrong, "baseline", known="True, False")
        table["baseline"] = truths.map(_TRUTHS).eq(True)
        for name in ("face_name", "marker", "session", "model"):
            table[name] = self._rows[name].fillna("").astype("str")
        self._order(table)
        self._clock(table)
        return table

    def _order(self, table: pd.DataFrame) -> None:
        """Number the frames; refuse what goes back in time or is said twice."""
        seconds, times = table["seconds"].diff(), table["time"].diff()
        self._refuse(_ORDER, (seconds < 0) | (times < pd.Timedelta(0)), "seconds")
        table["frame_number"] = ((seconds > 0) | (times > pd.Timedelta(0))).cumsum()
        twice = table.duplicated(["frame_number", "face"])
        alone = table.groupby("frame_number")["face"].transform("size") == 1
        self._refuse(_TWICE, twice | (~self._seen & ~alone), "face")

    def _times(self) -> pd.Series:
        texts = self._rows["time"]
        if isinstance(texts.dtype, pd.DatetimeTZDtype):
            times = texts.dt.tz_convert("UTC")
        else:
            zoned = texts.astype("str").where(texts.astype("str").str.contains(_ZONE))
            times = pd.to_datetime(zoned, format="ISO8601", utc=True, errors="coerce")
        self._refuse(_TIME, times.isna(), "time")
        return times

    def _numbers(
        self, column: str, least: float, most: float, everywhere: bool = False
    ) -> pd.Series:
        """The column as numbers, 0 where no face is seen."""
        numbers = pd.to_numeric(self._rows[column], errors="coerce").astype("float64")
        wrong = ~numbers.between(least, most) & (everywhere | self._seen)
        self._refuse(_NUMBER, wrong, column, least=least, most=most)
        return numbers if everywhere else numbers.where(self._seen, 0.0)

    def _keys(self, column: str, known: Sequence[str], several: bool = False) -> pd.Series:
        """The column, each value one of `known`, or several with commas between or none."""
        values = self._rows[column].fillna("").astype("str")
        right = {
            value
            for value in values.unique()
            if set(filter(None, value.split(",")) if several else [value]) <= set(known)
        }
        wrong = self._seen & ~values.isin(right)
        self._refuse(_KEY, wrong, column, known=", ".join(known))
        return values.where(self._seen, "")

    def _refuse(
        self, template: str, wrong: pd.Series, column: str, value: Any = None, **values: object
    ) -> None:
        """Raise `SessionError` for the first row that is `wrong`; rows count from 1."""
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            found = self._rows[column] if value is None else value
            raise SessionError(
                template,
                row=row + 1,
                file=self._file,
                column=column,
                value=found.iloc[row],
                **values,
            )

    def _clock(self, table: pd.DataFrame) -> None:
        """Set `time_s`, seconds through the pauses: a pause is where the clock goes on and
        the seconds of recording do not."""
        passed_s = (table["time"] - table["time"].iloc[0]).dt.total_seconds()
        offset_s = passed_s - (table["seconds"] - table["seconds"].iloc[0])
        step_s = offset_s.diff()
        self._refuse(_CLOCK, step_s < -CLOCK_TOLERANCE_S, "time")
        paused_s = offset_s.where(step_s > CLOCK_TOLERANCE_S).ffill().fillna(0.0)
        table["time_s"] = table["seconds"] + paused_s


def _start(first: pd.Series) -> datetime:
    """When the session began whose first row is `first`."""
    start: pd.Timestamp = first["time"] - pd.Timedelta(seconds=first["seconds"])
    moment: datetime = start.round("ms").to_pydatetime()
    return moment


def _pauses(table: pd.DataFrame) -> list[tuple[float, float]]:
    """Begin and end of each pause: right before the first moment after it."""
    length_s = (table["time_s"] - table["seconds"]).diff()
    paused = length_s > CLOCK_TOLERANCE_S
    return [
        (float(end - length), float(end))
        for end, length in zip(table["time_s"][paused], length_s[paused], strict=True)
    ]


def _readers(
    table: pd.DataFrame, facts: dict[str, Any], pauses: Pauses, file: str
) -> list[tuple[float, str]]:
    """Time and name of each model that took over: those of `facts`, or where a row names
    another one than the row before."""
    if "models" in facts:
        try:
            found = [(float(one["seconds"]), str(one["model"])) for one in facts["models"][1:]]
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise SessionError(_MODELS, file=file) from error
        if not all(0 <= seconds <= _LONGEST_S for seconds, _name in found):
            raise SessionError(_MODELS, file=file)
        return [(through_pauses(s, pauses), name[:NAME_LENGTH]) for s, name in sorted(found)]
    models = table["model"].astype("str")
    taken_over = models.ne(models.shift()) & (table.index > 0)
    return [
        (float(time_s), model[:NAME_LENGTH])
        for time_s, model in zip(table["time_s"][taken_over], models[taken_over], strict=True)
    ]


def _markers(
    table: pd.DataFrame, facts: dict[str, Any], pauses: Pauses, file: str
) -> list[tuple[float, str]]:
    """Time and label of each marker: those of `facts`, or what stands at the rows."""
    if "markers" in facts:
        try:
            found = [(float(one["seconds"]), str(one["label"])) for one in facts["markers"]]
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise SessionError(_MARKERS, file=file) from error
        markers = [(through_pauses(seconds, pauses), label) for seconds, label in found]
    else:
        rows = table[table["marker"] != ""].drop_duplicates("frame_number")
        markers = [
            (float(row.time_s), label)
            for row in rows.itertuples()
            for label in row.marker.split(MARKER_BREAK)
        ]
    if not all(0 <= time_s <= _LONGEST_S for time_s, _label in markers):
        raise SessionError(_MARKERS, file=file)
    return [(time_s, label[:NAME_LENGTH]) for time_s, label in sorted(markers)]
