"""Evaluations in their own thread: a real model and drawn faces."""

import threading
from pathlib import Path

import pytest

from emotion.data.layout import DataSet, scan
from emotion.errors import ModelError
from emotion.evaluation.answers import Answers
from emotion.evaluation.robustness import ALTERATIONS
from emotion.evaluation.run import judge, missing
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.ui.analysis_evaluations import Evaluations, EvaluationWork, Question
from emotion.ui.live_sources_job import SourceJob
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def classifier(models_dir: Path) -> Classifier:
    return load_classifier(find_model(models_dir, "tiny"))


@pytest.fixture
def data(faces_dir: Path) -> DataSet:
    return scan(faces_dir)


class Slow:
    """A backend that waits to be let go on, once for each batch."""

    def __init__(self, classifier: Classifier) -> None:
        self.description = classifier.backend.description
        self.go = threading.Semaphore(0)
        self.asked = 0
        self._backend = classifier.backend

    def logits(self, crops: object) -> object:
        self.asked += 1
        assert self.go.acquire(timeout=30)
        return self._backend.logits(crops)


def question(data: DataSet, split: str = "train") -> Question:
    return Question("tiny", data.root, split)


def job_of(evaluations: Evaluations, asked: Question) -> SourceJob:
    return evaluations.jobs[asked]


def test_it_answers_all_pictures_and_tells_how_far_it_is(
    classifier: Classifier, data: DataSet
) -> None:
    evaluations, answers, slow = Evaluations(), Answers(), Slow(classifier)
    asked = question(data)
    load = lambda: Classifier(classifier.card, slow)  # noqa: E731
    evaluations.start(EvaluationWork(asked, data, answers, load))
    job = job_of(evaluations, asked)
    slow.go.release()
    wait_for("the first batch", lambda: job.progress.share)
    assert job.progress.share == pytest.approx(32 / 98)
    assert evaluations.newest() == asked
    slow.go.release(3)
    assert job.wait(30)
    assert (job.state, job.progress.share) == ("done", 1)
    assert missing(answers, data, "train") == []
    assert judge(answers, data, "train", 1.0).scores.n == 98
    evaluations.remove(asked)
    assert job.wait_removed(10)
    assert evaluations.newest() is None


def test_cancelled_it_keeps_what_was_answered_and_goes_on_from_there(
    classifier: Classifier, data: DataSet
) -> None:
    evaluations, answers, slow = Evaluations(), Answers(), Slow(classifier)
    asked = question(data)
    evaluations.start(
        EvaluationWork(asked, data, answers, lambda: Classifier(classifier.card, slow))
    )
    first = job_of(evaluations, asked)
    wait_for("the first batch", lambda: slow.asked)
    first.cancel()
    slow.go.release()
    assert first.wait(30)
    assert first.state == "cancelled"
    assert len(missing(answers, data, "train")) == 66

    work = EvaluationWork(asked, data, answers, lambda: classifier)
    assert work.count == 66
    evaluations.start(work)
    assert job_of(evaluations, asked).wait(30)
    assert missing(answers, data, "train") == []
    assert first.wait_removed(10), "the job before is let go"
    evaluations.remove(asked)


def test_the_same_is_not_begun_twice_and_another_waits_for_its_turn(
    classifier: Classifier, data: DataSet
) -> None:
    evaluations, slow = Evaluations(), Slow(classifier)
    load = lambda: Classifier(classifier.card, slow)  # noqa: E731
    train, test = question(data), question(data, "test")
    evaluations.start(EvaluationWork(train, data, Answers(), load))
    wait_for("the first batch", lambda: slow.asked)
    one = job_of(evaluations, train)
    evaluations.start(EvaluationWork(train, data, Answers(), load))
    assert job_of(evaluations, train) is one

    evaluations.start(EvaluationWork(test, data, Answers(), lambda: classifier))
    other = job_of(evaluations, test)
    wait_for("the second to wait", lambda: other.work.waits)
    assert [job.work.question for job in evaluations.working()] == [train, test]
    other.cancel()
    assert other.wait(10), "who waits can be cancelled"
    assert other.state == "cancelled"
    slow.go.release(4)
    assert one.wait(30)
    for asked in (train, test):
        evaluations.remove(asked)


def test_a_model_that_cannot_be_loaded_is_told_and_the_next_has_its_turn(
    classifier: Classifier, data: DataSet
) -> None:
    evaluations, asked = Evaluations(), question(data, "test")

    def load() -> Classifier:
        raise ModelError("The model {name} is broken.", name="tiny")

    evaluations.start(EvaluationWork(asked, data, Answers(), load))
    job = job_of(evaluations, asked)
    assert job.wait(10)
    assert (job.state, str(job.error)) == ("failed", "The model tiny is broken.")
    evaluations.start(EvaluationWork(asked, data, Answers(), lambda: classifier))
    assert job_of(evaluations, asked).wait(30)
    assert job_of(evaluations, asked).state == "done"
    evaluations.remove(asked)


def test_answers_in_the_same_file_are_one_object(tmp_path: Path) -> None:
    evaluations = Evaluations()
    one = evaluations.shared(Answers(tmp_path / "a.npz"))
    assert evaluations.shared(Answers(tmp_path / "a.npz")) is one
    assert evaluations.shared(Answers(tmp_path / "b.npz")) is not one


def test_altered_pictures_are_part_of_the_same_job_which_goes_on_where_it_was_cancelled(
    classifier: Classifier, data: DataSet
) -> None:
    """28 test pictures are one batch, so there is one for the clean ones and each alteration."""
    answers, slow = Answers(), Slow(classifier)
    altered = {alteration: Answers() for alteration in ALTERATIONS}
    asked = Question("tiny", data.root, "test", altered=True)
    load = lambda: Classifier(classifier.card, slow)  # noqa: E731
    work = EvaluationWork(asked, data, answers, load, altered)
    assert work.count == 280
    job = SourceJob(work)
    slow.go.release(3)
    wait_for("the fourth batch", lambda: slow.asked == 4)
    assert job.progress.share == pytest.approx(0.3)
    job.cancel()
    slow.go.release()
    assert job.wait(30)
    assert job.state == "cancelled"
    again = EvaluationWork(asked, data, answers, load, altered)
    assert again.count == 280 - 4 * 28
    slow.go.release(6)
    rest = SourceJob(again)
    assert rest.wait(30)
    assert (rest.state, rest.progress.share, slow.asked) == ("done", 1.0, 10)
    assert not any(missing(one, data, "test") for one in (answers, *altered.values()))
    covered = next(iter(altered["covered"].logits.values()))
    assert not any((covered == row).all() for row in answers.logits.values())
    job.close()
    rest.close()
