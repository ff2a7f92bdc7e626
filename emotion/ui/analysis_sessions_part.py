"""Which part of a session is looked at: all of it, what was brushed, or between markers."""

from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.overview import BRUSH
from emotion.report.words import clock
from emotion.sessions.statistics import Part
from emotion.ui.language import translate as _

SHORTEST_S: Final = 1.0
"""A shorter part is widened to this: nobody can see, or mean, less."""


@dataclass(slots=True)
class Chosen:
    """The choice for one session, kept in the session state.

    `part` is None for the whole session. `drawn` is what the brush shows at first in the
    strip's `version`: the strip is drawn anew when the choice was made elsewhere, and stays
    as it is under a hand that brushes.
    """

    part: Part | None = None
    drawn: Part | None = None
    version: int = 0
    signature: object = None

    def set(self, part: Part | None) -> None:
        """Choose `part` from elsewhere than the brush."""
        self.part = self.drawn = part
        self.version += 1


def chosen(session_id: int) -> Chosen:
    """The choice for the session, which may be changed."""
    kept: Chosen = st.session_state.setdefault(f"analysis-part {session_id}", Chosen())
    return kept


def fitted(begin_s: float, end_s: float, length_s: float) -> Part | None:
    """A part of a session of `length_s` seconds, at least `SHORTEST_S` long where there is
    so much; None when it is all of it."""
    begin_s, end_s = max(min(begin_s, end_s), 0.0), min(max(begin_s, end_s), length_s)
    if end_s - begin_s < SHORTEST_S:
        middle = min(max((begin_s + end_s) / 2, SHORTEST_S / 2), length_s - SHORTEST_S / 2)
        begin_s, end_s = max(middle - SHORTEST_S / 2, 0.0), min(middle + SHORTEST_S / 2, length_s)
    return None if begin_s <= 0.0 and end_s >= length_s else (begin_s, end_s)


def strip_key(session_id: int, signature: object) -> str:
    """The key of the strip. With another `signature` (what it shows) it is another strip,
    which begins with the present choice."""
    choice = chosen(session_id)
    if choice.signature != signature:
        choice.signature = signature
        choice.set(choice.part)
    return f"analysis-strip {session_id} {choice.version}"


def brushed(session_id: int, key: str, length_s: float) -> None:
    """Callback of the strip `key`: take over what its brush says."""
    selection = st.session_state[key]["selection"].get(BRUSH) or {}
    ends = next(iter(selection.values()), None)
    part = fitted(float(ends[0]), float(ends[-1]), length_s) if ends else None
    chosen(session_id).part = part


def part_controls(session_id: int, length_s: float, markers: pd.DataFrame) -> None:
    """What is shown, in words; back to all of it; another part by markers or by times."""
    choice = chosen(session_id)
    if choice.part is None:
        st.markdown(_("**Whole session** · {length}").format(length=clock(length_s)))
    else:
        begin_s, end_s = choice.part
        st.markdown(
            _("**{begin} – {end}** · {length} of {all}").format(
                begin=clock(begin_s),
                end=clock(end_s),
                length=clock(end_s - begin_s),
                all=clock(length_s),
            )
        )
    st.button(
        _("Whole session"),
        icon=":material/zoom_out_map:",
        disabled=choice.part is None,
        on_click=choice.set,
        args=(None,),
        key=f"whole {session_id}",
    )
    with st.popover(_("Choose a part"), icon=":material/straighten:", key=f"part {session_id}"):
        _by_markers(session_id, length_s, markers)
        _by_times(session_id, length_s)


def _by_markers(session_id: int, length_s: float, markers: pd.DataFrame) -> None:
    if markers.empty:
        return
    times = [0.0, *markers["seconds"], length_s]
    words = [_("Beginning"), *markers["label"], _("End")]
    labels = [f"{clock(time)} · {word}" for time, word in zip(times, words, strict=True)]
    places = range(len(times))
    begin = st.selectbox(_("From"), places, 0, format_func=labels.__getitem__)
    end = st.selectbox(_("To"), places, len(times) - 1, format_func=labels.__getitem__)
    same = times[begin] == times[end]
    st.button(
        _("Show what lies between"),
        type="primary",
        disabled=same,
        help=_("Both are the same moment. Choose two different ones.") if same else None,
        on_click=chosen(session_id).set,
        args=(fitted(times[begin], times[end], length_s),),
        key=f"between {session_id}",
    )


def _by_times(session_id: int, length_s: float) -> None:
    choice = chosen(session_id)
    if length_s <= SHORTEST_S:
        st.caption(_("This session is too short to choose a part of it."))
        return
    key = f"times {session_id} {choice.version} {choice.part}"
    begin_s, end_s = choice.part or (0.0, length_s)

    def take() -> None:
        begin_s, end_s = st.session_state[key]
        choice.set(fitted(begin_s, end_s, length_s))

    st.slider(
        _("Seconds since the start"),
        0.0,
        round(length_s, 1),
        (round(begin_s, 1), round(end_s, 1)),
        step=0.1,
        format="%.1f",
        key=key,
        on_change=take,
    )
