"""Draw a result on its frame: a box and a label for each face, in the interface's language.

OpenCV's fonts have no accents and its headless build ships no other, so labels are drawn
by Pillow with the font in `fonts/`, once for each text, and kept.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from emotion.labels import EXPRESSIONS, UNSURE, UNSURE_COLOR, name
from emotion.locale import translator
from emotion.vision.reasons import reason_name
from emotion.vision.types import FrameBgr, FrameResult, TrackedFace

FONT_PATH: Final = Path(__file__).parent / "fonts" / "OpenSans-Semibold.ttf"
FONT_SHARE: Final = 1 / 26
"""Height of the letters' line as a share of the frame's height: 18 pixels at 480."""
MIN_FONT_PX: Final = 12
LINE_SHARE: Final = 1 / 200
"""Width of the box's line as a share of the frame's height: 2 pixels at 480."""
DASH_LINES: Final = 4
"""Length of a dash, and of the gap after it, in widths of the line."""

ColorRgb = tuple[int, int, int]


def draw(
    frame_bgr: FrameBgr, result: FrameResult, language: str, *, mirrored: bool = False
) -> None:
    """Draw the faces of `result` on the frame, in place.

    A face whose label is not sure has a dashed box, so that it is told apart without colour.
    A result of a frame of another size is scaled: the size of a stream's frames changes
    while it runs. With several faces the label begins with the track's id. With `mirrored`
    the frame has been flipped: boxes are flipped with it, and the text can still be read.
    """
    height, width = frame_bgr.shape[:2]
    scale = np.array([width / result.size_wh[0], height / result.size_wh[1]] * 2)
    line_px = max(2, round(height * LINE_SHARE))
    font_px = max(MIN_FONT_PX, round(height * FONT_SHARE))
    for tracked in result.faces:
        sure = tracked.shown != UNSURE
        color_rgb = hex_to_rgb(
            EXPRESSIONS[tracked.expression_index].color if sure else UNSURE_COLOR
        )
        left, top, right, bottom = np.rint(tracked.face.box_xyxy * scale).astype(int).tolist()
        if mirrored:
            left, right = width - right, width - left
        box = (left, top, right, bottom)
        if sure:
            cv2.rectangle(frame_bgr, box[:2], box[2:], color_rgb[::-1], line_px)
        else:
            _draw_dashed(frame_bgr, box, color_rgb, line_px)
        text = label_text(tracked, language, with_id=len(result.faces) > 1)
        plate = label_plate(text, color_rgb, font_px)
        edge = (line_px + 1) // 2
        above = top - plate.shape[0] + edge
        _paste(frame_bgr, plate, left - edge, above if above >= 0 else max(top, 0))


def draw_pause(frame_bgr: FrameBgr, language: str) -> None:
    """Make the frame grey, in place, and say in its middle that the video is paused."""
    _ = translator(language)
    height, width = frame_bgr.shape[:2]
    grey = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY) // 2 + 48
    frame_bgr[:] = grey[:, :, None]
    plate = label_plate(_("Paused"), (24, 24, 24), max(MIN_FONT_PX, round(height / 14)))
    _paste(frame_bgr, plate, (width - plate.shape[1]) // 2, (height - plate.shape[0]) // 2)


def label_text(tracked: TrackedFace, language: str, *, with_id: bool) -> str:
    """`feliz 87 %`, in English `happy 87%`; `no seguro`, with what is wrong with the picture if
    that is the reason; the track's id before it if asked for."""
    text = name(tracked.shown, language)
    if tracked.shown != UNSURE:
        space = " " if language == "es" else ""
        text += f" {round(tracked.confidence * 100)}{space}%"
    elif tracked.reasons[0] != "low_confidence":
        text += f": {reason_name(tracked.reasons[0], language)}"
    return f"{tracked.track_id}: {text}" if with_id else text


@lru_cache(maxsize=512)
def label_plate(text: str, color_rgb: ColorRgb, font_px: int) -> npt.NDArray[np.uint8]:
    """The label as a BGR picture `(height, width, 3)`, read-only since it is shared."""
    font = load_font(font_px)
    padding = max(2, font_px // 4)
    ascent, descent = font.getmetrics()
    size_wh = (round(font.getlength(text)) + 2 * padding, ascent + descent + padding)
    picture = Image.new("RGB", size_wh, color_rgb)
    place = (padding, padding // 2)
    ImageDraw.Draw(picture).text(place, text, font=font, fill=text_color(color_rgb))
    plate = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    plate.flags.writeable = False
    return plate


@lru_cache(maxsize=16)
def load_font(font_px: int) -> ImageFont.FreeTypeFont:
    """The labels' font in a size of `font_px` pixels."""
    return ImageFont.truetype(FONT_PATH, font_px)


def hex_to_rgb(color: str) -> ColorRgb:
    """`#rrggbb` as three numbers from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def text_color(plate_rgb: ColorRgb) -> ColorRgb:
    """White or black, whichever has the higher contrast on the plate (WCAG 2.2)."""
    luminance = relative_luminance(plate_rgb)
    white_contrast = 1.05 / (luminance + 0.05)
    black_contrast = (luminance + 0.05) / 0.05
    return (255, 255, 255) if white_contrast >= black_contrast else (0, 0, 0)


def relative_luminance(color_rgb: ColorRgb) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2, "relative luminance")."""
    values = np.array(color_rgb) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _draw_dashed(
    frame_bgr: FrameBgr, box: tuple[int, int, int, int], color_rgb: ColorRgb, line_px: int
) -> None:
    """A box of dashes with dark gaps, so that it is seen on light and on dark."""
    left, top, right, bottom = box
    cv2.rectangle(frame_bgr, box[:2], box[2:], (0, 0, 0), line_px)
    dash = DASH_LINES * line_px
    step = 2 * dash + line_px  # a line's ends are round and stand out
    for x in range(left, right, step):
        for y in (top, bottom):
            cv2.line(frame_bgr, (x, y), (min(x + dash, right), y), color_rgb[::-1], line_px)
    for y in range(top, bottom, step):
        for x in (left, right):
            cv2.line(frame_bgr, (x, y), (x, min(y + dash, bottom)), color_rgb[::-1], line_px)


def _paste(frame_bgr: FrameBgr, plate: npt.NDArray[np.uint8], left: int, top: int) -> None:
    """Copy the plate to `left, top`, moved into the frame, cut where it is larger than it."""
    height, width = frame_bgr.shape[:2]
    left = max(0, min(left, width - plate.shape[1]))
    top = max(0, min(top, height - plate.shape[0]))
    place = frame_bgr[top : top + plate.shape[0], left : left + plate.shape[1]]
    place[:] = plate[: place.shape[0], : place.shape[1]]
