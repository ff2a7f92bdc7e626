"""A zip from the browser becomes a data folder on the machine that serves the page."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.data.archive import check_name, unpack
from emotion.errors import DataError
from emotion.ui import messages
from emotion.ui.language import translate as _
from emotion.ui.live_sources_job import SourceJob, Watch

JOB: Final = "train-unpack"
_ERROR: Final = "train-unpack-error"
_NUMBER: Final = "train-upload-number"
"""In the session state: a new field for each zip, so that the last one is not kept."""
SOON_S: Final = 0.7


class Unpack:
    """The work of one job: an uploaded zip into a folder."""

    def __init__(self, content: bytes, target: Path) -> None:
        self.target = target
        self.ended = False
        self._content = content

    def run(self, watch: Watch, folder: Path) -> None:  # noqa: ARG002  (unpacked at its place)
        """Unpack it; the folder is there as a whole or not at all."""
        try:
            unpack(io.BytesIO(self._content), self.target, watch.step)
        finally:
            self.ended = True
            self._content = b""

    def close(self) -> None:
        """There is nothing to let go of."""


def show_upload(roots: Sequence[Path], slot: str) -> None:
    """The choice of a zip and the progress of unpacking it; the new folder then stands in the
    session state under `slot`."""
    job: SourceJob | None = st.session_state.get(JOB)
    if job is not None:
        job.wait(SOON_S)
        if job.state == "working":
            _working(job)
            return
        _finished(job, slot)
    number = st.session_state.setdefault(_NUMBER, 0)
    with st.expander(_("Upload a zip"), icon=":material/upload:", key=f"train-upload-{number}"):
        if error := st.session_state.pop(_ERROR, None):
            messages.show(error)
        upload = st.file_uploader(
            _("A zip with train and test, or with 1 … 7"),
            type="zip",
            key=f"train-upload-zip-{number}",
            help=_("A larger one can be unpacked on the server, into {folder}.").format(
                folder=roots[0]
            ),
        )
        name = st.text_input(
            _("Name of the new folder"),
            upload.name.rpartition(".")[0] if upload else "",
            key=f"train-upload-name-{upload.file_id if upload else ''}",
            disabled=upload is None,
        )
        st.button(
            _("Unpack"),
            icon=":material/unarchive:",
            key="train-unpack-start",
            disabled=upload is None,
            on_click=_start,
            args=(upload, name.strip(), roots[0]),
        )


def _start(upload: io.BytesIO, name: str, parent: Path) -> None:
    try:
        work = Unpack(upload.getvalue(), check_name(name, parent))
    except DataError as error:
        st.session_state[_ERROR] = error
        return
    st.session_state[JOB] = SourceJob(work, lambda: not work.ended)


def _finished(job: SourceJob, slot: str) -> None:
    """Choose the new folder, or keep the reason why there is none."""
    del st.session_state[JOB]
    job.close()
    assert isinstance(job.work, Unpack)
    if job.state == "done":
        st.session_state[slot] = str(job.work.target)
        st.session_state[_NUMBER] += 1
        st.rerun()
    if job.error is not None:
        st.session_state[_ERROR] = job.error


@st.fragment(run_every=0.5)
def _working(job: SourceJob) -> None:
    if job.state != "working":
        st.rerun()
    share = job.progress.share or 0.0
    st.progress(share, text=_("Unpacking: {percent} %").format(percent=round(share * 100)))
    st.button(_("Cancel"), icon=":material/close:", key="train-unpack-stop", on_click=job.cancel)
