"""Scores of a model on some pictures, with their intervals."""

from functools import partial

import pandas as pd
import streamlit as st

from emotion.charts.scores import per_class_chart
from emotion.evaluation.intervals import Interval, Intervals, interval, intervals
from emotion.evaluation.scores import Scores
from emotion.labels import name
from emotion.ui.analysis_scores import per_class_table
from emotion.ui.analysis_show import show_chart, show_figures, show_table
from emotion.ui.analysis_source import Measured
from emotion.ui.analysis_words import plain
from emotion.ui.language import language
from emotion.ui.language import translate as _


def measured_scores(measured: Measured) -> None:
    """The scores of an evaluation, what was left out and what was corrected."""
    left_out = measured.evaluation.left_out
    show_scores(measured.evaluation.scores, measured.name)
    _corrected(measured)
    if left_out:
        title = _("Pictures left out: {n}").format(n=f"{len(left_out):,}")
        with st.expander(title, icon=":material/broken_image:"):
            for reason in left_out[:100]:
                st.markdown(f"- {plain(reason)}")
    st.caption(_("The same on the command line:"))
    st.code(_command(measured), language="bash", wrap_lines=True)


def show_scores(scores: Scores, file: str) -> None:
    """Figures, and the table and chart of the classes; `file` names the download."""
    ends = intervals(scores)
    _figures(scores, ends)
    st.caption(
        _(
            "Below each score: where it lies, 19 times in 20, on other pictures of the same kind. "
            "Averages: bootstrap of the pictures, 2,000 times; single classes: Wilson's interval."
        )
    )
    _per_class(scores, ends, file)


def _figures(scores: Scores, ends: Intervals) -> None:
    figures = (
        (
            _("Accuracy"),
            f"{scores.accuracy:.1%}",
            _("Pictures with the right label."),
            _percent(ends.accuracy),
        ),
        (
            _("Balanced accuracy"),
            f"{scores.balanced_accuracy:.1%}",
            _("Mean recall of the classes: a rare one counts as much as a common one."),
            _percent(ends.balanced_accuracy),
        ),
        (
            _("Macro-F1"),
            f"{scores.macro_f1:.3f}",
            _("Mean F1 of the classes that have pictures."),
            interval(ends.macro_f1),
        ),
        (
            _("Calibration error"),
            f"{scores.ece:.3f}",
            _(
                "Expected calibration error (ECE): how far confidence lies from accuracy on "
                "average. 0 is perfect."
            ),
            None,
        ),
        (_("Pictures"), f"{scores.n:,}", None, None),
    )
    show_figures(figures)


def _percent(ends: Interval) -> str:
    """`79.2–81.8%`."""
    return f"{100 * ends[0]:.1f}–{ends[1]:.1%}"


def _per_class(scores: Scores, ends: Intervals, file: str) -> None:
    st.subheader(_("Scores of each expression"), anchor=False)
    table = per_class_table(scores, ends)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(_shown(table), table, f"{file}-scores")
    with right:
        show_chart(
            partial(per_class_chart, table, language(), _),
            "per-class",
            _("Precision, recall and F1 of each expression, with their intervals"),
            f"{file}-scores",
        )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """`table` in words: a class without pictures says so."""

    def words(column: str) -> list[str]:
        columns = [table[column], table[f"{column}_low"], table[f"{column}_high"]]
        return [_with_ends(*values) for values in zip(*columns, strict=True)]

    return pd.DataFrame(
        {
            _("Expression"): [name(key, language()) for key in table["expression"]],
            _("Precision"): words("precision"),
            _("Recall"): words("recall"),
            _("F1"): words("f1"),
            _("Support"): [f"{n:,}" if n else _("no samples") for n in table["support"]],
        }
    )


def _with_ends(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return "–"
    if pd.isna(low):  # the precision of what was never predicted is no number, and no 0
        return f"{value:.3f}" if value else _("never predicted")
    unbroken = interval((low, high), 2).replace("–", "\u2060–\u2060")
    return f"{value:.3f} :small[:gray[{unbroken}]]"


def _corrected(measured: Measured) -> None:
    split, data = measured.question.split, measured.data
    relabelled = sum(sample.corrected for sample in data.samples(split))
    aside = len(data.set_aside)
    if relabelled or aside:
        st.info(
            _(
                "Measured with the corrections of {folder}. Labels corrected among these pictures: "
                "{n}. Pictures of the folder set aside: {m}. The scores in the card of the model "
                "do not know of later corrections."
            ).format(folder=plain(data.root.name), n=relabelled, m=aside),
            icon=":material/build:",
        )


def _command(measured: Measured) -> str:
    question = measured.question
    return f"python -m emotion evaluate --model {question.model} {question.arguments}"
