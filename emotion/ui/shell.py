"""The frame around all pages, also for a page that is asked for first.

When the first address that a new server is asked for is a page's own, Streamlit runs that
page without `app.py`, since it finds a folder `pages/`; only `st.navigation` turns that off.
A page therefore begins with `inside_app`.
"""

import streamlit as st

_INSIDE = "inside_app"
_WANTED = "wanted_page"


def inside_app(page: str) -> None:
    """Make sure that `app.py` runs around this page, given as `pages/name.py`."""
    if not st.session_state.get(_INSIDE):
        st.session_state[_WANTED] = page, dict(st.query_params)
        st.switch_page("app.py")


def go_on() -> None:
    """In `app.py`, after the navigation: to the page that was asked for first."""
    st.session_state[_INSIDE] = True
    if wanted := st.session_state.pop(_WANTED, None):
        page, query = wanted
        st.switch_page(page, query_params=query)
