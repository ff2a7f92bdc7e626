"""What a model's card says: what it is, its data, the scores that were measured for it."""

from functools import partial

import pandas as pd
import streamlit as st

from emotion.charts.counts import counts_chart
from emotion.errors import ModelError
from emotion.evaluation.card_page import card_markdown, card_sections
from emotion.evaluation.recorded import read_scores
from emotion.evaluation.scores import Scores
from emotion.models.card import DataRecord
from emotion.models.store import ModelEntry
from emotion.ui import messages
from emotion.ui.analysis_scores import facts, record_label
from emotion.ui.analysis_show import show_chart
from emotion.ui.analysis_words import browser_zone
from emotion.ui.choice import choose
from emotion.ui.language import language
from emotion.ui.language import translate as _


def about(entry: ModelEntry) -> None:
    st.subheader(_("About this model"), anchor=False)
    told = facts(entry, browser_zone())
    table = pd.DataFrame({"fact": list(told), "value": list(told.values())})
    st.table(table, hide_index=True, hide_header=True, border="horizontal")
    st.download_button(
        _("Download as Markdown"),
        card_markdown(entry, language(), _),
        f"{entry.name}.md",
        "text/markdown",
        icon=":material/download:",
        on_click="ignore",
    )
    if entry.card.data is not None:
        _data(entry.card.data)
    for section in card_sections(entry, language(), _):
        if section.long:
            with st.expander(section.title, icon=":material/list_alt:"):
                st.markdown(section.body)
        else:
            st.subheader(section.title, anchor=False)
            st.markdown(section.body)


def _data(data: DataRecord) -> None:
    rows = [
        {"expression": key, "split": split, "pictures": pictures}
        for split in ("train", "test")
        for key, pictures in data.counts.get(split, {}).items()
    ]
    if rows:
        with st.expander(_("Pictures of each expression"), icon=":material/photo_library:"):
            show_chart(
                partial(counts_chart, pd.DataFrame(rows), language(), _),
                "counts",
                _("Pictures of each expression in training and test"),
            )


def card_scores(entry: ModelEntry) -> Scores | None:
    """The scores that the user picks of those in the card; None where there are none."""
    records = entry.card.scores
    if not records:
        st.info(
            _(
                "The card of this model holds no scores. This command measures them on labelled "
                "faces and prints them:"
            ),
            icon=":material/query_stats:",
        )
        st.code(
            f"python -m emotion evaluate --data FOLDER --model {entry.name}",
            language="bash",
            wrap_lines=True,
        )
        return None
    number = 0
    if len(records) > 1:
        labels = {i: record_label(record) for i, record in enumerate(records)}
        number = choose(_("Measured on"), labels, "analysis-scores")
    record = records[number]
    try:
        scores = read_scores(entry.name, record)
    except ModelError as error:
        messages.show(error)
        return None
    st.caption(_("These scores were made by this command:"))
    st.code(record.command, language="bash", wrap_lines=True)
    return scores
