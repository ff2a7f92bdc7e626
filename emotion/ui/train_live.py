"""A run that works: its progress, what it takes of the machine, what is wrong with it."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from emotion.labels import name
from emotion.training.runs import RunInfo
from emotion.ui import train_alerts, train_progress
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.train_alerts import Alert
from emotion.ui.train_progress import Position, duration
from emotion.ui.train_words import metric_name, size

UNKNOWN: Final = "…"
METRIC_WIDTH: Final = 190
"""As wide as the longest duration, so that numbers keep their place while they change."""


def progress(run: RunInfo) -> None:
    """Where the run stands, with time left and what it takes."""
    now = train_progress.position(run)
    st.progress(now.share, text=_progress_text(run, now))
    if now.part != "fitting" or now.pictures_per_s is None:
        return
    with st.container(horizontal=True):
        for title, value, explanation in [*_times(now), *_machine(now)]:
            st.metric(title, value, help=explanation, width=METRIC_WIDTH)


def _progress_text(run: RunInfo, now: Position) -> str:
    if now.part == "reading" and now.steps:
        return _("Reading the pictures: {done} of {all}").format(
            done=f"{now.step:,}", all=f"{now.steps:,}"
        )
    if now.part == "teachers" and now.steps:
        return _("Asking the teachers: {done} of {all}").format(
            done=f"{now.step:,}", all=f"{now.steps:,}"
        )
    if now.part == "features" and now.seconds_left is not None:
        return _("What the backbone sees: {done} of {all} pictures, {left} left").format(
            done=f"{now.step:,}", all=f"{now.steps:,}", left=duration(now.seconds_left, _)
        )
    if now.part == "fitting":
        text = _("Epoch {epoch} of {epochs}").format(epoch=now.epoch, epochs=run.config.epochs)
        if now.steps is None:
            return text
        return text + ", " + _("step {step} of {steps}").format(step=now.step, steps=now.steps)
    texts = {
        "starting": _("Starting: this takes some seconds …"),
        "reading": _("Reading the pictures …"),
        "teachers": _("Asking the teachers …"),
        "features": _("What the backbone sees of the pictures is computed, once …"),
        "finishing": _("The epochs are done; the best one becomes the model …"),
        "export": _("Making the fast version for the live page …"),
        "test": _("Measuring on the test pictures …"),
    }
    return texts[now.part]


def _times(now: Position) -> list[tuple[str, str, str | None]]:
    return [
        (_("Time left"), _seconds(now.seconds_left), _("Of the whole run, by its speed so far.")),
        (_("Worked for"), _seconds(now.elapsed_s), _("Time in the queue or stopped is left out.")),
        (_("Left in this epoch"), _seconds(now.epoch_seconds_left), None),
        (_("This epoch so far"), _seconds(now.epoch_elapsed_s), None),
        (_("Pictures a second"), f"{now.pictures_per_s:,.0f}", None),
        (_("Learning rate"), f"{now.learning_rate:.2g}", None),
    ]


def _seconds(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else duration(seconds, _)


def _machine(now: Position) -> list[tuple[str, str, str | None]]:
    """What the newest step took; what it does not say is left out."""
    titles: dict[str, tuple[str, Callable[[float], str], str | None]] = {
        "cpu_cores": (_("Processor cores"), lambda v: f"{v:.1f}", _("In use by this run.")),
        "memory_bytes": (_("Memory"), size, None),
        "gpu_share": (_("GPU"), lambda v: f"{v:.0%}", None),
        "gpu_memory_bytes": (_("GPU memory"), size, None),
        "input_share": (
            _("Preparing pictures"),
            lambda v: f"{v:.0%}",
            _(
                "Share of the time in which the network waits for its pictures to be made: they "
                "lie in memory, and each is turned, shifted and scaled a little."
            ),
        ),
    }
    return [
        (title, words(value), explanation)
        for key, (title, words, explanation) in titles.items()
        if (value := now.taken.get(key)) is not None
    ]


def alerts(run: RunInfo) -> None:
    """A warning for each thing that is wrong, in words."""
    for alert in train_alerts.alerts(run, train_alerts.free_bytes(run)):
        st.warning(_alert_text(run, alert), icon=":material/warning:")


def _alert_text(run: RunInfo, alert: Alert) -> str:
    if alert.kind == "no_number":
        return _(
            "The loss on the held-out pictures is not a number any more. Stop the run and start "
            "one with a lower learning rate."
        )
    if alert.kind == "never_answered":
        return _("In the last epochs no picture was taken for: {classes}.").format(
            classes=", ".join(name(key, language()) for key in alert.keys)
        )
    if alert.kind == "falling":
        return _(
            "Validation {metric} has fallen {n} epochs in a row: the model may be learning its "
            "pictures by heart. The best epoch is kept."
        ).format(metric=metric_name(run.config.choose_by), n=alert.epochs)
    return _(
        "Only {free} are free on the disk of the runs. A saved point needs room beside the one "
        "before: make some, or the run may fail."
    ).format(free=size(alert.free))
