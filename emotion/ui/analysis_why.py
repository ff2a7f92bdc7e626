"""Where in a face the model looked: a Grad-CAM overlay, worked out when it is asked for."""

import os
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import streamlit as st

from emotion.data.layout import Sample
from emotion.errors import EmotionError
from emotion.evaluation.crops import read_crop
from emotion.labels import KEYS, name
from emotion.models.jobs import grad_cam
from emotion.models.store import find_model
from emotion.settings import load_settings
from emotion.ui import messages
from emotion.ui.analysis_source import Measured
from emotion.ui.language import language
from emotion.ui.language import translate as _

SIDE_PX: Final = 280
MOST: Final = 0.6
"""How much of the face the strongest colour covers."""


def why(measured: Measured, sample: Sample, label: int) -> None:
    """The button that opens the overlay of one face."""
    if st.button(_("Why?"), icon=":material/frame_inspect:", key=f"why {sample.path!a}"):
        st.dialog(_("Where the model looked"), width="medium")(_overlay)(measured, sample, label)


def _overlay(measured: Measured, sample: Sample, label: int) -> None:
    shown = st.selectbox(
        _("What speaks for"),
        range(len(KEYS)),
        index=label,
        format_func=lambda index: name(KEYS[index], language()),
    )
    path = measured.data.path(sample)
    try:
        with st.spinner(_("Asking the model …")):
            face, maps = _maps(
                measured.question.model,
                os.fsencode(path),
                path.stat().st_mtime_ns,
                measured.question.find_faces,
            )
    except OSError:
        st.caption(_("The picture is gone."))
        return
    except EmotionError as error:
        messages.show(error)
        return
    expression = name(KEYS[shown], language())
    with st.container(horizontal=True):
        st.image(_enlarged(face), width=SIDE_PX, alt=_("The face as the model sees it"))
        st.image(
            laid_over(face, maps[shown]),
            width=SIDE_PX,
            channels="BGR",
            alt=_("The same face, coloured where it speaks for {expression}").format(
                expression=expression
            ),
        )
    if not maps[shown].any():
        st.caption(_("Nothing in this face speaks for {expression}.").format(expression=expression))
    st.caption(
        _(
            "Yellow: what the last layer of the network answered {expression} to (Grad-CAM). It is "
            "coarse, the same strength for a weak answer as for a sure one, and no proof: another "
            "network may look at the same place for another reason."
        ).format(expression=expression)
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _maps(
    model: str,
    path: bytes,
    time_ns: int,  # noqa: ARG001  (the cache's key)
    find_faces: bool,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The face as the model sees it, and the seven maps."""
    entry = find_model(load_settings().models_dir, model)
    size, resize = entry.card.input.crop, entry.card.input.resize
    start = (resize - size) // 2
    face = read_crop(Path(os.fsdecode(path)), resize, find_faces=find_faces)
    face = face[start : start + size, start : start + size]
    return face, grad_cam(entry, face)


def _enlarged(face: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.resize(face, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC), np.uint8)


def laid_over(
    face: npt.NDArray[np.uint8], strength: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """The grey face `(size, size)` under the colours of `strength` `(size, size)`, 0 to 1, as
    BGR `(SIDE_PX, SIDE_PX, 3)`: cividis, which colour-blind people see as others do."""
    large = cv2.resize(strength, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    colours = cv2.applyColorMap((255 * large).astype(np.uint8), cv2.COLORMAP_CIVIDIS)
    grey = cv2.cvtColor(_enlarged(face), cv2.COLOR_GRAY2BGR)
    share = MOST * large[:, :, None]
    return np.asarray(np.rint(grey * (1 - share) + colours * share), np.uint8)
