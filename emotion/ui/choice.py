"""Choices that outlive the page: of one or several in lists that grow, a switch of views."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from emotion.ui.language import translate as _

Option = TypeVar("Option", int, str)


def choose(title: str, labels: Mapping[Option, str], slot: str) -> Option:
    """The option that the user picked of `labels` (option -> words, at least one).

    The choice is kept in the session state under `slot`, which other code may set; an
    option that is gone gives way to the first one.
    """
    options = list(labels)
    kept = st.session_state.get(slot)
    # A browser names its choice by its words: with other words it must be another widget.
    key = f"{slot} {hash(tuple(labels.items()))}"
    st.session_state[key] = kept if kept in options else options[0]
    chosen: Option = st.selectbox(
        title,
        options,
        format_func=labels.__getitem__,
        key=key,
        on_change=_keep,
        args=(slot, key),
    )
    st.session_state[slot] = chosen
    return chosen


def choose_several(
    title: str,
    labels: Mapping[Option, str],
    slot: str,
    *,
    placeholder: str,
    most: int | None = None,
    help_text: str | None = None,
) -> list[Option]:
    """The options that the user picked of `labels`, at most `most` of them, in this order.

    The choice is kept as by `choose`; options that are gone are left out of it.
    """
    chosen: list[Option] = st.multiselect(
        title,
        list(labels),
        [one for one in st.session_state.get(slot, []) if one in labels],
        format_func=labels.__getitem__,
        placeholder=placeholder,
        max_selections=most,
        key=f"{slot} {hash(tuple(labels.items()))}",
        help=help_text,
    )
    st.session_state[slot] = chosen
    return chosen


def _keep(slot: str, key: str) -> None:
    """Before the script: it may draw the select box with other words, and so anew."""
    st.session_state[slot] = st.session_state[key]


def view_switch(titles: Mapping[str, str], slot: str) -> str:
    """The view of a page that the user picked of `titles` (view -> words); the session state
    keeps it under `slot`, where other code may set it before."""
    chosen: str = st.segmented_control(  # type: ignore[assignment]  # required: never None
        _("View"),
        list(titles),
        format_func=titles.__getitem__,
        key=slot,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen
