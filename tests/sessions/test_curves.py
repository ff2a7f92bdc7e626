import numpy as np
import pandas as pd
import pytest

from emotion.sessions.curves import quality_gaps, smoothed
from emotion.sessions.statistics import durations, spells, stretches
from emotion.sessions.tables import PROBABILITIES
from tests.sessions.made import random_samples
from tests.sessions.staged import Piece, sampled, staged


def reduced(samples: pd.DataFrame) -> pd.DataFrame:
    """As `sessions.reduced` gives a session so short that no sample is put together."""
    rows = samples.sort_values(["face", "seconds"], kind="stable").reset_index(drop=True)
    stands = durations(rows["seconds"], rows["face"])
    return rows.assign(end_s=rows["seconds"] + stands, stretch=stretches(rows))


@pytest.mark.parametrize("width_s", [0.3, 1.0, 7.5])
def test_a_smoothed_curve_is_the_mean_on_a_fine_clock_around_each_moment(width_s: float) -> None:
    table = reduced(random_samples(faces=2, seconds=12, seed=4))
    found = smoothed(table, width_s)
    for face in (0, 1):
        rows, own = table[table["face"] == face], found[found["face"] == face]
        ticks = np.arange(0, 12, 0.001) + 0.0005
        last = np.searchsorted(rows["seconds"].to_numpy(), ticks, side="right") - 1
        for position in (0, 3, 60, len(rows) - 1):
            middle = rows["seconds"].iloc[position] + 0.05
            near = abs(ticks - middle) <= width_s / 2
            expected = rows[list(PROBABILITIES)].to_numpy()[last[near]].mean(axis=0)
            got = own[list(PROBABILITIES)].iloc[position].to_numpy()
            assert got == pytest.approx(expected, abs=2e-3)
    assert found[list(PROBABILITIES)].sum(axis=1).tolist() == pytest.approx([1.0] * len(found))


def test_nothing_is_smoothed_over_a_gap_or_from_one_face_to_the_other() -> None:
    pieces = [Piece(1, 0, 20, "happy"), Piece(1, 60, 80, "sad"), Piece(2, 20, 60, "fear")]
    table = reduced(sampled(pieces))
    found = smoothed(table, 30.0)
    assert found[list(PROBABILITIES)].to_numpy() == pytest.approx(
        table[list(PROBABILITIES)].to_numpy()
    )


def test_without_a_width_nothing_changes() -> None:
    table = reduced(random_samples(faces=1, seconds=2))
    pd.testing.assert_frame_equal(smoothed(table, 0.0), table)
    assert smoothed(table[:0], 2.0).empty


def test_gaps_in_quality_are_the_time_that_was_decided() -> None:
    pieces = staged(faces=3, steps=900, seed=5)
    found = quality_gaps(spells(sampled(pieces)))
    poor = [p for p in pieces if set(p.reasons.split(",")) - {"low_confidence", ""}]
    assert len(poor) > 20
    ticks = {(p.face, step) for p in poor for step in range(p.begin, p.end)}
    covered = {
        (row.face, step)
        for row in found.itertuples()
        for step in range(round(10 * row.start_s), round(10 * row.end_s))
    }
    assert covered == ticks
    assert (found["end_s"] > found["start_s"]).all()


def test_gaps_too_near_to_be_told_apart_are_one_with_all_their_reasons() -> None:
    pieces = [
        Piece(1, 0, 10, "unsure", "blurred"),
        Piece(1, 10, 12, "sad"),
        Piece(1, 12, 20, "unsure", "too_dark,low_confidence"),
        Piece(1, 20, 60, "unsure", "low_confidence"),
        Piece(1, 60, 70, "unsure", "blurred"),
    ]
    table = spells(sampled(pieces))
    assert quality_gaps(table)["start_s"].tolist() == pytest.approx([0.0, 1.2, 6.0])
    near = quality_gaps(table, resolution_s=0.5)
    assert near["end_s"].tolist() == pytest.approx([2.0, 7.0])
    assert near["reasons"].tolist() == ["too_dark,blurred,low_confidence", "blurred"]
