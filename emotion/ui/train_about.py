"""The buttons that give a run a name and a note."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.training.about import NOTE_LENGTH, TITLE_LENGTH, write_about
from emotion.training.runs import RunInfo
from emotion.ui import messages
from emotion.ui.language import translate as _


def about_buttons(run: RunInfo) -> None:
    """A popover in which the run is renamed and gets a note."""
    # A popover of another name is another one, and so closed after the change.
    key = f"{run.folder.name} {hash(run.about)}"
    with (
        st.popover(_("Name and note"), icon=":material/edit:", key=f"train-about {key}"),
        st.form(f"train-about-form {key}", border=False),
    ):
        title = st.text_input(
            _("Name of the run"),
            run.about.title,
            max_chars=TITLE_LENGTH,
            placeholder=run.config.name,
            help=_("Only here; its model keeps the name that the run was started with."),
        )
        note = st.text_area(_("Note"), run.about.note, max_chars=NOTE_LENGTH)
        if not st.form_submit_button(_("Save"), type="primary"):
            return
        try:
            write_about(run.folder, title=title, note=note)
        except EmotionError as error:
            messages.show(error)
        else:
            st.rerun()
