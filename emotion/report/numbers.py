"""All numbers of a session or of a part of it, put together once for page and report."""

from dataclasses import dataclass

import pandas as pd

from emotion.sessions import episodes, statistics
from emotion.sessions.statistics import Summary


@dataclass(frozen=True, slots=True)
class Numbers:
    """What `emotion.sessions.statistics` and `.episodes` say of the same time.

    `shares`, `reasons` and `at_once` are their tables of these names; `lengths` are the
    episodes' and `transitions` the `(7, 7)` counts.
    """

    summary: Summary
    shares: pd.DataFrame
    lengths: pd.DataFrame
    transitions: pd.DataFrame
    reasons: pd.DataFrame
    at_once: pd.DataFrame

    def expressions(self) -> pd.DataFrame:
        """`shares` and `lengths` in one table; no episodes of "unsure" (NaN)."""
        return self.shares.merge(self.lengths, on="expression", how="left")


def numbers(spells: pd.DataFrame, at_once: pd.DataFrame) -> Numbers:
    """The numbers of `statistics.spells` and `statistics.faces_at_once` of the same time."""
    found = episodes.episodes(spells)
    return Numbers(
        summary=statistics.summarise(spells, at_once),
        shares=statistics.expression_shares(spells),
        lengths=episodes.episode_lengths(found),
        transitions=episodes.transitions(found),
        reasons=statistics.unsure_reasons(spells),
        at_once=at_once,
    )
