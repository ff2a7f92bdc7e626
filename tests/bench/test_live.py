"""The shape of what the bench says, never how fast this machine is."""

import pytest

from emotion.bench.live import OURS, measure_live
from emotion.models.classifier import Classifier
from tests.vision.conftest import classifier  # noqa: F401  (a fixture)

TIMES = {"cpu_ms", "cpu_ms_mean", "cpu_ms_p95", "wall_ms", "wall_ms_p95"}
STEPS = {"detect", "classify", "network", "quality", "track", "draw"}


@pytest.fixture
def report(classifier: Classifier) -> dict[str, dict[str, object]]:  # noqa: F811
    return measure_live(classifier, rounds=1)


def test_each_row_has_the_times_of_a_frame_of_its_steps_and_of_the_original(
    report: dict[str, dict[str, object]],
) -> None:
    for row, faces in (("one_face", 1), ("two_faces", 2), ("four_faces", 4)):
        figures = report[row]
        assert TIMES | {f"reference_{name}" for name in TIMES} <= set(figures)
        assert figures["faces_found"] == faces, row
        assert figures["frames"] == OURS
        assert set(figures["steps_ms"]) == set(figures["steps_ms_p95"]) == STEPS
        assert set(figures["steps_cpu_ms"]) <= STEPS
        assert all(value > 0 for value in figures["steps_ms"].values())
    assert report["one_face_detector_left_out"]["period"] == 3
    assert set(report["one_face_video_frame"]) == TIMES
    assert set(report["one_face_every_frame_searched"]) == TIMES
