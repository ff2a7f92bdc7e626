"""The interface's language: the browser's, until the user chooses in the sidebar."""

import streamlit as st

from emotion.errors import SettingsError
from emotion.locale import LANGUAGES, best_language, translator
from emotion.settings import load_settings

_KEY = "language"


def language() -> str:
    """The code of the language of this browser tab, "es" or "en"."""
    chosen = st.session_state.get(_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    browsers = best_language(st.context.locale)
    try:
        return load_settings().language or browsers
    except SettingsError:  # the page says so, in the browser's language
        return browsers


def translate(text: str) -> str:
    """`text` in the language of this browser tab."""
    return translator(language())(text)


def language_switch() -> None:
    """The choice of language; kept while the tab is open, on all pages."""
    st.session_state[_KEY] = language()
    st.segmented_control(
        "Idioma · Language",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=_KEY,
        required=True,
    )
