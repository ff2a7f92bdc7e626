"""Read one picture file as an array, whatever its form; refuse what is not a picture."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from emotion.errors import PictureError

PICTURE_SUFFIXES: Final = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"}
)
MAX_PIXELS: Final = 80_000_000
"""Larger pictures are refused: these take 240 MB when unpacked, and Pillow warns of more."""

_ORIENTATION: Final = 0x0112
UInt8Array = npt.NDArray[np.uint8]


def is_picture(path: Path) -> bool:
    """Whether the name looks like a picture's; hidden files do not count."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def read_rgb(path: Path) -> UInt8Array:
    """The picture as RGB `(height, width, 3)`, upright, transparency laid on white.

    Of an animation the first frame is read, 16-bit grey is scaled to 8 bits. Raises
    `PictureError` when the file cannot be read or is no picture.
    """
    return np.array(_read(path, "RGB"))


def read_bgr(path: Path) -> UInt8Array:
    """As `read_rgb`, in OpenCV's channel order."""
    return np.ascontiguousarray(read_rgb(path)[:, :, ::-1])


def read_grey(path: Path) -> UInt8Array:
    """The picture as grey `(height, width)` with the weights of ITU-R 601-2."""
    return np.array(_read(path, "L"))


def read_small_grey(path: Path, side: int) -> tuple[UInt8Array, tuple[int, int]]:
    """The picture as grey, and its upright `(width, height)` in the file.

    A large JPEG is read at a fraction of its size, but at least `side` pixels: it is many
    times faster. Raises `PictureError` as `read_rgb` does.
    """
    wh = (0, 0)

    def reduce(picture: Image.Image) -> None:
        nonlocal wh
        turned = picture.getexif().get(_ORIENTATION, 1) > 4
        wh = picture.size[::-1] if turned else picture.size
        picture.draft("L", (side, side))

    return np.array(_read(path, "L", reduce)), wh


def digest_of(path: Path) -> bytes:
    """SHA-256 of the file's content; read again only when size or time have changed.

    Raises `PictureError` when it cannot be read.
    """
    try:
        stat = path.stat()
        return _digest(str(path), stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise PictureError(
            "The picture {path} cannot be read ({reason}). Allow reading it, or take it out of "
            "the folder.",
            path=path,
            reason=error.strerror,
        ) from error


@lru_cache(maxsize=200_000)
def _digest(path: str, size: int, time_ns: int) -> bytes:  # noqa: ARG001  (another time, anew)
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _read(
    path: Path, mode: str, opened: Callable[[Image.Image], None] = lambda _: None
) -> Image.Image:
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large(path)
            opened(picture)
            return _eight_bits(ImageOps.exif_transpose(picture)).convert(mode)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path) from error
    except FileNotFoundError as error:
        raise PictureError("The picture {path} does not exist.", path=path) from error
    except UnidentifiedImageError as error:
        raise PictureError(
            "The file {path} is not a picture, or of a kind that is not read. Use PNG or JPEG.",
            path=path,
        ) from error
    except Exception as error:  # a damaged file can fail anywhere in Pillow, and in any way
        raise PictureError(
            "The picture {path} is broken ({reason}). Replace it or take it out of the folder.",
            path=path,
            reason=str(error),
        ) from error


def _too_large(path: Path) -> PictureError:
    return PictureError(
        "The picture {path} has more than the {most} million pixels that are read. Make it "
        "smaller.",
        path=path,
        most=MAX_PIXELS // 1_000_000,
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """`picture` as L or RGB: eight bits a channel, transparency laid on white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, dtype=np.float64)
        top = 255.0 if values.max(initial=0) <= 255 else 65535.0
        return Image.fromarray(np.clip(values / top * 255, 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba)
    return picture if picture.mode == "L" else picture.convert("RGB")
