import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from emotion.data.layout import scan
from emotion.errors import DataError, TrainingError
from emotion.labels import KEYS
from emotion.training.config import TrainConfig
from emotion.training.inputs import load
from tests.conftest import tiny_config
from tests.drawn_faces import drawn_face


@pytest.fixture
def own_faces(faces_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(faces_dir, tmp_path / "faces")
    return tmp_path / "faces"


def nothing(_done: int, _of: int) -> None:
    pass


def test_pictures_come_as_crops_with_their_classes_and_a_part_is_held_out(faces_dir: Path) -> None:
    fit, validation = load(tiny_config(faces_dir), scan(faces_dir), nothing)
    assert (len(fit), len(validation)) == (78, 20)
    assert (fit.crops.shape, fit.crops.dtype) == ((78, 32, 32), torch.uint8)
    assert fit.whole == ()
    assert torch.equal(fit.targets.argmax(dim=1), fit.labels)
    assert set(validation.labels.tolist()) == set(range(7))


def test_the_original_augmentation_gets_pictures_in_their_own_shape(faces_dir: Path) -> None:
    config = tiny_config(faces_dir, augmentation="original", test_resize=40)
    fit, _ = load(config, scan(faces_dir), nothing)
    assert fit.crops.shape == (78, 40, 40)
    assert {tuple(whole.shape) for whole in fit.whole} == {(48, 48)}
    first = next(i for i, label in enumerate(fit.labels) if label == 0)
    assert any(np.array_equal(fit.whole[first], drawn_face(1, seed)) for seed in range(14))


def test_a_picture_that_cannot_be_read_is_left_out(own_faces: Path) -> None:
    (own_faces / "train" / "1" / "000.png").write_bytes(b"broken")
    fit, validation = load(tiny_config(own_faces), scan(own_faces), nothing)
    assert len(fit) + len(validation) == 97


@pytest.mark.parametrize("size", [(600, 300), (300, 600)])
def test_the_original_augmentation_sees_all_of_a_large_picture_reduced(
    own_faces: Path, size: tuple[int, int]
) -> None:
    for path in own_faces.glob("train/*/*.png"):
        Image.open(path).resize(size).save(path)
    fit, _ = load(
        tiny_config(own_faces, augmentation="original", test_resize=40), scan(own_faces), nothing
    )
    height, width = (round(side * 256 / 300) for side in reversed(size))
    assert {tuple(whole.shape) for whole in fit.whole} == {(height, width)}


def test_a_single_picture_of_a_class_cannot_be_held_out(own_faces: Path) -> None:
    for path in sorted((own_faces / "train" / "3").iterdir())[1:]:
        path.unlink()
    with pytest.raises(DataError, match="Class 3 has 1 pictures in train; at least 5"):
        load(tiny_config(own_faces), scan(own_faces), nothing)


def test_one_class_alone_cannot_be_told_apart(own_faces: Path) -> None:
    for folder in "234567":
        shutil.rmtree(own_faces / "train" / folder)
    with pytest.raises(TrainingError, match="readable pictures of 1 class"):
        load(tiny_config(own_faces), scan(own_faces), nothing)


def test_votes_are_the_targets_where_they_are_asked_for(own_faces: Path) -> None:
    config: TrainConfig = tiny_config(own_faces, soft_labels=True)
    with pytest.raises(DataError, match=r"votes\.csv"):
        load(config, scan(own_faces), nothing)
    lines = [f"train/1/{seed:03d}.png,3,1,0,0,0,0,0" for seed in range(14)]
    (own_faces / "votes.csv").write_text("\n".join(["path," + ",".join(KEYS), *lines]))
    fit, _ = load(config, scan(own_faces), nothing)
    assert {tuple(row.tolist()) for row in fit.targets[fit.labels == 0]} == {
        (0.75, 0.25, 0, 0, 0, 0, 0)
    }


def test_a_list_says_which_pictures_are_held_out(faces_dir: Path, tmp_path: Path) -> None:
    listed = tmp_path / "validation.csv"
    listed.write_text("path\ntrain/1/000.png\ntrain/7/003.png\n", "utf-8")
    fit, validation = load(tiny_config(faces_dir, validation=listed), scan(faces_dir), nothing)
    assert validation.paths == ("train/1/000.png", "train/7/003.png")
    assert len(fit) == 98 - 2
    assert not set(validation.paths) & set(fit.paths)


def test_a_list_of_other_pictures_is_refused(faces_dir: Path, tmp_path: Path) -> None:
    listed = tmp_path / "validation.csv"
    listed.write_text("path\nelsewhere.png\n", "utf-8")
    with pytest.raises(DataError, match="names 0 of the 98 pictures of train"):
        load(tiny_config(faces_dir, validation=listed), scan(faces_dir), nothing)
