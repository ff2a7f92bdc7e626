"""The choice of the model that reads, and what to do where there is none."""

from pathlib import Path
from typing import Final

import streamlit as st

from emotion.models.store import active_name, list_models
from emotion.ui.language import translate as _
from emotion.ui.models_words import threshold_fault

CHOSEN: Final = "model"
NEXT: Final = "model_next"
"""In the session state: the model that the next run of the page is to choose."""


def choose_model(models_dir: Path) -> str | None:
    """The name of the model to read with; None, and the way out, where there is none.

    One that is not the active one stands in the page's address.
    """
    entries = {entry.name: entry for entry in list_models(models_dir)}
    if not entries:
        _no_model(models_dir)
        return None
    wanted = st.session_state.pop(NEXT, None)
    if wanted in entries:
        st.session_state[CHOSEN] = wanted
    names, active = list(entries), active_name(models_dir)
    linked = st.query_params.get(CHOSEN)
    first = next((name for name in (linked, active) if name in names), names[0])
    chosen = str(st.selectbox(_("Model"), names, index=names.index(first), key=CHOSEN))
    if chosen == active:
        st.query_params.pop(CHOSEN, None)
    elif linked != chosen:
        st.query_params[CHOSEN] = chosen
    fault = threshold_fault(chosen, entries[chosen].card)
    if fault:
        st.warning(fault, icon=":material/rule:")
    return chosen


def _no_model(models_dir: Path) -> None:
    with st.container(border=True):
        title = _("There is no model to read with.")
        way_out = _("Import one, or train one on your own pictures. They are kept in {folder}.")
        st.markdown(f"**{title}** {way_out.format(folder=f'`{models_dir}`')}")
        with st.container(horizontal=True):
            st.page_link(
                "pages/train.py",
                label=_("Import a model"),
                icon=":material/upload:",
                query_params={"view": "models"},
            )
            st.page_link("pages/train.py", label=_("Train"), icon=":material/school:")
