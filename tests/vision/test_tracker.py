import numpy as np
import pytest

from emotion.labels import UNSURE
from emotion.vision.baseline import baseline_of
from emotion.vision.smoothing import REASON_HOLD_S
from emotion.vision.tracker import FORGET_S, Tracker
from emotion.vision.types import Face, FloatArray, Quality, Reason, TrackedFace
from tests.vision.made import made_face

LEFT, RIGHT = made_face((100, 100, 200, 200)), made_face((400, 100, 500, 200))
HAPPY, SAD = np.eye(7, dtype=np.float32)[3], np.eye(7, dtype=np.float32)[4]
VGA, HALF = (640, 480), (320, 240)


def update(
    tracker: Tracker, time_s: float, *faces: Face, of: FloatArray = HAPPY
) -> tuple[TrackedFace, ...]:
    return tracker.judge(tracker.follow(faces, time_s), np.tile(of, (len(faces), 1)), time_s)


def ids(tracked: tuple[TrackedFace, ...]) -> list[int]:
    return [face.track_id for face in tracked]


def quality(*reasons: Reason) -> Quality:
    return Quality(100, 0.5, 0, 0.5, 0, 0, 0, 1, reasons)


def judged(
    tracker: Tracker, time_s: float, of: FloatArray, *reasons: Reason, least: float = 0.6
) -> TrackedFace:
    (tracked,) = tracker.judge(
        tracker.follow((LEFT,), time_s), of[None], time_s, (quality(*reasons),), least
    )
    return tracked


def test_each_face_keeps_its_id_whatever_the_order() -> None:
    tracker = Tracker()
    assert ids(update(tracker, 0.0, LEFT, RIGHT)) == [1, 2]
    assert ids(update(tracker, 0.1, RIGHT, LEFT)) == [2, 1]


@pytest.mark.parametrize("frames_a_second", [5, 15, 30])
def test_eight_faces_that_move_each_on_its_own_keep_their_ids(frames_a_second: int) -> None:
    random = np.random.default_rng(3)
    starts = np.array([[160 * column, 200 * row] for row in range(2) for column in range(4)])
    phases, tracker = random.uniform(0, 2 * np.pi, (8, 2)), Tracker()
    for number in range(4 * frames_a_second):
        time_s = number / frames_a_second
        sway = 45 * np.sin(2 * np.pi * 0.4 * time_s + phases)
        places = starts + sway
        order = random.permutation(8)
        seen = [i for i in order if random.random() > 0.1 or number == 0]
        faces = [made_face((x, y, x + 80, y + 100)) for x, y in places[seen].tolist()]
        found = ids(update(tracker, time_s, *faces))
        if number == 0:
            names = dict(zip(seen, found, strict=True))
        assert found == [names[i] for i in seen]


def test_a_face_elsewhere_is_a_new_one() -> None:
    tracker = Tracker()
    assert ids(update(tracker, 0.0, LEFT)) == [1]
    assert ids(update(tracker, 0.1, RIGHT)) == [2]


def test_a_head_thrown_aside_between_two_frames_keeps_its_id() -> None:
    """At five frames a second, two of its heights away: the boxes have nothing in common."""
    tracker = Tracker()
    update(tracker, 0.0, LEFT)
    assert ids(update(tracker, 0.2, made_face((300, 110, 400, 210)))) == [1]


def test_a_track_waits_for_its_face() -> None:
    tracker = Tracker()
    update(tracker, 0.0, LEFT)
    update(tracker, 0.5)
    assert ids(update(tracker, FORGET_S, LEFT)) == [1]


def test_a_forgotten_id_is_never_used_again() -> None:
    tracker = Tracker()
    update(tracker, 0.0, LEFT)
    assert ids(update(tracker, FORGET_S + 0.01, LEFT)) == [2]
    assert ids(update(tracker, 5.0, LEFT, RIGHT)) == [3, 4]


def test_a_clock_that_starts_anew_begins_new_tracks() -> None:
    tracker = Tracker()
    update(tracker, 60.0, LEFT)
    assert ids(update(tracker, 0.0, LEFT)) == [2]


def test_ids_survive_a_change_of_the_frames_size() -> None:
    tracker = Tracker()
    tracker.follow((LEFT, RIGHT), 0.0, VGA)
    small = [made_face(tuple(face.box_xyxy / 2)) for face in (RIGHT, LEFT)]
    tracks = tracker.follow(tuple(small), 0.1, HALF)
    assert [track.track_id for track in tracks] == [2, 1]


def test_carried_faces_go_on_with_their_landmarks() -> None:
    tracker = Tracker()
    for number in range(20):
        x = 100 + 6 * number
        tracker.follow((made_face((x, 100, x + 80, 200)),), number / 30)
    (track,) = tracker.carry(20 / 30)
    left, top = track.face.box_xyxy[:2]
    assert left == pytest.approx(100 + 6 * 20, abs=2) and top == pytest.approx(100, abs=1)
    expected = made_face((left, 100, left + 80, 200)).landmarks_xy
    np.testing.assert_allclose(track.face.landmarks_xy, expected, atol=1.5)


def test_a_face_that_the_last_look_did_not_find_is_not_carried() -> None:
    tracker = Tracker()
    tracker.follow((LEFT, RIGHT), 0.0)
    tracker.follow((RIGHT,), 0.1)
    assert [track.track_id for track in tracker.carry(0.13)] == [2]


def test_a_new_face_shows_what_its_first_frame_says() -> None:
    (face,) = update(Tracker(), 0.0, LEFT, of=SAD)
    np.testing.assert_allclose(face.smoothed, SAD, atol=0.01)
    assert (face.shown, face.reasons) == ("sad", ())


def test_one_odd_frame_does_not_change_the_label() -> None:
    tracker = Tracker()
    for frame in range(10):
        update(tracker, frame / 30, LEFT, of=HAPPY)
    (odd,) = update(tracker, 10 / 30, LEFT, of=SAD)
    assert odd.expression_index == 3
    np.testing.assert_array_equal(odd.probabilities, SAD)


def test_the_confidence_is_that_of_the_label_that_is_held() -> None:
    tracker = Tracker()
    update(tracker, 0.0, LEFT, of=HAPPY)
    for number in range(1, 30):
        (face,) = update(tracker, number / 30, LEFT, of=SAD)
        if face.smoothed.argmax() == 4:
            break
    assert face.expression_index == 3 and face.confidence == face.smoothed[3] < 0.5


def test_smoothed_probabilities_remain_a_distribution_of_their_own() -> None:
    random = np.random.default_rng(0)
    tracker = Tracker()
    for frame in range(50):
        rows = random.dirichlet(np.ones(7), 2).astype(np.float32)
        shown = tracker.judge(tracker.follow((LEFT, RIGHT), frame / 30), rows, frame / 30)
        for face, row in zip(shown, rows, strict=True):
            assert face.smoothed.sum() == pytest.approx(1, abs=1e-5)
            np.testing.assert_array_equal(face.probabilities, row)


def test_an_earlier_result_does_not_change_with_the_track() -> None:
    tracker = Tracker()
    (first,) = update(tracker, 0.0, LEFT, of=HAPPY)
    before = first.smoothed.copy()
    update(tracker, 0.1, LEFT, of=SAD)
    np.testing.assert_array_equal(first.smoothed, before)


def test_the_strength_may_be_changed_while_it_runs() -> None:
    tracker = Tracker(strength=1)
    update(tracker, 0.0, LEFT, of=HAPPY)
    assert update(tracker, 0.1, LEFT, of=SAD)[0].shown == "happy"
    tracker.strength = 0
    assert update(tracker, 0.2, LEFT, of=SAD)[0].shown == "sad"


def test_below_the_threshold_the_label_is_not_sure() -> None:
    doubtful = np.array([0.3, 0.1, 0.1, 0.35, 0.05, 0.05, 0.05], np.float32)
    face = judged(Tracker(), 0.0, doubtful)
    assert (face.shown, face.reasons) == (UNSURE, ("low_confidence",))
    assert face.expression_index == 3
    assert judged(Tracker(), 0.0, doubtful, least=0.3).shown == "happy"


def test_a_poor_picture_is_the_reason_however_sure_the_model_is() -> None:
    tracker = Tracker()
    assert judged(tracker, 0.0, HAPPY).shown == "happy"
    assert judged(tracker, 1.0, HAPPY, "blurred").shown == "happy", "one frame is not enough"
    face = judged(tracker, 1.0 + REASON_HOLD_S, HAPPY, "blurred")
    assert (face.shown, face.reasons) == (UNSURE, ("blurred",))
    assert face.quality == quality("blurred")


def test_a_baseline_corrects_its_person_until_it_is_taken_off() -> None:
    rests_sad = np.array([0.02, 0.02, 0.02, 0.02, 0.7, 0.02, 0.2], np.float32)
    tracker = Tracker(strength=0)
    update(tracker, 0.0, LEFT, RIGHT, of=rests_sad)
    tracker.set_baseline(2, baseline_of(rests_sad[None]))
    left, right = update(tracker, 0.1, LEFT, RIGHT, of=rests_sad)
    assert (left.shown, left.baseline) == ("sad", False)
    assert (right.shown, right.baseline) == ("neutral", True)
    np.testing.assert_array_equal(right.probabilities, rests_sad)
    tracker.set_baseline(2, None)
    _, right = update(tracker, 0.2, LEFT, RIGHT, of=rests_sad)
    assert (right.shown, right.baseline) == ("sad", False)


def test_faces_without_probabilities_are_refused() -> None:
    tracker = Tracker()
    tracks = tracker.follow((LEFT,), 0.0)
    with pytest.raises(ValueError, match="1 faces, but 0 rows"):
        tracker.judge(tracks, np.empty((0, 7), np.float32), 0.0)


@pytest.mark.parametrize("wrong", [{"strength": 1.5}, {"forget_s": -1}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        Tracker(**wrong)  # type: ignore[arg-type]
