"""What the statistics of a session, or of a part of it, are worked out from, summed up by
the database: the same tables as `statistics` makes of every single sample.

`start_s` and `end_s` are seconds of recording, the whole session without; what lies outside
is cut off. All raise `SessionError` when the session cannot be read.
"""

from collections import Counter
from typing import Final

import pandas as pd
from sqlalchemy import case, func, select

from emotion.sessions.ranges import open_range
from emotion.sessions.schema import Track
from emotion.sessions.spans import MAX_GAP_S, stretches
from emotion.sessions.statistics import joined
from emotion.sessions.store import SessionStore

_SPAN_TYPES: Final = {
    "face": "int64",
    "start_s": "float64",
    "end_s": "float64",
    "seconds": "float64",
    "shown": "str",
    "reasons": "str",
    "confidence": "float64",
    "baseline": "float64",
}


def spells(
    store: SessionStore, session_id: int, start_s: float | None = None, end_s: float | None = None
) -> pd.DataFrame:
    """Each time that a face showed the same label for the same reasons without a break, as
    `statistics.spells` gives them, whatever the length of the session.

    Columns: `face`, `stretch`, `shown`, `reasons`, `start_s`, `end_s`, `confidence` (mean
    over time), `baseline` (the share of time in which it was on), by face and time.
    """
    with open_range(store, session_id, start_s, end_s) as chosen:
        span = chosen.spans(before_s=MAX_GAP_S).c
        rows = chosen.table(select(*(span[name] for name in _SPAN_TYPES)), _SPAN_TYPES)
    # Here, since SQLite takes four times as long to do it with its windows.
    rows = rows.sort_values(["face", "start_s"], ignore_index=True)
    rows["stretch"] = stretches(rows)
    rows = joined(rows, rows["seconds"])
    rows["end_s"] = chosen.recorded(rows["end_s"]).clip(upper=end_s)
    rows["start_s"] = chosen.recorded(rows["start_s"]).clip(lower=start_s)
    return rows[rows["end_s"] > rows["start_s"]].reset_index(drop=True)


def faces_at_once(
    store: SessionStore, session_id: int, start_s: float | None = None, end_s: float | None = None
) -> pd.DataFrame:
    """For how long no face, one face, two faces, ... were seen, as
    `statistics.faces_at_once` gives it: `faces`, `seconds`, `share` of the recorded time.
    """
    with open_range(store, session_id, start_s, end_s) as chosen:
        own = chosen.presence(before_s=MAX_GAP_S).c
        begin_s = case((own.start_s < chosen.begin_s, chosen.begin_s), else_=own.start_s)
        finish_s = case((own.end_s > chosen.finish_s, chosen.finish_s), else_=own.end_s)
        query = (
            select(own.faces, func.sum(finish_s - begin_s))
            .where(finish_s > begin_s)
            .group_by(own.faces)
        )
        table = chosen.table(query, {"faces": "int64", "seconds": "float64"})
    most = int(table["faces"].max()) if len(table) else 0
    times = table.set_index("faces")["seconds"].reindex(range(most + 1), fill_value=0.0)
    table = times.rename_axis("faces").reset_index()
    return table.assign(share=table["seconds"] / (table["seconds"].sum() or 1.0))


def face_times(store: SessionStore, session_id: int) -> pd.DataFrame:
    """`face`, the `name` that the user gave it ("" without), the `seconds` for which it was
    seen and of how many `tracks` it was put together, the longest first."""
    with open_range(store, session_id, None, None) as chosen:
        query = select(Track.number, Track.name, Track.same_as)
        tracks = chosen.connection.execute(query.where(Track.session_id == session_id)).all()
        table = chosen.faces_by_time()
    name_of = {row.number: row.name for row in tracks}
    counts = Counter(row.number if row.same_as is None else row.same_as for row in tracks)
    table.insert(1, "name", table["face"].map(name_of).astype("str"))
    return table.assign(tracks=[counts[face] for face in table["face"]])
