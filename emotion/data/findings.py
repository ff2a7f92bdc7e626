"""What is wrong with the pictures of a data folder, each with the pictures that it is about."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from emotion.data.layout import DataSet, Sample
from emotion.data.survey import Survey

Kind = Literal["unreadable", "contradiction", "leak", "exact", "near"]
KINDS: Final[tuple[Kind, ...]] = ("unreadable", "contradiction", "leak", "exact", "near")
"""
unreadable     a file that is no picture or a broken one
contradiction  the same picture in two classes
leak           the same picture in train and in test
exact          the same file several times in a class of a split
near           the same photograph several times in a class of a split
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One picture of a finding; `split` and `expression` are where it stands now."""

    split: str
    path: str
    expression: int


@dataclass(frozen=True, slots=True)
class Finding:
    """All that was found of one kind.

    Pictures of one of the `groups` are the same picture; one that cannot be read is alone.
    `spare` are the paths whose setting aside would end it, with the test as it was: for
    pictures in two classes all of them, since none can be trusted.
    """

    kind: Kind
    groups: tuple[tuple[Found, ...], ...]
    spare: tuple[str, ...]

    @property
    def pictures(self) -> int:
        """Pictures of all groups."""
        return sum(map(len, self.groups))


def find(data: DataSet, survey: Survey) -> tuple[Finding, ...]:
    """What is wrong with the data as it stands, corrections honoured; the worst first."""
    groups = _groups(data, survey)
    found: dict[Kind, list[tuple[Found, ...]]] = {kind: [] for kind in KINDS}
    found["unreadable"] = [
        (Found(split, sample.path, sample.expression),)
        for split, sample in _all(data)
        if survey.problem(sample.path) is not None
    ]
    for group in groups:
        if len({one.expression for one in group}) > 1:
            found["contradiction"].append(group)
        if len({one.split for one in group}) > 1:
            found["leak"].append(group)
        for part in _parts(group):
            found["exact" if _same_file(part, survey) else "near"].append(part)
    return tuple(
        Finding(kind, tuple(those), _spare(kind, those)) for kind, those in found.items() if those
    )


def _all(data: DataSet) -> Iterator[tuple[str, Sample]]:
    return ((split, sample) for split, samples in data.splits.items() for sample in samples)


def _groups(data: DataSet, survey: Survey) -> list[tuple[Found, ...]]:
    """Near duplicates, the groups with several pictures; the largest picture comes first."""
    by_number: dict[int, list[Found]] = defaultdict(list)
    for split, sample in _all(data):
        by_number[survey.group[sample.path]].append(Found(split, sample.path, sample.expression))
    return [
        tuple(sorted(group, key=lambda one: -survey.pixels(one.path)))
        for group in by_number.values()
        if len(group) > 1
    ]


def _parts(group: tuple[Found, ...]) -> list[tuple[Found, ...]]:
    """The pictures of a group that stand in the same class of the same split."""
    parts: dict[tuple[str, int], list[Found]] = defaultdict(list)
    for one in group:
        parts[one.split, one.expression].append(one)
    return [tuple(part) for part in parts.values() if len(part) > 1]


def _same_file(part: tuple[Found, ...], survey: Survey) -> bool:
    return len({survey.digest[one.path] for one in part}) == 1


def _spare(kind: Kind, groups: list[tuple[Found, ...]]) -> tuple[str, ...]:
    if kind == "leak":
        return tuple(one.path for group in groups for one in group if one.split == "train")
    first = 1 if kind in ("exact", "near") else 0
    return tuple(one.path for group in groups for one in group[first:])
