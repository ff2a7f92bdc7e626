"""The timeline of a session: a strip of all faces to brush over, and each face in detail."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.overview import faces_chart, overview_chart
from emotion.charts.timeline import Kind, timeline_chart
from emotion.labels import KEYS, name
from emotion.report.sentences import percent
from emotion.report.session import STRIP_FACES, STRIP_POINTS, SeenFace
from emotion.report.words import clock
from emotion.sessions.curves import quality_gaps, smoothed
from emotion.sessions.statistics import Part, lengths
from emotion.ui.analysis_sessions_data import Recorded
from emotion.ui.analysis_sessions_faces import faces_editor
from emotion.ui.analysis_sessions_part import brushed, chosen, part_controls, strip_key
from emotion.ui.analysis_show import show_chart
from emotion.ui.analysis_words import file_stem, plain
from emotion.ui.choice import choose_several
from emotion.ui.language import language
from emotion.ui.language import translate as _

DRAWN_FACES: Final = 3
"""So many faces are drawn in detail until others are chosen."""
DETAIL_POINTS: Final = 600
"""Rows of one face: a point for each pixel and a half of the chart."""
LONGEST_SMOOTHING_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class View:
    """How the faces are drawn in detail."""

    kind: Kind = "areas"
    shown: Sequence[str] = KEYS
    smoothing_s: float = 0.0


def choose_faces(recorded: Recorded, faces: Sequence[SeenFace]) -> list[int] | None:
    """The faces to look at; None for all. One alone is shown without asking."""
    if len(faces) == 1:
        return None
    words = {face.number: f"{face.name} · {clock(face.seconds)}" for face in faces}
    slot = f"analysis-faces {recorded.session.id}"
    return choose_several(_("Faces"), words, slot, placeholder=_("All faces")) or None


def timeline_view(
    recorded: Recorded,
    faces: Sequence[SeenFace],
    picked: list[int] | None,
    markers: pd.DataFrame,
    marks: pd.DataFrame,
) -> Part | None:
    """Draw it and let a part be chosen, which is returned; None for the whole session."""
    session, length_s = recorded.session, recorded.length_s()
    _strip(recorded, faces[:STRIP_FACES], marks, length_s)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        part_controls(session.id, length_s, markers)
        view = _view_controls(session.id)
        faces_editor(recorded, faces)
    part = chosen(session.id).part
    drawn = [face for face in faces if picked is None or face.number in picked]
    if picked is None:
        drawn = drawn[:DRAWN_FACES]
    inside = marks if part is None else marks[marks["seconds"].between(*part)]
    axis = part or (0.0, length_s)
    numbers = [face.number for face in drawn]
    samples = recorded.reduced(part, numbers, DETAIL_POINTS).samples
    for face in drawn:
        of_face = samples[samples["face"] == face.number]
        _face(recorded, face, of_face, part, axis, view, inside, alone=len(faces) == 1)
    _explained(recorded, part, numbers)
    if len(drawn) < len(faces) and picked is None:
        st.caption(
            _("The {n} faces seen longest are drawn; the others can be picked above.").format(
                n=len(drawn)
            )
        )
    st.subheader(_("Number of faces"), anchor=False)
    show_chart(
        partial(faces_chart, recorded.reduced(part, [], DETAIL_POINTS).frames, axis, _),
        "faces",
        _("Number of faces over time"),
        f"{file_stem(session)}-faces-over-time",
    )
    return part


def _strip(
    recorded: Recorded, faces: Sequence[SeenFace], marks: pd.DataFrame, length_s: float
) -> None:
    session = recorded.session
    names = {face.number: face.name for face in sorted(faces, key=lambda face: face.number)}
    key = strip_key(session.id, (recorded.key, tuple(names.items()), language()))
    strip = overview_chart(
        recorded.reduced(None, list(names), STRIP_POINTS).samples,
        length_s,
        names,
        language(),
        _,
        marks,
        chosen(session.id).drawn,
    )
    st.caption(_("Drag over the strip to look at a part of it; click beside it for all again."))
    st.altair_chart(
        strip,
        width="stretch",
        key=key,
        on_select=partial(brushed, session.id, key, length_s),
        alt=_("What each face showed over time"),
    )


def _view_controls(session_id: int) -> View:
    with st.popover(_("Display"), icon=":material/tune:", key=f"display {session_id}"):
        kinds: dict[Kind, str] = {"areas": _("Stacked areas"), "lines": _("Lines")}
        kind = st.segmented_control(
            _("Draw as"),
            list(kinds),
            format_func=kinds.__getitem__,
            default="areas",
            required=True,
            key="analysis-kind",
            persist_state="session",
        )
        shown = st.pills(
            _("Expressions"),
            list(KEYS),
            selection_mode="multi",
            default=list(KEYS),
            format_func=lambda key: name(key, language()),
            key="analysis-expressions",
            persist_state="session",
        )
        smoothing_s = st.slider(
            _("Smoothing (seconds)"),
            0.0,
            LONGEST_SMOOTHING_S,
            0.0,
            step=0.5,
            key="analysis-smoothing",
            persist_state="session",
            help=_("Means over so many seconds. The ribbon above stays what was shown."),
        )
    return View(kind, shown or KEYS, smoothing_s)


def _face(
    recorded: Recorded,
    face: SeenFace,
    samples: pd.DataFrame,
    part: Part | None,
    axis: Part,
    view: View,
    marks: pd.DataFrame,
    alone: bool,
) -> None:
    """One face in detail; `axis` is `part`, or all of the session."""
    rows = smoothed(samples, view.smoothing_s)
    if not alone:
        st.markdown(f"**{plain(face.name)}**")
    if rows.empty:
        st.caption(_("Not in view in this part."))
        return
    of_face = recorded.spells(part)
    of_face = of_face[of_face["face"] == face.number]
    gaps = quality_gaps(of_face, (axis[1] - axis[0]) / DETAIL_POINTS)
    draw = partial(timeline_chart, rows, axis, language(), _, marks, gaps, view.kind, view.shown)
    show_chart(
        partial(draw, explained=False),  # the strip above has the colours
        f"timeline {face.number}",
        _("The probabilities of the seven expressions of {face} over time").format(face=face.name),
        f"{file_stem(recorded.session)}-timeline-{face.number}",
        picture=draw,
    )


def _explained(recorded: Recorded, part: Part | None, faces: Sequence[int]) -> None:
    """What the charts show beside the probabilities."""
    said = [
        _(
            "The ribbon above is the label that was shown. Grey: the picture was not good enough "
            "to read the face. Blank: it was not in view."
        )
    ]
    table = recorded.spells(part)
    table = table[table["face"].isin(faces)]
    seconds = lengths(table)
    share = float(seconds @ table["baseline"]) / (float(seconds.sum()) or 1.0)
    if share:
        text = _("The line above the ribbon: a neutral baseline was on, for {share} of this time.")
        said.append(text.format(share=percent(share)))
    st.caption(" ".join(said))
