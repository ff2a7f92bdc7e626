"""A data set on disk: `{train,test}/{1..7}`, or flat as `{1..7}`.

Class folders may also carry a name of their expression (key, Spanish or English), `val` or
`validation` stands for a missing `test`, and a folder may be wrapped in another; all of that
is read, and said in `notes`.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from emotion.data import corrections, split_file
from emotion.data.corrections import Correction
from emotion.data.shape import read_shape
from emotion.data.tree import Tree, read_tree
from emotion.errors import DataError
from emotion.labels import BY_KEY, KEYS

SHAPE: Final = "train/1 … train/7 and test/1 … test/7"


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: its path relative to the data folder (with `/`) and its class, 0 to 6.

    `corrected` says that the class is a person's decision and not that of the folder.
    """

    path: str
    expression: int
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class DataSet:
    """The pictures of a data folder by split, and what was unusual about its shape.

    `root` is the folder that holds the splits, or the classes where it is `flat`; `within` is
    its path in the folder that was given, where that only wraps it. `notes` say what was read
    as something else, as "val → test"; `unread` counts pictures in folders that have no place
    in the layout; `set_aside` are those that a person took out, in the class of their folder.
    """

    root: Path
    splits: dict[str, tuple[Sample, ...]]
    notes: tuple[str, ...] = ()
    within: str = ""
    flat: bool = False
    unread: Mapping[str, int] = field(default_factory=dict)
    set_aside: tuple[Sample, ...] = ()

    def samples(self, split: str) -> tuple[Sample, ...]:
        """The pictures of `split`. Raises `DataError` when there are none."""
        samples = self.splits.get(split, ())
        if not samples:
            raise DataError(
                "The folder {root} has no pictures for {split}. It should hold {shape}, "
                "with PNG or JPEG pictures in them.",
                root=self.root,
                split=split,
                shape=SHAPE,
            )
        return samples

    def every(self) -> Iterator[Sample]:
        """The pictures of all splits."""
        return chain.from_iterable(self.splits.values())

    def path(self, sample: Sample) -> Path:
        """Where the picture lies."""
        return self.root / sample.path

    def counts(self) -> dict[str, dict[str, int]]:
        """Pictures by split and expression key; every key is there, also with 0."""
        return {split: count_by_key(samples) for split, samples in self.splits.items()}

    def relabelled(self) -> tuple[Sample, ...]:
        """The pictures that stand in another class than that of their folder."""
        return tuple(sample for sample in self.every() if sample.corrected)

    def without(self, paths: Collection[str]) -> "DataSet":
        """The data set less the pictures with these relative paths."""
        kept = {
            split: tuple(sample for sample in samples if sample.path not in paths)
            for split, samples in self.splits.items()
        }
        return replace(self, splits=kept)

    def fingerprint(self, split: str | None = None) -> str:
        """SHA-256 over the relative paths and sizes of all pictures, or of those of `split`:
        the data's identity.

        A corrected class goes in as well; that of a folder stands in the path.
        """
        digest = hashlib.sha256()
        for name, samples in self.splits.items():
            for sample in samples if split in (None, name) else ():
                size = self._size(sample)
                corrected = f"\0{KEYS[sample.expression]}" if sample.corrected else ""
                digest.update(
                    f"{sample.path}\0{size}{corrected}\n".encode(errors="surrogateescape")
                )
        return digest.hexdigest()

    def _size(self, sample: Sample) -> int:
        try:
            return self.path(sample).stat().st_size
        except OSError as error:
            raise DataError(
                "The picture {path} was there before and cannot be found now ({reason}). Bring "
                "it back, and go on.",
                path=self.path(sample),
                reason=error.strerror,
            ) from error


def count_by_key(samples: Iterable[Sample]) -> dict[str, int]:
    """Pictures of each expression key, also where there are none."""
    counts = Counter(sample.expression for sample in samples)
    return {key: counts[index] for index, key in enumerate(KEYS)}


def scan(root: Path, *, corrected: bool = True) -> DataSet:
    """Read the layout of `root`; the pictures themselves are not opened.

    A folder `{1..7}` without splits is read as `test`, or as its `split.csv` says. Decisions
    in `corrections.csv` are honoured unless `corrected` is false. Raises `DataError` for a
    missing folder, for one of another shape, without pictures or that cannot be read, and for
    one of these files that cannot be understood.
    """
    try:
        if not root.is_dir():
            raise DataError(
                "The data folder {root} does not exist. Give a folder that holds {shape}.",
                root=root,
                shape=SHAPE,
            )
        data = _read(root, read_tree(root))
    except OSError as error:
        raise DataError(
            "The data folder {root} cannot be read ({reason}). Give another folder or allow "
            "reading it.",
            root=root,
            reason=error.strerror,
        ) from error
    if not any(data.splits.values()):
        raise DataError(
            "No pictures were found in {root}. It should hold {shape}, with PNG or JPEG "
            "pictures in them; it holds {found}.",
            root=root,
            shape=SHAPE,
            found=_listing(root),
        )
    return apply(data, corrections.current(corrections.read(data.root))) if corrected else data


def _read(root: Path, tree: Tree) -> DataSet:
    """The data set as its folders say."""
    shape = read_shape(tree)
    inside = f"{shape.top}/" if shape.top else ""
    splits = {
        split: _in_order(
            Sample(f"{folder.removeprefix(inside)}/{picture}", expression.index)
            for folder, expression in classes
            for picture in tree[folder]
        )
        for split, classes in shape.splits.items()
    }
    top = root / shape.top
    if shape.flat:
        splits = _divided(splits["test"], split_file.read(top))
    return DataSet(top, splits, shape.notes, shape.top, shape.flat, shape.unread)


def _divided(
    samples: tuple[Sample, ...], by_path: Mapping[str, str]
) -> dict[str, tuple[Sample, ...]]:
    """The pictures of a flat folder in its splits; what the file does not know is `train`."""
    if not by_path:
        return {"test": samples}
    return {
        split: tuple(sample for sample in samples if by_path.get(sample.path, "train") == split)
        for split in split_file.SPLITS
    }


def apply(data: DataSet, decisions: Mapping[str, Correction]) -> DataSet:
    """The data set with these decisions, by path: pictures in another class, or set aside."""
    if not decisions:
        return data
    set_aside: list[Sample] = []
    splits = {}
    for split, samples in data.splits.items():
        kept = []
        for sample in samples:
            decision = decisions.get(sample.path)
            if decision is not None and decision.action == "set_aside":
                set_aside.append(sample)
            else:
                kept.append(_decided(sample, decision))
        splits[split] = _in_order(kept)
    return replace(data, splits=splits, set_aside=tuple(set_aside))


def _decided(sample: Sample, decision: Correction | None) -> Sample:
    if decision is None or BY_KEY[decision.expression].index == sample.expression:
        return sample
    return Sample(sample.path, BY_KEY[decision.expression].index, corrected=True)


def _in_order(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    return tuple(sorted(samples, key=lambda sample: (sample.expression, sample.path)))


def _listing(root: Path, most: int = 8) -> str:
    names = sorted(path.name for path in root.iterdir())
    shown = ", ".join(names[:most]) + (" …" if len(names) > most else "")
    return shown or "nothing"
