import logging
import threading
import time

import numpy as np
import pytest

from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.worker import Counts, Worker
from tests.vision.made import GatedPipeline
from tests.waiting import wait_for

PATIENCE_S = 20.0  # far more than any of this takes
BLACK = np.zeros((4, 6, 3), np.uint8)
WHITE = np.full((4, 6, 3), 255, np.uint8)


@pytest.fixture
def worker() -> Worker:
    return Worker()


def times(results: list[FrameResult]) -> list[float]:
    return [result.time_s for result in results]


def test_a_frame_gets_its_own_result(worker: Worker) -> None:
    mailbox = worker.open(GatedPipeline())
    for time_s in (1.0, 2.0):
        result = mailbox.wait(mailbox.put(WHITE, time_s), PATIENCE_S)
        assert result is not None and result.time_s == time_s and result.size_wh == (6, 4)
        assert mailbox.latest() is result
    assert mailbox.counts == Counts(received=2, processed=2, dropped=0, failed=0)
    mailbox.close()


def test_before_the_first_result_there_is_none(worker: Worker) -> None:
    mailbox = worker.open(GatedPipeline())
    assert mailbox.latest() is None and mailbox.error is None and mailbox.counts == Counts()
    mailbox.close()


def test_the_newest_frame_wins_and_the_others_are_counted(worker: Worker) -> None:
    pipeline = GatedPipeline(is_open=False)
    mailbox = worker.open(pipeline)
    mailbox.put(WHITE, 1)
    assert pipeline.entered.wait(PATIENCE_S)
    lost, _, newest = (mailbox.put(WHITE, time_s) for time_s in (2, 3, 4))
    pipeline.gate.set()
    result = mailbox.wait(newest, PATIENCE_S)
    assert result is not None and result.time_s == 4
    assert pipeline.log == ["1", "4"]
    assert mailbox.wait(lost, PATIENCE_S) is None, "a replaced frame has no result"
    assert mailbox.counts == Counts(received=4, processed=2, dropped=2)
    mailbox.close()


def test_waiting_ends_with_the_budget(worker: Worker) -> None:
    pipeline = GatedPipeline(is_open=False)
    mailbox = worker.open(pipeline)
    started = time.monotonic()
    assert mailbox.wait(mailbox.put(WHITE, 1), 0.05) is None
    assert 0.04 < time.monotonic() - started < 5
    pipeline.gate.set()
    wait_for("the late result", mailbox.latest, PATIENCE_S)
    mailbox.close()


def test_mailboxes_are_served_in_turn(worker: Worker) -> None:
    log: list[str] = []
    greedy, modest = GatedPipeline("a", log, is_open=False), GatedPipeline("b", log)
    first, second = worker.open(greedy), worker.open(modest)
    first.put(WHITE, 1)
    assert greedy.entered.wait(PATIENCE_S)
    last = first.put(WHITE, 2)
    second.put(WHITE, 1)
    greedy.gate.set()
    assert first.wait(last, PATIENCE_S) is not None
    assert log == ["a1", "b1", "a2"]
    assert second.latest() is not None
    first.close()
    second.close()


def test_two_streams_at_full_speed_are_both_served(worker: Worker) -> None:
    mailboxes = [worker.open(GatedPipeline()) for _ in range(2)]

    def stream(index: int) -> None:
        for frame in range(200):
            mailboxes[index].wait(mailboxes[index].put(WHITE, frame), PATIENCE_S)

    threads = [threading.Thread(target=stream, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [mailbox.counts for mailbox in mailboxes] == [Counts(200, 200, 0, 0)] * 2
    for mailbox in mailboxes:
        mailbox.close()


def test_an_exception_is_kept_and_counted_and_the_next_frame_is_served(worker: Worker) -> None:
    mailbox = worker.open(GatedPipeline())
    mailbox.wait(mailbox.put(WHITE, 1), PATIENCE_S)
    assert mailbox.wait(mailbox.put(BLACK, 2), PATIENCE_S) is None
    assert isinstance(mailbox.error, ArithmeticError)
    assert mailbox.latest() is None, "an older result would be shown for a frame that failed"
    assert mailbox.wait(mailbox.put(WHITE, 3), PATIENCE_S) is not None
    assert isinstance(mailbox.error, ArithmeticError)
    assert mailbox.counts == Counts(received=3, processed=2, dropped=0, failed=1)
    mailbox.close()


def test_an_exception_of_one_stream_is_not_the_others(worker: Worker) -> None:
    bad, good = worker.open(GatedPipeline()), worker.open(GatedPipeline())
    bad.wait(bad.put(BLACK, 1), PATIENCE_S)
    assert good.wait(good.put(WHITE, 1), PATIENCE_S) is not None
    assert bad.error is not None and good.error is None
    bad.close()
    good.close()


def test_an_error_is_logged_once_for_its_kind(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = worker.open(GatedPipeline())
    with caplog.at_level(logging.ERROR):
        for time_s in range(5):
            mailbox.wait(mailbox.put(BLACK, time_s), PATIENCE_S)
        mailbox.close()
    assert mailbox.counts.failed == 5
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [
        ArithmeticError
    ]


def test_listeners_get_each_result(worker: Worker) -> None:
    opened_with: list[FrameResult] = []
    added: list[FrameResult] = []
    mailbox = worker.open(GatedPipeline(), opened_with.append)
    mailbox.wait(mailbox.put(WHITE, 1), PATIENCE_S)
    wait_for("the first listener", lambda: opened_with, PATIENCE_S)
    mailbox.add_listener(added.append)
    mailbox.wait(mailbox.put(WHITE, 3), PATIENCE_S)
    wait_for("the listeners", lambda: len(opened_with) == 2 and added, PATIENCE_S)
    assert times(opened_with) == [1, 3] and times(added) == [3]
    mailbox.close()


def test_a_listener_that_raises_stops_neither_the_others_nor_the_video(worker: Worker) -> None:
    def full(_: FrameResult) -> None:
        raise OSError("the disk is full")

    heard: list[FrameResult] = []
    mailbox = worker.open(GatedPipeline(), full, heard.append)
    for time_s in (1, 2):
        assert mailbox.wait(mailbox.put(WHITE, time_s), PATIENCE_S) is not None
    wait_for("both results", lambda: len(heard) == 2, PATIENCE_S)
    assert isinstance(mailbox.error, OSError) and mailbox.latest() is not None
    assert mailbox.counts == Counts(received=2, processed=2, dropped=0, failed=2)
    mailbox.close()


def test_the_pipeline_may_be_changed_between_frames(worker: Worker) -> None:
    log: list[str] = []
    mailbox = worker.open(GatedPipeline("old", log))
    mailbox.wait(mailbox.put(WHITE, 1), PATIENCE_S)
    mailbox.use(GatedPipeline("new", log))
    mailbox.wait(mailbox.put(WHITE, 2), PATIENCE_S)
    assert log == ["old1", "new2"]
    mailbox.close()


def test_the_error_of_the_pipeline_before_is_past(worker: Worker) -> None:
    failing = GatedPipeline(is_open=False)
    mailbox = worker.open(failing)
    late = mailbox.put(BLACK, 1)
    assert failing.entered.wait(PATIENCE_S)
    mailbox.use(GatedPipeline())
    failing.gate.set()
    assert mailbox.wait(late, PATIENCE_S) is None
    assert mailbox.counts.failed == 1
    assert mailbox.error is None, "it fails after the other has taken over"

    mailbox.use(GatedPipeline())
    mailbox.wait(mailbox.put(BLACK, 2), PATIENCE_S)
    assert mailbox.error is not None
    mailbox.use(GatedPipeline())
    assert mailbox.error is None
    mailbox.close()


def test_the_thread_lives_from_the_first_mailbox_to_the_last_and_starts_again(
    worker: Worker,
) -> None:
    assert not worker.running
    for _ in range(2):
        first, second = worker.open(GatedPipeline()), worker.open(GatedPipeline())
        assert worker.running
        first.close()
        assert second.wait(second.put(WHITE, 1), PATIENCE_S) is not None
        second.close()
        wait_for("the thread's end", lambda: not worker.running, PATIENCE_S)


def test_closing_lets_go_who_waits_and_takes_no_more_frames(worker: Worker) -> None:
    pipeline = GatedPipeline(is_open=False)
    heard: list[FrameResult] = []
    mailbox = worker.open(pipeline, heard.append)
    number = mailbox.put(WHITE, 1)
    assert pipeline.entered.wait(PATIENCE_S)
    waiting = threading.Thread(target=mailbox.wait, args=(number, 600.0))
    waiting.start()
    mailbox.close()
    mailbox.close()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
    mailbox.put(WHITE, 2)
    pipeline.gate.set()
    wait_for("the thread's end", lambda: not worker.running, PATIENCE_S)
    assert pipeline.log == ["1"] and heard == []
    assert mailbox.counts.dropped == 1


def test_a_closed_mailbox_does_not_end_a_thread_that_has_others(worker: Worker) -> None:
    """The thread is busy with the closed mailbox's frame when the next one is opened."""
    pipeline = GatedPipeline(is_open=False)
    first = worker.open(pipeline)
    first.put(WHITE, 1)
    assert pipeline.entered.wait(PATIENCE_S)
    first.close()
    second = worker.open(GatedPipeline())
    number = second.put(WHITE, 1)
    pipeline.gate.set()
    assert second.wait(number, PATIENCE_S) is not None
    second.close()


def test_nothing_runs_beside_the_worker(worker: Worker) -> None:
    """Pipelines of all streams run in one thread that does not keep the process alive."""
    seen: list[threading.Thread] = []

    class Noting:
        def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
            seen.append(threading.current_thread())
            return FrameResult(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]), (), {})

    mailboxes = [worker.open(Noting()) for _ in range(3)]
    for mailbox in mailboxes:
        mailbox.wait(mailbox.put(WHITE, 1), PATIENCE_S)
    assert len(seen) == 3 and len(set(seen)) == 1 and seen[0].daemon
    for mailbox in mailboxes:
        mailbox.close()
