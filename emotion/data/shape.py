"""Which folders of a tree are the classes of which split: the names that data sets use.

Splits and classes may carry other names than `train`, `test` and 1 to 7, and a folder may
be wrapped in another; all of that is read, and said.
"""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion.data.tree import Tree, children
from emotion.labels import Expression, find_expression

VALIDATION_NAMES: Final = ("val", "valid", "validation", "validacion", "validación")
_SPLIT_NAMES: Final = {
    "train": ("train", "training", "entrenamiento"),
    "test": ("test", "testing", "prueba", *VALIDATION_NAMES),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the folders of a data set mean; all paths are those of the tree.

    `top` holds the splits; `splits` are the class folders of each, or of `test` alone where
    it is `flat`. `notes` say what was read as something else; `unread` counts pictures by
    folder, below `top`, that have no place in the layout.
    """

    top: str
    splits: dict[str, list[tuple[str, Expression]]]
    flat: bool
    notes: tuple[str, ...]
    unread: dict[str, int]


def read_shape(tree: Tree) -> Shape:
    """The shape of the data set whose folders these are."""
    top = _innermost(tree, "")
    notes: list[str] = []
    folders = {name.lower(): path for name, path in reversed(children(tree, top).items())}
    splits = {}
    for split, names in _SPLIT_NAMES.items():
        folder = next((folders[name] for name in names if name in folders), None)
        if folder is not None:
            notes += _note(folder.rpartition("/")[2], split)
            splits[split] = _classes(tree, _innermost(tree, folder), notes)
    flat = not splits
    if flat:
        splits["test"] = _classes(tree, top, notes)
    read = {folder for classes in splits.values() for folder, _expression in classes}
    return Shape(top, splits, flat, tuple(dict.fromkeys(notes)), _unread(tree, top, read))


def is_data_folder(folder: Path) -> bool:
    """Whether the folder holds splits or classes; nothing deeper is looked at.

    Raises `OSError` when it cannot be read.
    """
    if not folder.is_dir() or _is_known(folder.name) or folder.name.startswith("."):
        return False
    return any(_is_known(child.name) and child.is_dir() for child in folder.iterdir())


def wraps_data_folder(folder: Path) -> bool:
    """Whether the only folder in `folder` is one, as in many a zip. Raises `OSError`."""
    if not folder.is_dir() or folder.name.startswith("."):
        return False
    with os.scandir(folder) as entries:
        inside = [one.path for one in entries if one.is_dir() and not one.name.startswith(".")]
    return len(inside) == 1 and is_data_folder(Path(inside[0]))


def _classes(tree: Tree, folder: str, notes: list[str]) -> list[tuple[str, Expression]]:
    """The class folders directly in `folder`; one that wraps another stands for that."""
    found = []
    for name, path in children(tree, folder).items():
        expression = find_expression(name)
        if expression is not None:
            inner = _wrapped(tree, path)
            notes += _note(name + inner.removeprefix(path), str(expression.folder))
            found.append((inner, expression))
    return found


def _note(name: str, meaning: str) -> list[str]:
    return [] if name == meaning else [f"{name} → {meaning}"]


def _unread(tree: Tree, top: str, read: set[str]) -> dict[str, int]:
    """Pictures that are not read, by folder; a data set of its own is none of them."""
    found: Counter[str] = Counter()
    inside = f"{top}/" if top else ""
    used = {folder.removeprefix(inside).partition("/")[0] for folder in read}
    for folder, names in tree.items():
        parts = folder.removeprefix(inside).split("/") if folder else ["."]
        if names and folder not in read and not _is_own(tree, inside + parts[0]):
            named = parts[:2] if parts[0] in used else parts[:1]
            found["/".join(named)] += len(names)
    return dict(sorted(found.items()))


def _is_own(tree: Tree, folder: str) -> bool:
    """Whether the folder, which is no split, holds a data set, or wraps one."""
    below = children(tree, _innermost(tree, folder))
    return not _is_split(folder.rpartition("/")[2]) and any(_is_known(name) for name in below)


def _innermost(tree: Tree, folder: str) -> str:
    """The folder that holds splits or classes, where `folder` only wraps it."""
    below = children(tree, folder)
    if len(below) == 1 and not tree[folder] and not any(_is_known(name) for name in below):
        return _innermost(tree, *below.values())
    return folder


def _wrapped(tree: Tree, folder: str) -> str:
    """The folder that holds the pictures of a class, where `folder` only wraps it."""
    below = children(tree, folder)
    return _wrapped(tree, *below.values()) if len(below) == 1 and not tree[folder] else folder


def _is_split(name: str) -> bool:
    return any(name.lower() in names for names in _SPLIT_NAMES.values())


def _is_known(name: str) -> bool:
    return _is_split(name) or find_expression(name) is not None
