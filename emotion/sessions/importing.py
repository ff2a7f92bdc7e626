"""Read back a session that was exported as CSV, Parquet or JSON.

A file is read and checked whole before anything is written, and written in one
transaction: what is broken or foreign gets a sentence and changes nothing.
"""

import json
from typing import IO, Any, Final

import pandas as pd

from emotion.errors import SessionError
from emotion.locale import marked
from emotion.sessions.checking import checked
from emotion.sessions.export import TEXTS, armed
from emotion.sessions.imported import Imported, same_session, save
from emotion.sessions.store import SessionStore

_HEAD: Final = 64
_THERE: Final = marked(
    "The session in {file} is here already: number {number}, {session}. Nothing was imported; "
    "delete that one first to import it again."
)


class AlreadyThereError(SessionError):
    """The file's session is in the store already; `values["number"]` is its number."""


def import_session(store: SessionStore, file: IO[bytes], name: str) -> int:
    """Add the session in `file` (called `name`) to the store; returns its number.

    Raises `SessionError` when the file is no export of a session or a value in it cannot
    be, and `AlreadyThereError` when the session is in the store already: one that began in
    the same moment with as many samples. Nothing is written then.
    """
    imported = read_session(file, name)
    known = same_session(store, imported)
    if known is not None:
        raise AlreadyThereError(
            _THERE,
            file=name,
            number=known.id,
            session=known.name,
        )
    return save(store, imported)


def read_session(file: IO[bytes], name: str) -> Imported:
    """What `file` holds. Raises `SessionError` as `import_session` does."""
    head = file.read(_HEAD)
    file.seek(0)
    try:
        if head.startswith(b"PAR1"):
            from emotion.sessions.parquet import read_parquet  # pyarrow is slow to load

            rows, facts = read_parquet(file)
        elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            rows, facts = _read_json(file)
        else:
            rows, facts = _read_csv(file), {}
    except (ValueError, TypeError, KeyError, OSError, RecursionError) as error:  # the readers', too
        raise SessionError(
            "The file {file} cannot be read as a session: {reason}. Choose a CSV, Parquet or "
            "JSON file that Semblante exported. Nothing was imported.",
            file=name,
            reason=" ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__,
        ) from error
    return checked(rows, facts, name)


def _read_csv(file: IO[bytes]) -> pd.DataFrame:
    # All as text, so that a value that cannot be is shown as it stands in the file.
    rows = pd.read_csv(file, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    for name in set(TEXTS) & set(rows.columns):
        rows[name] = rows[name].map({text: armed(text) for text in rows[name].unique()})
    return rows


def _read_json(file: IO[bytes]) -> tuple[pd.DataFrame, dict[str, Any]]:
    content = json.loads(file.read().decode("utf-8-sig"))
    return pd.DataFrame(content.pop("samples")), content
