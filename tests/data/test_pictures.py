from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion.data.pictures import MAX_PIXELS, is_picture, read_bgr, read_grey, read_rgb
from emotion.errors import PictureError
from tests.drawn_faces import drawn_face

ORIENTATION = 0x0112


def saved(path: Path, picture: Image.Image, **options: object) -> Path:
    picture.save(path, **options)
    return path


@pytest.fixture
def red(tmp_path: Path) -> Path:
    """Three pixels wide, two high, red at the top left and blue else."""
    picture = Image.new("RGB", (3, 2), "blue")
    picture.putpixel((0, 0), (255, 0, 0))
    return saved(tmp_path / "red.png", picture)


def test_a_picture_is_rows_of_pixels_in_the_order_asked_for(red: Path) -> None:
    assert read_rgb(red).shape == (2, 3, 3)
    assert read_rgb(red)[0, 0].tolist() == [255, 0, 0]
    assert read_bgr(red)[0, 0].tolist() == [0, 0, 255]
    assert read_bgr(red).flags.c_contiguous
    assert read_grey(red)[0, 0] == round(0.299 * 255)


def test_a_phone_picture_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("L", (3, 2), 0)
    picture.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # a quarter turn to the right makes it upright
    upright = read_grey(saved(tmp_path / "a.png", picture, exif=exif))
    assert upright.tolist() == [[0, 255], [0, 0], [0, 0]]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bit_grey_is_scaled_to_eight(tmp_path: Path, suffix: str) -> None:
    values = np.array([[0, 257, 65535]], dtype=np.uint16)
    path = saved(tmp_path / ("a" + suffix), Image.fromarray(values))
    assert read_grey(path).tolist() == [[0, 1, 255]]


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    assert read_grey(saved(tmp_path / "a.png", picture)).tolist() == [[255, 0]]


def test_transparent_parts_of_a_palette_are_white(tmp_path: Path) -> None:
    picture = Image.new("P", (2, 1), 0)
    picture.putpalette([10, 10, 10, 20, 20, 20])
    picture.putpixel((1, 0), 1)
    path = saved(tmp_path / "a.png", picture, transparency=b"\x00\xff")
    assert read_grey(path).tolist() == [[255, 20]]


def test_print_colors_become_those_of_a_screen(tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (4, 4), (255, 0, 0, 0))
    assert read_rgb(saved(tmp_path / "a.tif", cyan))[0, 0].tolist() == [0, 255, 255]


def test_the_first_frame_of_an_animation_is_read(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), value) for value in (50, 200)]
    path = saved(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    assert (read_grey(path) == 50).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif"])
def test_every_kind_of_file_shows_the_same_face(tmp_path: Path, suffix: str) -> None:
    face = drawn_face(4, 0)
    path = saved(tmp_path / ("a" + suffix), Image.fromarray(face))
    assert is_picture(path)
    assert np.abs(read_grey(path).astype(int) - face).mean() < 10


def test_colors_of_a_print_shop_become_grey(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.tif", Image.new("LAB", (2, 2), (200, 30, 90)))
    weighed = read_rgb(path) @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(read_grey(path), weighed, atol=1)


@pytest.mark.parametrize("name", ["a.txt", ".hidden.png", "png", "a.mp4"])
def test_other_names_are_no_pictures(name: str) -> None:
    assert not is_picture(Path(name))


def test_a_text_renamed_to_png_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("not a picture")
    with pytest.raises(PictureError, match=r"a\.png is not a picture"):
        read_grey(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".bmp", ".webp", ".tif"])
def test_a_picture_that_was_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / ("a" + suffix), Image.fromarray(drawn_face(1, 0)))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(PictureError, match=rf"a\{suffix} is (broken|not a picture)"):
        read_grey(path)


@pytest.mark.parametrize("mode", ["YCbCr", "1", "P", "LA", "I", "F"])
def test_every_mode_of_a_picture_becomes_grey(tmp_path: Path, mode: str) -> None:
    path = saved(tmp_path / "a.tif", Image.new("L", (2, 2)).convert(mode))
    assert read_grey(path).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".bmp", ".webp", ".tif"])
def test_no_damage_raises_anything_but_a_picture_error(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / ("a" + suffix), Image.fromarray(drawn_face(1, 0)).convert("RGB"))
    content = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(content)
        for at in random.integers(0, min(len(content), 400), 4):
            damaged[at] = random.integers(0, 256)
        path.write_bytes(damaged)
        try:
            assert read_grey(path).ndim == 2
        except PictureError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize("times", [1.01, 2, 4])
def test_a_picture_that_would_not_fit_into_memory_is_refused_unread(
    tmp_path: Path, times: float
) -> None:
    path = saved(tmp_path / "a.png", Image.new("1", (10_000, int(MAX_PIXELS / 10_000 * times))))
    with pytest.raises(PictureError, match=r"a\.png"):
        read_grey(path)


def test_a_missing_picture_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"a\.png does not exist"):
        read_grey(tmp_path / "a.png")
    with pytest.raises(PictureError, match="broken"):
        read_grey(tmp_path)
