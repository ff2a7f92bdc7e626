"""Drawn faces: seven mouths and eyebrows, noise, and a folder of them as a data set."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

SIDE = 48

# For each folder: slant of the eyebrows in pixels, half height of the eyes, mouth.
_SHAPES = {
    1: (0, 5, "round"),
    2: (3, 5, "wave"),
    3: (-2, 2, "tilted"),
    4: (0, 3, "smile"),
    5: (4, 2, "sad"),
    6: (-4, 3, "teeth"),
    7: (0, 3, "line"),
}


def drawn_face(folder: int, seed: int, side: int = SIDE) -> npt.NDArray[np.uint8]:
    """A grey face `(side, side)` of the class `folder`, 1 to 7; each seed is another one."""
    random = np.random.default_rng([folder, seed])
    tone, skin = int(random.integers(20, 110)), int(random.integers(150, 230))
    picture = Image.new("L", (96, 96), tone)
    draw = ImageDraw.Draw(picture)
    x, y = random.integers(-6, 7, 2)
    draw.ellipse((14 + x, 4 + y, 82 + x, 92 + y), fill=skin)
    _eyes(draw, folder, int(x), int(y))
    _mouth(draw, _SHAPES[folder][2], int(x), int(y))
    small = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR), dtype=np.float32)
    light = np.linspace(-1, 1, side)[:, None] * random.normal(0, 20) + np.linspace(
        -1, 1, side
    ) * random.normal(0, 20)
    return np.clip(small + light + random.normal(0, 22, small.shape), 0, 255).astype(np.uint8)


def _eyes(draw: ImageDraw.ImageDraw, folder: int, x: int, y: int) -> None:
    slant, height, _ = _SHAPES[folder]
    for centre, inwards in ((32, 1), (64, -1)):
        draw.ellipse((centre - 8 + x, 38 - height + y, centre + 8 + x, 38 + height + y), fill=20)
        outer, inner = (centre - 10 * inwards, 27 + slant), (centre + 10 * inwards, 27 - slant)
        draw.line((outer[0] + x, outer[1] + y, inner[0] + x, inner[1] + y), fill=10, width=5)


def _mouth(draw: ImageDraw.ImageDraw, mouth: str, x: int, y: int) -> None:
    box = (30 + x, 60 + y, 66 + x, 80 + y)
    if mouth == "round":
        draw.ellipse((40 + x, 58 + y, 56 + x, 84 + y), fill=10)
    elif mouth == "teeth":
        draw.rectangle(box, fill=250, outline=10, width=4)
    elif mouth == "smile":
        draw.chord((26 + x, 46 + y, 70 + x, 84 + y), 10, 170, fill=10)
    elif mouth == "sad":
        draw.arc((30 + x, 66 + y, 66 + x, 96 + y), 190, 350, fill=10, width=6)
    elif mouth == "tilted":
        draw.line((30 + x, 80 + y, 66 + x, 62 + y), fill=10, width=7)
    elif mouth == "wave":
        points = [(30 + 6 * i + x, (66 if i % 2 else 78) + y) for i in range(7)]
        draw.line(points, fill=10, width=5)
    else:
        draw.line((32 + x, 72 + y, 64 + x, 72 + y), fill=10, width=5)


def write_faces(root: Path, **pictures_of_each_class: int) -> Path:
    """A data set at `root`: `write_faces(root, train=14, test=4)`; the seeds go on."""
    first = 0
    for split, n in pictures_of_each_class.items():
        for folder in _SHAPES:
            target = root / split / str(folder)
            target.mkdir(parents=True)
            for seed in range(first, first + n):
                Image.fromarray(drawn_face(folder, seed)).save(target / f"{seed:03d}.png")
        first += n
    return root
