"""Pictures as users have them: huge, deep, transparent, for print, moving, turned, broken."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.drawn_faces import drawn_face


def odd_pictures(folder: Path) -> dict[str, tuple[int, int] | None]:
    """Files as users have them; the size of each, or None where it is no picture."""
    face = Image.fromarray(drawn_face(1, 50, 96)).convert("RGB")
    large = Image.fromarray(drawn_face(1, 52, 130)).resize((5200, 3900), Image.Resampling.NEAREST)
    large.save(folder / "20mp.png", compress_level=1)
    large.convert("RGB").save(folder / "20mp.jpg")
    clear = face.convert("RGBA")
    clear.putalpha(90)
    clear.save(folder / "clear.png")
    Image.fromarray(drawn_face(1, 51).astype(np.uint16) * 257).save(folder / "deep.png")
    face.convert("CMYK").save(folder / "print.jpg")
    face.save(folder / "film.gif", save_all=True, append_images=[face.rotate(9)])
    exif = Image.Exif()
    exif[0x0112] = 6
    face.resize((100, 60)).save(folder / "turned.jpg", exif=exif)
    (folder / "short.png").write_bytes((folder / "clear.png").read_bytes()[:900])
    (folder / "text.png").write_text("I am a text")
    (folder / "empty.jpg").touch()
    return {
        "20mp.png": (5200, 3900),
        "20mp.jpg": (5200, 3900),
        "clear.png": (96, 96),
        "deep.png": (48, 48),
        "print.jpg": (96, 96),
        "film.gif": (96, 96),
        "turned.jpg": (60, 100),
        "short.png": None,
        "text.png": None,
        "empty.jpg": None,
    }
