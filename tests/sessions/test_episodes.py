from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from emotion.labels import KEYS, UNSURE
from emotion.sessions.episodes import (
    BRIDGE_S,
    SHORTEST_S,
    episode_lengths,
    episodes,
    transitions,
)
from emotion.sessions.statistics import spells
from tests.sessions.made import samples
from tests.sessions.staged import Piece, by_face, cut, sampled, staged

STEPS = 1500


def staged_episodes(pieces: Sequence[Piece]) -> list[tuple[int, str, int, int]]:
    """By the definition, step by step from what was decided: `(face, label, begin, end)`."""
    found = []
    for of_face in by_face(pieces):
        for key in KEYS:
            opened: list[int] = []
            for piece in (p for p in of_face if p.label == key):
                if opened and piece.begin - opened[1] <= 10 * BRIDGE_S + 1e-9:
                    opened[1] = piece.end
                    continue
                if opened:
                    found.append((piece.face, key, *opened))
                opened = [piece.begin, piece.end]
            if opened:
                found.append((of_face[0].face, key, *opened))
    return sorted(
        (one for one in found if one[3] - one[2] >= 10 * SHORTEST_S), key=lambda one: one[::2]
    )


def staged_transitions(pieces: Sequence[Piece]) -> np.ndarray:
    counts = np.zeros((7, 7), int)
    found = staged_episodes(pieces)
    for one, other in pairwise(found):
        if one[0] != other[0] or one[1] == other[1]:
            continue
        seen = {s for p in pieces if p.face == one[0] for s in range(p.begin, p.end)}
        if all(any(step + i in seen for i in range(10)) for step in range(one[3], other[2])):
            counts[KEYS.index(one[1]), KEYS.index(other[1])] += 1
    return counts


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("part", [(0, STEPS), (333, 1111)])
def test_the_episodes_of_a_staged_session_are_those_that_were_decided(
    seed: int, part: tuple[int, int]
) -> None:
    pieces = staged(faces=3, steps=STEPS, seed=seed)
    inside = cut(pieces, *part)
    found = episodes(spells(sampled(pieces), (part[0] / 10, part[1] / 10)))
    expected = staged_episodes(inside)
    assert len(expected) > 40
    assert found["face"].tolist() == [face for face, *_ in expected]
    assert found["expression"].tolist() == [key for _, key, *_ in expected]
    assert found["start_s"].tolist() == pytest.approx([begin / 10 for *_, begin, _ in expected])
    assert found["length_s"].tolist() == pytest.approx([(e - b) / 10 for *_, b, e in expected])

    table = episode_lengths(found).set_index("expression")
    for key in KEYS:
        times = [(end - begin) / 10 for _, label, begin, end in expected if label == key]
        assert table.loc[key, "episodes"] == len(times)
        assert table.loc[key, "median_s"] == pytest.approx(median(times))
        assert table.loc[key, "longest_s"] == pytest.approx(max(times))

    counts = transitions(found)
    assert counts.to_numpy().tolist() == staged_transitions(inside).tolist()
    assert counts.to_numpy().sum() > 20


def shown(*parts: tuple[str, float]) -> list[tuple[str, float]]:
    """The episodes `(label, length)` of a face that shows `parts` one after the other."""
    rows, now = [], 0.0
    for label, length_s in parts:
        steps = round(length_s * 20)
        rows += [(now + i / 20, 1, label) for i in range(steps)] if label else []
        now += length_s
    table = samples([(t, face, label.replace(UNSURE, "fear")) for t, face, label in rows])
    table["shown"] = [label for *_, label in rows]
    found = episodes(spells(table))
    return list(zip(found["expression"], found["length_s"].round(6), strict=True))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("sad", 0.5)], [("sad", 0.5)]),
        ([("sad", 0.45)], []),
        ([("sad", 1), (UNSURE, 0.3), ("sad", 1)], [("sad", 2.3)]),
        ([("sad", 1), (UNSURE, 0.35), ("sad", 1)], [("sad", 1), ("sad", 1)]),
        ([("sad", 1), ("happy", 0.2), ("sad", 1)], [("sad", 2.2)]),
        ([("sad", 1), ("happy", 0.5), ("sad", 1)], [("sad", 1), ("happy", 0.5), ("sad", 1)]),
        ([("sad", 0.3), (UNSURE, 0.1), ("sad", 0.1)], [("sad", 0.5)]),
        ([("sad", 1), ("", 3), ("sad", 1)], [("sad", 1), ("sad", 1)]),
        ([(UNSURE, 5)], []),
    ],
)
def test_what_counts_as_an_episode(
    parts: list[tuple[str, float]], expected: list[tuple[str, float]]
) -> None:
    assert shown(*parts) == expected


def test_no_episode_is_no_length_and_no_transition() -> None:
    found = episodes(spells(samples([])))
    table = episode_lengths(found)
    assert table["expression"].tolist() == list(KEYS)
    assert table["episodes"].tolist() == [0] * 7
    assert table[["median_s", "longest_s"]].isna().all(axis=None)
    assert transitions(found).to_numpy().sum() == 0
