"""What a run has learned so far: curves, recall of each expression, the matrix of an epoch."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from emotion.charts.confusion import Cells, confusion_chart
from emotion.charts.training import metric_title, recall_chart, thinned, training_chart
from emotion.training.events import Event
from emotion.training.runs import WORKING, RunInfo, read_run
from emotion.ui.drawing import draw_once
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.train_points import METRICS, Axis, confusion, curve, points, recalls
from emotion.ui.train_words import best_score, metric_name


def curves(run: RunInfo) -> None:
    """All charts of the run, which may be a brief one, and the controls for them."""
    table = points(read_run(run.folder))
    if table.empty:
        if run.state in WORKING:
            st.caption(_("The curves begin with the first steps."))
        return
    axis, smoothing = curve_controls("run")
    columns = [*st.columns(2), *st.columns(2), *st.columns(2)]
    for column, metric in zip(columns, METRICS, strict=False):
        shown = curve(table, metric, axis, smoothing)
        if not shown.empty:
            with column:
                draw_once(
                    partial(training_chart, thinned(shown), metric, axis, _),
                    f"train-chart-{metric}",
                    metric_title(metric, _),
                )
    epochs = run.epochs
    if epochs:
        with columns[len(METRICS)]:
            draw_once(
                partial(recall_chart, recalls(epochs), language(), _),
                "train-chart-recall",
                _("Recall of each expression"),
            )
        _best(run)
        _matrix(run.folder.name, epochs)


def curve_controls(slot: str) -> tuple[Axis, float]:
    """What the charts run over, and how much they are smoothed."""
    titles: dict[Axis, str] = {
        "epoch": _("Epoch"),
        "step": _("Step"),
        "minutes": _("Minutes"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        axis: Axis = st.segmented_control(
            _("Over"),
            list(titles),
            format_func=titles.__getitem__,
            default="epoch",
            key=f"train-axis-{slot}",
            required=True,
            persist_state="session",
        )
        smoothing = st.slider(
            _("Smoothing"),
            0.0,
            0.95,
            0.0,
            0.05,
            key=f"train-smoothing-{slot}",
            persist_state="session",
            width=240,
            help=_("An exponential moving average; what was measured stays pale behind it."),
        )
    return axis, smoothing


def _best(run: RunInfo) -> None:
    best, score = run.best, best_score(run)
    if best is None or score is None:
        return
    text = (
        _("The model is that of epoch {epoch}, with a validation {metric} of {value}.")
        if run.state == "finished"
        else _("Best epoch so far: {epoch}, with a validation {metric} of {value}.")
    )
    st.caption(
        text.format(
            epoch=best["epoch"] + 1,
            metric=metric_name(run.config.choose_by),
            value=f"{score:.3f}",
        )
    )


def _matrix(run: str, epochs: Sequence[Event]) -> None:
    """The confusion matrix of the epoch that is chosen; the newest until one is."""
    by_number = {event["epoch"] + 1: event for event in epochs}
    with st.expander(_("Confusion matrix on the held-out pictures"), icon=":material/grid_on:"):
        chosen = max(by_number)
        titles: dict[Cells, str] = {
            "rows": _("Share of the class"),
            "counts": _("Pictures"),
        }
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            if len(by_number) > 1:
                chosen = _epoch_slider(list(by_number), f"train-matrix-epoch-{run}")
            cells = st.segmented_control(
                _("Numbers in the cells"),
                list(titles),
                format_func=titles.__getitem__,
                default="rows",
                key=f"train-matrix-cells-{language()}",
                required=True,
            )
        draw_once(
            partial(confusion_chart, confusion(by_number[chosen]), language(), _, cells),
            "train-matrix",
            _("Confusion matrix"),
        )


def _epoch_slider(numbers: list[int], slot: str) -> int:
    """The epoch that the user picked, which stays while others come; the newest until then."""
    kept = st.session_state.get(slot)
    key = f"{slot} {len(numbers)}"

    def keep() -> None:
        st.session_state[slot] = st.session_state[key]

    return st.select_slider(
        _("Epoch"),
        numbers,
        kept if kept in numbers else numbers[-1],
        key=key,
        on_change=keep,
        width=360,
    )
