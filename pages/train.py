"""Train: see what the data holds, start a run, watch it, stop, continue or delete it."""

import streamlit as st

from emotion.settings import load_settings
from emotion.training.runs import WORKING, list_runs
from emotion.ui.choice import choose, view_switch
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error
from emotion.ui.models_list import models_view
from emotion.ui.shell import inside_app
from emotion.ui.train_form import new_run
from emotion.ui.train_list import broken_list, runs_list
from emotion.ui.train_run import run_panel
from emotion.ui.train_words import run_label

VIEW, RUN, STARTED = "train-view", "train-run", "train-started"

inside_app("pages/train.py")
st.title(_("Train"), anchor=False)
st.caption(
    _(
        "Make a model from your own pictures of faces. A run works in the background: it goes on "
        "when this page is closed, and is shown here when you come back."
    )
)
with stop_on_error():
    settings = load_settings()
known = list_runs(settings.runs_dir)
by_name = {run.folder.name: run for run in known}

if STARTED in st.session_state:
    st.session_state[VIEW], st.session_state[RUN] = "runs", st.session_state.pop(STARTED)
elif st.query_params.pop("view", None) == "models":
    st.session_state[VIEW] = "models"
elif VIEW not in st.session_state:
    st.session_state[VIEW] = "runs" if known else "new"
titles = {
    "new": _("New run"),
    "runs": _("Runs ({n})").format(n=len(known)),
    "compare": _("List and compare"),
    "models": _("Models"),
}
view = view_switch(titles, VIEW)

if view == "new":
    started = new_run(settings, known)
    if started is not None:
        st.session_state[STARTED] = started.name
        st.rerun()
elif view == "models":
    models_view(settings.models_dir)
elif not known:
    st.info(_("There are no runs yet. Start one under New run."), icon=":material/school:")
    broken_list(settings.runs_dir)
elif view == "compare":
    runs_list(known, settings.models_dir)
    broken_list(settings.runs_dir)
else:
    working = [name for name, run in by_name.items() if run.state in WORKING]
    if working and st.session_state.get(RUN) not in by_name:
        st.session_state[RUN] = working[0]
    chosen = choose(_("Run"), {name: run_label(run) for name, run in by_name.items()}, RUN)
    run_panel(by_name[chosen].folder, settings.models_dir)
