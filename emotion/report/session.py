"""What page and command read of one session, and the report that both make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import pandas as pd

from emotion.charts.bars import share_chart
from emotion.charts.overview import overview_chart
from emotion.locale import Translate, translator
from emotion.report.numbers import Numbers, numbers
from emotion.report.page import html_page
from emotion.report.words import clock, local_time
from emotion.sessions import totals
from emotion.sessions.reduced import Reduced, reduced
from emotion.sessions.statistics import Part
from emotion.sessions.store import SessionInfo, SessionStore

STRIP_FACES: Final = 12
STRIP_POINTS: Final = 150


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of a session: its number, what it is called, for how long it was seen.

    `given` is the name that the user gave it ("" without), `joined` whether it was put
    together from several.
    """

    number: int
    name: str
    seconds: float
    given: str
    joined: bool


@dataclass(frozen=True, slots=True)
class SessionData:
    """What is read of one session; None for its `part` or `faces` means all.

    All methods raise `SessionError` when it cannot be read.
    """

    store: SessionStore
    session: SessionInfo

    def spells(self, part: Part | None = None) -> pd.DataFrame:
        """See `statistics.spells`."""
        return totals.spells(self.store, self.session.id, *(part or (None, None)))

    def faces_at_once(self, part: Part | None) -> pd.DataFrame:
        """See `statistics.faces_at_once`."""
        return totals.faces_at_once(self.store, self.session.id, *(part or (None, None)))

    def face_times(self) -> pd.DataFrame:
        """See `totals.face_times`."""
        return totals.face_times(self.store, self.session.id)

    def reduced(self, part: Part | None, faces: Sequence[int], points: int) -> Reduced:
        """At most about `points` rows for each of `faces`; without any, those of the frames."""
        begin_s, end_s = part or (None, None)
        return reduced(self.store, self.session.id, begin_s, end_s, points, faces, frames=not faces)

    def faces(self, translate: Translate) -> list[SeenFace]:
        """All faces, the one seen longest first."""
        return [
            SeenFace(
                number=int(row.face),
                name=row.name or translate("Face {id}").format(id=row.face),
                seconds=float(row.seconds),
                given=row.name,
                joined=row.tracks > 1,
            )
            for row in self.face_times().itertuples(index=False)
        ]

    def numbers(self, part: Part | None, faces: Sequence[int] | None) -> Numbers:
        """The statistics of `faces` in `part`."""
        found = self.spells(part)
        if faces is not None:
            found = found[found["face"].isin(faces)]
        return numbers(found, self.faces_at_once(part))

    def length_s(self) -> float:
        """Where the axis of time ends: the last sample stands for some time, too."""
        ends = self.spells()["end_s"]
        return max(self.session.duration_s, float(ends.max()) if len(ends) else 0.0)


def session_html(
    data: SessionData,
    part: Part | None,
    faces: Sequence[int] | None,
    marks: pd.DataFrame,
    zone: tzinfo,
    language: str,
) -> bytes:
    """One page about `faces` in `part`, in UTF-8; `marks` as in `words.marks`."""
    translate, session = translator(language), data.session
    found = data.numbers(part, faces)
    drawn = [one for one in data.faces(translate) if faces is None or one.number in faces]
    names = {
        face.number: face.name for face in sorted(drawn[:STRIP_FACES], key=lambda face: face.number)
    }
    samples = data.reduced(part, list(names), STRIP_POINTS).samples
    inside = marks if part is None else marks[marks["seconds"].between(*part)]
    strip = overview_chart(samples, data.length_s(), names, language, translate, inside, part=part)
    facts = translate("Recorded {time} · {length} · model {model} · {zone}").format(
        time=local_time(session.started_at, zone),
        length=clock(session.duration_s),
        model=session.model,
        zone=zone,
    )
    if part is not None:
        text = translate("The part from {begin} to {end}")
        facts += " · " + text.format(begin=clock(part[0]), end=clock(part[1]))
    figures = [
        (translate("Timeline"), strip),
        (translate("Share of each expression"), share_chart(found.shares, language, translate)),
    ]
    return html_page(session.name, facts, found, figures, language, translate).encode()
