"""Jobs on small works of a test's own: counting up to a number, slowly or not."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion.errors import PictureError
from emotion.settings import PROJECT_DIR
from emotion.ui.live_sources_job import SourceJob, Watch, jpeg
from tests.waiting import wait_for


class Count:
    """Counts to `total`, writes each number to a file, and waits at a gate before `gate_at`."""

    def __init__(self, total: int, gate_at: int = -1, error: Exception | None = None) -> None:
        self.done: list[int] = []
        self.entered, self.gate = threading.Event(), threading.Event()
        self.closed = 0
        self._total, self._gate_at, self._error = total, gate_at, error

    def run(self, watch: Watch, folder: Path) -> None:
        for number in range(self._total):
            if number == self._gate_at:
                self.entered.set()
                assert self.gate.wait(30), "nobody opened the gate"
                if self._error is not None:
                    raise self._error
            (folder / f"{number}").write_text(str(number))
            self.done.append(number)
            watch.step((number + 1) / self._total)

    def close(self) -> None:
        self.closed += 1


def test_a_job_works_in_a_thread_of_its_own_to_its_end() -> None:
    work = Count(5, gate_at=3)
    job = SourceJob(work)
    assert work.entered.wait(10)
    assert (job.state, job.progress.share, job.progress.steps) == ("working", 0.6, 3)
    work.gate.set()
    assert job.wait(10)
    assert (job.state, job.error, job.progress.share) == ("done", None, 1.0)
    assert work.done == [0, 1, 2, 3, 4]
    job.close()


def test_cancel_ends_it_at_the_next_step_and_keeps_what_is_done() -> None:
    work = Count(1_000_000, gate_at=3)
    job = SourceJob(work)
    assert work.entered.wait(10)
    job.cancel()
    work.gate.set()
    assert job.wait(10)
    assert (job.state, job.error, work.done) == ("cancelled", None, [0, 1, 2, 3])
    assert (job.folder / "3").is_file(), "the result is still looked at"
    job.close()


@pytest.mark.parametrize("error", [PictureError("Broken."), ZeroDivisionError("our mistake")])
def test_an_error_ends_it_and_is_kept(error: Exception) -> None:
    work = Count(5, gate_at=2, error=error)
    job = SourceJob(work)
    work.gate.set()
    assert job.wait(10)
    assert (job.state, job.error, work.done) == ("failed", error, [0, 1])
    job.close()


def test_close_removes_the_folder_once_the_work_has_ended() -> None:
    work = Count(5, gate_at=2)
    job = SourceJob(work)
    assert work.entered.wait(10)
    job.close()
    assert job.folder.is_dir(), "the work still writes there"
    work.gate.set()
    assert job.wait_removed(10)
    assert not job.folder.exists()
    assert work.closed == 1


def test_a_job_that_nobody_wants_any_more_ends_and_removes_its_files() -> None:
    tab_is_open = threading.Event()
    tab_is_open.set()
    work = Count(1_000_000_000, gate_at=3)
    job = SourceJob(work, tab_is_open.is_set, unwanted_s=0.1)
    assert work.entered.wait(10)
    assert not job.wait_removed(0.5), "an open tab keeps it"
    tab_is_open.clear()
    work.gate.set()
    assert job.wait_removed(20)
    assert (job.state, job.folder.exists()) == ("cancelled", False)


def test_a_finished_result_stays_until_the_tab_is_closed() -> None:
    tab_is_open = threading.Event()
    tab_is_open.set()
    job = SourceJob(Count(2), tab_is_open.is_set, unwanted_s=0.1)
    assert job.wait(10)
    assert not job.wait_removed(0.5)
    assert (job.folder / "1").is_file()
    tab_is_open.clear()
    assert job.wait_removed(10)
    assert not job.folder.exists()


def test_a_server_that_ends_leaves_no_files_behind(tmp_path: Path) -> None:
    script = """
from tests.ui.test_live_sources_job import Count
from emotion.ui.live_sources_job import SourceJob
work = Count(5, gate_at=3)
job = SourceJob(work)
assert work.entered.wait(10) and len(list(job.folder.iterdir())) == 3
print(job.folder)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT_DIR,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).parent == tmp_path
    assert list(tmp_path.glob("semblante-*")) == []


def test_two_jobs_do_not_wait_for_each_other() -> None:
    slow, quick = Count(5, gate_at=1), Count(5)
    first, second = SourceJob(slow), SourceJob(quick)
    assert slow.entered.wait(10)
    assert second.wait(10)
    assert (first.state, second.state) == ("working", "done")
    second.close()
    assert second.wait_removed(10)
    slow.gate.set()
    assert first.wait(10)
    assert first.state == "done"
    assert len(list(first.folder.iterdir())) == 5, "the other one's removal took nothing of it"
    first.close()


def test_jobs_leave_no_threads_behind() -> None:
    before = threading.active_count()
    for _ in range(10):
        job = SourceJob(Count(3))
        job.close()
        assert job.wait_removed(10)
        assert job.wait(10)
    wait_for("the end of the threads", lambda: threading.active_count() <= before, 10)


def test_the_time_left_follows_from_the_share_and_comes_after_a_while() -> None:
    now = [100.0]
    watch = Watch(clock=lambda: now[0])
    now[0] += 1
    watch.step(0.1)
    assert watch.progress.left_s is None, "the first second says little"
    now[0] += 4
    watch.step(0.25)
    assert watch.progress.left_s == pytest.approx(15)
    assert watch.progress.steps_per_s == pytest.approx(0.4)
    watch.end()
    now[0] += 100
    assert watch.progress.elapsed_s == 5


def test_without_a_length_there_is_no_share_and_no_time_left() -> None:
    now = [0.0]
    watch = Watch(clock=lambda: now[0])
    now[0] = 10.0
    watch.step(None)
    assert (watch.progress.share, watch.progress.left_s) == (None, None)


def test_a_preview_is_wanted_only_now_and_then() -> None:
    now = [0.0]
    watch = Watch(clock=lambda: now[0])
    wanted = 0
    for _ in range(300):
        if watch.wants_preview:
            wanted += 1
            watch.show(np.zeros((48, 64, 3), np.uint8))
        now[0] += 1 / 30
    assert 10 <= wanted <= 14
    assert watch.preview is not None
    assert watch.preview.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("size_wh", "expected"), [((64, 48), (64, 48)), ((4000, 100), (640, 16)), ((2, 4000), (1, 640))]
)
def test_a_jpeg_is_not_larger_than_asked_for(
    size_wh: tuple[int, int], expected: tuple[int, int]
) -> None:
    content = jpeg(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), 640)
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert read.shape[1::-1] == expected
