"""What the analysis page reads of a session, kept between two runs of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from emotion.report.session import SessionData
from emotion.sessions.reduced import Reduced
from emotion.sessions.statistics import Part


@dataclass(frozen=True, slots=True)
class Recorded(SessionData):
    """One session as the page shows it.

    What was read is kept while `key` stays: a session only grows, so the number of its
    samples and its last time tell all but what is said of its faces, which `edits` counts.
    """

    edits: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Changes with all that could be read."""
        one = self.session
        return (self.store.place, one.id, one.samples, one.duration_s, self.edits)

    def spells(self, part: Part | None = None) -> pd.DataFrame:
        return _spells(self, self.key, part)

    def faces_at_once(self, part: Part | None) -> pd.DataFrame:
        return _faces_at_once(self, self.key, part)

    def face_times(self) -> pd.DataFrame:
        return _face_times(self, self.key)

    def reduced(self, part: Part | None, faces: Sequence[int], points: int) -> Reduced:
        return _reduced(self, self.key, part, tuple(faces), points)


@st.cache_data(max_entries=16, show_spinner=False)
def _spells(_recorded: Recorded, key: tuple[object, ...], part: Part | None) -> pd.DataFrame:  # noqa: ARG001
    return SessionData.spells(_recorded, part)


@st.cache_data(max_entries=16, show_spinner=False)
def _faces_at_once(_recorded: Recorded, key: tuple[object, ...], part: Part | None) -> pd.DataFrame:  # noqa: ARG001
    return SessionData.faces_at_once(_recorded, part)


@st.cache_data(max_entries=16, show_spinner=False)
def _face_times(_recorded: Recorded, key: tuple[object, ...]) -> pd.DataFrame:  # noqa: ARG001
    return SessionData.face_times(_recorded)


@st.cache_data(max_entries=16, show_spinner=False)
def _reduced(
    _recorded: Recorded,
    key: tuple[object, ...],  # noqa: ARG001
    part: Part | None,
    faces: tuple[int, ...],
    points: int,
) -> Reduced:
    return SessionData.reduced(_recorded, part, faces, points)
