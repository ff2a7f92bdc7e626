"""What `several` puts side by side, read from the store.

All raise `SessionError` when a session cannot be read.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from emotion.errors import SessionError
from emotion.sessions import totals
from emotion.sessions.reduced import reduced
from emotion.sessions.several import mean_response, response, side, window_edges
from emotion.sessions.spans import MAX_GAP_S
from emotion.sessions.statistics import Floats
from emotion.sessions.store import SessionStore
from emotion.sessions.tables import PROBABILITIES

RESOLUTION_S: Final = 0.05
"""About a sample of a camera: means over it change no step of a response."""


def sides(store: SessionStore, session_ids: Sequence[int]) -> pd.DataFrame:
    """The rows of `several.side` of each session, with its number as `session` before them."""
    parts = []
    for number in session_ids:
        part = side(totals.spells(store, number))
        part.insert(0, "session", number)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def responses(
    store: SessionStore,
    session_ids: Sequence[int],
    label: str,
    before_s: float,
    after_s: float,
    first_only: bool = False,
) -> pd.DataFrame:
    """`several.mean_response` of what `response_of` gives of each session. Raises
    `SessionError` when one of them has no marker called `label`."""
    for number in session_ids:
        known = store.read_markers(number)["label"].drop_duplicates().tolist()
        if label not in known:
            raise SessionError(
                "The session {number} has no marker {label}. Its markers: {known}. Choose a "
                "label that all the sessions have.",
                number=number,
                label=label,
                known=", ".join(known) or "–",
            )
    each = [
        response_of(store, number, label, before_s, after_s, first_only) for number in session_ids
    ]
    return mean_response(each, window_edges(before_s, after_s))


def response_of(
    store: SessionStore,
    session_id: int,
    label: str,
    before_s: float,
    after_s: float,
    first_only: bool = False,
) -> Floats:
    """The response of a session to its markers called `label` (at least one), as
    `several.response` gives it over `several.window_edges(before_s, after_s)`; to the
    first one alone with `first_only`."""
    markers = store.read_markers(session_id)
    markers = markers[markers["label"] == label].head(1 if first_only else len(markers))
    windows = _windows(store, session_id, markers, before_s, after_s)
    return response(windows, window_edges(before_s, after_s))


def _windows(
    store: SessionStore, session_id: int, markers: pd.DataFrame, before_s: float, after_s: float
) -> Iterator[pd.DataFrame]:
    faces = totals.face_times(store, session_id)["face"].tolist()
    points = int((before_s + after_s + MAX_GAP_S) / RESOLUTION_S)
    for marker in markers.itertuples():
        begin_s = marker.seconds - before_s - MAX_GAP_S  # a sample of before reaches into it
        end_s = marker.seconds + after_s
        rows = reduced(store, session_id, begin_s, end_s, points, faces, frames=False).samples
        # By the clock: what came after a pause is not what came right after the marker.
        start_s = (rows["time"] - marker.time).dt.total_seconds()
        held_s = rows["end_s"] - rows["seconds"]
        yield rows[["face", *PROBABILITIES]].assign(start_s=start_s, end_s=start_s + held_s)
