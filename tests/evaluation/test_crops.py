from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from emotion.errors import PictureError
from emotion.evaluation.crops import read_crop
from emotion.settings import load_settings
from tests.drawn_faces import drawn_face
from tests.odd_pictures import odd_pictures


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph, 512 x 512, with one face at the top."""
    Image.fromarray(astronaut()).save(tmp_path / "astronaut.png")
    return tmp_path / "astronaut.png"


def test_a_picture_is_a_crop_already_unless_faces_are_to_be_found(tmp_path: Path) -> None:
    Image.fromarray(drawn_face(1, 0, 64)).save(tmp_path / "a.png")
    np.testing.assert_array_equal(
        read_crop(tmp_path / "a.png", 64, find_faces=False), drawn_face(1, 0, 64)
    )
    assert read_crop(tmp_path / "a.png", 112, find_faces=False).shape == (112, 112)


def test_a_found_face_is_cut_out_of_its_photograph(photo: Path) -> None:
    crop = read_crop(photo, 116, find_faces=True)
    assert (crop.shape, crop.dtype) == ((116, 116), np.uint8)
    grey = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)
    # Her face is 112 pixels high, so that crop and photograph are to the same scale; the head
    # leans by eight degrees, which the crop takes back.
    match = cv2.matchTemplate(grey, crop[29:87, 29:87], cv2.TM_CCOEFF_NORMED)
    _, best, _, (left, top) = cv2.minMaxLoc(match)
    assert best > 0.5
    assert (left, top) == (pytest.approx(195, abs=8), pytest.approx(89, abs=8))


def test_a_picture_without_a_face_is_refused_with_both_ways_out(tmp_path: Path) -> None:
    Image.new("RGB", (200, 200), "grey").save(tmp_path / "wall.png")
    with pytest.raises(PictureError, match=r"No face was found in .*wall\.png.*crops already"):
        read_crop(tmp_path / "wall.png", 64, find_faces=True)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SEMBLANTE_CACHE_DIR", str(tmp_path / "cache"))
    load_settings.cache_clear()
    yield tmp_path / "cache"
    load_settings.cache_clear()


def files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_a_face_is_found_once_whatever_the_picture_is_called(photo: Path, cache: Path) -> None:
    found = read_crop(photo, 64, find_faces=True)
    (kept,) = files(cache)
    marked = np.array(Image.open(kept))
    marked[:] = 7  # what is read from now on is the kept one
    Image.fromarray(marked).save(kept)
    copied = photo.rename(photo.with_name("renamed.png"))
    assert (read_crop(copied, 64, find_faces=True) == 7).all()
    assert read_crop(copied, 96, find_faces=True).shape == (96, 96)
    assert len(files(cache)) == 2
    kept.write_bytes(kept.read_bytes()[:30])  # a broken one is made anew
    np.testing.assert_array_equal(read_crop(copied, 64, find_faces=True), found)
    np.testing.assert_array_equal(read_crop(copied, 64, find_faces=True), found)


def test_another_picture_of_the_same_name_is_looked_at_anew(photo: Path, cache: Path) -> None:
    read_crop(photo, 64, find_faces=True)
    Image.new("RGB", (60, 60), "white").save(photo)
    for _ in range(2):  # found nothing, and kept as such
        with pytest.raises(PictureError, match=r"No face was found in .*astronaut"):
            read_crop(photo, 64, find_faces=True)
    assert [path.stat().st_size for path in files(cache)].count(0) == 1


def test_pictures_that_are_crops_are_not_kept(photo: Path, cache: Path) -> None:
    read_crop(photo, 64, find_faces=False)
    assert files(cache) == []


def test_without_a_place_to_keep_it_the_face_is_found_all_the_same(
    photo: Path, cache: Path
) -> None:
    cache.touch()
    assert read_crop(photo, 64, find_faces=True).shape == (64, 64)


def test_threads_find_faces_at_the_same_time(photo: Path, cache: Path) -> None:
    sizes = range(40, 64)
    with ThreadPoolExecutor(4) as pool:
        crops = list(pool.map(lambda size: read_crop(photo, size, find_faces=True), sizes))
    assert [crop.shape[0] for crop in crops] == list(sizes)
    assert len(files(cache)) == len(sizes)


def test_every_odd_picture_becomes_a_crop_or_a_sentence(tmp_path: Path) -> None:
    for name, size_wh in odd_pictures(tmp_path).items():
        if size_wh is None:
            with pytest.raises(PictureError, match=name):
                read_crop(tmp_path / name, 112, find_faces=False)
        else:
            crop = read_crop(tmp_path / name, 112, find_faces=False)
            assert (crop.shape, crop.dtype) == ((112, 112), np.uint8)
            assert crop.std() > 10  # neither black nor white
