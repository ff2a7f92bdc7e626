"""A grid of faces with what the model answered, what it would take to be right, and repair."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import streamlit as st

from emotion.data.layout import Sample
from emotion.errors import EmotionError
from emotion.evaluation.crops import read_crop
from emotion.evaluation.faces import Standing, standing
from emotion.evaluation.scores import IntArray
from emotion.labels import KEYS, name
from emotion.ui.analysis_repair import repair
from emotion.ui.analysis_source import Measured
from emotion.ui.analysis_why import why
from emotion.ui.analysis_words import plain
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.probabilities import CSS, row_html

PAGE: Final = 12
FACE_PX: Final = 96
CARD_PX: Final = 260
_CSS: Final = """
.face-card .face-row{font-size:.8rem;line-height:1.4;gap:.4em;
 grid-template-columns:7em 1fr 2.6em}
"""


def faces_grid(
    measured: Measured,
    positions: IntArray,
    slot: str,
    note: Callable[[Sample], str] | None = None,
) -> None:
    """The faces at `positions` of the evaluation in this order, a page at a time; `note` says
    in Markdown what else is known of one."""
    pages = -(-len(positions) // PAGE)
    page = 1
    if pages > 1:
        # Another list, or one of another length, begins at its first page.
        page = st.pagination(pages, key=f"{slot} page {pages}")
        first, last = (page - 1) * PAGE + 1, min(page * PAGE, len(positions))
        st.caption(_("{first} to {last} of {n}").format(first=first, last=last, n=len(positions)))
    with st.container(horizontal=True, gap="small"):
        for position in positions[(page - 1) * PAGE : page * PAGE]:
            _card(measured, int(position), note)


def _card(measured: Measured, position: int, note: Callable[[Sample], str] | None) -> None:
    evaluation = measured.evaluation
    sample = evaluation.samples[position]
    values, truth = evaluation.probabilities[position], int(evaluation.truth[position])
    label = int(values.argmax())
    path = measured.data.path(sample)
    true, read = (name(KEYS[i], language()) for i in (truth, label))
    with st.container(border=True, width=CARD_PX, gap="xsmall"):
        with st.container(horizontal=True, gap="small"):
            alt = _("A face labelled {true}, read as {label}").format(true=true, label=read)
            face_image(path, measured.question.find_faces, FACE_PX, alt)
            with st.container(gap="xsmall", width=CARD_PX - FACE_PX - 50):
                st.markdown(f"**{read}** · {values[label]:.0%}")
                st.caption(_("labelled {expression}").format(expression=true))
                repair(measured.data, sample, label)
                why(measured, sample, label)
        if note is not None:
            st.caption(note(sample))
        rows = "".join(
            row_html(i, float(v), i == label, " ✓" if i == truth else "")
            for i, v in enumerate(values)
        )
        st.html(f'<style>{CSS}{_CSS}</style><div class="face-card">{rows}</div>')
        st.caption(needed_words(standing(values, truth), truth))
        st.caption(plain(Path(sample.path).name), help=plain(sample.path))


def face_image(path: Path, find_faces: bool, width: int, alt: str) -> None:
    """The face of a picture as a model sees it; `alt` is for those who cannot see it."""
    try:
        content = _png(os.fsencode(path), path.stat().st_mtime_ns, find_faces)
    except (EmotionError, OSError):
        st.caption(_("The picture is gone."), width=width)
        return
    st.image(content, width=width, alt=alt)


@st.cache_data(max_entries=500, show_spinner=False)
def _png(path: bytes, time_ns: int, find_faces: bool) -> bytes:  # noqa: ARG001  (the cache's key)
    """The face as the model sees it, enlarged where it is small."""
    crop = read_crop(Path(os.fsdecode(path)), 2 * FACE_PX, find_faces=find_faces)
    return bytes(np.asarray(cv2.imencode(".png", crop)[1]).tobytes())


def needed_words(stands: Standing, truth: int) -> str:
    """What it would take to be right, or how sure a hit is."""
    true, rival = (name(KEYS[i], language()) for i in (truth, stands.rival))
    values = {
        "true": true,
        "rival": rival,
        "rank": stands.rank,
        "times": f"{stands.times:,.1f}" if stands.times < 1000 else "> 1,000",
        "log": f"{abs(stands.behind):.2f}",
    }
    if stands.rank == 1:
        return _(
            "Right: {true} is {times} times as probable as {rival}, the next (log-odds {log})."
        ).format(**values)
    return _(
        "{true} comes {rank} of 7. To be right its log-odds would have to rise by {log}: {rival} "
        "is {times} times as probable."
    ).format(**values)
