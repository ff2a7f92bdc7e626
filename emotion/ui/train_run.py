"""One run on the train page: where it stands and how it ended, renewed while it works."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.errors import EmotionError
from emotion.models.store import active_name, find_model
from emotion.training import runs
from emotion.training.runs import WORKING, RunInfo, State
from emotion.training.turn import ahead
from emotion.ui import messages, train_progress
from emotion.ui.analysis_words import plain
from emotion.ui.language import translate as _
from emotion.ui.live_trial import trial_link, use_button
from emotion.ui.models_words import threshold_fault
from emotion.ui.train_about import about_buttons
from emotion.ui.train_curves import curves
from emotion.ui.train_live import alerts, progress
from emotion.ui.train_words import NETWORKS, local_time, preset_name, size, state_name

RENEW_EVERY_S: Final = 3.0
RENEW_CURVES_EVERY_S: Final = 15.0
"""A renewal takes a core of the server and the browser together some 60 ms, of the charts some
200 ms (measured on a run of 5,000 steps). What an open page takes a run in all, the browser's own
work with it, is measured by `python -m emotion bench train --part page`: 4 to 5 % on two cores."""
EARLY_S: Final = 30.0
"""A run that has not worked for longer shows its curves as often as its numbers: they are short,
and a quick run is over soon."""
_ICONS: Final[dict[State, tuple[str, str]]] = {
    "waiting": (":material/hourglass_empty:", "gray"),
    "queued": (":material/hourglass_top:", "blue"),
    "running": (":material/play_circle:", "blue"),
    "finished": (":material/check_circle:", "green"),
    "stopped": (":material/pause_circle:", "orange"),
    "failed": (":material/error:", "red"),
    "lost": (":material/help:", "red"),
}


def run_panel(folder: Path, models_dir: Path) -> None:
    """All that is known of the run in `folder`, and what can be done with it.

    While it works the panel asks for news every few seconds by itself; then no more.
    """
    with messages.stop_on_error():
        run = runs.read_run(folder, brief=True)
    live = run.state in WORKING
    early = live and run.worked_s < EARLY_S
    curves_every_s = RENEW_EVERY_S if early else RENEW_CURVES_EVERY_S
    status = st.fragment(_status, run_every=RENEW_EVERY_S if live else None)
    drawn = st.fragment(_drawn, run_every=curves_every_s if live else None)
    with st.container(border=True):
        status(folder, models_dir, was_live=live)
        drawn(folder, was_early=early)


def _status(folder: Path, models_dir: Path, *, was_live: bool) -> None:
    with messages.stop_on_error():
        run = runs.read_run(folder, brief=True)
    if was_live and run.state not in WORKING:
        st.rerun()  # the whole page, so that it asks no more and the form is free again
    _head(run)
    if run.state == "queued":
        _queued(run)
    elif run.state == "running":
        progress(run)
    else:
        _end(run, models_dir)
    alerts(run)
    _actions(run)


def _drawn(folder: Path, *, was_early: bool) -> None:
    with messages.stop_on_error():
        run = runs.read_run(folder, brief=True)
    if was_early and run.worked_s >= EARLY_S:
        st.rerun()  # the whole page, so that it is renewed less often from now on
    curves(run)
    _log(run)


def _log(run: RunInfo) -> None:
    text = runs.log_tail(run.folder)
    if not text:
        return
    open_at_once = run.state in ("failed", "lost")
    with st.expander(_("The end of its log"), expanded=open_at_once, icon=":material/terminal:"):
        st.code(text, language=None)
        st.download_button(
            _("Download the whole log"),
            lambda: runs.log_bytes(run.folder),
            f"{run.folder.name}-log.txt",
            "text/plain",
            icon=":material/download:",
            on_click="ignore",
            key=f"train-log-{run.folder.name}",
        )


def _head(run: RunInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(run.title, anchor=False, width="content")
        icon, color = _ICONS[run.state]
        if train_progress.stopping(run):
            st.badge(_("stopping"), icon=":material/pause_circle:", color="orange")
        else:
            st.badge(state_name(run.state), icon=icon, color=color)  # type: ignore[arg-type]
        about_buttons(run)
    started = run.of_kind("started")
    facts = [
        preset_name(run.config.preset),
        NETWORKS[run.config.network],
        str(run.config.data),
    ]
    if started:
        facts.append(
            _("{fit} pictures to learn from, {held_out} held out").format(
                fit=f"{started[-1]['fit']:,}", held_out=f"{started[-1]['validation']:,}"
            )
        )
        facts.append(f"{started[-1]['device']}, {started[-1]['precision']}")
    st.caption(" · ".join([*facts, local_time(run.made_s), size(run.size_bytes)]))
    if run.about.note:
        st.text(run.about.note)


def _queued(run: RunInfo) -> None:
    before = [runs.read_run(folder, brief=True).title for folder in ahead(run.folder)]
    st.info(
        _("One run works at a time. This one begins by itself after: {names}.").format(
            names=", ".join(before) or "…"
        ),
        icon=":material/hourglass_top:",
    )


def _end(run: RunInfo, models_dir: Path) -> None:
    if run.state == "finished":
        _result(run, models_dir)
    elif run.state == "stopped":
        begun = bool(run.of_kind("started"))
        st.info(
            _("The run was stopped and saved. It can go on from where it was.")
            if begun
            else _("The run was stopped before it had begun to learn."),
            icon=":material/pause_circle:",
        )
    elif run.state == "failed":
        st.error(train_progress.failure(run, _), icon=":material/error:")
    elif run.state == "lost":
        st.error(
            _(
                "The run ended without a word: its process was ended, or the machine went down. "
                "It can go on from the last point that it saved."
            ),
            icon=":material/help:",
        )


def _result(run: RunInfo, models_dir: Path) -> None:
    try:
        model = find_model(models_dir, run.of_kind("ended")[-1]["model"])
    except EmotionError as error:
        messages.show(error)
        return
    st.success(
        _("The model {name} is ready.").format(name=model.name), icon=":material/check_circle:"
    )
    try:
        scores = train_progress.test_scores(model.card)
    except EmotionError as error:
        messages.show(error)
    else:
        with st.container(horizontal=True):
            st.metric(_("Test accuracy"), f"{scores['accuracy']:.1%}", width=150)
            st.metric(_("Test macro-F1"), f"{scores['macro_f1']:.3f}", width=150)
            st.metric(_("Test pictures"), f"{scores['n']:,}", width=150)
    fault = threshold_fault(model.name, model.card)
    if fault:
        st.warning(fault, icon=":material/rule:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if active_name(models_dir) == model.name:
            st.page_link(
                "pages/live.py", label=_("The live page uses it"), icon=":material/videocam:"
            )
        else:
            if use_button(model.name, models_dir):
                st.rerun()
            trial_link(model.name)
        st.page_link("pages/analysis.py", label=_("All its scores"), icon=":material/monitoring:")


def _actions(run: RunInfo) -> None:
    key = run.folder.name
    with st.container(horizontal=True):
        if run.state in WORKING:
            _stop_buttons(run)
            return
        if run.state in train_progress.CONTINUABLE and st.button(
            _("Continue"), icon=":material/play_arrow:", key=f"train-continue-{key}"
        ):
            _do(lambda: runs.start(run.folder))
        delete_button(run.folder, run.config.name)


def delete_button(folder: Path, name: str) -> None:
    """Deletes a run's folder, whose run is called `name`; asked first."""
    key = folder.name
    with st.popover(_("Delete"), icon=":material/delete:", key=f"train-ask-delete-{key}"):
        st.write(
            _("The curves and the saved point of {name} go. A finished model stays.").format(
                name=plain(name)
            )
        )
        if st.button(_("Delete this run"), type="primary", key=f"train-delete-{key}"):
            _do(lambda: runs.delete(folder))


def _stop_buttons(run: RunInfo) -> None:
    key = run.folder.name
    ending = train_progress.position(run).part in ("finishing", "export", "test")
    if st.button(
        _("Stop"),
        icon=":material/pause:",
        disabled=ending or train_progress.stopping(run),
        help=_("The run saves where it is and ends; it can be continued later.")
        if run.state == "running"
        else _("The run waits no longer; it can be started later."),
        key=f"train-stop-{key}",
    ):
        runs.stop(run.folder)
        st.rerun(scope="fragment")
    with st.popover(_("End now"), icon=":material/stop:", key=f"train-ask-end-{key}"):
        st.write(_("What came after the last saved point will be lost. Stop saves it."))
        if st.button(_("End it without saving"), type="primary", key=f"train-end-{key}"):
            _do(lambda: runs.end_now(run.folder))


def _do(action: Callable[[], object]) -> None:
    """Do it and show the page anew, or say why it could not be done."""
    try:
        action()
    except EmotionError as error:
        messages.show(error)
    else:
        st.rerun()
