"""The list of saved models on the train page: what each is, use, try, export, delete."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from emotion.errors import EmotionError
from emotion.models.card import ModelCard
from emotion.models.jobs import SUFFIXES
from emotion.models.store import (
    SHIPPED,
    ModelEntry,
    active_name,
    broken_models,
    check_delete,
    delete,
    list_models,
)
from emotion.report.words import local_time
from emotion.ui import messages
from emotion.ui.analysis_scores import facts
from emotion.ui.analysis_words import browser_zone, plain
from emotion.ui.download import made_on_click, tell
from emotion.ui.language import translate as _
from emotion.ui.live_trial import trial_link, use_button
from emotion.ui.models_files import exported, forms, import_form
from emotion.ui.models_words import summary, threshold_fault

_DONE: Final = "models_done"
"""In the session state: what was done last, to be told once."""


def models_view(models_dir: Path) -> None:
    """All models with their cards, and what can be done with each."""
    if done := st.session_state.pop(_DONE, None):
        st.toast(done, icon=":material/check:")
    made = import_form(models_dir)
    if made is not None:
        _told(_("{name} is imported.").format(name=made))
    entries, broken = list_models(models_dir), broken_models(models_dir)
    size = sum(entry.size_bytes for entry in entries) / 1e6
    if not entries:
        st.info(
            _("There is no model in {folder}. Import one, or train one.").format(folder=models_dir),
            icon=":material/inventory_2:",
        )
    else:
        st.caption(
            _("{n} models, {size} MB in {folder}. Models stay until you delete them.").format(
                n=len(entries), size=f"{size:,.0f}", folder=plain(str(models_dir))
            )
        )
    active = active_name(models_dir)
    for entry in entries:
        with st.container(border=True):
            _model(entry, models_dir, active)
    for name, error in broken.items():
        with st.container(border=True):
            messages.show(error)
            _delete(name, models_dir)


def _model(entry: ModelEntry, models_dir: Path, active: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(entry.name, anchor=False, width="content")
        if entry.name == active:
            st.badge(_("active"), icon=":material/check:", color="green")
        if entry.name == SHIPPED:
            st.badge(_("comes with Semblante"), color="gray")
    made = local_time(entry.card.created, browser_zone())
    st.caption(f"{summary(entry)} · {made}")
    _scores(entry.card)
    fault = threshold_fault(entry.name, entry.card)
    if fault:
        st.warning(fault, icon=":material/rule:")
    with st.expander(_("All of its card"), icon=":material/badge:"):
        _card(entry)
    _actions(entry, models_dir, active)


def _scores(card: ModelCard) -> None:
    record = card.scores[0] if card.scores else None
    if record is None or not {"accuracy", "macro_f1", "n"} <= record.scores.keys():
        st.caption(_("No scores yet: measure it on labelled faces on the analysis page."))
        return
    scores: dict[str, Any] = record.scores
    with st.container(horizontal=True):
        st.metric(_("Accuracy"), f"{scores['accuracy']:.1%}", width=150)
        st.metric(_("Macro-F1"), f"{scores['macro_f1']:.3f}", width=150)
        st.metric(_("Pictures"), f"{scores['n']:,}", width=150)
    st.caption(
        _("On {data}, {split}, by {backend}.").format(
            data=plain(record.data), split=plain(record.split), backend=plain(record.backend)
        )
    )


def _card(entry: ModelEntry) -> None:
    told = facts(entry, browser_zone())
    record = entry.card.confidence_threshold
    if record is not None:
        told[_("Confidence threshold")] = f"{record.threshold:.0%}"
    reasons = [export.reason for export in entry.card.exports if export.reason]
    if reasons:
        told[_("Why this precision")] = plain(" · ".join(reasons))
    table = pd.DataFrame({"fact": list(told), "value": list(told.values())})
    st.table(table, hide_index=True, hide_header=True, border="horizontal")
    if entry.card.data is not None and entry.card.data.licence:
        st.caption(_("Licence of the data"))
        st.text(entry.card.data.licence)


def _actions(entry: ModelEntry, models_dir: Path, active: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if entry.name == active:
            st.page_link(
                "pages/live.py", label=_("The live page uses it"), icon=":material/videocam:"
            )
        else:
            if use_button(entry.name, models_dir):
                _told(_("{name} is the active model now.").format(name=entry.name))
            trial_link(entry.name)
        with st.popover(_("Export"), icon=":material/download:", key=f"models-export-{entry.name}"):
            _exports(entry)
        _delete(entry.name, models_dir)


@st.fragment
def _exports(entry: ModelEntry) -> None:
    outcomes = []
    for form, (title, caption) in forms().items():
        outcome = made_on_click(
            title,
            exported(entry, form),
            entry.name + SUFFIXES[form],
            "application/octet-stream",
            f"models-export-{entry.name}-{form}",
            icon=":material/download:",
            width="stretch",
        )
        outcomes.append(outcome)
        st.caption(caption)
    tell(*outcomes)


def _delete(name: str, models_dir: Path) -> None:
    """Asked first; where it cannot be deleted the button says why."""
    key = f"models-delete-{name}"
    try:
        check_delete(models_dir, name)
    except EmotionError as error:
        st.button(
            _("Delete"),
            icon=":material/delete:",
            disabled=True,
            help=messages.sentence(error),
            key=key,
        )
        return
    with st.popover(_("Delete"), icon=":material/delete:", key=f"models-ask-{name}"):
        st.write(
            _("The model {name} goes for good: its weights, its exports and its card.").format(
                name=plain(name)
            )
        )
        if st.button(_("Delete this model"), type="primary", key=key):
            try:
                delete(models_dir, name)
            except EmotionError as error:
                messages.show(error)
            else:
                _told(_("{name} is deleted.").format(name=name))


def _told(sentence: str) -> None:
    """Show the page anew with what was done."""
    st.session_state[_DONE] = sentence
    st.rerun()
