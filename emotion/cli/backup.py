"""`python -m emotion backup` and `restore`: sessions, models and corrections in one zip."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from emotion.backup.restore import restore_backup
from emotion.backup.save import save_backup
from emotion.cli.output import Json, print_json, print_table, progress
from emotion.cli.sessions import open_store
from emotion.errors import SessionError
from emotion.settings import load_settings


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Zip to write; without, one with the date in its name.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write all sessions, models and corrections to one zip; pictures and runs are left out."""
    path = file or Path(f"semblante-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.zip")
    if path.exists():
        raise SessionError("The file {path} exists already. Choose another name.", path=path)
    with progress("Backup") as report:
        manifest = save_backup(load_settings(), open_store(), path, report)
    counts = {kind: len(manifest.names(kind)) for kind in ("session", "model", "corrections")}
    if as_json:
        print_json({"path": str(path), "size_bytes": path.stat().st_size, "holds": counts})
    else:
        print(
            f"{path} holds {counts['session']} sessions, {counts['model']} models and the "
            f"corrections of {counts['corrections']} data folders."
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A zip that backup has made.")],
    as_json: Json = False,
) -> None:
    """Bring back what a backup holds, beside what is there; nothing that is there is lost."""
    with progress("Restore") as report:
        outcomes = restore_backup(load_settings(), open_store(), file, report)
    rows = [(one.kind, one.name, one.outcome) for one in outcomes]
    if as_json:
        columns = ("kind", "name", "outcome")
        print_json({"restored": [dict(zip(columns, row, strict=True)) for row in rows]})
    elif rows:
        print_table(("kind", "name", "outcome"), rows)
    else:
        print(f"{file} is an empty backup.")
