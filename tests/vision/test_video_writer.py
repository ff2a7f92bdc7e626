from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from emotion.vision.sources import read_video, video_facts
from emotion.vision.types import FrameBgr
from emotion.vision.video_writer import KINDS, VideoKind, VideoWriter, best_kind


def bright(level: int, size_wh: tuple[int, int] = (64, 48)) -> FrameBgr:
    return np.full((size_wh[1], size_wh[0], 3), level, np.uint8)


def installed() -> list[VideoKind]:
    return [kind for kind in KINDS if kind.codec in av.codecs_available]


@pytest.mark.parametrize("kind", installed(), ids=lambda kind: kind.codec)
def test_what_is_written_can_be_read_frame_by_frame(kind: VideoKind, tmp_path: Path) -> None:
    path = tmp_path / f"video{kind.suffix}"
    with VideoWriter(path, Fraction(25), kind) as writer:
        for number in range(30):
            writer.write(bright(40 + 6 * number), number / 25)
    times_s, frames = zip(*read_video(path), strict=True)
    assert times_s == pytest.approx([number / 25 for number in range(30)], abs=2e-3)
    assert [frame.mean() for frame in frames] == pytest.approx(
        [40 + 6 * number for number in range(30)], abs=8
    )


def test_the_best_kind_is_one_that_is_installed() -> None:
    assert best_kind() == installed()[0]


def test_an_odd_row_and_column_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    with VideoWriter(path, Fraction(10), best_kind()) as writer:
        writer.write(bright(90, (65, 49)), 0)
    assert video_facts(path).size_wh == (64, 48)


def test_a_frame_of_another_size_is_scaled_to_the_first_ones(tmp_path: Path) -> None:
    path = tmp_path / "sizes.mp4"
    larger = bright(0, (128, 96))
    larger[:, 64:] = 200
    with VideoWriter(path, Fraction(10), best_kind()) as writer:
        writer.write(bright(90), 0)
        writer.write(larger, 0.1)
    _, (_, second) = read_video(path)
    assert second.shape == (48, 64, 3)
    assert second[:, :24].mean() < 30 < 170 < second[:, 40:].mean()


def test_times_that_do_not_go_on_lose_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "still.mp4"
    with VideoWriter(path, Fraction(90_000), best_kind()) as writer:
        for time_s in (0.0, 0.5, 0.5, 0.2, 1.0):
            writer.write(bright(90), time_s)
    times_s = [time_s for time_s, _ in read_video(path)]
    assert times_s == pytest.approx([0, 0.5, 0.5, 0.5, 1.0], abs=1e-3)
