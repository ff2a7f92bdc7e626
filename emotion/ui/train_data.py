"""The data of a run on the train page: which folder, what it holds, what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.data import split_file
from emotion.data.report import DataReport, read_report
from emotion.data.roots import checked, data_roots, offered
from emotion.data.split import TEST_SHARE, divide
from emotion.data.survey import Survey
from emotion.errors import DataError
from emotion.labels import EXPRESSIONS, name
from emotion.settings import Settings
from emotion.ui import decisions, messages
from emotion.ui.language import language
from emotion.ui.language import translate as _
from emotion.ui.train_data_corrections import show_corrections
from emotion.ui.train_data_counts import show_counts
from emotion.ui.train_data_findings import show_findings
from emotion.ui.train_data_look import show_sizes, surveyed
from emotion.ui.train_data_samples import show_samples
from emotion.ui.train_data_upload import show_upload
from emotion.ui.train_start import typed_folder

FOLDER: Final = "train-data"
NEXT: Final = "train-data-next"
"""In the session state: the folder that the next run of the page chooses."""


@dataclass(frozen=True, slots=True)
class ChosenData:
    """The pictures that a run is to learn from, and whether faces are found in them first."""

    report: DataReport
    find_faces: bool


@st.cache_resource(ttl=10, max_entries=8, show_spinner=False)
def _report(root: Path) -> DataReport:
    """A folder is read again after ten seconds: a large one takes part of a second."""
    return read_report(root)


def data_section(settings: Settings) -> ChosenData | None:
    """The choice of the data folder and the report of it; None when it cannot be used."""
    roots = data_roots(settings)
    text = _folder_field(roots)
    show_upload(roots, NEXT)
    if decisions.changed():
        _report.clear()
    try:
        report = _report(checked(typed_folder(text), roots))
    except DataError as error:
        _no_report(text, settings.data_dir, error)
        return None
    find_faces = _faces_field(report)
    show_counts(report)
    survey = surveyed(report, settings.cache_dir, _report.clear)
    show_corrections(report)
    if survey is not None:
        show_sizes(report, survey, find_faces=find_faces)
        _division(report, survey)
        show_findings(report, survey)
    show_samples(report, find_faces=find_faces)
    return ChosenData(report, find_faces)


def _folder_field(roots: Sequence[Path]) -> str:
    if (chosen_next := st.session_state.pop(NEXT, None)) is not None:
        st.session_state[FOLDER] = chosen_next
    folders = [str(folder) for folder in offered(roots)]
    typed = st.session_state.get(FOLDER)
    chosen: str | None = st.selectbox(
        _("Data folder"),
        folders if typed is None or typed in folders else [*folders, typed],
        key=FOLDER,
        accept_new_options=True,
        persist_state="session",
        help=_(
            "A folder on the machine that serves this page, with train and test in it. Choose "
            "one, or type the path of another in {roots}."
        ).format(roots=", ".join(map(str, roots))),
    )
    return chosen or ""


def _faces_field(report: DataReport) -> bool:
    """Whether faces have to be found; remembered for each folder."""
    kinds = {
        "crops": _("Faces, cut out already"),
        "found": _("Photos: find the faces"),
    }
    kind = st.radio(
        _("What the pictures show"),
        list(kinds),
        format_func=kinds.__getitem__,
        key=f"train-faces-{report.root}",
        horizontal=True,
        persist_state="session",
        help=_(
            "Faces that are found are cut out by the same rule as live, once, and kept for the "
            "next run; pictures without a face are left out."
        ),
    )
    return kind == "found"


def _no_report(text: str, default: Path, error: DataError) -> None:
    untouched = text == str(default.absolute()) and not any(default.rglob("*.*"))
    if untouched:
        st.info(
            _(
                "There are no pictures in {folder} yet. Put yours there in the layout below, "
                "upload a zip, or choose another folder."
            ).format(folder=default.name),
            icon=":material/add_photo_alternate:",
        )
    else:
        messages.show(error)
    st.code(folder_tree(Path(text or default).name, language()), language=None)
    st.caption(
        _(
            "Data sets in the layout of RAF-DB fit as they are. Class folders may also carry the "
            "name of their expression, and val stands for test where there is none. A folder "
            "with 1 … 7 alone can be divided here."
        )
    )


def folder_tree(root: str, code: str) -> str:
    """The layout of a data folder as a small tree, with the expressions in language `code`."""
    last = len(EXPRESSIONS)
    classes = [
        f"│   {'└' if number == last else '├'}── {number}   {name(expression.key, code)}"
        for number, expression in enumerate(EXPRESSIONS, 1)
    ]
    return "\n".join([root, "├── train", *classes, "└── test", f"    └── 1 … {last}"])


def _division(report: DataReport, survey: Survey) -> None:
    """A flat folder is divided on request, and may be made one again."""
    if report.undivided:
        st.info(
            _(
                "The folder has no train and test. It can be divided: {share} of each class for "
                "the test, near duplicates together. The pictures stay where they are; a list, "
                "split.csv, is written beside them."
            ).format(share=f"{TEST_SHARE:.0%}"),
            icon=":material/call_split:",
        )
        st.button(
            _("Divide into train and test"),
            icon=":material/call_split:",
            key="train-divide",
            on_click=_divide,
            args=(report, survey),
        )
    elif report.data.flat:
        st.button(
            _("Undo the division"),
            icon=":material/undo:",
            key="train-undivide",
            on_click=_undivide,
            args=(report,),
        )
    if error := st.session_state.pop("train-divide-error", None):
        messages.show(error)


def _divide(report: DataReport, survey: Survey) -> None:
    paths = [sample.path for sample in report.data.samples("test")]
    try:
        divide(report.data, survey.groups(paths))
    except DataError as error:
        st.session_state["train-divide-error"] = error
    _report.clear()


def _undivide(report: DataReport) -> None:
    try:
        split_file.remove(report.root)
    except DataError as error:
        st.session_state["train-divide-error"] = error
    _report.clear()
