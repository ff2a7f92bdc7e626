"""Errors as sentences on a page, in its language; no traceback reaches a user."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from emotion.errors import EmotionError
from emotion.ui.language import translate as _


def sentence(error: BaseException) -> str:
    """What to tell the user of `error`."""
    if isinstance(error, EmotionError):
        return error.translated(_)
    return _(
        "Something went wrong that should not have: {error}. The server's log says more."
    ).format(error=f"{type(error).__name__}: {error}")


def show(error: BaseException) -> None:
    """Show the sentence of `error` in place."""
    st.error(sentence(error), icon=":material/error:")


@contextmanager
def stop_on_error() -> Iterator[None]:
    """Show an `EmotionError` of the block and end the page's script there."""
    try:
        yield
    except EmotionError as error:
        show(error)
        st.stop()
