from dataclasses import replace

import numpy as np
import pytest

from emotion.labels import EXPRESSIONS
from emotion.vision.overlay import (
    draw,
    hex_to_rgb,
    label_plate,
    label_text,
    load_font,
    relative_luminance,
    text_color,
)
from emotion.vision.types import FrameBgr, FrameResult, Reason
from tests.vision.made import made_result

BOX = (200, 150, 320, 290)
HAPPY_BGR = hex_to_rgb(EXPRESSIONS[3].color)[::-1]


def black(height: int = 480, width: int = 640) -> FrameBgr:
    return np.zeros((height, width, 3), np.uint8)


def drawn(*boxes: tuple[float, float, float, float], frame: FrameBgr | None = None) -> FrameBgr:
    frame = black() if frame is None else frame
    draw(frame, made_result(0.0, (640, 480), *boxes), "es")
    return frame


def unsure(*reasons: Reason) -> FrameResult:
    result = made_result(0.0, (640, 480), BOX)
    return replace(result, faces=(replace(result.faces[0], reasons=reasons),))


def is_drawn(frame: FrameBgr) -> np.ndarray:
    return frame.any(axis=2)


def glyph(letter: str) -> bytes:
    return bytes(load_font(40).getmask(letter))


@pytest.mark.parametrize("letter", "ñÑáéíóúü¿¡%·")
def test_the_font_has_the_letters_of_spanish(letter: str) -> None:
    missing = glyph("\U0010fffd")
    assert any(missing), "the missing glyph is a visible box"
    assert glyph(letter) not in (missing, glyph(" "))


@pytest.mark.parametrize(("accented", "plain"), ["ñn", "áa", "ée"])
def test_an_accent_is_drawn(accented: str, plain: str) -> None:
    assert glyph(accented) != glyph(plain)


@pytest.mark.parametrize(
    ("language", "with_id", "expected"),
    [
        ("es", False, "feliz 87 %"),
        ("en", False, "happy 87%"),
        ("es", True, "1: feliz 87 %"),
    ],
)
def test_a_label_says_expression_and_confidence(
    language: str, with_id: bool, expected: str
) -> None:
    (face,) = made_result(0.0, (640, 480), BOX).faces
    assert label_text(face, language, with_id=with_id) == expected


def test_the_box_is_drawn_in_the_color_of_the_expression() -> None:
    frame = drawn(BOX)
    for x, y in ((200, 220), (320, 220), (260, 290)):
        assert tuple(frame[y, x]) == HAPPY_BGR
    assert not is_drawn(frame)[200:280, 210:310].any(), "the face itself stays free"


def test_the_label_stands_above_the_box() -> None:
    label = is_drawn(drawn(BOX))[:148]
    rows, columns = np.nonzero(label)
    assert rows.min() > 110 and columns.min() >= 195 and columns.max() < 340


def test_the_label_of_a_face_at_the_top_stands_inside() -> None:
    frame = drawn((200, 2, 320, 150))
    assert is_drawn(frame)[3:20, 205:280].mean() > 0.6  # the rest is the text's black


@pytest.mark.parametrize(
    "box",
    [(-80, 100, 40, 250), (600, 100, 720, 250), (600, -60, 760, 40), (250, 440, 400, 600)],
)
def test_labels_are_moved_into_the_frame(box: tuple[float, float, float, float]) -> None:
    plate = label_plate("feliz 87 %", hex_to_rgb(EXPRESSIONS[3].color), 18)
    frame = drawn(box)
    windows = np.lib.stride_tricks.sliding_window_view(frame, plate.shape)[:, :, 0]
    first = (windows[:, :, 0, :, :] == plate[0]).all(axis=(2, 3))
    places = [tuple(place) for place in np.argwhere(first)]
    assert any((windows[y, x] == plate).all() for y, x in places)


@pytest.mark.parametrize("shape", [(1, 1), (10, 300), (200, 8)])
def test_a_frame_smaller_than_the_label_is_drawn_on_all_the_same(shape: tuple[int, int]) -> None:
    assert is_drawn(drawn((0, 0, 640, 480), frame=black(*shape))).any()


def test_nothing_is_drawn_without_a_face() -> None:
    assert not is_drawn(drawn()).any()


def test_a_result_of_a_smaller_frame_is_scaled() -> None:
    frame = drawn(BOX, frame=black(960, 1280))
    for x, y in ((400, 440), (640, 440), (520, 580)):
        assert tuple(frame[y, x]) == HAPPY_BGR


def test_labels_grow_with_the_frame() -> None:
    heights = []
    for scale in (1, 2):
        rows = np.nonzero(is_drawn(drawn(BOX, frame=black(480 * scale, 640 * scale))))[0]
        heights.append(150 * scale - rows.min())
    assert heights[1] == pytest.approx(2 * heights[0], abs=4)


def test_the_id_is_shown_with_several_faces_only() -> None:
    alone = drawn(BOX)
    together = drawn(BOX, (450, 150, 560, 290))
    assert not np.array_equal(alone[110:150, 190:400], together[110:150, 190:400])


def test_a_label_is_drawn_once_and_kept() -> None:
    label_plate.cache_clear()
    for _ in range(5):
        drawn(BOX, (450, 150, 560, 290))
    assert label_plate.cache_info().misses == 2
    assert label_plate.cache_info().hits == 8


def test_a_kept_label_cannot_be_written_to() -> None:
    plate = label_plate("serio 50 %", (10, 20, 30), 18)
    with pytest.raises(ValueError, match="read-only"):
        plate[0, 0] = 0


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression.key)
def test_text_is_readable_on_its_plate(expression: object) -> None:
    plate_rgb = hex_to_rgb(expression.color)  # type: ignore[attr-defined]
    light, dark = sorted(
        (relative_luminance(plate_rgb), relative_luminance(text_color(plate_rgb))), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("language", "reasons", "expected"),
    [
        ("es", ("low_confidence",), "no seguro"),
        ("en", ("low_confidence",), "not sure"),
        ("es", ("too_dark", "low_confidence"), "no seguro: muy oscuro"),
        ("en", ("blurred",), "not sure: blurred"),
    ],
)
def test_a_label_that_is_not_sure_says_so_and_what_is_wrong_with_the_picture(
    language: str, reasons: tuple[Reason, ...], expected: str
) -> None:
    (face,) = unsure(*reasons).faces
    assert label_text(face, language, with_id=False) == expected
    assert label_text(face, language, with_id=True) == f"1: {expected}"


def test_a_box_that_is_not_sure_is_told_apart_without_colour() -> None:
    """Its line is broken into light and dark, the one of a label is not."""
    sure, not_sure = black(), black()
    draw(sure, made_result(0.0, (640, 480), BOX), "es")
    draw(not_sure, unsure("low_confidence"), "es")
    lines = [frame[290, 210:310].max(axis=1) for frame in (sure, not_sure)]
    assert len(set(lines[0].tolist())) == 1
    light = lines[1] > 200
    assert 0.3 < light.mean() < 0.7 and np.abs(np.diff(light.astype(int))).sum() >= 8


@pytest.mark.parametrize("level", [0, 255])
def test_a_box_that_is_not_sure_is_seen_on_dark_and_on_light(level: int) -> None:
    frame = np.full((480, 640, 3), level, np.uint8)
    draw(frame, unsure("too_small"), "en")
    assert (np.abs(frame[290, 200:320].astype(int) - level).max(axis=1) > 100).mean() > 0.35
