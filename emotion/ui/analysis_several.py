"""Several sessions side by side, and what they showed around the same marker."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.several import MOST, Measure, response_chart, sides_chart
from emotion.labels import KEYS, name
from emotion.sessions.compared import response_of
from emotion.sessions.export import defused
from emotion.sessions.several import (
    BLOCK_S,
    FEWEST_BLOCKS,
    common_labels,
    mean_response,
    side,
    window_edges,
)
from emotion.sessions.statistics import Floats
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.ui.analysis_sessions_data import Recorded
from emotion.ui.analysis_sessions_faces import edits_of
from emotion.ui.analysis_sessions_statistics import NONE
from emotion.ui.analysis_show import show_chart, show_table
from emotion.ui.analysis_words import plain, session_label
from emotion.ui.choice import choose_several
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error

SLOT: Final = "analysis-several"
LONGEST_S: Final = (30, 60)
"""Before and after a marker."""
DRAWN: Final = 3
"""So many expressions have a curve until others are chosen: those that move most."""


@st.fragment
def several_view(store: SessionStore, sessions: Sequence[SessionInfo], zone: tzinfo) -> None:
    """Let sessions be chosen of `sessions` and compare them; nothing until two are."""
    st.subheader(_("Several sessions"), anchor=False)
    if len(sessions) < 2:
        st.caption(_("With a second session, the two can be seen side by side here."))
        return
    chosen = choose_several(
        _("Sessions to compare"),
        {session.id: session_label(session, zone) for session in sessions},
        SLOT,
        placeholder=_("None"),
        most=MOST,
    )
    if len(chosen) < 2:
        st.caption(
            _("Choose two or more to see their shares, episodes and responses side by side.")
        )
        return
    by_id = {session.id: session for session in sessions}
    recorded = [Recorded(store, by_id[number], edits_of(number)) for number in chosen]
    stem = "-".join(["sessions", *map(str, chosen)])
    with stop_on_error():  # a fragment runs without the page around it
        _sides(recorded, stem)
        _response(recorded, stem)


def _title(session: SessionInfo) -> str:
    """Short, and still another one for each of two namesakes."""
    return f"{session.name} #{session.id}"


def _sides(recorded: Sequence[Recorded], stem: str) -> None:
    parts = []
    for one in recorded:
        part = _side(one, one.key)
        part.insert(0, "session", one.session.id)
        part.insert(1, "name", _title(one.session))
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    titles: dict[Measure, str] = {
        "share": _("Share of time"),
        "per_minute": _("Episodes per minute"),
    }
    measure = st.segmented_control(
        _("Show"),
        list(titles),
        format_func=titles.__getitem__,
        default="share",
        required=True,
        key=f"{SLOT}-measure",
        persist_state="session",
        label_visibility="collapsed",
    )
    show_chart(
        partial(sides_chart, table, measure, language(), _),
        f"several {measure}",
        _("{measure} of each expression in each session").format(measure=titles[measure]),
        f"{stem}-{measure.replace('_', '-')}",
    )
    content = table.assign(name=[defused(title) for title in table["name"]])
    show_table(_in_words(table, measure), content, f"{stem}-expressions")
    st.caption(
        _(
            "In brackets and as thin lines: 95% intervals. Samples that follow each other are "
            "nearly alike, so blocks of about {block} seconds are drawn at random instead, and "
            "the number is worked out anew 2,000 times (block bootstrap). Sessions under "
            "{shortest} seconds, and what was never or always shown, have none. They tell how "
            "much a number varies within a session, not whether other people would show the "
            "same. Episodes are per minute in which a face was seen."
        ).format(block=f"{BLOCK_S:.0f}", shortest=f"{BLOCK_S * FEWEST_BLOCKS:.0f}")
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _side(_recorded: Recorded, key: tuple[object, ...]) -> pd.DataFrame:  # noqa: ARG001
    return side(_recorded.spells())


def _in_words(table: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """A row for each label, a column for each session."""
    keys = list(table["expression"].unique())
    shown = pd.DataFrame({_("Expression"): [name(key, language()) for key in keys]})
    form = ".1%" if measure == "share" else ".2f"
    ends = [measure, f"{measure}_low", f"{measure}_high"]
    for title, own in table.groupby("name", sort=False):
        shown[plain(title)] = [
            _range(value, low, high, form)
            for value, low, high in own[ends].itertuples(index=False, name=None)
        ]
    return shown


def _range(value: float, low: float, high: float, form: str) -> str:
    if pd.isna(value):
        return NONE
    return f"{value:{form}}" if pd.isna(low) else f"{value:{form}} ({low:{form}} – {high:{form}})"


def _response(recorded: Sequence[Recorded], stem: str) -> None:
    st.subheader(_("Response to a marker"), anchor=False)
    labels = common_labels([one.store.read_markers(one.session.id) for one in recorded])
    if not labels:
        st.info(
            _(
                "These sessions have no marker in common. Mark the same moment with the same "
                "label in each of them, on the live page."
            ),
            icon=":material/flag:",
        )
        return
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom", gap="medium")
    label = left.selectbox(_("Marker"), labels)
    first_only = middle.toggle(
        _("Only the first"),
        help=_("The first marker of each session; without, the mean over all of this label."),
    )
    before, after = right.slider(
        _("Seconds around the marker"), -LONGEST_S[0], LONGEST_S[1], (-5, 10)
    )
    if before == after or before > 0 or after < 0:
        st.info(_("The time must reach from before the marker to after it."))
        return
    with st.spinner(_("Reading the time around the markers…")):
        responses = [
            _response_of(one, one.key, label, -before, after, first_only) for one in recorded
        ]
    table = mean_response(responses, window_edges(-before, after))
    if table["mean"].isna().all():
        st.info(_("No face was in view around these markers."), icon=":material/face:")
        return
    _curves(table, f"{stem}-response")


def _curves(table: pd.DataFrame, stem: str) -> None:
    moves = table.groupby("expression")["mean"].agg(lambda mean: mean.max() - mean.min())
    drawn = st.pills(
        _("Expressions"),
        list(KEYS),
        selection_mode="multi",
        default=[key for key in KEYS if key in moves.nlargest(DRAWN).index],
        format_func=lambda key: name(key, language()),
        key=f"{SLOT} {stem}",
    )
    show_chart(
        partial(response_chart, table[table["expression"].isin(drawn or KEYS)], language(), _),
        "response",
        _("Mean probability of each expression around the marker"),
        stem,
        table,
    )
    st.caption(
        _(
            "The mean over sessions; each counts once, and in it each person once. Bands: 95% "
            "interval of the mean over sessions (Student's t), wide for few of them. The curves "
            "are smoothed as on the live page, and so lag a little behind the face."
        )
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _response_of(
    _recorded: Recorded,
    key: tuple[object, ...],  # noqa: ARG001
    label: str,
    before_s: float,
    after_s: float,
    first_only: bool,
) -> Floats:
    number = _recorded.session.id
    return response_of(_recorded.store, number, label, before_s, after_s, first_only)
