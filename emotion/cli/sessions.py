"""`python -m emotion sessions`: list, export, import, compare, rename, note and delete; and
what `sessions_report` holds."""

import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from emotion.cli import sessions_report
from emotion.cli.output import Json, print_json, print_table, records, written
from emotion.errors import SessionError
from emotion.sessions.compared import responses, sides
from emotion.sessions.export import Kind, session_facts, write_session
from emotion.sessions.importing import import_session
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings

app = typer.Typer(help="The recorded sessions.")
app.command()(sessions_report.stats)
app.command()(sessions_report.report)
Id = Annotated[int, typer.Argument(help="Number of a session, from the list.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def open_store() -> SessionStore:
    """The store of the settings, sessions of processes that are gone closed."""
    store = SessionStore(load_settings().database_url)
    store.close_interrupted()
    return store


@app.command("list")
def list_sessions(as_json: Json = False) -> None:
    """All recorded sessions, the newest first."""
    store = open_store()
    facts = [session_facts(session) for session in store.list_sessions()]
    if as_json:
        print_json({"sessions": facts})
    elif facts:
        columns = ("id", "name", "state", "started_at", "duration_s", "faces", "samples", "model")
        print_table(columns, [[one[column] for column in columns] for one in facts])
    else:
        print(f"No session has been recorded in {store.place}.")


@app.command("export")
def export(
    session: Id,
    output: Annotated[Path | None, typer.Option(help="File; without, standard output.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--format", help="Without, by the file's ending, else csv.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one session as CSV, Parquet or JSON: a row for each face and moment."""
    store = open_store()
    endings: dict[str, Kind] = {".json": "json", ".parquet": "parquet"}
    kind = "json" if as_json else kind or endings.get(output.suffix if output else "", "csv")
    if output is None:
        sys.stdout.flush()
        write_session(store, session, sys.stdout.buffer, kind)
        return
    with written(output) as file:
        write_session(store, session, file, kind)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or JSON, as export writes it.")],
    as_json: Json = False,
) -> None:
    """Read an exported session back; a file that is here already is recognised."""
    store = open_store()
    try:
        with file.open("rb") as content:
            number = import_session(store, content, file.name)
    except OSError as error:
        raise SessionError(
            "The file {path} cannot be read ({reason}). Choose another one.",
            path=file,
            reason=error.strerror,
        ) from error
    info = store.get(number)
    if as_json:
        print_json(session_facts(info))
    else:
        print(f"The session {info.name} is imported as number {number}: {info.samples} samples.")


@app.command("compare")
def compare(
    sessions: Annotated[list[int], typer.Argument(help="Numbers of two or more sessions.")],
    marker: Annotated[
        str | None, typer.Option(help="Also the response to this marker, which all must have.")
    ] = None,
    before: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Before it.")] = 5.0,
    after: Annotated[float, typer.Option(min=0.25, metavar="SECONDS", help="After it.")] = 10.0,
    first: Annotated[bool, typer.Option("--first", help="Only the first in a session.")] = False,
    as_json: Json = False,
) -> None:
    """Shares and episodes of sessions side by side, with 95 % intervals."""
    if len(set(sessions)) < 2:
        raise typer.BadParameter("Give the numbers of two or more sessions.")
    store = open_store()
    numbers = list(dict.fromkeys(sessions))
    tables = {"expressions": sides(store, numbers)}
    if marker is not None:
        tables["response"] = responses(store, numbers, marker, before, after, first)
    if as_json:
        print_json({key: records(table) for key, table in tables.items()})
        return
    sessions_of = [
        (
            row.session,
            row.expression,
            _told(row.share, row.share_low, row.share_high),
            None if pd.isna(row.episodes) else int(row.episodes),
            _told(row.per_minute, row.per_minute_low, row.per_minute_high),
        )
        for row in tables["expressions"].itertuples()
    ]
    print_table(("session", "expression", "share", "episodes", "per minute"), sessions_of)
    if marker is not None:
        moments = [
            (row.seconds, row.expression, _told(row.mean, row.low, row.high), row.sessions)
            for row in tables["response"].itertuples()
        ]
        print_table(("seconds", "expression", "probability", "sessions"), moments)


def _told(value: float, low: float, high: float) -> str | None:
    """`0.128 (0.076-0.183)`; None for NaN, without interval where that is."""
    if pd.isna(value):
        return None
    return f"{value:.3f}" if pd.isna(low) else f"{value:.3f} ({low:.3f}-{high:.3f})"


@app.command("rename")
def rename(
    session: Id, name: Annotated[str, typer.Argument(help="New name.")], as_json: Json = False
) -> None:
    """Give one session another name."""
    store = open_store()
    store.rename(session, name)
    _tell(store, session, as_json)


@app.command("note")
def note(
    session: Id,
    text: Annotated[str, typer.Argument(help='The note; "" takes it away.')],
    as_json: Json = False,
) -> None:
    """Write a note to one session."""
    store = open_store()
    store.set_note(session, text)
    _tell(store, session, as_json)


@app.command("delete")
def delete(
    sessions: Annotated[
        list[int] | None, typer.Argument(help="Numbers of sessions, from the list.")
    ] = None,
    older_than: Annotated[
        float | None,
        typer.Option(min=0, metavar="DAYS", help="All that ended more than DAYS days ago."),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete sessions for ever, also from the file; asks first."""
    if bool(sessions) == (older_than is not None):
        raise typer.BadParameter("Give numbers of sessions, or --older-than DAYS.")
    store = open_store()
    chosen = (
        store.older_than(older_than)
        if older_than is not None
        else [store.get(number) for number in sessions or []]
    )
    if chosen and not yes:
        names = ", ".join(f"{info.id} “{info.name}”" for info in chosen)
        typer.confirm(f"Delete for ever: {names}?", abort=True, err=True)
    store.delete(*(info.id for info in chosen))
    if as_json:
        print_json({"deleted": [info.id for info in chosen]})
    elif chosen:
        print(f"Deleted: {', '.join(str(info.id) for info in chosen)}.")
    else:
        print("No session is that old; nothing is deleted.")


def _tell(store: SessionStore, number: int, as_json: bool) -> None:
    facts = session_facts(store.get(number))
    if as_json:
        print_json(facts)
    else:
        print_table(("id", "name", "note"), [[facts[key] for key in ("id", "name", "note")]])
