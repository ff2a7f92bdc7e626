"""Episodes: how often and for how long a face showed an expression, and what came next.

What counts as an episode is said here and nowhere else. A face shows an expression from
the beginning of a spell with its label; interruptions of at most `BRIDGE_S` (not sure,
not found, another label) do not end it; what is shorter than `SHORTEST_S` in the end is
no episode. A gap over `spans.MAX_GAP_S` or a pause always ends it. Since an
interruption is shorter than the shortest episode, no two of one face overlap.
"""

from typing import Final

import numpy as np
import pandas as pd

from emotion.labels import KEYS, UNSURE
from emotion.sessions.statistics import lengths

SHORTEST_S: Final = 0.5
BRIDGE_S: Final = 0.3
_ROUNDING_S: Final = 1e-6


def episodes(spells: pd.DataFrame) -> pd.DataFrame:
    """The episodes of `statistics.spells`, by face and time.

    Columns: `face`, `stretch`, `expression` (key), `start_s`, `end_s`, `length_s` (with the
    interruptions). An episode that a selection cuts has the length that lies inside.
    """
    keys = ["face", "stretch", "shown"]
    rows = spells[spells["shown"] != UNSURE].sort_values([*keys, "start_s"], kind="stable")
    others = (rows[keys] != rows[keys].shift()).any(axis=1)
    number = (others | (rows["start_s"] - rows["end_s"].shift() > BRIDGE_S + _ROUNDING_S)).cumsum()
    table = rows.groupby(number).agg(
        face=("face", "first"),
        stretch=("stretch", "first"),
        expression=("shown", "first"),
        start_s=("start_s", "first"),
        end_s=("end_s", "last"),
    )
    table["length_s"] = lengths(table)
    table = table[table["length_s"] >= SHORTEST_S - _ROUNDING_S]
    return table.sort_values(["face", "start_s"], kind="stable").reset_index(drop=True)


def episode_lengths(episodes: pd.DataFrame) -> pd.DataFrame:
    """Columns: `expression` (all keys in folder order), `episodes` (how many), `median_s`,
    `longest_s`; the last two are NaN where there was none."""
    by_key = episodes.groupby("expression")["length_s"]
    table = by_key.agg(episodes="size", median_s="median", longest_s="max").reindex(list(KEYS))
    counts = table["episodes"].fillna(0).astype("int64")
    return table.assign(episodes=counts).rename_axis("expression").reset_index()


def transitions(episodes: pd.DataFrame) -> pd.DataFrame:
    """How often one expression was followed by another, `(7, 7)` counts: rows from, columns
    to, both keys in folder order.

    Counted are two episodes of one face after each other, whatever "not sure" lies
    between, while the face stayed in view. The same expression again is no transition.
    """
    following = episodes[["face", "stretch", "expression"]].shift(-1)
    stays = (episodes["face"] == following["face"]) & (episodes["stretch"] == following["stretch"])
    changed = stays & (episodes["expression"] != following["expression"])
    counts = np.zeros((len(KEYS), len(KEYS)), dtype=np.int64)
    begin, end = (
        [KEYS.index(key) for key in table.loc[changed, "expression"]]
        for table in (episodes, following)
    )
    np.add.at(counts, (begin, end), 1)
    return pd.DataFrame(counts, index=list(KEYS), columns=list(KEYS))
