"""Charts of the analysis page are made once for what they show."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    from functools import partial

    import altair as alt
    import pandas as pd
    import streamlit as st

    from emotion.ui.analysis_show import show_chart

    def draw(table: pd.DataFrame, title: str) -> alt.Chart:
        st.session_state["made"] = st.session_state.get("made", 0) + 1
        return alt.Chart(table, title=title).mark_bar().encode(x="n:Q")

    table = pd.DataFrame({"n": [st.session_state.get("n", 1)]})
    show_chart(partial(draw, table, title=st.session_state.get("title", "a")), "one", "numbers")


def test_a_chart_is_made_anew_only_when_it_shows_something_else() -> None:
    page = AppTest.from_function(script).run()
    for change, made in (({}, 1), ({"n": 2}, 2), ({}, 2), ({"title": "b"}, 3), ({"n": 1}, 4)):
        for key, value in change.items():
            page.session_state[key] = value
        page.run()
        assert not page.exception
        (chart,) = page.get("vega_lite_chart")
        assert chart.proto.alt == "numbers"
        assert page.session_state["made"] == made
