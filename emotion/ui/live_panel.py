"""What stands beside the video: the seven probabilities of each face, the last minute."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.timeline import recent_chart
from emotion.labels import KEYS, UNSURE, name
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.live_stream import LiveStream
from emotion.ui.probabilities import CSS, row_html
from emotion.vision.reasons import reason_name
from emotion.vision.types import FrameResult, Reason, TrackedFace

_CSS: Final = """
.face-panel{margin:0 0 1rem}
.face-panel h4{margin:0 0 .4rem;padding:0;font-size:1.15rem}
.face-panel.unsure{border-left:2px dashed currentColor;padding-left:.75rem}
.face-panel.unsure .face-bar{opacity:.5}
.face-mark{display:inline-block;width:1.35em;line-height:1.25em;margin-right:.4em;text-align:center;
 border:2px dashed currentColor;border-radius:50%}
.face-why{margin:0 0 .4rem;font-size:.95rem}
.face-pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:0 1.2rem}
.face-pair .face-row{grid-template-columns:5.8em 1fr 2.6em;gap:.4em}
.face-model{margin:0;font-size:.85rem;opacity:.75;overflow-wrap:anywhere}
"""


def faces_panel(
    result: FrameResult | None,
    least_confidence: float | None = None,
    names: tuple[str, str] | None = None,
) -> None:
    """The seven probabilities of each face of the newest result, in the order of their ids.

    Where its label is not sure it says why, and what helps; `least_confidence` is from when
    on labels are shown, to be told with it. `names` are those of the model in use and of the
    one on trial, where there is one: both stand side by side.
    """
    if result is None or not result.faces:
        st.info(_("No face in view."), icon=":material/face:")
        return
    several = len(result.faces) > 1
    panels = "".join(
        _face_html(face, several, least_confidence)
        if names is None or face.trial is None
        else _pair_html(face, face.trial, names, several, least_confidence)
        for face in sorted(result.faces, key=lambda face: face.track_id)
    )
    faces = f'<div class="faces" data-time-s="{result.time_s:.3f}">{panels}</div>'
    st.html(f"<style>{CSS}{_CSS}</style>{faces}")


def _pair_html(
    face: TrackedFace,
    trial: TrackedFace,
    names: tuple[str, str],
    with_id: bool,
    least_confidence: float | None,
) -> str:
    panels = (_face_html(face, with_id, least_confidence), _face_html(trial, with_id, None))
    columns = "".join(
        f'<div><p class="face-model">{escape(name)}</p>{panel}</div>'
        for name, panel in zip(names, panels, strict=True)
    )
    return f'<div class="face-pair">{columns}</div>'


def _face_html(tracked: TrackedFace, with_id: bool, least_confidence: float | None) -> str:
    top, sure = tracked.expression_index, tracked.shown != UNSURE
    title = name(tracked.shown, language()).capitalize()
    if with_id:
        title = _("Face {id}: {expression}").format(id=tracked.track_id, expression=title)
    rows = "".join(
        row_html(index, float(value), sure and index == top)
        for index, value in enumerate(tracked.smoothed)
    )
    if sure:
        heading = f"{escape(title)} · {tracked.confidence:.0%}"
        return f'<section class="face-panel"><h4>{heading}</h4>{rows}</section>'
    heading = f'<span class="face-mark" aria-hidden="true">?</span>{escape(title)}'
    why = "".join(f'<p class="face-why">{line}</p>' for line in _why(tracked, least_confidence))
    return f'<section class="face-panel unsure"><h4>{heading}</h4>{why}{rows}</section>'


def _why(tracked: TrackedFace, least_confidence: float | None) -> list[str]:
    """Why a face has no label, as HTML: what is wrong with its picture; the low confidence,
    which follows from that, only where it is all there is."""
    poor = [reason for reason in tracked.reasons if reason != "low_confidence"]
    lines: list[tuple[Reason, str]] = [(reason, way_out(reason)) for reason in poor]
    if not poor:
        text = _("Most likely {expression}, {confidence}.").format(
            expression=name(KEYS[tracked.expression_index], language()),
            confidence=f"{tracked.confidence:.0%}",
        )
        if least_confidence is not None:
            least = _("Labels are shown from {least} on.").format(least=f"{least_confidence:.0%}")
            text = f"{text} {least}"
        lines = [("low_confidence", text)]
    return [
        f"<b>{escape(reason_name(reason, language()).capitalize())}.</b> {escape(text)}"
        for reason, text in lines
    ]


def way_out(reason: Reason) -> str:
    """What someone in view can do about it; empty where that is nothing."""
    ways: dict[Reason, str] = {
        "partly_out_of_view": _("Move into the middle of the picture."),
        "too_small": _("Come closer to the camera."),
        "too_dark": _("More light on the face helps, best from the front."),
        "too_bright": _("Turn away from the light, or dim it."),
        "turned_away": _("Look into the camera, with the head upright."),
        "blurred": _("Hold still; more light and a clean lens help as well."),
    }
    return ways.get(reason, "")


def last_minute(stream: LiveStream) -> None:
    """The chart of one face: of those in view the one that was seen largest and longest."""
    recent = stream.recent
    track_id = main_face(recent)
    if track_id is None:
        st.caption(_("The last minute appears here once a face is in view."))
        return
    if len({face.track_id for _at, result in recent for face in result.faces}) > 1:
        st.caption(_("Face {id}, which is seen largest.").format(id=track_id))
    st.altair_chart(
        recent_chart(recent_table(recent, track_id), language(), _),
        key="last-minute",
        alt=_("Lines of the seven probabilities over the last minute"),
    )


def main_face(recent: Sequence[tuple[float, FrameResult]]) -> int | None:
    """The id of the face, of those in the newest result that has any, whose heights over all
    results sum up to the most; None where no result has a face.

    Two faces of about one size so do not take turns in the chart.
    """
    heights: Counter[int] = Counter()
    in_view: set[int] = set()
    for _seconds, result in recent:
        for face in result.faces:
            heights[face.track_id] += _height(face)
        if result.faces:
            in_view = {face.track_id for face in result.faces}
    return max(in_view, key=lambda track_id: heights[track_id], default=None)


def recent_table(recent: Sequence[tuple[float, FrameResult]], track_id: int) -> pd.DataFrame:
    """`seconds` (0 is now) and seven `p_*` of that face, from each result that has it."""
    rows = [
        (seconds, *face.smoothed)
        for seconds, result in recent
        for face in result.faces
        if face.track_id == track_id
    ]
    return pd.DataFrame(rows, columns=["seconds", *(f"p_{key}" for key in KEYS)])


def _height(tracked: TrackedFace) -> int:
    return round(float(tracked.face.box_xyxy[3] - tracked.face.box_xyxy[1]))
