"""Which pictures a model is measured on, and the evaluation of them: asked for, going on, kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.data.layout import DataSet, scan
from emotion.data.roots import checked, data_roots, offered
from emotion.data.shape import is_data_folder
from emotion.evaluation.answers import EVALUATIONS, kept_answers
from emotion.evaluation.run import Evaluation, judge, missing
from emotion.models.load import load_classifier
from emotion.models.store import ModelEntry
from emotion.report.words import clock
from emotion.settings import Settings
from emotion.ui import messages, resources
from emotion.ui.analysis_evaluations import EvaluationWork, Question
from emotion.ui.analysis_words import plain
from emotion.ui.choice import choose
from emotion.ui.language import translate as _
from emotion.ui.live_sources_job import SourceJob

FOLDER: Final = "analysis-folder"
SPLIT: Final = "analysis-split"
FIND_FACES: Final = "analysis-find-faces"


@dataclass(frozen=True, slots=True)
class Pictures:
    """The part of a data folder that the user picked."""

    data: DataSet
    split: str
    find_faces: bool

    def question(self, entry: ModelEntry) -> Question:
        """What `entry` is to answer."""
        return Question(entry.name, self.data.root, self.split, self.find_faces)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the model answered for `question`, and the data as they are now."""

    question: Question
    data: DataSet
    evaluation: Evaluation

    @property
    def name(self) -> str:
        """For files: the model and the pictures."""
        return f"{self.question.model}-{self.question.folder.name}-{self.question.split}"


def evaluation_section(entry: ModelEntry, settings: Settings) -> Measured | None:
    """The choice of pictures, and where these are answered their evaluation.

    Where they are not, it shows what to do, or how far it is. Raises `DataError` and
    `ModelError` for a folder or a model that cannot be used.
    """
    pictures = choose_pictures(settings)
    if pictures is None:
        return None
    others(pictures.question(entry))
    return measured_on(pictures, entry, settings)


def choose_pictures(settings: Settings) -> Pictures | None:
    """The pictures that the user picks; None where there are none. Raises `DataError`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data(settings)
        if data is None:
            return None
        split = _choose_split(data)
        find_faces = st.toggle(
            _("Find the face first"),
            key=FIND_FACES,
            persist_state="session",
            help=_("For pictures that show more than the face, as photographs do."),
        )
    if split == "train":
        st.caption(
            _(
                ":material/warning: A model knows the pictures that it learned from: on them "
                "it is better than on new faces."
            )
        )
    return Pictures(data, split, find_faces)


def measured_on(
    pictures: Pictures, entry: ModelEntry, settings: Settings, *, titled: bool = False
) -> Measured | None:
    """The evaluation of a model on these pictures; where it has not answered all, what to do
    or how far it is, `titled` with the model's name. Raises `DataError` and `ModelError`."""
    data, split = pictures.data, pictures.split
    question = pictures.question(entry)
    kept = kept_answers(settings.cache_dir / EVALUATIONS, entry, find_faces=pictures.find_faces)
    answers = resources.evaluations().shared(kept)
    title = plain(entry.name) if titled else ""
    if going_on(question, title):
        return None
    with st.spinner(_("Looking for pictures that were answered before …"), show_time=False):
        left = len(missing(answers, data, split))
    if left:
        if title:
            st.subheader(title, anchor=False)
        ask(
            question,
            len(data.samples(split)),
            left,
            # Not the model of the live page: each serves one at a time, and a batch takes long.
            lambda: EvaluationWork(question, data, answers, lambda: load_classifier(entry)),
            _("The comparison follows once both models have answered the same pictures.")
            if titled
            else _("The model answers each; then you see which are wrong, and by how much."),
        )
        return None
    return Measured(question, data, judge(answers, data, split, entry.card.temperature))


def choose_data(settings: Settings) -> DataSet | None:
    """The data set that the user picks or types; None where there is none.

    Raises `DataError` for a folder that may not be read or is none.
    """
    roots = data_roots(settings)
    # The data folder itself stands first, whatever it holds.
    folders = [str(one) for one in offered(roots) if one != roots[0] or is_data_folder(one)]
    places = ", ".join(map(str, roots))
    if not folders:
        st.info(
            _(
                "There are no labelled faces in {folders}. Put some there, in train/1 … 7 and "
                "test/1 … 7, to see what this model gets right and wrong."
            ).format(folders=plain(places)),
            icon=":material/add_photo_alternate:",
        )
        return None
    chosen: str | None = st.selectbox(
        _("Pictures"),
        folders,
        key=FOLDER,
        accept_new_options=True,
        persist_state="session",
        help=_(
            "A folder on the machine that serves this page. Choose one, or type the path of "
            "another in {roots}."
        ).format(roots=places),
    )
    return scan(checked(Path(chosen or folders[0]).expanduser(), roots))


def content_of(evaluation: Evaluation) -> tuple[bytes, bytes, list[str]]:
    """What tells an evaluation from every other one, for what is kept by it."""
    paths = [sample.path for sample in evaluation.samples]
    return evaluation.truth.tobytes(), evaluation.probabilities.tobytes(), paths


def select(question: Question | None) -> None:
    """Choose the pictures of `question`, as the user would."""
    if question is not None:
        st.session_state[FOLDER] = str(question.folder)
        st.session_state[SPLIT] = question.split
        st.session_state[FIND_FACES] = question.find_faces


def _choose_split(data: DataSet) -> str:
    titles = {"test": _("Test"), "train": _("Training")}
    labels = {
        split: f"{titles[split]} · {len(data.splits[split]):,}"
        for split in titles
        if data.splits.get(split)
    }
    if not labels:
        data.samples("test")  # says so
    return choose(_("Part"), labels, SPLIT)


def going_on(question: Question, title: str = "") -> bool:
    """Whether it is worked at; then it shows, below `title`, how far it is. An error of what
    ended is shown until it is tried again."""
    job = resources.evaluations().jobs.get(question)
    if job is None:
        return False
    if job.state == "working":
        if title:
            st.subheader(title, anchor=False)
        _working(question)
        return True
    if job.error is not None:
        messages.show(job.error)
    else:
        resources.evaluations().remove(question)
    return False


def ask(
    question: Question, total: int, left: int, work: Callable[[], EvaluationWork], hint: str
) -> None:
    """The button that starts it, where `left` of `total` pictures are to be answered; `hint`
    says what comes of it."""
    if left < total:
        text = _("{done} of {all} pictures are answered already.")
        st.caption(text.format(done=f"{total - left:,}", all=f"{total:,}"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Evaluate {n} pictures").format(n=f"{left:,}"),
            type="primary",
            icon=":material/play_arrow:",
            key=f"evaluate {question.model}",
            on_click=lambda: resources.evaluations().start(work()),
        )
        st.caption(hint)


@st.fragment(run_every=1.0)
def _working(question: Question) -> None:
    """How far it is, once a second."""
    job = resources.evaluations().jobs.get(question)
    if job is None or job.state != "working":
        st.rerun()
    st.progress(job.progress.share or 0.0, text=_progress_words(job))
    st.button(
        _("Cancel"),
        icon=":material/close:",
        key=f"cancel evaluation {question.model}",
        on_click=job.cancel,
        disabled=job.watch.cancelled.is_set(),
        help=_("What has been answered until then is kept, and need not be done again."),
    )
    st.caption(_("You can leave this page: it goes on, and is found again here."))


def _progress_words(job: SourceJob) -> str:
    work = job.work
    assert isinstance(work, EvaluationWork)
    if work.waits:
        return _("waiting for another evaluation to end")
    progress = job.progress
    share = progress.share or 0.0
    done = round(share * work.count)
    parts = [
        _("{percent} %").format(percent=round(share * 100)),
        _("{n} of {all} pictures").format(n=f"{done:,}", all=f"{work.count:,}"),
    ]
    if progress.left_s is not None:
        parts.append(_("about {time} left").format(time=clock(progress.left_s)))
    return " · ".join(parts)


def others(question: Question) -> None:
    """What else is being evaluated, with a way to it."""
    for job in resources.evaluations().working():
        assert isinstance(job.work, EvaluationWork)
        other = job.work.question
        if other == question:
            continue
        text = _("{model} is being evaluated on {data}: {progress}").format(
            model=plain(other.model), data=plain(other.folder.name), progress=_progress_words(job)
        )
        st.caption(f":material/hourglass_top: {text}")
