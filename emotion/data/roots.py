"""The folders that the train page reads data from: `SEMBLANTE_DATA_ROOTS` and the data folder.

Whoever opens the page chooses a folder of the machine that serves it, so that it must not
be able to look anywhere else.
"""

from collections.abc import Sequence
from pathlib import Path

from emotion.data.shape import is_data_folder, wraps_data_folder
from emotion.errors import DataError
from emotion.settings import Settings


def data_roots(settings: Settings) -> tuple[Path, ...]:
    """The folders below which data may be read, the data folder first."""
    every = (settings.data_dir, *settings.data_roots)
    return tuple(dict.fromkeys(path.absolute() for path in every))


def offered(roots: Sequence[Path]) -> list[Path]:
    """The data folders to choose from: the first root, and what is a data set in any."""
    found = [roots[0]]
    for root in roots:
        try:
            found += [root] if is_data_folder(root) else []
            found += [
                folder
                for folder in sorted(root.iterdir())
                if is_data_folder(folder) or wraps_data_folder(folder)
            ]
        except OSError:
            continue  # a root that is not there offers nothing
    return list(dict.fromkeys(found))


def checked(folder: Path, roots: Sequence[Path]) -> Path:
    """The folder, absolute. Raises `DataError` when it lies below none of the roots, also
    where a link or `..` leads out."""
    absolute = folder.absolute()
    real = absolute.resolve()
    if any(real.is_relative_to(root.resolve()) for root in roots):
        return absolute
    raise DataError(
        "The folder {folder} may not be read: data is read from {roots} alone. Put it there, "
        "or add its place to SEMBLANTE_DATA_ROOTS and start again.",
        folder=folder,
        roots=", ".join(map(str, roots)),
    )
