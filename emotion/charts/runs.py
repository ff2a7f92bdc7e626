"""Neighbouring rows with one label as one: drawn one by one they would show seams."""

import pandas as pd


def with_runs(reduced: pd.DataFrame, of: str = "expression") -> pd.DataFrame:
    """One row for each piece of time in which a face had one value in the column `of`.

    `reduced` has `face`, `seconds`, `end_s`, `stretch`, `time`, `expression`, `confidence` and
    `baseline`, in order of face and time; the result has these (of `expression` and `of` the
    latter), `confidence` and `baseline` as means of the rows, and `length_s`.
    """
    keys = reduced[["face", "stretch", of]]
    number = (keys != keys.shift()).any(axis=1).cumsum()
    runs = reduced.groupby(number).agg(
        **{column: (column, "first") for column in ("face", "stretch", of, "time", "seconds")},
        end_s=("end_s", "last"),
        **{column: (column, "mean") for column in ("confidence", "baseline")},
    )
    return runs.assign(length_s=runs["end_s"] - runs["seconds"])


def baseline_runs(reduced: pd.DataFrame) -> pd.DataFrame:
    """The pieces of time in which a face was read against its neutral baseline; `baseline` is
    under 1 where a row is on in part only."""
    runs = with_runs(reduced.assign(on=reduced["baseline"] > 0), "on")
    return runs[runs["on"]]
