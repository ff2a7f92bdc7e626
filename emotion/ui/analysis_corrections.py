"""All corrections of a data folder, each with its undo."""

from typing import Final

import streamlit as st

from emotion.data import corrections
from emotion.data.corrections import Correction
from emotion.data.layout import DataSet, Sample
from emotion.data.layout import scan as scan_data
from emotion.labels import KEYS, name
from emotion.ui.analysis_faces import face_image
from emotion.ui.analysis_repair import after_repair
from emotion.ui.analysis_words import plain, written_time
from emotion.ui.decisions import plain_sentence, take_back
from emotion.ui.language import language
from emotion.ui.language import translate as _

PAGE: Final = 20
"""Corrections on one page."""
FACE_PX: Final = 56


def corrections_section(data: DataSet) -> None:
    """The list, the newest first. Raises `DataError` when the file cannot be read."""
    after_repair(data)
    decisions = corrections.read(data.root)
    if not decisions:
        st.info(
            _(
                "Nothing was corrected in {folder}. Look at the faces of the confusion matrix: a "
                "wrong label can be corrected there, a bad picture set aside."
            ).format(folder=plain(data.root.name)),
            icon=":material/build:",
        )
        return
    st.caption(
        _(
            "They stand in {file} beside the pictures, which stay where they are. Training and "
            "evaluation honour them."
        ).format(file=f"`{corrections.FILE}`")
    )
    st.download_button(
        _("Download CSV"),
        (data.root / corrections.FILE).read_bytes(),
        f"{data.root.name}-{corrections.FILE}",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    _list(data, decisions[::-1])


def _list(data: DataSet, decisions: tuple[Correction, ...]) -> None:
    before = _folders(data)
    pages = -(-len(decisions) // PAGE)
    page = st.pagination(pages, key=f"corrections page {pages}") if pages > 1 else 1
    for decision in decisions[(page - 1) * PAGE : page * PAGE]:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.button(
                _("Undo"),
                icon=":material/undo:",
                key=f"undo {decision.path!a} {decision.when}",
                on_click=take_back,
                args=(data.root, (decision,)),
            )
            face_image(data.root / decision.path, False, FACE_PX, _("The picture"))
            st.markdown(plain_sentence(decision), width="stretch")
            st.caption(_details(decision, before))


def _folders(data: DataSet) -> dict[str, Sample]:
    """The pictures by path, in the class of their folder."""
    return {sample.path: sample for sample in scan_data(data.root, corrected=False).every()}


def _details(decision: Correction, before: dict[str, Sample]) -> str:
    parts = []
    sample = before.get(decision.path)
    if sample is not None:
        folder = name(KEYS[sample.expression], language())
        parts.append(_("its folder says {expression}").format(expression=folder))
    if when := written_time(decision.when):
        parts.append(when)
    if decision.why:
        parts.append(plain(decision.why))
    return " · ".join(parts)
