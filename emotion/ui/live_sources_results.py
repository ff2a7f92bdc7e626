"""What came of uploaded files: pictures in a grid, a video's timeline, downloads, a session."""

from functools import partial
from typing import Final

import streamlit as st

from emotion.errors import EmotionError
from emotion.report.words import clock
from emotion.sessions.finished import save_finished
from emotion.sessions.schema import NAME_LENGTH
from emotion.ui import messages, resources
from emotion.ui.analysis_report import report
from emotion.ui.analysis_sessions import CHOSEN
from emotion.ui.analysis_show import BOM
from emotion.ui.analysis_words import browser_zone, plain
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.live_sources_job import SourceJob
from emotion.ui.live_sources_table import faces_table, pictures_csv
from emotion.ui.live_sources_work import Clip, Pictures, ReadPicture
from emotion.vision.overlay import label_text

ON_A_PAGE: Final = 12
COLUMNS: Final = 3
SENTENCES: Final = 8
"""So many broken pictures are named; the rest is counted."""
_KEEP_ERROR: Final = "source_keep_error"
_KEPT: Final = "source_kept_as"
"""In the session state: the job whose result was kept, and the session's number."""


def clip_result(job: SourceJob, clip: Clip) -> None:
    """All that was read from a video."""
    progress = job.progress
    if job.state == "cancelled":
        st.info(
            _("Cancelled after {time} of the video. What was read until then is below.").format(
                time=clock(clip.reached_s)
            ),
            icon=":material/info:",
        )
    if progress.steps:
        st.caption(
            _("{n} frames read in {time}: {rate} a second.").format(
                n=f"{progress.steps:,}",
                time=clock(progress.elapsed_s),
                rate=f"{progress.steps_per_s:.0f}",
            )
        )
    if progress.steps and not clip.faces:
        st.info(
            _(
                "No face was found in this video. Faces must be at least about a thirtieth of "
                "the picture's longer side."
            ),
            icon=":material/face:",
        )
    if clip.annotated is not None and clip.kind is not None and progress.steps:
        _annotated(clip)
    if clip.store is not None and clip.session is not None:
        _keep(job, clip)
        report(clip.store, clip.session, browser_zone())


def _annotated(clip: Clip) -> None:
    assert clip.annotated is not None and clip.kind is not None
    st.video(
        clip.annotated, format=clip.kind.mime, width=640, alt=_("The video with boxes and labels")
    )
    stem = clip.name.rpartition(".")[0] or clip.name
    st.download_button(
        _("Download the annotated video"),
        clip.annotated.read_bytes,
        f"{stem}-annotated{clip.kind.suffix}",
        clip.kind.mime,
        icon=":material/movie:",
        on_click="ignore",
    )


def pictures_result(job: SourceJob, pictures: Pictures) -> None:
    """All that was read from pictures."""
    if job.state == "cancelled":
        st.info(
            _("Cancelled after {n} of {all} pictures.").format(
                n=len(pictures.read), all=pictures.count
            ),
            icon=":material/info:",
        )
    _broken([one for one in pictures.read if one.error is not None])
    shown = [one for one in pictures.read if one.result is not None]
    if not shown:
        return
    faces = sum(len(one.result.faces) for one in shown if one.result is not None)
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Pictures"), len(shown), width="content")
        st.metric(_("Faces"), faces, width="content")
    if not faces:
        st.info(
            _("No face was found. Choose pictures in which faces are larger and seen from ahead."),
            icon=":material/face:",
        )
    else:
        with st.container(horizontal=True, gap="small"):
            _download(pictures)
            _keep(job, pictures)
    pages = -(-len(shown) // ON_A_PAGE)
    page = st.pagination(pages, key="pictures-page") if pages > 1 else 1
    part = shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    _grid(part)
    if any(one.result is not None and one.result.faces for one in part):
        st.table(
            faces_table(part, language(), _),
            hide_index=True,
            border="horizontal",
            alt=_("The expressions of each face"),
        )


def _broken(pictures: list[ReadPicture]) -> None:
    """A sentence for each picture that could not be read."""
    for one in pictures[:SENTENCES]:
        if one.error is not None:
            messages.show(one.error)
    if len(pictures) > SENTENCES:
        st.error(
            _("{n} more pictures could not be read.").format(n=len(pictures) - SENTENCES),
            icon=":material/error:",
        )


def _download(pictures: Pictures) -> None:
    st.download_button(
        _("Download CSV"),
        partial(csv_file, pictures.read),
        "pictures.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help=_("One row for each face, with its place in the picture in pixels."),
    )


def csv_file(pictures: list[ReadPicture]) -> bytes:
    """The faces as a CSV file in UTF-8 that spreadsheets open with its accents."""
    return (BOM + pictures_csv(pictures)).encode()


def _grid(pictures: list[ReadPicture]) -> None:
    for begin in range(0, len(pictures), COLUMNS):
        columns = st.columns(COLUMNS, gap="medium")
        for column, one in zip(columns, pictures[begin : begin + COLUMNS], strict=False):
            words = picture_words(one)
            column.image(
                one.jpeg,
                caption=f"{plain(one.name)}: {words}",
                alt=f"{one.name}: {words}",
                width="stretch",
            )


def picture_words(picture: ReadPicture) -> str:
    """The labels of its faces in words, as they are drawn."""
    faces = picture.result.faces if picture.result is not None else ()
    if not faces:
        return _("no face found")
    several = len(faces) > 1
    return ", ".join(label_text(face, language(), with_id=several) for face in faces)


def _keep(job: SourceJob, work: Clip | Pictures) -> None:
    """Record the result as a session."""
    if error := st.session_state.pop(_KEEP_ERROR, None):
        messages.show(error)
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == job.folder:
        st.success(_("The session is saved."), icon=":material/check:")
        st.page_link("pages/analysis.py", label=_("See its timeline"), icon=":material/monitoring:")
        return
    with (
        st.popover(_("Record as a session"), icon=":material/save:"),
        st.form("keep", border=False),
    ):
        name = st.text_input(
            _("Name of the session"), work.name[:NAME_LENGTH], max_chars=NAME_LENGTH
        )
        st.caption(
            _("Numbers and times are kept, never pictures.")
            if isinstance(work, Clip)
            else _(
                "Numbers are kept, never pictures. In the session the pictures stand one second "
                "apart, and each face has a number of its own."
            )
        )
        if st.form_submit_button(_("Save"), type="primary"):
            _save(job, work, name)


def _save(job: SourceJob, work: Clip | Pictures, name: str) -> None:
    try:
        note = _("Read from {file}").format(file=work.name)
        number = save_finished(resources.store(), name, work.model, work.results, note)
    except EmotionError as error:
        st.session_state[_KEEP_ERROR] = error
    else:
        st.session_state[_KEPT] = (job.folder, number)
        st.session_state[CHOSEN] = number
    st.rerun()
