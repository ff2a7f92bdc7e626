"""A model on trial on the live page: it reads the same faces beside the one in use.

The page's address names it (`?try=NAME`), so that the end of a run and the list of models
can link to a trial.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.errors import EmotionError
from emotion.models.jobs import make_active
from emotion.ui import messages, resources
from emotion.ui.language import translate as _
from emotion.ui.live_model import NEXT
from emotion.ui.live_stream import LiveStream
from emotion.ui.models_words import threshold_fault
from emotion.vision.trial import Trial
from emotion.vision.types import FrameResult

ADDRESS: Final = "try"


def trial_link(name: str) -> None:
    """A link that begins a trial of the model `name`."""
    st.page_link(
        "pages/live.py",
        label=_("Try it in live"),
        icon=":material/compare:",
        query_params={ADDRESS: name},
        help=_("It reads the same faces beside the model in use; nothing is changed."),
    )


def use_button(name: str, models_dir: Path) -> bool:
    """A button that makes the model the active one; whether it did just now.

    It asks nothing, since another one can be chosen again.
    """
    pressed = st.button(
        _("Use it in live"),
        icon=":material/videocam:",
        key=f"use-{name}",
        help=_("It becomes the active model. Make another one active to undo it."),
    )
    return pressed and _made_active(name, models_dir)


def _made_active(name: str, models_dir: Path) -> bool:
    """Make it so, or say why it cannot be; whether it is."""
    try:
        with st.spinner(_("Making it the active model …")):
            make_active(models_dir, name)
    except EmotionError as error:
        messages.show(error)
        return False
    return True


def trial_controls(stream: LiveStream, model: str, models_dir: Path) -> None:
    """Begin, keep or end the trial that the address asks for, beside `model`, which reads."""
    reading, name = stream.reading, st.query_params.get(ADDRESS)
    if reading is None:
        return
    if name == model:
        _end(stream)
        name = None
    if name is None:
        reading.trial = None
        return
    if reading.trial is None or reading.trial.name != name:
        try:
            with st.spinner(_("Loading the model …")):
                reading.trial = Trial(name, resources.classifier(name))
        except EmotionError as error:
            _end(stream)
            messages.show(error)
            return
    _bar(stream, reading.trial, model, models_dir)


def trial_agreement(recent: Sequence[tuple[float, FrameResult]], trial_ms: float | None) -> None:
    """How often both models said the same in the last minute, and what the second one costs."""
    share = same_label(recent)
    if share is None:
        return
    text = _("Both showed the same for {share} of the last minute.").format(share=f"{share:.0%}")
    if trial_ms is not None:
        cost = _("The trial takes {ms} ms more for each frame.").format(ms=f"{trial_ms:.1f}")
        text = f"{text} {cost}"
    st.caption(text)


def same_label(recent: Sequence[tuple[float, FrameResult]]) -> float | None:
    """The share of faces for which both models show the same; None without any."""
    same = [
        face.shown == face.trial.shown
        for _seconds, result in recent
        for face in result.faces
        if face.trial is not None
    ]
    return sum(same) / len(same) if same else None


def _bar(stream: LiveStream, trial: Trial, model: str, models_dir: Path) -> None:
    name = trial.name
    with st.container(border=True):
        st.markdown(
            ":material/compare: "
            + _("**{name}** is on trial beside **{model}**: both read the same faces.").format(
                name=name, model=model
            )
            + " "
            + _("The picture and a recording show {model}.").format(model=model)
        )
        fault = threshold_fault(name, trial.classifier.card)
        if fault:
            st.caption(fault)
        with st.container(horizontal=True):
            used = st.button(
                _("Use {name}").format(name=name),
                icon=":material/check:",
                key="trial_use",
                help=_("It becomes the active model. Make another one active to undo it."),
            )
            st.button(
                _("End the trial"),
                icon=":material/close:",
                on_click=_end,
                args=(stream,),
                key="trial_end",
            )
    if used:
        _use(stream, name, models_dir)


def _use(stream: LiveStream, name: str, models_dir: Path) -> None:
    if not _made_active(name, models_dir):
        return
    _end(stream)
    st.session_state[NEXT] = name
    st.rerun()


def _end(stream: LiveStream) -> None:
    st.query_params.pop(ADDRESS, None)
    if stream.reading is not None:
        stream.reading.trial = None
