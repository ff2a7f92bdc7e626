"""A session as CSV, Parquet or JSON, read from the database and written piece by piece.

All three have the same rows, `EXPORT_COLUMNS`: one for each face of each recorded frame,
and one without a face for each frame that showed none. `importing` reads them back.
"""

import json
from collections.abc import Iterator
from datetime import UTC, tzinfo
from io import TextIOWrapper
from typing import IO, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.sessions import queries
from emotion.sessions.ranges import Range, open_range
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.sessions.tables import PROBABILITIES, markers_table

Kind = Literal["csv", "parquet", "json"]
KINDS: Final[tuple[Kind, ...]] = ("csv", "parquet", "json")
EXPORT_COLUMNS: Final = (
    "time",
    "seconds",
    "face",
    "face_name",
    "expression",
    "confidence",
    *PROBABILITIES,
    "score",
    "face_width_px",
    "shown",
    "reasons",
    "baseline",
    "marker",
    "session",
    "model",
)
"""The columns of the CSV and the Parquet file in their order; the keys of a row of the
JSON, less the last two, which stand in its `session`."""
TEXTS: Final = ("face_name", "expression", "shown", "reasons", "marker", "session", "model")
DECIMALS: Final = {
    "seconds": 3,
    "confidence": 4,
    "score": 4,
    "face_width_px": 1,
    **dict.fromkeys(PROBABILITIES, 4),
}
MARKER_BREAK: Final = "; "
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
_CHUNK: Final = 20_000


def write_session(
    store: SessionStore, session_id: int, file: IO[bytes], kind: Kind, zone: tzinfo = UTC
) -> None:
    """Write the session to `file`, `_CHUNK` rows in memory at a time.

    `time` is ISO 8601 in `zone` with milliseconds and the offset (in Parquet a moment with
    that zone), `seconds` are those of recording, without pauses, `expression` and `shown`
    are keys; `marker` has the labels of the markers to which this moment is the nearest.
    In the CSV numbers have a decimal point and lines end with CR LF (RFC 4180), and a text
    that a spreadsheet would take for a formula gets an apostrophe in front. Parquet keeps
    all digits. Raises `SessionError` when the session cannot be read.
    """
    session = store.get(session_id)
    with open_range(store, session_id, None, None) as chosen:
        chunks = _chunks(chosen, session)
        facts = _facts(chosen, session, zone)
        if kind == "csv":
            _write_csv(chunks, file, zone)
        elif kind == "json":
            _write_json(chunks, facts, file, zone)
        else:
            from emotion.sessions.parquet import write_parquet  # a third of a second

            write_parquet(chunks, facts, file, zone)


def session_facts(session: SessionInfo, zone: tzinfo = UTC) -> dict[str, Any]:
    """A session as plain JSON values, with times in ISO 8601; also for lists."""
    ended_at = session.ended_at
    return {
        "id": session.id,
        "name": session.name,
        "state": session.state,
        "started_at": session.started_at.astimezone(zone).isoformat(timespec="milliseconds"),
        "ended_at": ended_at and ended_at.astimezone(zone).isoformat(timespec="milliseconds"),
        "duration_s": round(session.duration_s, 3),
        "paused_s": round(session.paused_s, 3),
        "model": session.model,
        "note": session.note,
        "app_version": session.app_version,
        "samples": session.samples,
        "faces": session.faces,
        "markers": session.markers,
    }


def defused(text: str) -> str:
    """`text` as a spreadsheet will not run it (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def armed(text: str) -> str:
    """`text` as it was before `defused`."""
    rest = text.removeprefix("'")
    return rest if rest != text and defused(rest) == text else text


def _facts(chosen: Range, session: SessionInfo, zone: tzinfo) -> dict[str, Any]:
    """The session's facts, each marker with its `time`, `seconds` and `label`, and from which
    second of recording on each model read."""
    rows = chosen.connection.execute(queries.markers(session.id)).all()
    markers = markers_table(rows, chosen.started_at, chosen.pauses)
    table = markers.assign(time=iso(markers["time"], zone), seconds=markers["seconds"].round(3))
    times, names = _readers(chosen, session)
    begins = [0.0, *chosen.recorded(pd.Series(times)).round(3).tolist()]
    models = [{"seconds": s, "model": m} for s, m in zip(begins, names, strict=True)]
    return {
        "session": session_facts(session, zone),
        "markers": table.to_dict("records"),
        "models": models,
    }


def _chunks(chosen: Range, session: SessionInfo) -> Iterator[pd.DataFrame]:
    """The rows with the columns `EXPORT_COLUMNS`, `time` in UTC."""
    labels, readers = _nearest(chosen), _readers(chosen, session)
    rows = chosen.connection.execution_options(yield_per=_CHUNK).execute(
        queries.moments(session.id)
    )
    for part in rows.partitions():
        # As plain tuples, since pandas asks each of the database's rows what it is.
        table = pd.DataFrame.from_records(list(map(tuple, part)), columns=list(rows.keys()))
        times = table.pop("time_s").astype("float64")
        numbers = table.pop("number")
        table = table.astype({"face": "Int64", "baseline": "boolean"})
        table = table.astype(dict.fromkeys(DECIMALS.keys() - {"seconds"}, "float64"))
        table[list(TEXTS[:4])] = table[list(TEXTS[:4])].fillna("")
        table["time"], table["seconds"] = chosen.moments(times), chosen.recorded(times)
        table["marker"] = [labels.get(number, "") for number in numbers]
        table["session"] = session.name
        table["model"] = readers[1][np.searchsorted(readers[0], times, side="right")]
        yield table[list(EXPORT_COLUMNS)]


def _readers(
    chosen: Range, session: SessionInfo
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Times at which another model took over, and all models, the first one before these."""
    rows = chosen.connection.execute(queries.readers(session.id)).all()
    names = [session.model, *(row.model for row in rows)]
    return np.array([row.time_s for row in rows], np.float64), np.array(names, object)


def _nearest(chosen: Range) -> dict[int, str]:
    """The labels of the markers at the number of the frame that is nearest to each."""
    found: dict[int, list[str]] = {}
    for marker in chosen.connection.execute(queries.markers(chosen.session_id)).all():
        near = [
            row
            for query in queries.next_to(chosen.session_id, marker.time_s)
            for row in chosen.connection.execute(query)
        ]
        if near:
            nearest = min(near, key=lambda row: abs(row.time_s - marker.time_s))
            label = marker.label.replace(MARKER_BREAK.strip(), ",")
            found.setdefault(nearest.number, []).append(label)
    return {number: MARKER_BREAK.join(labels) for number, labels in found.items()}


def iso(times: pd.Series, zone: tzinfo) -> list[str]:
    """Moments as ISO 8601 in `zone` with milliseconds and the offset."""
    local = pd.Series(times.unique()).dt.round("ms").dt.tz_convert(zone)
    texts = {
        time: moment.isoformat(timespec="milliseconds")
        for time, moment in zip(times.unique(), local, strict=True)
    }
    return [texts[time] for time in times]


def _write_csv(chunks: Iterator[pd.DataFrame], file: IO[bytes], zone: tzinfo) -> None:
    text = TextIOWrapper(file, "utf-8", newline="")
    text.write(",".join(EXPORT_COLUMNS) + "\r\n")
    for chunk in chunks:
        table = chunk.round(DECIMALS).assign(time=iso(chunk["time"], zone))
        for name in TEXTS:
            table[name] = table[name].map({text: defused(text) for text in table[name].unique()})
        table.to_csv(text, index=False, header=False, lineterminator="\r\n")
    text.flush()
    text.detach()  # the file is the caller's to close


def _write_json(
    chunks: Iterator[pd.DataFrame], facts: dict[str, Any], file: IO[bytes], zone: tzinfo
) -> None:
    head = json.dumps(facts, ensure_ascii=False, indent=1)
    file.write(head.removesuffix("\n}").encode() + b',\n "samples": [')
    separator = b"\n  "
    for chunk in chunks:
        table = chunk.round(DECIMALS).assign(time=iso(chunk["time"], zone))
        table = table.drop(columns=["session", "model"]).astype("object")
        for row in table.where(table.notna(), None).to_dict("records"):
            file.write(separator + json.dumps(row, ensure_ascii=False).encode())
            separator = b",\n  "
    file.write(b"\n ]\n}\n")
