"""The chart of a data folder: pictures of each expression in train and test."""

from typing import Final

import altair as alt
import pandas as pd

from emotion.charts.base import TEXT_COLOR, Translate, finished, named, names

_SPLIT_COLORS: Final = ("#3d84d6", "#c77c02")


def counts_chart(counts: pd.DataFrame, language: str, translate: Translate) -> alt.LayerChart:
    """Bars of the pictures of each expression, one for training and one for the test.

    `counts` has `expression` (key), `split` ("train" or "test") and `pictures`.
    """
    splits = {"train": translate("Training"), "test": translate("Test")}
    table = named(counts, language)
    table = table.assign(split=[splits[split] for split in table["split"]])
    domain = list(splits.values())
    base = alt.Chart(table).encode(
        x=alt.X(
            "pictures:Q",
            title=translate("Pictures"),
            axis=alt.Axis(tickCount=4, tickMinStep=1, format="~s"),
        ),
        y=alt.Y("expression:N", title=None, sort=names(language)),
        yOffset=alt.YOffset("split:N", sort=domain),
        tooltip=[
            alt.Tooltip("expression:N", title=translate("Expression")),
            alt.Tooltip("split:N", title=translate("Data")),
            alt.Tooltip("pictures:Q", title=translate("Pictures"), format=","),
        ],
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "split:N",
            scale=alt.Scale(domain=domain, range=list(_SPLIT_COLORS)),
            legend=alt.Legend(title=None, orient="bottom"),
        )
    )
    numbers = base.mark_text(align="left", dx=4, color=TEXT_COLOR).encode(
        text=alt.Text("pictures:Q", format=",")
    )
    return finished(alt.LayerChart(layer=[bars, numbers]), 380)
