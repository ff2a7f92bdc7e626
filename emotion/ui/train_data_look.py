"""The look into every picture of the data folder, in a thread, with progress and cancel."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.data.layout import DataSet
from emotion.data.report import DataReport, picture_sizes
from emotion.data.survey import Survey, fits, known, look
from emotion.report.words import clock
from emotion.ui import messages
from emotion.ui.language import translate as _
from emotion.ui.live_sources_job import SourceJob, Watch

JOB: Final = "train-look"
SOON_S: Final = 0.7
"""A small folder is looked into within this time, before the page is shown."""
LARGE_PX: Final = 500
"""Crops of faces are seldom larger."""


class Look:
    """The work of one job: a survey of the folder."""

    def __init__(self, data: DataSet, cache_dir: Path) -> None:
        self.data = data
        self.survey: Survey | None = None
        self.ended = False
        self._cache_dir = cache_dir

    def run(self, watch: Watch, folder: Path) -> None:  # noqa: ARG002  (it needs no files)
        """Look into all pictures."""
        try:
            self.survey = look(self.data, self._cache_dir, watch.step)
        finally:
            self.ended = True

    def close(self) -> None:
        """There is nothing to let go of."""


@st.cache_resource(ttl=10, max_entries=4, show_spinner=False)
def _known(root: Path, cache_dir: Path, _data: DataSet) -> Survey | None:  # noqa: ARG001
    """Kept for `root`, since `_data` is no key; after ten seconds it is looked at again
    whether something has changed."""
    return known(_data, cache_dir)


def surveyed(report: DataReport, cache_dir: Path, changed: Callable[[], None]) -> Survey | None:
    """What is known of the pictures; while there is nothing, the progress of the look."""
    survey = _known(report.root, cache_dir, report.data)
    if survey is not None and _covers(survey, report.data):
        return survey
    job = _job(report.data, cache_dir)
    work = job.work
    assert isinstance(work, Look)
    job.wait(SOON_S)
    if job.state == "working":
        _working(job)
    elif work.survey is not None and fits(work.survey, report.data):
        _known.clear()
        return work.survey
    elif job.state == "done":  # pictures came or went meanwhile
        _forget(changed)
        st.rerun()
    else:
        _ended_early(job)
    return None


def _covers(survey: Survey, data: DataSet) -> bool:
    return all(sample.path in survey.group for sample in data.every())


def _job(data: DataSet, cache_dir: Path) -> SourceJob:
    """This tab's look into the folder; one into another folder ends."""
    job: SourceJob | None = st.session_state.get(JOB)
    if job is not None and isinstance(job.work, Look) and job.work.data.root == data.root:
        return job
    if job is not None:
        job.close()
    work = Look(data, cache_dir)
    # It removes itself some seconds after its end.
    job = st.session_state[JOB] = SourceJob(work, lambda: not work.ended)
    return job


def _forget(changed: Callable[[], None]) -> None:
    """The next run of the page looks anew."""
    job: SourceJob | None = st.session_state.pop(JOB, None)
    if job is not None:
        job.close()
    _known.clear()
    changed()


@st.fragment(run_every=0.5)
def _working(job: SourceJob) -> None:
    if job.state != "working":
        st.rerun()
    progress = job.progress
    text = _("Looking into the pictures: {percent} %").format(
        percent=round((progress.share or 0) * 100)
    )
    if progress.left_s is not None:
        text += " · " + _("about {time} left").format(time=clock(progress.left_s))
    st.progress(progress.share or 0.0, text=text)
    st.button(_("Cancel"), icon=":material/close:", key="train-look-cancel", on_click=job.cancel)


def _ended_early(job: SourceJob) -> None:
    if job.error is not None:
        messages.show(job.error)
    else:
        st.info(
            _("The pictures were not all looked into: what is wrong with them is not known."),
            icon=":material/info:",
        )
    st.button(
        _("Look into the pictures"),
        icon=":material/search:",
        key="train-look-again",
        on_click=_forget,
        args=(lambda: None,),
    )


def show_sizes(report: DataReport, survey: Survey, *, find_faces: bool) -> None:
    """How large the pictures are, in a sentence, and what follows from it."""
    sizes = picture_sizes(report.data, survey)
    if sizes is None:
        return
    commonest = ", ".join(f"{w} × {h} ({n:,})" for (w, h), n in sizes.commonest)
    if sizes.smallest == sizes.largest:
        text = _("All pictures are {size} pixels.").format(size="{} × {}".format(*sizes.smallest))
    else:
        text = _(
            "Pictures of {smallest} to {largest} pixels, the longer side {middle} in the middle; "
            "most often {commonest}."
        ).format(
            smallest="{} × {}".format(*sizes.smallest),
            largest="{} × {}".format(*sizes.largest),
            middle=sizes.middle,
            commonest=commonest,
        )
    st.caption(text)
    if sizes.middle > LARGE_PX and not find_faces:
        st.info(
            _(
                "Half of the pictures are larger than {n} pixels. If they show more than a face, "
                "choose “{choice}” above: live, the model sees a face alone."
            ).format(n=LARGE_PX, choice=_("Photos: find the faces")),
            icon=":material/info:",
        )
