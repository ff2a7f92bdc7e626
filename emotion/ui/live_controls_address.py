"""The settings of the live picture as they stand in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from emotion.vision.smoothing import DEFAULT_STRENGTH
from emotion.vision.view import Hide, ViewOptions

SIZES: Final = ("320x240", "640x480", "1280x720")
MIN_FACE_PERCENT: Final = tuple(range(0, 55, 5))
STEADINESS_STEP: Final = 5
_SWITCH: Final = {"0": False, "1": True}


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What a link restores: `size` is asked of the camera, width x height in pixels;
    `smallest` is the least height of a face in percent of the picture's, `steadiness` how
    strongly labels are smoothed, 0 to 100."""

    size: str = "640x480"
    mirror: bool = True
    overlay: bool = True
    hide: Hide = "none"
    smallest: int = 0
    steadiness: int = round(100 * DEFAULT_STRENGTH)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.size.split("x")
        return int(width), int(height)

    @property
    def strength(self) -> float:
        """The strength of `emotion.vision.smoothing`, 0 to 1."""
        return self.steadiness / 100

    def view(self, *, paused: bool) -> ViewOptions:
        """The options of the stream."""
        return ViewOptions(self.mirror, self.overlay, self.hide, self.smallest / 100, paused)


DEFAULT: Final = PictureSettings()
VALUES: Final[dict[str, dict[str, object]]] = {
    "size": {size: size for size in SIZES},
    "mirror": dict(_SWITCH),
    "overlay": dict(_SWITCH),
    "hide": {hide: hide for hide in get_args(Hide)},
    "smallest": {str(percent): percent for percent in MIN_FACE_PERCENT},
    "steadiness": {str(percent): percent for percent in range(0, 101, STEADINESS_STEP)},
}
"""Name in the address -> what may stand there, and the value that it means."""


def from_address(query: Mapping[str, str]) -> PictureSettings:
    """The settings in an address; what is unknown or bad there is ignored."""
    found = {
        name: values[query[name]]
        for name, values in VALUES.items()
        if name in query and query[name] in values
    }
    return PictureSettings(**found)  # type: ignore[arg-type]  # VALUES has only fitting ones


def to_address(settings: PictureSettings) -> dict[str, str]:
    """What stands in the address: the settings that are not the default's."""
    return {
        name: next(text for text, value in values.items() if value == getattr(settings, name))
        for name, values in VALUES.items()
        if getattr(settings, name) != getattr(DEFAULT, name)
    }
