"""The look into a large folder: seen while it works, cancelled, continued."""

import shutil
from pathlib import Path

import pytest

from emotion.data.layout import scan
from emotion.data.survey import known
from emotion.ui.live_sources_job import SourceJob
from emotion.ui.train_data_look import Look
from emotion.ui.train_data_samples import OF_EACH, some
from emotion.ui.train_data_upload import Unpack
from tests.drawn_faces import write_faces
from tests.waiting import wait_for


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """1,400 pictures: enough for a look to be met while it works."""
    root = write_faces(tmp_path / "faces", train=20)
    for path in sorted(root.rglob("*.png")):
        for n in range(9):
            shutil.copy(path, path.with_name(f"{path.stem}-{n}.png"))
    return root


def test_a_look_is_cancelled_and_the_next_one_ends_it(large: Path, tmp_path: Path) -> None:
    data = scan(large)
    work = Look(data, tmp_path / "cache")
    job = SourceJob(work, lambda: not work.ended)
    wait_for("some progress", lambda: (job.progress.share or 0) > 0.05)
    job.cancel()
    assert job.wait(30)
    assert job.state == "cancelled"
    assert work.survey is None
    assert known(data, tmp_path / "cache") is None
    job.close()
    assert job.wait_removed(10)

    again = Look(data, tmp_path / "cache")
    other = SourceJob(again, lambda: not again.ended)
    assert other.wait(60)
    assert other.state == "done"
    assert other.progress.share == 1
    assert known(data, tmp_path / "cache") is not None
    other.close()
    assert other.wait_removed(10)


def test_a_job_whose_tab_is_gone_removes_itself_after_its_end(tmp_path: Path) -> None:
    data = scan(write_faces(tmp_path / "faces", train=1))
    work = Look(data, tmp_path / "cache")
    job = SourceJob(work, lambda: not work.ended, unwanted_s=0.1)
    assert job.wait_removed(20)
    assert job.state == "done"
    assert not job.folder.exists()


def test_a_zip_that_cannot_be_unpacked_is_the_job_s_error(tmp_path: Path) -> None:
    work = Unpack(b"no zip", tmp_path / "data" / "mine")
    job = SourceJob(work, lambda: not work.ended)
    assert job.wait(20)
    assert job.state == "failed"
    assert "no zip archive" in str(job.error)
    job.close()
    assert job.wait_removed(10)


def test_each_turn_shows_other_pictures_until_all_were_seen(tmp_path: Path) -> None:
    samples = scan(write_faces(tmp_path / "faces", train=20)).samples("train")[:20]
    shown = [some(samples, turn) for turn in range(3)]
    assert all(len(set(part)) == OF_EACH for part in shown)
    assert {sample for part in shown for sample in part} == set(samples)
    assert some(samples, 0) == shown[0]
    assert len(some(samples[:3], 5)) == 3
