import numpy as np
import pytest

from emotion.errors import CameraError
from emotion.labels import BY_KEY, KEYS
from emotion.vision.baseline import (
    DURATION_S,
    LEAST_FRAMES,
    MAX_SHIFT,
    RESTING,
    Calibration,
    baseline_of,
)
from emotion.vision.types import FloatArray, Quality, TrackedFace
from tests.vision.made import made_face

NEUTRAL, SAD, HAPPY = (BY_KEY[key].index for key in ("neutral", "sad", "happy"))


def row(**shares: float) -> FloatArray:
    """Seven probabilities with those given, the rest even."""
    left = (1 - sum(shares.values())) / (7 - len(shares))
    return np.array([shares.get(key, left) for key in KEYS], np.float32)


RESTS_SAD = row(sad=0.70, neutral=0.20)


def resting(mean: FloatArray, frames: int = 60) -> FloatArray:
    """Noisy rows around the mean."""
    random = np.random.default_rng(0)
    return random.dirichlet(mean * 40, frames).astype(np.float32)


def test_a_resting_face_that_reads_sad_reads_neutral_afterwards() -> None:
    baseline = baseline_of(resting(RESTS_SAD))
    corrected = baseline.apply(RESTS_SAD)
    assert RESTS_SAD.argmax() == SAD and corrected.argmax() == NEUTRAL
    assert corrected[NEUTRAL] > 0.6 and corrected[SAD] < 0.3
    assert corrected.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("key", KEYS)
def test_a_clear_expression_stays_what_it_is(key: str) -> None:
    baseline = baseline_of(resting(RESTS_SAD))
    corrected = baseline.apply(row(**{key: 0.94}))
    assert corrected.argmax() == BY_KEY[key].index


def test_a_face_that_rests_as_most_do_is_hardly_changed() -> None:
    baseline = baseline_of(np.tile(RESTING, (30, 1)))
    np.testing.assert_allclose(baseline.apply(RESTS_SAD), RESTS_SAD, atol=1e-6)


def test_the_mean_resting_face_becomes_the_mean_neutral_one_within_the_limit() -> None:
    mild = RESTING.copy()
    mild[[BY_KEY["sad"].index, BY_KEY["neutral"].index]] = 0.45
    mild /= mild.sum()
    corrected = baseline_of(np.tile(mild, (30, 1))).apply(mild)
    np.testing.assert_allclose(corrected, RESTING / RESTING.sum(), atol=1e-3)


def test_the_correction_is_bounded() -> None:
    baseline = baseline_of(np.tile(np.eye(7, dtype=np.float32)[HAPPY], (30, 1)))
    assert np.abs(baseline.log_shift).max() == pytest.approx(MAX_SHIFT)
    assert np.isfinite(baseline.apply(np.eye(7, dtype=np.float32)[HAPPY])).all()


def test_many_rows_are_corrected_as_each_is() -> None:
    baseline, rows = baseline_of(resting(RESTS_SAD)), resting(row(happy=0.5), 5)
    np.testing.assert_allclose(
        baseline.apply(rows), np.stack([baseline.apply(one) for one in rows]), rtol=1e-5
    )


@pytest.mark.parametrize("shape", [(0, 7), (7,)])
def test_nothing_to_average_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no resting"):
        baseline_of(np.zeros(shape, np.float32))


def seen(track_id: int, poor: bool = False) -> TrackedFace:
    reasons = ("too_dark",) if poor else ()
    quality = Quality(100, 0.5, 0, 0.5, 0, 0, 0, 1, reasons)  # type: ignore[arg-type]
    face = made_face((100, 100, 180, 200))
    shown = ("low_confidence",)
    return TrackedFace(track_id, face, RESTS_SAD, RESTS_SAD, SAD, shown, quality)  # type: ignore[arg-type]


def collect(calibration: Calibration, faces: tuple[TrackedFace, ...], rate: int = 10) -> None:
    for number in range(round(DURATION_S * rate) + 1):
        calibration.add(faces, 50 + number / rate)


def test_three_seconds_of_one_face_make_its_baseline() -> None:
    calibration = Calibration(2)
    assert calibration.progress == 0
    calibration.add((seen(1), seen(2)), 50.0)
    calibration.add((seen(1), seen(2)), 51.5)
    assert calibration.progress == pytest.approx(0.5)
    collect(calibration, (seen(1), seen(2)))
    assert calibration.progress == 1
    np.testing.assert_allclose(
        calibration.finish().log_shift, baseline_of(RESTS_SAD[None]).log_shift, atol=1e-5
    )


@pytest.mark.parametrize("face", [seen(1), seen(2, poor=True)], ids=["another", "too dark"])
def test_a_face_that_was_not_seen_well_gives_none_but_a_sentence(face: TrackedFace) -> None:
    calibration = Calibration(2)
    collect(calibration, (face,))
    with pytest.raises(CameraError, match=rf"in only 0 pictures .* {LEAST_FRAMES}"):
        calibration.finish()
