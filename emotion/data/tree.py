"""The folders below a data folder and the pictures in each, read in one go."""

import os
from pathlib import Path
from typing import Final

from emotion.data.pictures import is_picture

DEPTH: Final = 5
"""Folders below the data folder that are looked into: two too many, split, class, one more."""

Tree = dict[str, list[str]]
"""A folder's path, relative and with `/` (the data folder itself is `""`), and the sorted
names of the pictures in it."""


def read_tree(root: Path) -> Tree:
    """All folders down to `DEPTH`, also those without pictures; hidden ones are left out.

    Raises `OSError` when a folder cannot be read.
    """
    tree: Tree = {}
    _read(str(root), "", DEPTH, tree)
    return tree


def children(tree: Tree, folder: str) -> dict[str, str]:
    """The folders directly in `folder`: name and path, sorted by name."""
    inside = f"{folder}/" if folder else ""
    return {
        name: path
        for path in sorted(tree)
        if path and path.startswith(inside) and "/" not in (name := path[len(inside) :])
    }


def _read(place: str, folder: str, depth: int, tree: Tree) -> None:
    names: list[str] = []
    deeper: list[str] = []
    with os.scandir(place) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name == "__MACOSX":
                continue
            if is_picture(Path(name)):
                names.append(name)
            elif depth and entry.is_dir():
                deeper.append(name)
    tree[folder] = sorted(names)
    for name in sorted(deeper):
        below = f"{folder}/{name}" if folder else name
        _read(os.path.join(place, name), below, depth - 1, tree)  # noqa: PTH118  (30,000 paths)
