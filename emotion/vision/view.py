"""How the video is shown; none of it changes what is read or recorded."""

from dataclasses import dataclass
from typing import Final, Literal

Hide = Literal["none", "blur", "mosaic"]
HIDES: Final[tuple[Hide, ...]] = ("none", "blur", "mosaic")


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What the picture that goes back to the browser looks like; changed while it runs.

    `mirrored` flips the picture and not the results: left and right stay those of the
    camera. `hide` makes every face that is found unrecognisable. `min_face_share` is the
    least height of a face as a share of the frame's height, 0 to 1: smaller ones are not
    read. While `paused` the picture stands and nothing is read.
    """

    mirrored: bool = False
    overlay: bool = True
    hide: Hide = "none"
    min_face_share: float = 0.0
    paused: bool = False
