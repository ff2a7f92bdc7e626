"""A look into every picture of a data folder: its size, whether it can be read, its copies.

What was seen is kept in a file for each folder; a picture is read again when its size or
time has changed. 30,000 small pictures take some seconds, and a second look part of one.
"""

import hashlib
import io
import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion.data.duplicates import SIDE, IntArray, near_duplicate_groups, thumbnail
from emotion.data.layout import DataSet
from emotion.data.pictures import UInt8Array, digest_of, read_small_grey
from emotion.errors import PictureError
from emotion.files import replacing

log = logging.getLogger(__name__)
Progress = Callable[[float], None]
"""Gets the share that is done, 0 to 1; what it raises ends the look."""

_WORKERS: Final = 2
_LOOKING: Final = 0.8
"""Share of the time that reading takes; the rest is comparing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture: its size and time in the file system, then what it is.

    `problem` is the reason where it cannot be read; `size_wh` and the thumbnail are then 0.
    """

    stamp: tuple[int, int]
    size_wh: tuple[int, int]
    thumbnail: UInt8Array
    problem: PictureError | None = None


@dataclass(frozen=True)
class Survey:
    """All pictures of a folder, by their relative paths.

    `group` has the same number for pictures that are near duplicates, and `digest` the
    content of those that have any.
    """

    seen: dict[str, Seen]
    group: dict[str, int] = field(default_factory=dict)
    digest: dict[str, bytes] = field(default_factory=dict)

    def problem(self, path: str) -> PictureError | None:
        """Why the picture cannot be read, if it cannot."""
        return self.seen[path].problem

    def pixels(self, path: str) -> int:
        """How large the picture is."""
        width, height = self.seen[path].size_wh
        return width * height

    def groups(self, paths: Sequence[str]) -> IntArray:
        """The group of each of these pictures."""
        return np.array([self.group[path] for path in paths], np.int64)


def look(data: DataSet, cache_dir: Path, progress: Progress = lambda _: None) -> Survey:
    """Look into all pictures of the folder, also into those that were set aside.

    What was seen is kept also when `progress` ends it early, and not read again.
    """
    stamps = _stamps(data)
    kept = _load(_file(data.root, cache_dir))
    seen = {p: kept.seen[p] for p in stamps if p in kept.seen and kept.seen[p].stamp == stamps[p]}
    if len(seen) == len(stamps) == len(kept.seen) == len(kept.group):
        return kept
    try:
        for path, one in _read(data.root, {p: s for p, s in stamps.items() if p not in seen}):
            seen[path] = one
            progress(_LOOKING * len(seen) / len(stamps))
    finally:
        survey = Survey({path: seen[path] for path in stamps if path in seen})
        _save(_file(data.root, cache_dir), survey)
    survey = _compared(data.root, survey, progress)
    _save(_file(data.root, cache_dir), survey)
    return survey


def known(data: DataSet, cache_dir: Path) -> Survey | None:
    """What an earlier look saw; None when there was none, or a picture has changed since."""
    kept = _load(_file(data.root, cache_dir))
    return kept if fits(kept, data) else None


def fits(survey: Survey, data: DataSet) -> bool:
    """Whether all pictures were seen, none has changed since, and they were compared."""
    stamps = _stamps(data)
    same = {path: one.stamp for path, one in survey.seen.items()} == stamps
    return same and len(survey.group) == len(stamps)


def _stamps(data: DataSet) -> dict[str, tuple[int, int]]:
    """Size and time of every picture. One that goes meanwhile has none, and will say so."""
    paths = sorted(sample.path for sample in (*data.every(), *data.set_aside))
    root = str(data.root)
    return {path: _stamp(f"{root}/{path}") for path in paths}


def _stamp(path: str) -> tuple[int, int]:
    try:
        stat = os.stat(path)  # noqa: PTH116  (30,000 paths)
        return stat.st_size, stat.st_mtime_ns
    except OSError:
        return -1, -1


def _read(root: Path, stamps: dict[str, tuple[int, int]]) -> Iterator[tuple[str, Seen]]:
    """Threads help with large pictures, whose decoding needs no interpreter."""
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="survey")
    try:
        yield from zip(stamps, pool.map(lambda p: _look(root / p, stamps[p]), stamps), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _look(path: Path, stamp: tuple[int, int]) -> Seen:
    try:
        grey, size_wh = read_small_grey(path, 2 * SIDE)
        return Seen(stamp, size_wh, thumbnail(grey))
    except PictureError as error:
        return Seen(stamp, (0, 0), np.zeros((SIDE, SIDE), np.uint8), error)


def _compared(root: Path, survey: Survey, progress: Progress) -> Survey:
    """With the groups of near duplicates; a picture that cannot be read is in one alone."""
    readable = [path for path, one in survey.seen.items() if one.problem is None]
    broken = [path for path, one in survey.seen.items() if one.problem is not None]
    numbers: list[int] = []
    if readable:
        numbers = near_duplicate_groups(
            [survey.seen[path].thumbnail for path in readable],
            lambda done, of: progress(_LOOKING + (1 - _LOOKING) * done / of),
        ).tolist()
    next_number = max(numbers, default=-1) + 1
    group = dict(zip(readable, numbers, strict=True)) | {
        path: number for number, path in enumerate(broken, next_number)
    }
    several = np.bincount(numbers) > 1 if numbers else np.empty(0, bool)
    digest = {}
    for path, number in zip(readable, numbers, strict=True):
        if several[number]:
            digest[path] = digest_of(root / path)
            progress(1.0)
    return Survey(survey.seen, group, digest)


def _file(root: Path, cache_dir: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode(errors="surrogateescape")).hexdigest()
    return cache_dir / "surveys" / f"{name[:32]}.npz"


def _save(path: Path, survey: Survey) -> None:
    """Replace the file in one step; where it cannot be written, the next look takes longer."""
    seen = survey.seen.values()
    told = {
        "paths": list(survey.seen),
        "problems": {path: _told(one.problem) for path, one in survey.seen.items() if one.problem},
        "group": [survey.group[path] for path in survey.seen if path in survey.group],
        "digest": {path: digest.hex() for path, digest in survey.digest.items()},
    }
    buffer = io.BytesIO()
    np.savez(
        buffer,
        told=np.frombuffer(json.dumps(told).encode(), np.uint8),
        stamps=np.array([one.stamp for one in seen], np.int64).reshape(-1, 2),
        sizes=np.array([one.size_wh for one in seen], np.int64).reshape(-1, 2),
        thumbnails=np.array([one.thumbnail for one in seen], np.uint8).reshape(-1, SIDE, SIDE),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, shared=True) as temporary:
            temporary.write_bytes(buffer.getvalue())
    except OSError as error:
        log.warning("the look at a data folder cannot be kept in %s: %s", path, error)


def _load(path: Path) -> Survey:
    """What the file holds; nothing when it is missing, broken or of another version. While it
    stays as it is, the same object."""
    return _loaded(path, _stamp(str(path)))


@lru_cache(maxsize=2)
def _loaded(path: Path, stamp: tuple[int, int]) -> Survey:  # noqa: ARG001  (another file, anew)
    try:
        # A broken file read from its path would stay open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            told = json.loads(arrays["told"].tobytes())
            stamps, sizes = arrays["stamps"].tolist(), arrays["sizes"].tolist()
            thumbnails: npt.NDArray[np.uint8] = arrays["thumbnails"]
        problems = {p: PictureError(t, **values) for p, (t, values) in told["problems"].items()}
        seen = {
            path: Seen((stamp[0], stamp[1]), (wh[0], wh[1]), picture, problems.get(path))
            for path, stamp, wh, picture in zip(
                told["paths"], stamps, sizes, thumbnails, strict=True
            )
        }
        group = dict(zip(told["paths"], told["group"], strict=False))
        digest = {path: bytes.fromhex(text) for path, text in told["digest"].items()}
        return Survey(seen, group, digest)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return Survey({})


def _told(error: PictureError) -> tuple[str, dict[str, Any]]:
    return error.template, {
        name: value if isinstance(value, int) else str(value)
        for name, value in error.values.items()
    }
