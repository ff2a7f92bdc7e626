"""Several sessions: every number checked another way, and against sessions of known truth."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from emotion.labels import KEYS, UNSURE
from emotion.sessions.several import (
    BLOCK_S,
    FEWEST_BLOCKS,
    INTERVALS,
    common_labels,
    mean_response,
    response,
    side,
    window_edges,
)
from emotion.sessions.tables import PROBABILITIES
from tests.sessions.made import markers, probabilities

LONG_S = BLOCK_S * FEWEST_BLOCKS


def spells(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    """From `(face, shown, start_s, end_s)`."""
    table = pd.DataFrame(rows, columns=["face", "shown", "start_s", "end_s"])
    return table.assign(stretch=0, reasons="", confidence=0.7, baseline=0.0)


def switching(rng: np.random.Generator, mean_s: float, length_s: float) -> pd.DataFrame:
    """A face that turns from happy to sad and back after random times of the same mean, so
    that in truth it is happy for half of the time."""
    steps = rng.exponential(mean_s, int(length_s / mean_s * 3) + 20)
    edges = np.concatenate([[0.0], np.cumsum(steps)]).clip(max=length_s)
    first = int(rng.integers(2))
    rows = [
        (1, ("happy", "sad")[(number + first) % 2], begin, end)
        for number, (begin, end) in enumerate(pairwise(edges))
        if end > begin
    ]
    return spells(*rows)


def of(table: pd.DataFrame, key: str) -> pd.Series:
    return table.set_index("expression").loc[key]


def test_shares_and_rates_are_those_of_the_whole_session() -> None:
    table = side(spells((1, "happy", 0, 30), (1, UNSURE, 30, 40), (2, "sad", 0, 20)))
    assert table["expression"].tolist() == [*KEYS, UNSURE]
    assert of(table, "happy")["share"] == pytest.approx(0.5)
    assert of(table, "happy")["per_minute"] == pytest.approx(1.0)  # one in a minute of two faces
    assert of(table, "fear")["per_minute"] == 0
    assert np.isnan(of(table, UNSURE)["per_minute"])


def test_a_session_of_few_blocks_or_of_no_face_has_no_interval() -> None:
    short = side(switching(np.random.default_rng(0), 2.0, LONG_S - BLOCK_S))
    assert short[list(INTERVALS)].isna().all(axis=None)
    nobody = side(spells())
    assert nobody["share"].eq(0).all()
    assert nobody[["per_minute", *INTERVALS]].isna().all(axis=None)


def test_what_was_never_or_always_shown_has_no_interval() -> None:
    table = side(spells((1, "happy", 0, 2 * LONG_S)))
    assert table[["share_low", "share_high"]].isna().all(axis=None)
    assert np.isnan(of(table, "sad")["per_minute_low"])


def test_the_interval_is_the_one_that_a_plain_loop_over_blocks_finds() -> None:
    rng = np.random.default_rng(1)
    length_s = 40 * BLOCK_S
    table = pd.concat([switching(rng, 4.0, length_s), switching(rng, 3.0, 200).assign(face=2)])
    found = of(side(table), "happy")
    blocks = []
    for number in range(40):
        begin, end = number * BLOCK_S, (number + 1) * BLOCK_S
        inside = (table["end_s"].clip(upper=end) - table["start_s"].clip(lower=begin)).clip(lower=0)
        blocks.append((inside[table["shown"] == "happy"].sum(), inside.sum()))
    assert sum(happy for happy, _ in blocks) == pytest.approx(found["seconds"])
    draws = []
    for _ in range(4000):
        happy, seen = np.sum([blocks[n] for n in rng.integers(40, size=40)], axis=0)
        draws.append(happy / seen)
    assert found["share_low"] == pytest.approx(np.quantile(draws, 0.025), abs=0.01)
    assert found["share_high"] == pytest.approx(np.quantile(draws, 0.975), abs=0.01)


def test_the_interval_of_a_rate_is_that_of_a_poisson_process() -> None:
    """Blips of a second at random seconds: the count spreads by the root of its mean."""
    rng = np.random.default_rng(2)
    starts = np.flatnonzero(rng.random(3000) < 0.08) * 2.0
    rows = [(1, "happy", start, start + 1.0) for start in starts]
    found = of(side(spells(*rows, (2, "sad", 0.0, 6000.0))), "happy")
    minutes = (len(starts) + 6000) / 60
    assert found["episodes"] == len(starts)
    assert found["per_minute"] == pytest.approx(len(starts) / minutes)
    width = found["per_minute_high"] - found["per_minute_low"]
    assert width == pytest.approx(2 * 1.96 * np.sqrt(len(starts) * 0.92) / minutes, rel=0.15)


def test_the_truth_lies_within_nearly_all_intervals_although_samples_depend_on_each_other() -> None:
    rng = np.random.default_rng(3)
    tables = [of(side(switching(rng, 3.0, 600.0)), "happy") for _ in range(100)]
    inside = [row["share_low"] <= 0.5 <= row["share_high"] for row in tables]
    assert 0.87 <= np.mean(inside) <= 0.99


def test_slow_changes_make_wide_intervals() -> None:
    rng = np.random.default_rng(4)
    slow, quick = (of(side(switching(rng, mean_s, 600.0)), "happy") for mean_s in (8.0, 0.7))
    assert slow["share_high"] - slow["share_low"] > 2 * (quick["share_high"] - quick["share_low"])


def test_the_labels_that_all_sessions_have() -> None:
    one, two = markers([(1, "b"), (2, "a"), (3, "b"), (4, "c")]), markers([(1, "a"), (5, "b")])
    assert common_labels([one, two]) == ["b", "a"]
    assert common_labels([one, two, markers()]) == []


def window(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    table = spells(*rows)[["face", "start_s", "end_s"]]
    table[list(PROBABILITIES)] = np.array([probabilities(row[1]) for row in rows])
    return table


def test_a_response_is_what_a_fine_grid_of_moments_finds() -> None:
    windows = [
        window((1, "sad", -9, -0.6), (1, "happy", -0.6, 1.3), (2, "fear", 0.2, 0.9)),
        window((1, "angry", -0.7, 0.4), (2, "happy", -3, 0.55)),
    ]
    edges = window_edges(1.0, 2.0)
    assert edges[[0, 4, -1]].tolist() == [-1.0, 0.0, 2.0]
    found = response(windows, edges)
    moments = np.arange(-1, 2, 0.001) + 0.0005
    for step, begin in enumerate(edges[:-1]):
        people = []
        for face in (1, 2):
            seen = [
                row[list(PROBABILITIES)].to_numpy(float)
                for moment in moments[(moments >= begin) & (moments < begin + 0.25)]
                for table in windows
                for _, row in table[table["face"] == face].iterrows()
                if row["start_s"] <= moment < row["end_s"]
            ]
            if seen:
                people.append(np.mean(seen, axis=0))
        expected = np.mean(people, axis=0) if people else np.full(7, np.nan)
        assert found[step] == pytest.approx(expected, abs=1e-6, nan_ok=True)
    assert np.isnan(found[-1]).all()


def test_the_mean_of_sessions_has_students_interval_of_those_with_somebody_in_view() -> None:
    edges = window_edges(0.0, 0.5)
    three = [np.full((2, 7), value) for value in (0.2, 0.3, 0.7)]
    three[2][1] = np.nan
    table = mean_response(three, edges)
    happy = table[table["expression"] == "happy"].reset_index()
    assert happy["seconds"].tolist() == [0.125, 0.375]
    assert happy["sessions"].tolist() == [3, 2]
    assert happy["mean"].tolist() == pytest.approx([0.4, 0.25])
    # Student's t for 2 and 1 degrees of freedom, from a printed table.
    margin = 4.302653 * np.std([0.2, 0.3, 0.7], ddof=1) / np.sqrt(3)
    assert happy["low"].tolist() == [0, 0]
    assert happy["high"][0] == min(0.4 + margin, 1) == 1
    assert happy["high"][1] == pytest.approx(0.25 + 12.7062 * 0.05, abs=1e-4)


def test_one_session_alone_has_no_interval_over_sessions() -> None:
    table = mean_response([np.full((2, 7), 0.1)], window_edges(0.0, 0.5))
    assert table["mean"].tolist() == [0.1] * 14
    assert table[["low", "high"]].isna().all(axis=None)
