"""The statistics of what is selected: sentences, shares, episodes, transitions, reasons."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.bars import share_chart
from emotion.charts.transitions import transitions_chart
from emotion.labels import name
from emotion.report.numbers import Numbers
from emotion.report.sentences import episode_rule, sentences, transition_rule
from emotion.ui.analysis_show import show_chart, show_table
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.vision.reasons import reason_name

NONE: Final = "–"


def statistics_view(numbers: Numbers, stem: str) -> None:
    """All statistics of `numbers`; the files of its tables begin with `stem`."""
    if not numbers.summary.face_s:
        st.info(_("No face was in view in this part."), icon=":material/face:")
        return
    st.markdown("\n".join(f"- {text}" for text in sentences(numbers, language(), _)))
    st.subheader(_("Share of each expression"), anchor=False)
    left, right = st.columns([3, 4], gap="medium")
    with left:
        show_chart(
            partial(share_chart, numbers.shares, language(), _),
            "shares",
            _("Share of time of each expression"),
        )
    with right:
        show_table(expressions_table(numbers), numbers.expressions(), f"{stem}-expressions")
    st.caption(episode_rule(_))
    left, right = st.columns(2, gap="medium")
    with left:
        _transitions(numbers, stem)
    with right:
        _not_sure(numbers, stem)
        st.subheader(_("Faces at once"), anchor=False)
        show_table(faces_table(numbers), numbers.at_once, f"{stem}-faces")


def _transitions(numbers: Numbers, stem: str) -> None:
    st.subheader(_("Transitions"), anchor=False)
    if not numbers.transitions.to_numpy().any():
        st.info(_("No expression was followed by another."), icon=":material/info:")
    else:
        show_chart(
            partial(transitions_chart, numbers.transitions, language(), _),
            "transitions",
            _("How often each expression was followed by each other"),
            f"{stem}-transitions",
            numbers.transitions.rename_axis("expression").reset_index(),
        )
    st.caption(
        transition_rule(_) + " " + _("The colour of a cell is its share of the row's transitions.")
    )


def _not_sure(numbers: Numbers, stem: str) -> None:
    st.subheader(_("Why “not sure”"), anchor=False)
    if numbers.reasons.empty:
        st.info(_("There was never a moment of “not sure”."), icon=":material/info:")
        return
    show_table(reasons_table(numbers), numbers.reasons, f"{stem}-not-sure")
    st.caption(_("Several reasons can hold at once, so their shares may add up to more than 100%."))


def expressions_table(numbers: Numbers) -> pd.DataFrame:
    """A row for each label: share and seconds of time, its episodes and their lengths."""
    table = numbers.expressions()
    return pd.DataFrame(
        {
            _("Expression"): [name(key, language()) for key in table["expression"]],
            _("Share of time"): [f"{share:.1%}" for share in table["share"]],
            _("Seconds"): [f"{seconds:.1f}" for seconds in table["seconds"]],
            _("Episodes"): [NONE if pd.isna(n) else f"{n:.0f}" for n in table["episodes"]],
            _("Median (s)"): [_seconds(value) for value in table["median_s"]],
            _("Longest (s)"): [_seconds(value) for value in table["longest_s"]],
        }
    )


def reasons_table(numbers: Numbers) -> pd.DataFrame:
    """A row for each reason for "not sure"."""
    table = numbers.reasons
    return pd.DataFrame(
        {
            _("Reason"): [reason_name(reason, language()) for reason in table["reason"]],
            _("Share of “not sure”"): [f"{share:.1%}" for share in table["share"]],
            _("Seconds"): [f"{seconds:.1f}" for seconds in table["seconds"]],
        }
    )


def faces_table(numbers: Numbers) -> pd.DataFrame:
    """A row for each number of faces seen at once."""
    table = numbers.at_once
    return pd.DataFrame(
        {
            _("Faces"): [str(faces) for faces in table["faces"]],
            _("Share of time"): [f"{share:.1%}" for share in table["share"]],
            _("Seconds"): [f"{seconds:.1f}" for seconds in table["seconds"]],
        }
    )


def _seconds(value: float) -> str:
    return NONE if pd.isna(value) else f"{value:.1f}"
