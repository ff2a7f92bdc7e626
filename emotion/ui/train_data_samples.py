"""Some pictures of each class, as the model will see them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from emotion.data.layout import Sample
from emotion.data.pictures import UInt8Array
from emotion.data.report import DataReport
from emotion.data.split_file import SPLITS
from emotion.errors import PictureError
from emotion.evaluation.crops import read_crop
from emotion.labels import EXPRESSIONS, name
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.train_data_counts import split_name

OF_EACH: Final = 8
SIDE: Final = 96
SHOWN_PX: Final = 68
_TURN: Final = "train-samples-turn"


def show_samples(report: DataReport, *, find_faces: bool) -> None:
    """A row of pictures for each class, others on request."""
    splits = [split for split in SPLITS if report.total(split)]
    if not splits or not st.toggle(
        _("Show pictures of each class"),
        key="train-samples",
        persist_state="session",
        help=_("As the model sees them: grey, square, and cut out where faces are to be found."),
    ):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control(
            _("Data"),
            splits,
            format_func=split_name,
            default=splits[0],
            required=True,
            key=f"train-samples-split-{'-'.join(splits)}",
        )
        st.button(_("Others"), icon=":material/shuffle:", key="train-samples-next", on_click=_next)
    turn = st.session_state.get(_TURN, 0)
    for expression in EXPRESSIONS:
        samples = [s for s in report.data.samples(split) if s.expression == expression.index]
        if not samples:
            continue
        st.markdown(f"**{name(expression.key, language())}** · {len(samples):,}")
        chosen = some(samples, turn)
        pictures = _read(report.root, tuple(sample.path for sample in chosen), find_faces)
        shown = [(s, p) for s, p in zip(chosen, pictures, strict=True) if p is not None]
        if shown:
            st.image(
                [picture for _sample, picture in shown],
                width=SHOWN_PX,
                alt=[sample.path for sample, _picture in shown],
            )
        if len(shown) < len(chosen):
            st.caption(
                _("{n} of {all} show no face, or cannot be read.").format(
                    n=len(chosen) - len(shown), all=len(chosen)
                )
            )


def _next() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def some(samples: Sequence[Sample], turn: int) -> list[Sample]:
    """Eight pictures of a class; each turn shows others until all were seen."""
    order = np.random.default_rng(0).permutation(len(samples))
    first = turn * OF_EACH % max(1, len(samples))
    return [samples[i] for i in np.roll(order, -first)[:OF_EACH]]


@st.cache_data(max_entries=32, ttl=60, show_spinner=False)
def _read(root: Path, paths: tuple[str, ...], find_faces: bool) -> list[UInt8Array | None]:
    return [_crop(root / path, find_faces) for path in paths]


def _crop(path: Path, find_faces: bool) -> UInt8Array | None:
    try:
        return read_crop(path, SIDE, find_faces=find_faces)
    except PictureError:
        return None
