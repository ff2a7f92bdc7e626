"""Write everything that a user has made to one zip: sessions, models, corrections.

The pictures of a data folder are not in it, nor are runs.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from emotion import __version__
from emotion.backup.manifest import MANIFEST, Entry, Kind, Manifest
from emotion.data import corrections
from emotion.data.roots import data_roots, offered
from emotion.models.archive import write_archive, writing
from emotion.models.store import list_models, sha256
from emotion.sessions.export import write_session
from emotion.sessions.schema import RECORDING
from emotion.sessions.store import SessionStore
from emotion.settings import Settings

Report = Callable[[int, int], object]
"""Called with how many parts are done, and of how many."""


def save_backup(
    settings: Settings, store: SessionStore, path: Path, report: Report = lambda _done, _of: None
) -> Manifest:
    """Write the backup to `path`, whole or not at all; what it holds.

    A session that is being recorded is left out. Raises `EmotionError` when something
    cannot be read, or `path` not be written; an older file there then stands.
    """
    parts = list(_parts(settings, store))
    entries = []
    with (
        writing(path) as temporary,
        TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder,
        ZipFile(temporary, "w") as archive,
    ):
        for done, (kind, file, name, write) in enumerate(parts):
            report(done, len(parts))
            part = Path(folder) / Path(file).name
            write(part)
            packed = ZIP_DEFLATED if part.suffix == ".csv" else ZIP_STORED
            archive.write(part, file, packed)
            size = part.stat().st_size
            entries.append(
                Entry(kind=kind, file=file, name=name, sha256=sha256(part), size_bytes=size)
            )
            part.unlink()
        manifest = Manifest(
            app_version=__version__, made_at=datetime.now(UTC), entries=tuple(entries)
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1), ZIP_DEFLATED)
    report(len(parts), len(parts))
    return manifest


Part = tuple[Kind, str, str, Callable[[Path], object]]
"""Kind, file in the zip, name, and what writes it to a path."""


def _parts(settings: Settings, store: SessionStore) -> Iterator[Part]:
    for session in store.list_sessions():
        if session.state != RECORDING:
            write = partial(_write_session, store, session.id)
            yield "session", f"sessions/{session.id}.parquet", session.name, write
    for entry in list_models(settings.models_dir):
        yield "model", f"models/{entry.name}.zip", entry.name, partial(write_archive, entry)
    folders = offered(data_roots(settings))
    corrected = (folder / corrections.FILE for folder in folders)
    for number, source in enumerate(path for path in corrected if path.is_file()):
        write = partial(shutil.copyfile, source)
        yield "corrections", f"corrections/{number}.csv", str(source.parent), write


def _write_session(store: SessionStore, session_id: int, path: Path) -> None:
    with path.open("wb") as file:
        write_session(store, session_id, file, "parquet")
