"""The report of a session, or of the part that is looked at, as a file."""

from datetime import tzinfo
from functools import partial

import pandas as pd
import streamlit as st

from emotion.report.session import session_html
from emotion.sessions.statistics import Part
from emotion.ui.analysis_sessions_data import Recorded
from emotion.ui.analysis_words import file_stem
from emotion.ui.download import made_on_click, tell
from emotion.ui.language import language
from emotion.ui.language import translate as _


@st.fragment
def report_button(
    recorded: Recorded,
    picked: list[int] | None,
    part: Part | None,
    marks: pd.DataFrame,
    zone: tzinfo,
) -> None:
    """Download one page about what is looked at."""
    outcome = made_on_click(
        _("Report (HTML)"),
        partial(session_html, recorded, part, picked, marks, zone, language()),
        f"{file_stem(recorded.session)}-report.html",
        "text/html",
        f"report {recorded.session.id}",
        icon=":material/description:",
        help=_("One page with charts and numbers, which prints on A4 and opens without a network."),
    )
    tell(outcome)
