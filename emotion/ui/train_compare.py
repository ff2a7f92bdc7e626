"""Some runs beside each other: curves, settings that differ, scores and whether beyond chance."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from emotion.charts.base import SERIES_COLORS
from emotion.charts.training import metric_title, runs_chart, thinned
from emotion.errors import EmotionError
from emotion.evaluation.compare import Difference
from emotion.evaluation.predictions import Predictions
from emotion.evaluation.scores import METRICS, score
from emotion.training import comparison, runs
from emotion.training.comparison import Missing
from emotion.training.events import Event
from emotion.training.runs import RunInfo
from emotion.ui import messages
from emotion.ui.analysis_scores import difference_words
from emotion.ui.choice import choose_several
from emotion.ui.drawing import draw_once
from emotion.ui.language import translate as _
from emotion.ui.train_curves import curve_controls
from emotion.ui.train_points import SCORES, curve, points
from emotion.ui.train_setting_words import setting_title, setting_value
from emotion.ui.train_words import local_time

MOST: Final = len(SERIES_COLORS)
"""As many lines as a chart's colours tell apart."""


def compare(known: list[RunInfo], models_dir: Path) -> None:
    """The runs that the user picks, beside each other."""
    st.subheader(_("Compare runs"), anchor=False)
    # Without state and score, which change: the browser keeps a choice by its words.
    labels = _told_apart(known, lambda run: f"{run.title} · {local_time(run.made_s)}")
    chosen = choose_several(
        _("Runs to compare"),
        labels,
        "train-compare",
        placeholder=_("Choose two or more"),
        most=MOST,
        help_text=_("The others are compared with the first one."),
    )
    if len(chosen) < 2:
        st.caption(_("Choose two to six runs: the others are compared with the first one."))
        return
    by_folder = {run.folder.name: run for run in known}
    picked = [by_folder[folder] for folder in chosen]
    names = _told_apart(picked, lambda run: run.title)
    compared = {names[run.folder.name]: run for run in picked}
    _curves(compared)
    _settings(compared)
    _scores(compared, models_dir)


def _told_apart(known: list[RunInfo], words: Callable[[RunInfo], str]) -> dict[str, str]:
    """`words` for each run by its folder's name, which goes in where two share their words."""
    shared = Counter(words(run) for run in known)
    return {
        run.folder.name: words(run) + (f" · {run.folder.name}" if shared[words(run)] > 1 else "")
        for run in known
    }


def _curves(compared: dict[str, RunInfo]) -> None:
    axis, smoothing = curve_controls("compare")
    titles = {"validation": _("Validation"), "train": _("Training")}
    phase = st.segmented_control(
        _("Pictures"),
        list(titles),
        format_func=titles.__getitem__,
        default="validation",
        key="train-compare-phase",
        required=True,
    )
    tables = {name: _points(run.folder, run.last) for name, run in compared.items()}
    for metric, column in zip(SCORES, [*st.columns(2), *st.columns(2)], strict=True):
        parts = [
            curve(table[table["series"] == phase].assign(series=name), metric, axis, smoothing)
            for name, table in tables.items()
        ]
        with column:
            draw_once(
                partial(runs_chart, thinned(pd.concat(parts)), metric, axis, _),
                f"train-compare-{metric}",
                metric_title(metric, _),
            )


@st.cache_resource(max_entries=2 * MOST, show_spinner=False)
def _points(folder: Path, last: Event | None) -> pd.DataFrame:  # noqa: ARG001  (others, anew)
    return points(runs.read_run(folder))


def _settings(compared: dict[str, RunInfo]) -> None:
    st.markdown(f"**{_('Settings that differ')}**")
    different = comparison.setting_differences(list(compared.values()))
    if not different:
        st.caption(_("None: all settings are the same."))
        return
    rows = {
        setting_title(field): [setting_value(field, one) for one in row]
        for field, row in different.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(compared))
    st.table(table.rename_axis(_("Setting")), border="horizontal")


def _scores(compared: dict[str, RunInfo], models_dir: Path) -> None:
    st.markdown(f"**{_('Scores on the test pictures')}**")
    try:
        answers = {name: comparison.answers_of(run, models_dir) for name, run in compared.items()}
    except EmotionError as error:
        messages.show(error)
        return
    measured = {name: one for name, one in answers.items() if isinstance(one, Predictions)}
    for name, one in answers.items():
        if not isinstance(one, Predictions):
            _no_answers(name, compared[name], one, models_dir)
    if not measured:
        return
    first = next(iter(measured))
    rows = [_row(name, one, measured[first], name == first) for name, one in measured.items()]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
    if len(measured) < 2:
        return
    st.caption(
        _(
            "In parentheses the difference from {first} with its 95 % interval, by drawing the "
            "same test pictures anew for both (paired bootstrap, 10,000 times). Bold: the interval "
            "leaves 0 out, so that the difference is beyond chance."
        ).format(first=first)
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _differences(first: Predictions, second: Predictions) -> tuple[Difference, ...] | None:
    """Kept by the answers: drawing them anew thousands of times takes part of a second."""
    return comparison.differences(first, second)


def _row(name: str, one: Predictions, first: Predictions, is_first: bool) -> dict[str, str]:
    scores = score(one.truth, one.probabilities)
    found = None if is_first else _differences(first, one)
    by_metric = {difference.metric: difference for difference in found or ()}
    row = {_("Run"): name, _("Pictures"): f"{scores.n:,}"}
    for metric in METRICS:
        value = f"{getattr(scores, metric):.3f}"
        if metric in by_metric:
            value += f" ({difference_words(by_metric[metric])})"
        row[metric_title(metric, _)] = value
    if not is_first and found is None:
        row[_("Run")] += " · " + _("other test pictures: no comparison picture by picture")
    return row


def _no_answers(name: str, run: RunInfo, missing: Missing, models_dir: Path) -> None:
    """Why a run has no scores here, and the way to them where there is one."""
    texts: dict[Missing, str] = {
        "not_finished": _("{name} is not finished: it has no model yet."),
        "no_model": _("The model of {name} is no longer there."),
        "not_measured": _("The model of {name} was not asked for its answers one by one yet."),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(texts[missing].format(name=name))
        pressed = missing == "not_measured" and st.button(
            _("Measure it on test"),
            icon=":material/query_stats:",
            key=f"train-measure-{run.folder.name}",
        )
    if not pressed:
        return
    text = _("Measuring on the test pictures …")
    bar = st.progress(0.0, text=text)

    def show(done: int, of: int) -> None:
        bar.progress(done / max(of, 1), text=text)

    try:
        comparison.measure(run, models_dir, show)
    except EmotionError as error:
        messages.show(error)
    else:
        st.rerun()
