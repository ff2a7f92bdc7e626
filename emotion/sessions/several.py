"""Several sessions side by side: shares and episodes with intervals, responses to a marker.

Pure functions on arrays and data frames; `compared` reads what they need from the store.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from emotion.labels import KEYS
from emotion.sessions.episodes import episode_lengths, episodes
from emotion.sessions.statistics import LABELS, Floats, expression_shares
from emotion.sessions.tables import PROBABILITIES

BLOCK_S: Final = 10.0
"""Longer than nearly all episodes, so that what depends on each other stays in one block."""
FEWEST_BLOCKS: Final = 10
"""Of fewer no spread can be told: a session under `BLOCK_S * FEWEST_BLOCKS` has no interval."""
RESAMPLES: Final = 2000
TAIL: Final = 0.025
"""Beyond each end of a 95 % interval."""
STEP_S: Final = 0.25
"""Of a response; the begin and the end of its window are multiples of it."""
INTERVALS: Final = ("share_low", "share_high", "per_minute_low", "per_minute_high")
_SEED: Final = 0


def side(spells: pd.DataFrame) -> pd.DataFrame:
    """The shares and episodes of one session, a row for each of `statistics.LABELS`.

    `spells` as in `statistics.spells`, of the whole session. Columns: `expression`,
    `seconds`, `share` (0 to 1), `episodes`, `median_s`, `longest_s`, `per_minute` (episodes
    in a minute in which a face is seen, summed over faces), and `share_low`, `share_high`,
    `per_minute_low`, `per_minute_high`, the ends of 95 % intervals. All but the first three
    are NaN where there is nothing to tell: no episodes of "unsure"; no interval for a session
    that is too short, or for what was seen never or always, of which no resample differs.

    The intervals are percentiles of a block bootstrap over time: the session is cut into
    equal blocks of about `BLOCK_S`, as many blocks are drawn with replacement
    `RESAMPLES` times, and share and rate are worked out anew from each draw. Samples cannot be
    drawn one by one, since each is nearly the one before it; blocks are nearly independent of
    each other (Carlstein, 1986, "The use of subseries values", Annals of Statistics 14).
    """
    found = episodes(spells)
    table = expression_shares(spells).merge(episode_lengths(found), on="expression", how="left")
    table["per_minute"] = table["episodes"] * 60 / (table["seconds"].sum() or np.nan)
    table[list(INTERVALS)] = np.nan
    edges = _block_edges(float(spells["end_s"].max()) if len(spells) else 0.0)
    if len(edges) <= FEWEST_BLOCKS:
        return table
    blocks = np.hstack([_seconds(spells, edges), _begun(found, edges)])
    draws = _resampled(blocks)
    seconds, begun = draws[:, : len(LABELS)], draws[:, len(LABELS) :]
    seen_s = seconds.sum(axis=1, keepdims=True)
    seen_s[seen_s == 0] = np.nan  # a draw of blocks without any face tells nothing
    told = table["share"].between(0, 1, inclusive="neither").to_numpy()
    table.loc[told, ["share_low", "share_high"]] = _percentiles(seconds / seen_s)[told]
    rates = np.full((len(LABELS), 2), np.nan)
    rates[: len(KEYS)] = _percentiles(60 * begun / seen_s)
    told = (table["episodes"] > 0).to_numpy()
    table.loc[told, ["per_minute_low", "per_minute_high"]] = rates[told]
    return table


def common_labels(markers: Sequence[pd.DataFrame]) -> list[str]:
    """The labels that occur in each of the sessions' `markers`, in order of the first one."""
    first, *others = [table["label"].drop_duplicates().tolist() for table in markers]
    return [label for label in first if all(label in labels for labels in others)]


def window_edges(before_s: float, after_s: float) -> Floats:
    """From `-before_s` to `after_s` in steps of `STEP_S`, in seconds from the marker."""
    steps = np.arange(-round(before_s / STEP_S), round(after_s / STEP_S) + 1, dtype=np.float64)
    return steps * STEP_S


def response(windows: Iterable[pd.DataFrame], edges: Floats) -> Floats:
    """The mean probabilities of one session around its markers, `(len(edges) - 1, 7)`.

    Each of `windows` is the time around one marker: rows with `face`, `start_s` and `end_s`
    in seconds from the marker, in which the seven `p_*` hold. A person's mean is over the
    time of all markers in which it was seen; the session's is over its people, each counts
    as much as the other. NaN where nobody was seen.
    """
    rows = pd.concat(list(windows), ignore_index=True)
    people = []
    for _face, own in rows.groupby("face"):
        values = own[list(PROBABILITIES)].to_numpy(dtype=np.float64)
        sums = _integrals(own, np.column_stack([values, np.ones(len(own))]), edges)
        people.append(_ratio(sums[:, :-1], np.where(sums[:, -1:] > 1e-9, sums[:, -1:], 0.0)))
    return _mean(np.array(people).reshape(-1, len(edges) - 1, len(KEYS)))


def mean_response(responses: Sequence[Floats], edges: Floats) -> pd.DataFrame:
    """The mean of several sessions' `responses`, each `(len(edges) - 1, 7)`.

    Columns: `seconds` (middle of the step, from the marker), `expression` (key), `sessions`
    (in which somebody was seen then), `mean`, `low` and `high`: Student's 95 % interval of the mean
    over sessions, cut at 0 and 1; NaN for a single session. A session counts once, whatever
    its number of markers and people, since those of one session are no independent draws.
    """
    values = np.array(responses, dtype=np.float64)
    n = np.isfinite(values).sum(axis=0)
    mean = _mean(values)
    squares = np.nansum((values - mean) ** 2, axis=0)
    many = np.where(n > 1, n, 2)
    margin = student.ppf(1 - TAIL, many - 1) * np.sqrt(squares / (many - 1) / many)
    margin = np.where(n > 1, margin, np.nan)
    middles = (edges[:-1] + edges[1:]) / 2
    return pd.DataFrame(
        {
            "seconds": np.repeat(middles, len(KEYS)),
            "expression": list(KEYS) * len(middles),
            "sessions": n.ravel(),
            "mean": mean.ravel(),
            "low": np.clip(mean - margin, 0, 1).ravel(),
            "high": np.clip(mean + margin, 0, 1).ravel(),
        }
    )


def _block_edges(length_s: float) -> Floats:
    """Of equal blocks that together are the whole session, so that no second is left out."""
    return np.linspace(0.0, length_s, max(round(length_s / BLOCK_S), 1) + 1)


def _seconds(spells: pd.DataFrame, edges: Floats) -> Floats:
    """Seconds of each label in each block, `(blocks, 8)`."""
    shown = spells["shown"].to_numpy()[:, None] == np.array(LABELS)
    return _integrals(spells, shown.astype(np.float64), edges)


def _begun(found: pd.DataFrame, edges: Floats) -> Floats:
    """Episodes of each expression that begin in each block, `(blocks, 7)`."""
    starts = [found.loc[found["expression"] == key, "start_s"] for key in KEYS]
    return np.column_stack([np.histogram(one, edges)[0] for one in starts]).astype(np.float64)


def _resampled(blocks: Floats) -> Floats:
    """The sums of `RESAMPLES` draws of as many of `blocks` `(n, k)`, `(RESAMPLES, k)`."""
    n = len(blocks)
    random = np.random.default_rng(_SEED)  # the same session gives the same interval
    drawn: Floats = random.multinomial(n, np.full(n, 1 / n), RESAMPLES) @ blocks
    return drawn


def _percentiles(values: Floats) -> Floats:
    """Low and high end for each column of `values`, `(k, 2)`."""
    ends: Floats = np.nanquantile(values, [TAIL, 1 - TAIL], axis=0).T
    return ends


def _integrals(rows: pd.DataFrame, values: Floats, edges: Floats) -> Floats:
    """The integral of `values` `(n, k)`, each of which holds from `start_s` to `end_s` of its
    row, over each step of `edges`, `(len(edges) - 1, k)`: O((n + edges) log n)."""
    begun = _ramps(rows["start_s"].to_numpy(), values, edges)
    ended = _ramps(rows["end_s"].to_numpy(), values, edges)
    until = begun - ended
    return until[1:] - until[:-1]


def _ramps(times: npt.NDArray[np.float64], values: Floats, edges: Floats) -> Floats:
    """At each edge the sum of `value * (edge - time)` over the times before it."""
    order = np.argsort(times)
    weights = np.vstack([np.zeros(values.shape[1]), np.cumsum(values[order], axis=0)])
    moments = values[order] * times[order, None]
    sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(moments, axis=0)])
    count = np.searchsorted(times[order], edges)
    ramps: Floats = weights[count] * edges[:, None] - sums[count]
    return ramps


def _mean(values: Floats) -> Floats:
    """The mean over the first axis of what is not NaN; NaN where nothing else is."""
    told = np.isfinite(values)
    return _ratio(np.where(told, values, 0.0).sum(axis=0), told.sum(axis=0))


def _ratio(sums: Floats, of: npt.NDArray[np.number]) -> Floats:
    """`sums / of`, NaN where `of` is 0."""
    ratio: Floats = np.divide(sums, of, out=np.full(sums.shape, np.nan), where=of > 0)
    return ratio
