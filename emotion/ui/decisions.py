"""Decisions on the pictures of a data folder, made and taken back: one way for all pages.

They go to `corrections.csv` beside the pictures. The last one is kept in the session state
and offered to be undone, on whichever page it was made.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.data import corrections
from emotion.data.corrections import Correction
from emotion.errors import EmotionError
from emotion.labels import name
from emotion.ui import messages
from emotion.ui.analysis_words import plain
from emotion.ui.language import language
from emotion.ui.language import translate as _

_LAST: Final = "decisions-last"
_ERROR: Final = "decisions-error"
_CHANGED: Final = "decisions-changed"


def decide(root: Path, decisions: Iterable[Correction]) -> None:
    """Write them down, as a callback; `last_decision` offers to undo them, or says the error."""
    try:
        made = corrections.add(root, decisions)
    except EmotionError as error:
        st.session_state[_ERROR] = error
        return
    st.session_state[_LAST] = (root, made)
    st.session_state[_CHANGED] = True


def take_back(root: Path, decisions: Iterable[Correction]) -> None:
    """Undo them, as a callback. An error is told by `last_decision`."""
    gone = tuple(decisions)
    try:
        corrections.undo(root, gone)
    except EmotionError as error:
        st.session_state[_ERROR] = error
        return
    of, made = st.session_state.get(_LAST, (None, ()))
    if of == root:
        st.session_state[_LAST] = (root, tuple(one for one in made if one not in gone))
    st.session_state[_CHANGED] = True


def changed() -> bool:
    """Whether something was decided or undone since this was asked last."""
    return bool(st.session_state.pop(_CHANGED, False))


def last_decision(root: Path, consequence: str) -> None:
    """What was decided last on the folder, with its `consequence` and its undo; what went
    wrong where it did."""
    error = st.session_state.pop(_ERROR, None)
    if error is not None:
        messages.show(error)
    of, made = st.session_state.get(_LAST, (None, ()))
    if of != root or not made:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check_circle: {_sentence(made)} {consequence}", width="stretch")
        st.button(
            _("Undo"),
            icon=":material/undo:",
            key="undo last decision",
            on_click=take_back,
            args=(root, made),
        )


def _sentence(made: tuple[Correction, ...]) -> str:
    if len(made) == 1:
        return plain_sentence(made[0])
    return _("{n} pictures are set aside.").format(n=f"{len(made):,}")


def plain_sentence(decision: Correction) -> str:
    """A decision in words, as Markdown."""
    file = plain(decision.path)
    if decision.action == "set_aside":
        return _("{file} is set aside.").format(file=file)
    return _("{file} is labelled {expression}.").format(
        file=file, expression=name(decision.expression, language())
    )
