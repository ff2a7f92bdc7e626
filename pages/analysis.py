"""Analysis: what the recorded sessions showed, and how good the models are."""

from typing import Final

import streamlit as st

from emotion.settings import load_settings
from emotion.ui import resources
from emotion.ui.analysis_sessions import CHOSEN, sessions_view
from emotion.ui.choice import view_switch
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error
from emotion.ui.shell import inside_app

VIEW: Final = "analysis-view"
OPENED: Final = "analysis-opened"

inside_app("pages/analysis.py")
st.title(_("Analysis"), anchor=False)
st.caption(
    _(
        "What the recorded sessions showed, and how good each model is. The labels say what a "
        "face shows, not what a person feels."
    )
)
# The live page leaves here what was just recorded; it is opened once.
recorded = st.session_state.get("recorded")
if recorded is not None and recorded != st.session_state.get(OPENED):
    st.session_state[OPENED] = st.session_state[CHOSEN] = recorded
    st.session_state[VIEW] = "sessions"
st.session_state.setdefault(VIEW, "sessions")
view = view_switch({"sessions": _("Sessions"), "models": _("Models")}, VIEW)
with stop_on_error():
    if view == "sessions":
        sessions_view(resources.store())
    else:
        # Here, since scikit-learn takes a second to import.
        from emotion.ui.analysis_models import models_view

        models_view(load_settings())
