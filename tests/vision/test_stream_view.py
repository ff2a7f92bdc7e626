"""What the options of the view do to the picture that goes back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from emotion.vision.overlay import draw
from emotion.vision.stream import FrameProcessor, covered
from emotion.vision.types import Face, FrameBgr, FrameResult
from emotion.vision.view import Hide, ViewOptions
from emotion.vision.wanted import WantedFaces
from emotion.vision.worker import FramePipeline, Mailbox, Worker
from tests.vision.made import GatedPipeline, made_face, made_result

BOX = (100, 150, 220, 290)
SIZE_WH = (640, 480)
HIDING: tuple[Hide, ...] = ("blur", "mosaic")


class Boxes:
    """Finds a face at one place of every frame that comes before `until_s`."""

    def __init__(self, until_s: float = 1e9) -> None:
        self.until_s = until_s
        self.times: list[float] = []

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        self.times.append(time_s)
        size_wh = (frame_bgr.shape[1], frame_bgr.shape[0])
        return made_result(time_s, size_wh, *[BOX][: int(time_s < self.until_s)])


class Failing:
    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        raise RuntimeError(f"nothing is read at {time_s} in {frame_bgr.shape}")


Open = Callable[[FramePipeline], FrameProcessor]


@pytest.fixture
def open_stream() -> Iterator[Open]:
    worker = Worker()
    opened: list[Mailbox] = []

    def open_one(pipeline: FramePipeline) -> FrameProcessor:
        opened.append(worker.open(pipeline))
        return FrameProcessor(opened[-1], language="es", budget_ms=20_000)

    yield open_one
    for mailbox in opened:
        mailbox.close()


def noise() -> FrameBgr:
    return np.random.default_rng(3).integers(0, 256, (480, 640, 3), np.uint8)


def frame_at(time_s: float, picture: FrameBgr | None = None) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(noise() if picture is None else picture, format="bgr24")
    frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
    return frame


def picture_of(frame: av.VideoFrame) -> FrameBgr:
    return frame.to_ndarray(format="bgr24")


def is_hidden(picture: FrameBgr, box: tuple[int, int, int, int] = BOX) -> bool:
    left, top, right, bottom = box
    return bool(picture[top + 4 : bottom - 4, left + 4 : right - 4].std() < noise().std() / 3)


def test_a_mirrored_picture_is_flipped_and_its_text_is_not(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    stream.view = ViewOptions(mirrored=True)
    expected = np.ascontiguousarray(noise()[:, ::-1])
    flipped = (640 - BOX[2], BOX[1], 640 - BOX[0], BOX[3])
    draw(expected, made_result(0, SIZE_WH, flipped), "es")
    assert np.array_equal(picture_of(stream.process(frame_at(0))), expected)


def test_mirroring_leaves_left_and_right_of_the_result(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    stream.view = ViewOptions(mirrored=True)
    stream.process(frame_at(0))
    result = stream.mailbox.latest()
    assert result is not None
    assert result.faces[0].face.box_xyxy == pytest.approx(BOX)


def test_without_the_overlay_the_frame_goes_back_itself(open_stream: Open) -> None:
    pipeline = Boxes()
    stream = open_stream(pipeline)
    stream.view = ViewOptions(overlay=False)
    frame = frame_at(0)
    assert stream.process(frame) is frame
    assert pipeline.times == [0], "and it is read all the same"


def test_options_may_change_while_the_stream_runs(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    first = picture_of(stream.process(frame_at(0)))
    stream.view = ViewOptions(overlay=False)
    frame = frame_at(0.1)
    assert stream.process(frame) is frame
    stream.view = ViewOptions()
    assert np.array_equal(picture_of(stream.process(frame_at(0.2))), first)


@pytest.mark.parametrize("hide", HIDING)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_hidden_face_cannot_be_seen(open_stream: Open, hide: Hide, mirrored: bool) -> None:
    stream = open_stream(Boxes())
    stream.view = ViewOptions(mirrored=mirrored, overlay=False, hide=hide)
    box = (640 - BOX[2], BOX[1], 640 - BOX[0], BOX[3]) if mirrored else BOX
    picture = picture_of(stream.process(frame_at(0)))
    assert is_hidden(picture, box)
    assert not is_hidden(picture, (400, 330, 600, 470) if not mirrored else (10, 330, 200, 470))


def test_a_face_that_the_detector_loses_stays_hidden(open_stream: Open) -> None:
    stream = open_stream(Boxes(until_s=0.1))
    stream.view = ViewOptions(hide="mosaic")
    pictures = [picture_of(stream.process(frame_at(0.05 * number))) for number in range(18)]
    assert all(is_hidden(picture) for picture in pictures)


def test_a_face_is_hidden_by_the_newest_result_while_its_own_is_not_there(
    open_stream: Open,
) -> None:
    stream = open_stream(Boxes())
    stream.process(frame_at(0))
    slow = GatedPipeline(is_open=False)
    stream.mailbox.use(slow)
    hasty = FrameProcessor(stream.mailbox, language="es", budget_ms=0)
    hasty.view = ViewOptions(hide="blur")
    assert is_hidden(picture_of(hasty.process(frame_at(0.2))))
    slow.gate.set()


def test_the_whole_picture_is_hidden_before_anything_is_known(open_stream: Open) -> None:
    slow = GatedPipeline(is_open=False)
    stream = FrameProcessor(open_stream(slow).mailbox, language="es", budget_ms=0)
    stream.view = ViewOptions(hide="blur")
    assert is_hidden(picture_of(stream.process(frame_at(0))), (0, 0, 640, 480))
    slow.gate.set()


def test_the_whole_picture_is_hidden_while_nothing_can_be_read(open_stream: Open) -> None:
    stream = open_stream(Failing())
    stream.view = ViewOptions(hide="mosaic")
    assert is_hidden(picture_of(stream.process(frame_at(0))), (0, 0, 640, 480))
    assert isinstance(stream.error, RuntimeError)


def test_an_error_while_drawing_does_not_uncover_a_face(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    stream.view = ViewOptions(hide="mosaic")
    stream.mailbox.use(NoSuchExpression())
    assert is_hidden(picture_of(stream.process(frame_at(0))), (0, 0, 640, 480))
    assert isinstance(stream.error, IndexError)


class NoSuchExpression(Boxes):
    """Says something that cannot be drawn."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        result = super().process(frame_bgr, time_s)
        eighth = np.eye(8, dtype=np.float32)[7]
        faces = tuple(replace(face, smoothed=eighth) for face in result.faces)
        return replace(result, faces=faces)


def test_a_frame_is_covered_only_where_faces_are_hidden() -> None:
    frame = frame_at(0)
    assert covered(frame, "none") is frame
    assert is_hidden(picture_of(covered(frame, "blur")), (0, 0, 640, 480))


class SmallFace:
    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        assert frame_bgr.shape == (480, 640, 3)
        return (made_face(BOX),)


def test_a_face_that_is_too_small_to_be_read_is_hidden_all_the_same() -> None:
    wanted = WantedFaces(SmallFace(), 0.5)

    class Small:
        def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
            assert wanted.detect(frame_bgr) == ()
            return made_result(time_s, SIZE_WH)

    mailbox = Worker().open(Small())
    view = ViewOptions(hide="mosaic", min_face_share=0.5)
    stream = FrameProcessor(mailbox, language="es", budget_ms=20_000, view=view, wanted=wanted)
    assert is_hidden(picture_of(stream.process(frame_at(0))))
    mailbox.close()


def test_a_paused_picture_stands_in_grey_and_nothing_is_read(open_stream: Open) -> None:
    pipeline = Boxes()
    stream = open_stream(pipeline)
    stream.process(frame_at(0))
    stream.view = ViewOptions(paused=True)
    black = np.zeros((480, 640, 3), np.uint8)
    paused = [stream.process(frame_at(0.1 * number, black)) for number in (1, 2)]
    first, second = (picture_of(frame) for frame in paused)
    assert np.array_equal(first, second)
    assert first.std() > 20, "the picture from before, not the new one"
    assert np.ptp(first.astype(int), axis=2).max() == 0, "grey"
    assert [frame.pts for frame in paused] == [9000, 18_000]
    assert pipeline.times == [0]


def test_a_pause_says_so_in_the_language_of_the_page(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    stream.view = ViewOptions(paused=True)
    spanish = picture_of(stream.process(frame_at(0)))
    stream.language = "en"
    assert not np.array_equal(picture_of(stream.process(frame_at(0.1))), spanish)


def test_after_a_pause_the_video_goes_on(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    first = picture_of(stream.process(frame_at(0)))
    stream.view = ViewOptions(paused=True)
    stream.process(frame_at(0.1))
    stream.view = ViewOptions()
    assert np.array_equal(picture_of(stream.process(frame_at(0.2))), first)


def test_faces_that_are_hidden_during_a_pause_are_not_in_the_standing_picture(
    open_stream: Open,
) -> None:
    stream = open_stream(Boxes())
    stream.process(frame_at(0))
    stream.view = ViewOptions(paused=True)
    stream.process(frame_at(0.1))
    stream.view = ViewOptions(paused=True, hide="blur")
    assert is_hidden(picture_of(stream.process(frame_at(0.2))))


def test_the_shown_picture_is_what_went_back(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    assert stream.shown is None
    returned = picture_of(stream.process(frame_at(0)))
    assert stream.shown is not None and np.array_equal(stream.shown, returned)


def test_a_picture_from_before_faces_were_hidden_is_not_given_out(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    stream.process(frame_at(0))
    stream.view = ViewOptions(hide="blur")
    assert stream.shown is None
    stream.process(frame_at(0.1))
    assert stream.shown is not None and is_hidden(stream.shown)


def test_times_of_drawing_and_answering_are_measured(open_stream: Open) -> None:
    stream = open_stream(Boxes())
    assert stream.draw_ms is None and stream.answer_ms is None
    stream.process(frame_at(0))
    assert stream.draw_ms is not None and stream.answer_ms is not None
    assert 0 < stream.draw_ms < stream.answer_ms
