"""`python -m emotion sessions stats|report`: the numbers of a session or of a part of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pandas as pd
import typer

from emotion.cli.output import Json, print_json, print_table, records, written
from emotion.errors import SessionError
from emotion.locale import translator
from emotion.report.numbers import Numbers
from emotion.report.sentences import sentences
from emotion.report.session import SessionData, session_html
from emotion.report.words import clock, marks
from emotion.sessions.export import session_facts
from emotion.sessions.statistics import Part
from emotion.sessions.store import SessionStore
from emotion.settings import Language, load_settings

Id = Annotated[int, typer.Argument(help="Number of a session, from the list.")]
From = Annotated[
    float | None,
    typer.Option("--from", min=0, metavar="SECONDS", help="Begin, in seconds of recording."),
]
To = Annotated[
    float | None,
    typer.Option("--to", min=0, metavar="SECONDS", help="End, in seconds of recording."),
]
Between = Annotated[
    tuple[str, str] | None,
    typer.Option(
        metavar="MARKER MARKER",
        help="From the first marker of the one label to the next of the other.",
    ),
]
Faces = Annotated[
    list[int] | None, typer.Option("--face", help="Only this face; may be given several times.")
]


def stats(
    session: Id,
    begin: From = None,
    end: To = None,
    between: Between = None,
    face: Faces = None,
    as_json: Json = False,
) -> None:
    """Shares, episodes, transitions, why not sure, faces at once."""
    data = _data(session)
    part, faces = _part(data, begin, end, between), _faces(data, face)
    found = data.numbers(part, faces)
    if as_json:
        print_json(_as_json(data, part, faces, found))
        return
    length = clock(data.session.duration_s if part is None else part[1] - part[0])
    where = "the whole session" if part is None else f"{clock(part[0])} to {clock(part[1])}"
    print(f"{data.session.name}: {where}, {length}.")
    for sentence in sentences(found, "en", str):
        print(f"- {sentence}")
    _print_tables(found)


def report(
    session: Id,
    output: Annotated[Path, typer.Argument(help="The HTML file.")],
    begin: From = None,
    end: To = None,
    between: Between = None,
    face: Faces = None,
    language: Annotated[Language | None, typer.Option(help="en or es.")] = None,
    zone: Annotated[str, typer.Option(help="Time zone, as America/Mexico_City.")] = "UTC",
    as_json: Json = False,
) -> None:
    """Write one HTML page with charts and numbers, which prints on A4."""
    data = _data(session)
    part, faces = _part(data, begin, end, between), _faces(data, face)
    code = language or load_settings().language or "en"
    moments = data.store.read_markers(session), data.store.read_pauses(session)
    drawn = marks(*moments, translator(code))
    page = session_html(data, part, faces, drawn, _zone(zone), code)
    with written(output) as file:
        file.write(page)
    if as_json:
        print_json({"session": session, "path": str(output), "part": part})
    else:
        print(f"The report of {data.session.name} is written to {output}.")


def _data(number: int) -> SessionData:
    store = SessionStore(load_settings().database_url)
    store.close_interrupted()
    return SessionData(store, store.get(number))


def _part(
    data: SessionData, begin: float | None, end: float | None, between: tuple[str, str] | None
) -> Part | None:
    """The part that the options name; None for the whole session."""
    if between is not None:
        if begin is not None or end is not None:
            raise typer.BadParameter("Give --between, or --from and --to.")
        return _between(data, *between)
    if begin is None and end is None:
        return None
    length_s = data.length_s()
    part = (begin or 0.0, length_s if end is None else min(end, length_s))
    if part[0] >= part[1]:
        raise SessionError(
            "From {begin:g} to {end:g} seconds there is nothing of the session {number}, which "
            "is {length:.1f} seconds long. Choose a part of that.",
            begin=part[0],
            end=part[1] if end is None else end,
            number=data.session.id,
            length=length_s,
        )
    return part


def _between(data: SessionData, first: str, second: str) -> Part:
    markers = data.store.read_markers(data.session.id)
    begins = markers.loc[markers["label"] == first, "seconds"]
    ends = markers.loc[markers["label"] == second, "seconds"]
    for label, times in ((first, begins), (second, ends)):
        if times.empty:
            known = ", ".join(markers["label"].drop_duplicates())
            raise SessionError(
                "The session {number} has no marker {label}. Its markers: {known}. Choose two of "
                "them.",
                number=data.session.id,
                label=label,
                known=known or "–",
            )
    later = ends[ends > begins.iloc[0]]
    if later.empty:
        raise SessionError(
            "No marker {second} of the session {number} comes after its first marker {first}. "
            "Choose two in the order of time.",
            number=data.session.id,
            first=first,
            second=second,
        )
    return float(begins.iloc[0]), float(later.iloc[0])


def _faces(data: SessionData, chosen: list[int] | None) -> list[int] | None:
    known = sorted(face.number for face in data.faces(str)) if chosen else []
    for face in chosen or []:
        if face not in known:
            raise SessionError(
                "The session {number} has no face {face}. Its faces: {known}.",
                number=data.session.id,
                face=face,
                known=", ".join(map(str, known)) or "–",
            )
    return chosen or None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise SessionError(
            "The time zone {name} is not known here. Write one such as America/Mexico_City.",
            name=name,
        ) from error


def _as_json(
    data: SessionData, part: Part | None, faces: list[int] | None, found: Numbers
) -> dict[str, Any]:
    return {
        "session": session_facts(data.session),
        "part": part,
        "faces": faces,
        "summary": asdict(found.summary),
        "expressions": records(found.expressions()),
        "transitions": found.transitions.to_dict("index"),
        "not_sure": records(found.reasons),
        "faces_at_once": records(found.at_once),
        "sentences": sentences(found, "en", str),
    }


def _print_tables(found: Numbers) -> None:
    expressions = [
        (row.expression, row.share, row.seconds, _count(row.episodes), row.median_s, row.longest_s)
        for row in found.expressions().itertuples()
    ]
    titles = ("expression", "share", "seconds", "episodes", "median s", "longest s")
    print_table(titles, expressions)
    print("\nTransitions, from the left to the top:")
    counts = found.transitions
    print_table(("", *counts.columns), list(counts.itertuples()))
    for title, table in (
        ("Why not sure", found.reasons),
        ("Faces at once", found.at_once),
    ):
        if len(table):
            print(f"\n{title}:")
            print_table(list(table.columns), list(table.itertuples(index=False)))


def _count(number: float) -> int | None:
    return None if pd.isna(number) else int(number)
