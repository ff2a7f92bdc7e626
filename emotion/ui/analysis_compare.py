"""Two models on the same pictures: by how much they differ, and on which faces."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.confusion_difference import difference_chart
from emotion.charts.training import metric_title
from emotion.data.layout import Sample
from emotion.evaluation.compare import Difference
from emotion.evaluation.intervals import CONFIDENCE
from emotion.evaluation.run import Evaluation
from emotion.evaluation.versus import McNemar, Versus, versus
from emotion.labels import KEYS, name
from emotion.models.store import ModelEntry
from emotion.settings import Settings
from emotion.ui.analysis_faces import faces_grid
from emotion.ui.analysis_matrix import counts_table
from emotion.ui.analysis_repair import after_repair
from emotion.ui.analysis_scores import differences_table
from emotion.ui.analysis_show import show_chart, show_table
from emotion.ui.analysis_source import Measured, choose_pictures, content_of, measured_on
from emotion.ui.analysis_words import plain
from emotion.ui.choice import choose
from emotion.ui.language import language
from emotion.ui.language import translate as _

OTHER: Final = "analysis-other-model"
SIDE: Final = "analysis-compare-side"


def compare_section(
    entry: ModelEntry, entries: Mapping[str, ModelEntry], settings: Settings
) -> None:
    """The other model, the pictures, and what came of both. Raises `DataError` and
    `ModelError` for a folder or a model that cannot be used."""
    others = {known: known for known in entries if known != entry.name}
    if not others:
        st.info(
            _(
                "{model} is the only model. Train or import another one on the train page to "
                "compare both on the same pictures."
            ).format(model=plain(entry.name)),
            icon=":material/balance:",
        )
        st.page_link("pages/train.py", label=_("Train"), icon=":material/school:")
        return
    other = entries[choose(_("Compared with"), others, OTHER)]
    pictures = choose_pictures(settings)
    if pictures is None:
        return
    measured = []
    for one in (other, entry):
        found = measured_on(pictures, one, settings, titled=True)
        if found is not None:
            measured.append(found)
    if len(measured) == 2:
        _compared(*measured)


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs={Evaluation: content_of})
def _versus(first: Evaluation, second: Evaluation) -> Versus:
    """Ten thousand resamples take part of a second."""
    return versus(first, second)


@st.fragment
def _compared(first: Measured, second: Measured) -> None:
    """`second` is the model of the page, `first` the one that it is compared with."""
    after_repair(first.data)
    result = _versus(first.evaluation, second.evaluation)
    names = plain(first.question.model), plain(second.question.model)
    stem = f"{second.name}-against-{first.question.model}"
    _scores(result, names, stem)
    left, right = st.columns(2, gap="large")
    with left:
        _apart(result.mcnemar, names)
    with right:
        _matrices(result, names, stem)
    _faces(result, first, second)
    st.caption(_("The same on the command line:"))
    st.code(_command(first, second), language="bash", wrap_lines=True)


def _scores(result: Versus, names: tuple[str, str], stem: str) -> None:
    st.subheader(_("How much better is {model}?").format(model=names[1]), anchor=False)
    shown = pd.DataFrame(
        {
            _("Score"): [metric_title(one.metric, _) for one in result.differences],
            names[0]: [f"{one.first:.3f}" for one in result.differences],
            names[1]: [f"{one.second:.3f}" for one in result.differences],
            _("Difference"): [_difference(one) for one in result.differences],
        }
    )
    show_table(shown, differences_table(result.differences), stem)
    st.caption(
        _(
            "On {n} pictures. In parentheses the 95 % interval, by drawing the same pictures anew "
            "for both (paired bootstrap, 10,000 times). Bold: it leaves 0 out, so that the "
            "difference is beyond chance."
        ).format(n=f"{result.n:,}")
    )


def _difference(one: Difference) -> str:
    text = f"{one.change:+.3f} ({one.low:+.3f} … {one.high:+.3f})"
    return f"**{text}**" if one.beyond_chance else text


def _apart(test: McNemar, names: tuple[str, str]) -> None:
    st.subheader(_("Who gets which pictures right?"), anchor=False)
    rows = {
        _("Both"): test.both,
        _("Only {model}").format(model=names[0]): test.only_first,
        _("Only {model}").format(model=names[1]): test.only_second,
        _("Neither"): test.neither,
    }
    table = pd.DataFrame({_("Right"): list(rows), _("Pictures"): [f"{n:,}" for n in rows.values()]})
    st.table(table, hide_index=True, border="horizontal")
    beyond = test.p < 1 - CONFIDENCE
    words = (
        _("The accuracies differ beyond chance (McNemar's test, mid-p = {p}).")
        if beyond
        else _("The accuracies may differ by chance alone (McNemar's test, mid-p = {p}).")
    )
    st.markdown(words.format(p="< 0.001" if test.p < 0.001 else f"{test.p:.3f}"))


def _matrices(result: Versus, names: tuple[str, str], stem: str) -> None:
    st.subheader(_("Difference of the matrices"), anchor=False)
    show_chart(
        partial(difference_chart, result.confusion, language(), _),
        "confusion-difference",
        _("Pictures in each cell of the confusion matrix: one model less the other"),
        f"{stem}-confusion",
        counts_table(result.confusion),
    )
    st.caption(
        _(
            "Pictures with {model} less those with {other}. Blue is better, orange worse: more in "
            "the diagonal are more hits, more beside it more mistakes."
        ).format(model=names[1], other=names[0])
    )


def _faces(result: Versus, first: Measured, second: Measured) -> None:
    st.subheader(_("Faces that one alone reads right"), anchor=False)
    sides = {
        "first": (first, second, result.only_first),
        "second": (second, first, result.only_second),
    }
    labels = {
        side: _("Only {model} is right · {n}").format(model=one.question.model, n=f"{len(at):,}")
        for side, (one, _other, at) in sides.items()
    }
    right, wrong, positions = sides[choose(_("Faces"), labels, SIDE)]
    if not len(positions):
        st.info(_("There is no such picture."), icon=":material/face:")
        return
    st.caption(
        _("Bars: what {model} answered, its most confident mistakes first.").format(
            model=plain(wrong.question.model)
        )
    )
    answered = dict(
        zip(
            (sample.path for sample in right.evaluation.samples),
            right.evaluation.probabilities,
            strict=True,
        )
    )

    def note(sample: Sample) -> str:
        values = answered[sample.path]
        return _("{model}: {expression} · {share}").format(
            model=plain(right.question.model),
            expression=name(KEYS[int(values.argmax())], language()),
            share=f"{values.max():.0%}",
        )

    faces_grid(wrong, positions, f"only {right.question.model}", note)


def _command(first: Measured, second: Measured) -> str:
    names = f"{first.question.model} {second.question.model}"
    return f"python -m emotion compare {names} {first.question.arguments}"
