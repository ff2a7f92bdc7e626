"""Evaluations of models as work in a thread of its own. Knows nothing of Streamlit.

They belong to the server and not to a tab: who leaves the page finds them again. One works
at a time, so that the camera keeps its frames.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from emotion.data.layout import DataSet
from emotion.evaluation.answers import Answers
from emotion.evaluation.robustness import ALTERATIONS, Alteration
from emotion.evaluation.run import Alter, complete, missing
from emotion.models.classifier import Classifier
from emotion.ui.live_sources_job import CancelledError, SourceJob, Watch

_TURN = threading.Lock()


@dataclass(frozen=True, slots=True)
class Question:
    """Which pictures a model is to answer: a split of a data folder; `altered`, also with
    each alteration of `emotion.evaluation.robustness`."""

    model: str
    folder: Path
    split: str
    find_faces: bool = False
    altered: bool = False

    @property
    def arguments(self) -> str:
        """The same pictures on the command line."""
        split = "" if self.split == "test" else f" --split {self.split}"
        faces = " --find-faces" if self.find_faces else ""
        return f'--data "{self.folder}"{split}{faces}'


class EvaluationWork:
    """The pictures that a model has not answered yet, plain and altered."""

    def __init__(
        self,
        question: Question,
        data: DataSet,
        answers: Answers,
        load: Callable[[], Classifier],
        altered: Mapping[Alteration, Answers] | None = None,
    ) -> None:
        self.question = question
        self.waits = False
        self._data = data
        self._load = load
        self._parts: list[tuple[Answers, Alter | None]] = [(answers, None)]
        self._parts += [
            (one, ALTERATIONS[alteration]) for alteration, one in (altered or {}).items()
        ]
        self._left = [len(missing(one, data, question.split)) for one, _alter in self._parts]
        self.count = sum(self._left)

    def run(self, watch: Watch, folder: Path) -> None:  # noqa: ARG002  (it needs no files)
        """Wait for the turn, load the model, answer all."""
        with self._turn(watch):
            classifier = self._load()
            if watch.cancelled.is_set():
                raise CancelledError
            for number, (answers, alter) in enumerate(self._parts, 1):
                complete(
                    answers,
                    classifier,
                    self._data,
                    self.question.split,
                    find_faces=self.question.find_faces,
                    progress=partial(self._report, watch, sum(self._left[number:])),
                    alter=alter,
                )

    def _report(self, watch: Watch, later: int, done: int, of: int) -> None:
        """`later` pictures come after the part of which `done` are done."""
        watch.step(1 - (later + of - done) / self.count)

    def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def _turn(self, watch: Watch) -> Iterator[None]:
        self.waits = True
        while not _TURN.acquire(timeout=0.1):
            if watch.cancelled.is_set():
                raise CancelledError
        self.waits = False
        try:
            yield
        finally:
            _TURN.release()


@dataclass(slots=True)
class Evaluations:
    """The evaluations that go on or ended and were not looked at, and the answers so far."""

    jobs: dict[Question, SourceJob] = field(default_factory=dict)
    answers: dict[Path, Answers] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shared(self, answers: Answers) -> Answers:
        """The one object for these answers, so that a job's are seen while it goes on."""
        assert answers.path is not None
        with self._lock:
            one = self.answers.setdefault(answers.path, answers)
        one.refresh()
        return one

    def start(self, work: EvaluationWork) -> None:
        """Begin, unless the same is being worked at."""
        with self._lock:
            job = self.jobs.get(work.question)
            if job is None or job.state != "working":
                self.jobs[work.question] = SourceJob(work)
        if job is not None and job.state != "working":
            job.close()

    def working(self) -> list[SourceJob]:
        """Those that go on, in the order of their start."""
        return [job for job in list(self.jobs.values()) if job.state == "working"]

    def newest(self) -> Question | None:
        """What was begun last of all that goes on."""
        works = [job.work for job in self.working()]
        return works[-1].question if works and isinstance(works[-1], EvaluationWork) else None

    def remove(self, question: Question) -> None:
        """Forget a job that has ended, or cancel it."""
        job = self.jobs.pop(question, None)
        if job is not None:
            job.close()
