import numpy as np
import pandas as pd
import pytest

from emotion.labels import KEYS, UNSURE
from emotion.sessions.statistics import (
    Part,
    durations,
    expression_shares,
    faces_at_once,
    lengths,
    spells,
    summarise,
    unsure_reasons,
)
from emotion.sessions.tables import frames_table, samples_table
from emotion.vision.types import REASONS
from tests.sessions.made import START, frames, random_samples, samples
from tests.sessions.staged import STEPS_PER_S, counted, cut, sampled, staged

STEPS = 1200
PARTS = (None, (0.0, 120.0), (20.0, 61.3), (40.0, 40.1), (500.0, 600.0))


def shares(table: pd.DataFrame) -> dict[str, float]:
    of_time = expression_shares(spells(table))
    return dict(zip(*of_time[["expression", "share"]].values.T, strict=True))


def test_time_counts_and_not_the_number_of_rows() -> None:
    sad = [(step / 10, 1, "sad") for step in range(20)]  # 20 rows, two seconds
    happy = [(2 + step / 2, 1, "happy") for step in range(4)]  # 4 rows, two seconds
    table = expression_shares(spells(samples([*sad, *happy, (4.0, 1, "fear")])))
    seconds = dict(zip(table["expression"], table["seconds"], strict=True))
    assert seconds["sad"] == pytest.approx(2.0)
    assert seconds["happy"] == pytest.approx(2.0)
    assert seconds["fear"] == pytest.approx(0.5)  # the last row, as long as the one before it


def test_the_time_a_face_was_away_is_not_counted() -> None:
    table = samples([(0.0, 1, "sad"), (0.5, 1, "sad"), (60.0, 1, "happy"), (60.5, 1, "happy")])
    assert shares(table)["sad"] == pytest.approx(0.5)
    assert lengths(spells(table)).sum() == pytest.approx(2.0)


def test_shares_agree_with_a_count_on_a_fine_clock() -> None:
    table = random_samples(faces=3, seconds=20, seed=3)
    ticks = np.arange(0, 20, 0.01) + 0.005
    counts = dict.fromkeys((*KEYS, UNSURE), 0)
    for face in range(3):
        of_face = table[table["face"] == face]
        last = np.searchsorted(of_face["seconds"].to_numpy(), ticks, side="right") - 1
        for key in of_face["expression"].to_numpy()[last]:
            counts[key] += 1
    expected = {key: count / (3 * len(ticks)) for key, count in counts.items()}
    assert shares(table) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_of_a_staged_session_are_those_that_were_decided(
    seed: int, part: Part | None
) -> None:
    pieces = staged(faces=3, steps=STEPS, seed=seed)
    begin, end = (round(STEPS_PER_S * s) for s in part or (0, STEPS / STEPS_PER_S))
    inside = cut(pieces, begin, end)
    total_s = sum(p.length_s for p in inside)
    found = spells(sampled(pieces), part)
    assert lengths(found).sum() == pytest.approx(total_s)

    of_time = expression_shares(found).set_index("expression")["seconds"].to_dict()
    assert of_time == pytest.approx(
        {key: sum(p.length_s for p in inside if p.label == key) for key in (*KEYS, UNSURE)}
    )

    unsure_s = sum(p.length_s for p in inside if p.label == UNSURE)
    why = unsure_reasons(found).set_index("reason")
    expected = {r: sum(p.length_s for p in inside if r in p.reasons.split(",")) for r in REASONS}
    assert why["seconds"].to_dict() == pytest.approx({r: s for r, s in expected.items() if s})
    assert why["seconds"].is_monotonic_decreasing
    assert (why["share"] * unsure_s).tolist() == pytest.approx(why["seconds"].tolist())

    at_once = faces_at_once(counted(pieces, STEPS), part)
    present = [
        sum(p.begin <= step < p.end for p in inside) for step in range(begin, min(end, STEPS))
    ]
    numbers = range(max(present, default=0) + 1)
    assert at_once["faces"].tolist() == list(numbers)
    assert at_once["seconds"].tolist() == pytest.approx([present.count(n) / 10 for n in numbers])

    summary = summarise(found, at_once)
    assert summary.faces == len({p.face for p in inside})
    assert summary.faces_most == max(present, default=0)
    assert summary.faces_mean == pytest.approx(np.mean(present) if present else 0.0)
    assert summary.face_s == pytest.approx(total_s)
    if inside:
        confidence = sum(p.length_s * p.confidence for p in inside) / total_s
        assert summary.mean_confidence == pytest.approx(confidence)
        baseline_s = sum(p.length_s for p in inside if p.baseline)
        assert summary.baseline_share == pytest.approx(baseline_s / total_s)
    else:
        assert summary.mean_confidence is None


def test_the_parts_of_a_session_add_up_to_the_whole() -> None:
    table = sampled(staged(faces=2, steps=STEPS, seed=9))
    whole = expression_shares(spells(table))["seconds"]
    parts = [expression_shares(spells(table, part))["seconds"] for part in ((0, 33.3), (33.3, 999))]
    assert (parts[0] + parts[1]).tolist() == pytest.approx(whole.tolist())


def test_a_spell_ends_where_the_label_its_reasons_or_the_face_change_and_over_a_gap() -> None:
    rows = [(0.0, 1, "sad"), (0.5, 1, "sad"), (1.0, 1, "happy"), (9.0, 1, "happy"), (9.0, 2, "sad")]
    found = spells(samples(rows))
    assert found["start_s"].tolist() == [0.0, 1.0, 9.0, 9.0]
    assert found["end_s"].tolist() == pytest.approx([1.0, 1.5, 9.1, 9.1])
    assert found["stretch"].tolist() == [0, 0, 1, 0]
    assert found["face"].tolist() == [1, 1, 1, 2]
    why = samples([(t / 2, 1, "sad") for t in range(4)]).assign(shown=UNSURE)
    why["reasons"] = ["blurred", "blurred", "too_dark", "blurred"]
    assert len(spells(why)) == 3


PAUSE = ((1.2, 61.2),)
THROUGH = (0.0, 0.5, 1.0, 61.5, 62.0)
"""Seconds of a clock that the pause does not stop."""


def test_a_pause_counts_as_nothing_and_ends_a_spell() -> None:
    rows = [
        (seconds, 1, key, 0.7, *[1 / 7] * 7, 0.9, 100.0, key, "", False)
        for seconds, key in zip(THROUGH, ("sad", "sad", "sad", "sad", "happy"), strict=True)
    ]
    seen = samples_table(rows, START, PAUSE)
    assert seen["seconds"].tolist() == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0])
    assert (seen["time"].iloc[-1] - seen["time"].iloc[0]).total_seconds() == 62.0
    found = spells(seen)
    assert found["stretch"].tolist() == [0, 1, 1]  # nobody saw what the face did meanwhile
    summary = summarise(found, faces_at_once(frames_table([(s, 1, 7) for s in THROUGH], START)))
    assert summary.face_s == pytest.approx(2.5)
    assert shares(seen)["sad"] == pytest.approx(2.0 / 2.5)


@pytest.mark.parametrize("recorded", [[], [(0.0, 0), (0.1, 0)]], ids=["no frame", "no face"])
def test_a_session_that_saw_nobody_has_no_rates(recorded: list[tuple[float, int]]) -> None:
    found = spells(samples([]))
    summary = summarise(found, faces_at_once(frames(recorded)))
    assert (summary.faces, summary.faces_most, summary.faces_mean) == (0, 0, 0.0)
    assert summary.recorded_s == pytest.approx(0.1 * len(recorded))
    assert summary.mean_confidence is None
    assert shares(samples([])) == dict.fromkeys((*KEYS, UNSURE), 0.0)
    assert len(unsure_reasons(found)) == 0


def test_a_single_sample_stands_for_the_nominal_step() -> None:
    assert durations(pd.Series([3.0])).tolist() == [0.1]
    assert lengths(spells(samples([(3.0, 1, "sad")]))).tolist() == pytest.approx([0.1])
