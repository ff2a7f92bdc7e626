"""The confusion matrix, and the faces behind each of its cells."""

from functools import partial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from emotion.charts.confusion import SELECTION, Cells, confusion_chart
from emotion.evaluation.faces import cell, confident_mistakes, unsure_hits
from emotion.evaluation.scores import IntArray, Scores
from emotion.labels import EXPRESSIONS, KEYS, name
from emotion.ui.analysis_faces import faces_grid
from emotion.ui.analysis_repair import after_repair
from emotion.ui.analysis_show import show_chart
from emotion.ui.analysis_source import Measured
from emotion.ui.choice import choose
from emotion.ui.language import language
from emotion.ui.language import translate as _

List = Literal["cell", "mistakes", "hits"]
TRUE: Final = "analysis-true"
PREDICTED: Final = "analysis-predicted"
LIST: Final = "analysis-list"
_CHART: Final = "analysis-confusion"


def plain_matrix(scores: Scores, stem: str) -> None:
    """The matrix of scores whose pictures are not at hand; `stem` names its downloads."""
    _matrix(scores, f"{stem}-confusion", None, clickable=False)


@st.fragment
def matrix_section(measured: Measured) -> None:
    """The matrix and the faces of what is chosen in it."""
    after_repair(measured.data)
    scores = measured.evaluation.scores
    left, right = st.columns([3, 2], gap="medium")
    with right:
        shown = _choose_list()
        true, predicted = _choose_cell(scores, shown)
    with left:
        chosen = (true, predicted) if shown == "cell" else None
        _matrix(scores, f"{measured.name}-confusion", chosen, clickable=True)
    positions, title = _faces(measured, shown, true, predicted)
    st.subheader(title, anchor=False)
    if len(positions):
        faces_grid(measured, positions, f"{shown} {true} {predicted}")
    else:
        st.info(_("There is no such picture."), icon=":material/face:")


def _choose_list() -> List:
    titles: dict[List, str] = {
        "cell": _("A cell of the matrix"),
        "mistakes": _("The most confident mistakes"),
        "hits": _("The least sure hits"),
    }
    return st.radio(
        _("Faces"),
        list(titles),
        format_func=titles.__getitem__,
        key=f"{LIST} {language()}",
        persist_state="session",
    )


def _choose_cell(scores: Scores, shown: List) -> tuple[int, int]:
    """True and predicted class, by keyboard; a click on the chart sets the same."""
    if TRUE not in st.session_state:
        st.session_state[TRUE], st.session_state[PREDICTED] = _largest_mistake(scores)
    labels = {one.index: name(one.key, language()) for one in EXPRESSIONS}
    true = choose(_("True"), labels, TRUE)
    if shown != "cell":
        return true, true
    st.caption(_("Click a cell of the matrix, or choose it here."))
    return true, choose(_("Predicted"), labels, PREDICTED)


def _largest_mistake(scores: Scores) -> tuple[int, int]:
    counts = np.array(scores.confusion)
    np.fill_diagonal(counts, -1)
    true, predicted = np.unravel_index(int(counts.argmax()), counts.shape)
    return int(true), int(predicted)


def _faces(measured: Measured, shown: List, true: int, predicted: int) -> tuple[IntArray, str]:
    """Positions in the evaluation, and what they are."""
    evaluation = measured.evaluation
    words = {
        "true": name(KEYS[true], language()),
        "predicted": name(KEYS[predicted], language()),
    }
    if shown == "mistakes":
        positions = confident_mistakes(evaluation, true)
        title = _("{n} labelled {true} and read otherwise, the most confident first")
    elif shown == "hits":
        positions = unsure_hits(evaluation, true)
        title = _("{n} labelled {true} and read so, the least sure first")
    else:
        positions = cell(evaluation, true, predicted)
        title = _("{n} labelled {true} and read as {predicted}")
    return positions, title.format(n=f"{len(positions):,}", **words)


def _matrix(scores: Scores, stem: str, chosen: tuple[int, int] | None, *, clickable: bool) -> None:
    titles: dict[Cells, str] = {
        "rows": _("By row"),
        "columns": _("By column"),
        "counts": _("Pictures"),
    }
    cells = st.segmented_control(
        _("Numbers in the cells"),
        list(titles),
        format_func=titles.__getitem__,
        default="rows",
        key=f"analysis-cells-{language()}",
        required=True,
        help=_(
            "By row: of the pictures with this label, how many were read so (recall in the "
            "diagonal). By column: of those read so, how many have this label (precision)."
        ),
    )
    show_chart(
        partial(
            confusion_chart,
            np.array(scores.confusion),
            language(),
            _,
            cells,
            chosen,
            clickable=clickable,
        ),
        "confusion",
        _("Confusion matrix: rows are the true expression, columns the predicted one"),
        stem,
        counts_table(np.array(scores.confusion)),
        on_select=_chosen if clickable else None,
    )


def counts_table(counts: npt.NDArray[np.integer]) -> pd.DataFrame:
    """The counts with keys: a column `true`, and one for each predicted expression."""
    table = pd.DataFrame(counts, columns=KEYS)
    table.insert(0, "true", KEYS)
    return table


def _chosen() -> None:
    """Before the script: a click on a cell chooses as the select boxes do."""
    points = st.session_state[_CHART]["selection"].get(SELECTION) or []
    if points:
        st.session_state[TRUE] = int(points[0]["row"])
        st.session_state[PREDICTED] = int(points[0]["column"])
        st.session_state[f"{LIST} {language()}"] = "cell"
