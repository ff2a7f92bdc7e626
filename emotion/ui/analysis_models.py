"""The saved models on the analysis page: what each is, how good, and which faces it misreads."""

from typing import Final

import streamlit as st

from emotion.models.store import ModelEntry, active_name, list_models
from emotion.settings import Settings
from emotion.ui import resources
from emotion.ui.analysis_about import about, card_scores
from emotion.ui.analysis_calibration import calibration_section
from emotion.ui.analysis_compare import compare_section
from emotion.ui.analysis_corrections import corrections_section
from emotion.ui.analysis_matrix import matrix_section, plain_matrix
from emotion.ui.analysis_measures import measured_scores, show_scores
from emotion.ui.analysis_robustness import robustness_section
from emotion.ui.analysis_source import choose_data, evaluation_section, select
from emotion.ui.choice import choose, view_switch
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error

CHOSEN: Final = "analysis-model"
SECTION: Final = "analysis-section"


def models_view(settings: Settings) -> None:
    """All that is known of the model that the user picks."""
    entries = {entry.name: entry for entry in list_models(settings.models_dir)}
    if not entries:
        st.info(
            _("There is no model in {folder}. Train one on the train page.").format(
                folder=settings.models_dir
            ),
            icon=":material/school:",
        )
        st.page_link("pages/train.py", label=_("Train"), icon=":material/school:")
        return
    active = active_name(settings.models_dir)
    if CHOSEN not in st.session_state:
        # Who comes back finds what is being evaluated.
        question = resources.evaluations().newest()
        st.session_state[CHOSEN] = question.model if question else active
        select(question)
        if question is not None and question.altered:
            st.session_state[SECTION] = "robustness"
    labels = {
        known: _("{name} · active").format(name=known) if known == active else known
        for known in entries
    }
    entry = entries[choose(_("Model"), labels, CHOSEN)]
    st.session_state.setdefault(SECTION, "scores")
    section = view_switch(
        {
            "scores": _("Scores"),
            "matrix": _("Confusion matrix"),
            "calibration": _("Calibration"),
            "compare": _("Compare"),
            "robustness": _("Robustness"),
            "corrections": _("Corrections"),
            "about": _("About"),
        },
        SECTION,
    )
    if section == "about":
        about(entry)
    elif section == "compare":
        with stop_on_error():
            compare_section(entry, entries, settings)
    elif section == "robustness":
        with stop_on_error():
            robustness_section(entry, settings)
    elif section == "corrections":
        with stop_on_error():
            data = choose_data(settings)
            if data is not None:
                corrections_section(data)
    else:
        _measured(entry, settings, section)


def _measured(entry: ModelEntry, settings: Settings, section: str) -> None:
    """What follows from the answers on single pictures, or from the card alone."""
    with stop_on_error():
        measured = evaluation_section(entry, settings)
        if section == "calibration":
            if measured is not None:
                calibration_section(measured, entry.card)
        elif measured is not None:
            matrix_section(measured) if section == "matrix" else measured_scores(measured)
        else:
            _from_card(entry, section)


def _from_card(entry: ModelEntry, section: str) -> None:
    st.subheader(_("From the card of the model"), anchor=False)
    scores = card_scores(entry)
    if scores is None:
        return
    if section == "matrix":
        plain_matrix(scores, f"{entry.name}-card")
    else:
        show_scores(scores, f"{entry.name}-card")
