"""Repair of the data from the analysis page: another label, or set aside.

The scores follow at once from the answers that are kept, so that no model has to run.
"""

import streamlit as st

from emotion.data import corrections
from emotion.data.layout import DataSet, Sample
from emotion.labels import EXPRESSIONS, KEYS, name
from emotion.ui import decisions
from emotion.ui.decisions import decide
from emotion.ui.language import language
from emotion.ui.language import translate as _


def repair(data: DataSet, sample: Sample, label: int) -> None:
    """The decisions on one picture; `label` is what the model answered."""
    with st.popover(_("Repair"), icon=":material/build:"):
        others = [one.index for one in EXPRESSIONS if one.index != sample.expression]
        chosen = st.selectbox(
            _("It shows"),
            others,
            index=others.index(label) if label in others else 0,
            format_func=lambda index: name(KEYS[index], language()),
            key=f"label {language()} {sample.path!a} {sample.expression}",
        )
        st.button(
            _("Correct the label"),
            icon=":material/check:",
            key=f"correct {sample.path!a}",
            on_click=lambda: decide(data.root, [corrections.relabel(sample.path, KEYS[chosen])]),
        )
        st.button(
            _("Set the picture aside"),
            icon=":material/visibility_off:",
            key=f"aside {sample.path!a}",
            on_click=lambda: decide(data.root, [corrections.set_aside(sample.path)]),
            help=_("It is used neither in training nor in evaluation; the file stays."),
        )


def after_repair(data: DataSet) -> None:
    """What was decided last, with its undo; in a fragment it brings the page up to date."""
    if decisions.changed():
        st.rerun()
    decisions.last_decision(data.root, _("The scores are up to date."))
