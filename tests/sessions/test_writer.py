import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from emotion.sessions.schema import Session
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, result, url


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_an_uneven_video_of_thirty_frames_a_second_is_recorded_at_ten(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    for step in range(300):
        recording.add(result((1, "sad")))
        clock.now += 0.030 if step % 2 else 0.0366
    recording.stop()
    assert recording.wait(5)
    frames = store.read_frames(recording.session_id)
    assert len(frames) == pytest.approx(10 * 300 * 0.0333, abs=1)
    assert frames["seconds"].diff().min() > 0.06


def test_a_slow_video_is_recorded_whole_and_not_caught_up(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    for pause in (0.5, 0.5, 3.0, 0.01, 0.01):
        recording.add(result())
        clock.now += pause
    recording.stop()
    assert recording.wait(5)
    seconds = store.read_frames(recording.session_id)["seconds"]
    assert seconds.tolist() == pytest.approx([0, 0.5, 1.0, 4.0])


@BOTH
def test_two_writers_with_two_recordings_each_lose_nothing(database: str) -> None:
    stores = [SessionStore(database) for _ in range(2)]
    clocks = [Clock() for _ in stores]
    writers = [
        SessionWriter(store, batch_s=0.01, clock=clock)
        for store, clock in zip(stores, clocks, strict=True)
    ]
    recordings = [[writer.start("a", "m"), writer.start("b", "m")] for writer in writers]

    def feed(number: int) -> None:
        for _ in range(400):
            for recording in recordings[number]:
                recording.add(result((1, "happy"), (2, "sad")))
            clocks[number].now += 0.1
            time.sleep(0.001)

    threads = [threading.Thread(target=feed, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    infos = stores[0].list_sessions()
    assert [(info.samples, info.faces, info.state) for info in infos] == [(800, 2, "ended")] * 4
    for info in infos:
        assert stores[1].read_frames(info.id)["faces"].sum() == 800
    for store in stores:
        store.close()


def test_results_after_the_stop_are_not_recorded_and_a_second_stop_does_nothing(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    recording.add(result((1, "sad")))
    recording.stop()
    recording.stop()
    clock.now += 1
    recording.add(result((1, "sad")))
    assert recording.wait(5)
    assert recording.is_stopped
    recording.stop()
    assert store.get(recording.session_id).samples == 1


def test_a_session_without_any_frame_ends_where_it_began(
    store: SessionStore, writer: SessionWriter
) -> None:
    recording = writer.start("a", "m")
    recording.stop()
    assert recording.wait(5)
    info = store.get(recording.session_id)
    assert (info.state, info.ended_at, info.duration_s) == ("ended", info.started_at, 0.0)


def test_nothing_is_lost_while_another_program_locks_the_database(
    store: SessionStore, writer: SessionWriter, clock: Clock, tmp_path: Path
) -> None:
    recording = writer.start("a", "m")
    other = sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    slowest = 0.0
    for _ in range(50):
        began = time.perf_counter()
        recording.add(result((1, "sad")))
        slowest = max(slowest, time.perf_counter() - began)
        clock.now += 0.1
    began = time.perf_counter()
    recording.stop()
    assert max(slowest, time.perf_counter() - began) < 0.1  # the lock is waited for 0.2 s
    wait_until(lambda: recording.error is not None)
    assert "locked" in str(recording.error)
    assert "locked" in str(writer.error)
    assert not recording.wait(0)
    other.execute("COMMIT")
    other.close()
    assert recording.wait(5)
    wait_until(lambda: writer.error is None)
    assert recording.error is None
    assert store.get(recording.session_id).samples == 50


def test_a_full_buffer_drops_the_newest_results_and_counts_them(
    store: SessionStore, clock: Clock, tmp_path: Path
) -> None:
    writer = SessionWriter(store, capacity=5, batch_s=0.02, clock=clock)
    recording = writer.start("a", "m")
    other = sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for _ in range(8):
        recording.add(result((1, "sad")))
        clock.now += 0.1
    assert (recording.waiting, recording.dropped) == (5, 3)
    other.close()
    writer.close()
    seconds = store.read_frames(recording.session_id)["seconds"]
    assert seconds.tolist() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


@BOTH
def test_a_recording_whose_session_was_deleted_says_so_and_others_go_on(
    store: SessionStore, writer: SessionWriter
) -> None:
    gone, other = writer.start("gone", "m"), writer.start("other", "m")
    with store.writing() as connection:
        connection.execute(delete(Session).where(Session.id == gone.session_id))
    for recording in (gone, other):
        recording.add(result((1, "sad")))
    assert gone.wait(5)
    assert "was deleted while it was recorded" in str(gone.error)
    assert gone.is_stopped
    other.stop()
    assert other.wait(5)
    assert other.error is None
    assert store.get(other.session_id).samples == 1


def test_closing_says_what_could_not_be_written(
    store: SessionStore, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = SessionWriter(store, batch_s=0.02, clock=clock)
    recording = writer.start("a", "m")
    other = sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    recording.add(result())
    wait_until(lambda: recording.error is not None)
    with caplog.at_level(logging.ERROR):
        writer.close(timeout_s=0.05)
    other.close()
    assert "1 frames of the session 1 are not written" in caplog.text
    assert recording.wait(5)


def test_a_closed_writer_starts_nothing(store: SessionStore, clock: Clock) -> None:
    writer = SessionWriter(store, clock=clock)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.start("a", "m")


@BOTH
def test_a_pause_is_cut_out_of_the_seconds_and_kept_in_the_times(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    for step in range(40):
        if step == 10:
            recording.pause()
            recording.pause()
            assert recording.is_paused
        if step == 30:
            recording.resume()
            recording.resume()
        recording.add(result((1, "sad")))
        clock.now += 0.1
    assert recording.elapsed_s == pytest.approx(2.0)
    recording.stop()
    assert recording.wait(5)
    info = store.get(recording.session_id)
    frames = store.read_frames(recording.session_id)
    assert len(frames) == 20
    assert frames["seconds"].tolist() == pytest.approx([step / 10 for step in range(20)])
    assert frames["time"].diff().max() == timedelta(seconds=2.1)
    assert (info.duration_s, info.paused_s) == pytest.approx((1.9, 2.0))
    assert info.ended_at == info.started_at + timedelta(seconds=3.9)
    (pause,) = store.read_pauses(recording.session_id).to_dict("records")
    assert (pause["seconds"], pause["length_s"]) == pytest.approx((1.0, 2.0))


@BOTH
def test_a_session_that_is_stopped_in_a_pause_ends_with_its_last_frame(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    recording.add(result((1, "sad")))
    clock.now += 1
    recording.add(result((1, "sad")))
    recording.pause()
    clock.now += 60
    assert recording.elapsed_s == pytest.approx(1.0)
    recording.stop()
    assert recording.wait(5)
    info = store.get(recording.session_id)
    assert (info.state, info.duration_s, info.paused_s) == ("ended", 1.0, 0.0)
    assert store.read_pauses(recording.session_id).empty


def test_a_pause_after_the_last_frame_takes_nothing_from_its_length(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    clock.now += 5
    recording.add(result((1, "sad")))
    recording.pause()
    clock.now += 4
    recording.resume()
    recording.stop()
    assert recording.wait(5)
    assert store.get(recording.session_id).duration_s == pytest.approx(5.0)


@BOTH
def test_markers_are_kept_with_their_label_and_moment_of_recording(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "m")
    recording.add(result((1, "sad")))
    clock.now += 1
    recording.mark("  the\nbell ")
    recording.pause()
    recording.mark("not in a pause")
    clock.now += 10
    recording.resume()
    clock.now += 1
    recording.mark("x" * 500)
    recording.add(result((1, "sad")))
    recording.stop()
    recording.mark("after the stop")
    assert recording.wait(5)
    assert recording.markers == [(1.0, "the bell"), (2.0, "x" * 200)]
    markers = store.read_markers(recording.session_id)
    assert markers["seconds"].tolist() == pytest.approx([1.0, 2.0])
    assert markers["label"].tolist() == ["the bell", "x" * 200]
    assert markers["time"].diff().iloc[1] == timedelta(seconds=11)
    assert store.get(recording.session_id).markers == 2


@BOTH
def test_what_the_page_showed_is_kept_with_its_reasons(
    store: SessionStore, writer: SessionWriter
) -> None:
    recording = writer.start("a", "m")
    seen = result((1, "sad"), (2, "happy"))
    hidden = replace(seen.faces[0], reasons=("too_dark", "blurred"), baseline=True)
    recording.add(replace(seen, faces=(hidden, seen.faces[1])))
    recording.stop()
    assert recording.wait(5)
    rows = store.read_samples(recording.session_id)
    assert rows["expression"].tolist() == ["sad", "happy"]
    assert rows["shown"].tolist() == ["unsure", "happy"]
    assert rows["reasons"].tolist() == ["too_dark,blurred", ""]
    assert rows["baseline"].tolist() == [True, False]


RECORDER = """
import sys, time
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import result
recording = SessionWriter(SessionStore(sys.argv[1])).start("a", "m")
until = time.monotonic() + float(sys.argv[2])
print(recording.session_id, flush=True)
while time.monotonic() < until:
    recording.add(result((1, "sad")))
    time.sleep(1 / 30)
"""


@contextmanager
def recorder(path: Path, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """A process that records for `seconds` seconds; gone at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", RECORDER, url(path), str(seconds)],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == b"1"
            yield process
        finally:
            process.kill()


def test_a_killed_process_loses_two_seconds_at_most_and_its_session_is_closed(
    tmp_path: Path,
) -> None:
    with recorder(tmp_path / "s.db", 60) as process:
        time.sleep(2.5)
        killed_at = datetime.now(UTC)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but still a zombie
        store = SessionStore(url(tmp_path / "s.db"))
        assert store.close_interrupted() == 1
    assert store.close_interrupted() == 0
    info = store.get(1)
    assert info.state == "interrupted"
    assert info.ended_at is not None
    assert killed_at - info.ended_at < timedelta(seconds=2)
    assert info.samples > 8
    assert len(store.read_samples(1)) == info.samples
    store.close()


def test_a_process_that_ends_without_a_stop_still_writes_everything(tmp_path: Path) -> None:
    with recorder(tmp_path / "s.db", 0.4) as process:
        process.wait(30)
    store = SessionStore(url(tmp_path / "s.db"))
    info = store.get(1)
    assert info.state == "ended"
    assert 1 <= info.samples <= 5  # as many as a busy computer gets through in 0.4 s
    assert info.samples == len(store.read_frames(1))
    store.close()


def test_another_living_process_keeps_its_session(tmp_path: Path) -> None:
    with recorder(tmp_path / "s.db", 60):
        store = SessionStore(url(tmp_path / "s.db"))
        assert store.close_interrupted() == 0
        assert store.get(1).state == "recording"
    assert store.close_interrupted() == 1
    store.close()
