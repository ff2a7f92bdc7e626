"""The live page without a camera: pictures or a video that the user uploads."""

from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from emotion.data.pictures import PICTURE_SUFFIXES
from emotion.errors import EmotionError
from emotion.report.words import clock
from emotion.ui import messages, resources
from emotion.ui.analysis_words import plain
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.live_sources_job import Progress, SourceJob, Work
from emotion.ui.live_sources_results import clip_result, pictures_result
from emotion.ui.live_sources_work import MAX_PICTURES, MAX_VIDEO_S, Clip, Pictures, Upload
from emotion.vision.sources import VIDEO_SUFFIXES

CAMERA: Final = "camera"
PICTURES: Final = "pictures"
VIDEO: Final = "video"
SOURCES: Final = (CAMERA, PICTURES, VIDEO)
JOB: Final = "source_job"
"""In the session state: this tab's job, at most one."""
_KEPT: Final = "source_kept"
_ERROR: Final = "source_error"
_ADDRESS: Final = "source"


def choose_source() -> str:
    """Camera, pictures or video; kept on a change of page, and in the page's address."""
    icons = {CAMERA: "videocam", PICTURES: "photo_library", VIDEO: "movie"}
    words = {CAMERA: _("Camera"), PICTURES: _("Pictures"), VIDEO: _("Video")}
    key = f"source {language()}"  # a browser names its choice by its words
    kept = st.session_state.get(_KEPT) or st.query_params.get(_ADDRESS)
    st.session_state.setdefault(key, kept if kept in SOURCES else CAMERA)
    chosen = str(
        st.segmented_control(
            _("What to read"),
            SOURCES,
            format_func=lambda source: f":material/{icons[source]}: {words[source]}",
            key=key,
            required=True,
            label_visibility="collapsed",
        )
    )
    st.session_state[_KEPT] = chosen
    if chosen == CAMERA:
        st.query_params.pop(_ADDRESS, None)
    elif st.query_params.get(_ADDRESS) != chosen:
        st.query_params[_ADDRESS] = chosen
    return chosen


def other_source(source: str, choose_model: Callable[[], str | None]) -> None:
    """Pictures or a video from the choice of files to the result; `choose_model` shows the
    choice of the one that reads, and gives its name, if there is one."""
    if error := st.session_state.pop(_ERROR, None):
        messages.show(error)
    job: SourceJob | None = st.session_state.get(JOB)
    if job is None or _source_of(job) != source:
        model = choose_model()
        if model is None:
            return
        try:
            with st.spinner(_("Loading the model …")):
                resources.classifier(model)
        except EmotionError as error:
            messages.show(error)
            return
        _form(source, model, busy=job is not None and job.state == "working")
        return
    if job.state == "working":
        _working(job)
    else:
        _finished(job)


def _source_of(job: SourceJob) -> str:
    return VIDEO if isinstance(job.work, Clip) else PICTURES


def _form(source: str, model: str, *, busy: bool) -> None:
    several = source == PICTURES
    suffixes = PICTURE_SUFFIXES if several else VIDEO_SUFFIXES
    label = _("Pictures of faces") if several else _("A video")
    files = st.file_uploader(
        label,
        type=sorted(suffix.removeprefix(".") for suffix in suffixes),
        accept_multiple_files=several,
        key=f"upload {source}",
        help=_("Up to {n} pictures at a time.").format(n=MAX_PICTURES)
        if several
        else _("Up to {n} hours. The sound is not used.").format(n=MAX_VIDEO_S // 3600),
    )
    st.caption(
        _(
            "Files are read on this server, kept in memory and in temporary files only while "
            "you look at the result, and then removed."
        )
    )
    annotate = not several and st.toggle(
        _("Also make an annotated video"),
        key="annotate",
        help=_("The video with boxes and labels, without sound, to watch and download."),
    )
    chosen = files if isinstance(files, list) else [files] if files else []
    too_many = len(chosen) > MAX_PICTURES
    if too_many:
        st.error(
            _("{n} pictures are too many at once. Choose up to {most}.").format(
                n=len(chosen), most=MAX_PICTURES
            )
        )
    if busy:
        st.info(_("Starting here ends what is still being read."), icon=":material/info:")
    st.button(
        _("Read the pictures") if several else _("Read the video"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not chosen or too_many,
        on_click=_start,
        args=(chosen, model, several, annotate),
    )


def _start(files: list[UploadedFile], model: str, several: bool, annotate: bool) -> None:
    """Begin a job; the one before ends. As a callback, before the page's script."""
    remove()
    uploads = [Upload(file.name, file.getvalue()) for file in files]
    try:
        classifier = resources.classifier(model)
        work = (
            Pictures(uploads, classifier, model, language())
            if several
            else Clip(uploads[0], classifier, model, language(), annotate=annotate)
        )
    except EmotionError as error:
        st.session_state[_ERROR] = error
        return
    st.session_state[JOB] = SourceJob(work, _tab_is_open())
    _forget(files)


def _forget(files: list[UploadedFile]) -> None:
    """Let Streamlit drop its copies, which it would keep until the tab is closed."""
    context = get_script_run_ctx()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return
    for file in files:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def remove() -> None:
    """End this tab's job, if there is one, and remove its files."""
    job: SourceJob | None = st.session_state.pop(JOB, None)
    if job is not None:
        job.close()


def _tab_is_open() -> Callable[[], bool]:
    """Says, in any thread, whether this browser tab still has its connection."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    server, session_id = runtime.get_instance(), context.session_id
    return lambda: bool(server.is_active_session(session_id))


@st.fragment(run_every=1.0)
def _working(job: SourceJob) -> None:
    """How far it is, once a second."""
    if job.state != "working":
        st.rerun()
    progress = job.progress
    st.progress(progress.share or 0.0, text=progress_words(progress, job.work))
    st.button(
        _("Cancel"),
        icon=":material/close:",
        on_click=job.cancel,
        disabled=job.watch.cancelled.is_set(),
        help=_("What has been read until then is kept."),
    )
    if job.watch.preview is not None:
        st.image(job.watch.preview, width=640, alt=_("The newest picture with its labels"))


def progress_words(progress: Progress, work: Work) -> str:
    """`42 % · 120 frames · 31 a second · about 0:05 left`; what is not known is left out."""
    parts = []
    if progress.share is not None:
        parts.append(_("{percent} %").format(percent=round(progress.share * 100)))
    if isinstance(work, Pictures):
        parts.append(_("{n} of {all} pictures").format(n=progress.steps, all=work.count))
    else:
        parts.append(_("{n} frames").format(n=f"{progress.steps:,}"))
        parts.append(_("{rate} a second").format(rate=f"{progress.steps_per_s:.0f}"))
    if progress.left_s is not None:
        parts.append(_("about {time} left").format(time=clock(progress.left_s)))
    return " · ".join(parts)


def _finished(job: SourceJob) -> None:
    clip = job.work if isinstance(job.work, Clip) else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Choose another video") if clip else _("Choose other pictures"),
            icon=":material/restart_alt:",
            on_click=remove,
            help=_("Removes this result and all temporary files."),
        )
        if clip:
            st.markdown(f"**{plain(clip.name)}**")
        if isinstance(job.work, Clip | Pictures):
            st.caption(_("Model {name}").format(name=plain(job.work.model)))
    if job.error is not None:
        messages.show(job.error)
    if clip:
        clip_result(job, clip)
    elif isinstance(job.work, Pictures):
        pictures_result(job, job.work)
